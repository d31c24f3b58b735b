"""What the commands of settings share: the office, how values are typed and shown."""

import time
from pathlib import Path

from nigoh.config.engine_file import parse_engine_file, read_engine_file
from nigoh.config.engine_settings import EngineSettings
from nigoh.deployment_wiring import Deployment
from nigoh.domain.setting import SettingField, SettingState, SettingType, SettingValue
from nigoh.errors import ConfigError
from nigoh.office.settings_office import SettingsOffice

_USUAL_FILE = Path("nigoh.toml")
_NONE = "none"
_SWITCH = {"on": True, "true": True, "yes": True, "off": False, "false": False, "no": False}


def open_settings(deployment: Deployment, config: Path | None) -> SettingsOffice:
    """The settings as a command finds them: nothing runs here that could follow. Raises ConfigError."""
    return SettingsOffice(deployment.database, file_settings(config), now=time.time)


def file_settings(config: Path | None) -> EngineSettings:
    """What the named file says, or nigoh.toml here; without one, what holds by default. Raises ConfigError."""
    if config is None and not _USUAL_FILE.exists():
        return parse_engine_file("[server]", _USUAL_FILE)
    return read_engine_file(config or _USUAL_FILE)


def read_value(field: SettingField, text: str) -> SettingValue:
    """A value as it was typed. Raises ConfigError: it cannot be one of this setting."""
    typed = text.strip()
    if field.optional and typed.lower() == _NONE:
        return None
    try:
        match field.type:
            case SettingType.SWITCH:
                return _SWITCH[typed.lower()]
            case SettingType.INTEGER:
                return int(typed)
            case SettingType.NUMBER:
                return float(typed)
            case SettingType.CHOICE:
                return typed
    except (KeyError, ValueError):
        raise ConfigError(f"{field.key}: this is no value of it", f"It can be {range_of(field)}.") from None


def range_of(field: SettingField) -> str:
    """What a setting can be, in words."""
    if field.type is SettingType.SWITCH:
        words = "on or off"
    elif field.type is SettingType.CHOICE:
        words = ", ".join(field.choices)
    else:
        least = f"{'above' if field.above_minimum else 'from'} {field.minimum:g}" if field.minimum is not None else ""
        most = f"{'below' if field.below_maximum else 'to'} {field.maximum:g}" if field.maximum is not None else ""
        words = " ".join(each for each in (least, most, field.unit) if each)
    return f"{words}, or {_NONE}" if field.optional else words


def shown(value: SettingValue) -> str:
    """A value as it is typed."""
    if value is None:
        return _NONE
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def line_of(state: SettingState) -> str:
    """What holds for a setting now, in a line."""
    waits = f"; after the next start, until then {shown(state.in_force)}" if state.value != state.in_force else ""
    return f"{state.field.key} = {shown(state.value)} (from the {state.origin.value}{waits})"
