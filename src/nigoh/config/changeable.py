"""Which settings of nigoh.toml can be changed while nigoh runs, and how a changed one is read.

Addresses, folders, keys, logins and what may be connected to are not among them: whoever takes over a console cannot
point nigoh elsewhere.
"""

import logging
from collections.abc import Mapping
from dataclasses import replace
from enum import Enum
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from nigoh.config.engine_settings import SECTIONS, EngineSettings
from nigoh.config.settings import Settings
from nigoh.domain.setting import Applies, SettingField, SettingType, SettingValue
from nigoh.errors import Invalid, Missing

_log = logging.getLogger(__name__)

_AT_ONCE = Applies.AT_ONCE
_LATER = Applies.AFTER_RESTART
_TITLES: dict[str, tuple[str, str, Applies]] = {
    "watch.threshold": ("Recognition threshold", "cosine", _AT_ONCE),
    "watch.false_alarms": ("False alarms", "share of strangers", _AT_ONCE),
    "privacy.store_unknown": ("Keep strangers", "", _AT_ONCE),
    "privacy.unknown_days": ("Strangers' faces are kept", "days", _AT_ONCE),
    "privacy.sightings_days": ("Sightings are kept", "days", _AT_ONCE),
    "privacy.crops_days": ("Pictures of sightings are kept", "days", _AT_ONCE),
    "privacy.clips_days": ("Clips are kept", "days", _AT_ONCE),
    "privacy.events_days": ("Events are kept", "days", _AT_ONCE),
    "privacy.erased_sightings": ("Sightings of who is erased", "", _AT_ONCE),
    "privacy.erased_clips": ("Clips of who is erased", "", _AT_ONCE),
    "cameras_default.record": ("New cameras: recording", "", _AT_ONCE),
    "cameras_default.mode": ("New cameras: analysed pictures", "", _AT_ONCE),
    "cameras_default.fps": ("New cameras: pictures of a moving scene", "1/s", _AT_ONCE),
    "cameras_default.burst_fps": ("New cameras: pictures while a face has no name", "1/s", _AT_ONCE),
    "cameras_default.still_s": ("New cameras: between pictures of a still scene", "s", _AT_ONCE),
    "cameras_default.least_fps": ("New cameras: pictures that overload never takes away", "1/s", _AT_ONCE),
    "cameras_default.priority": ("New cameras: priority", "", _AT_ONCE),
    "cameras_default.transport": ("New cameras: transport", "", _AT_ONCE),
    "recording.pre_roll_s": ("Clips begin before", "s", _LATER),
    "recording.post_roll_s": ("Clips end after", "s", _LATER),
    "recording.segment_s": ("Length of a recorded file", "s", _LATER),
    "recording.max_age_days": ("Recordings are kept", "days", _LATER),
    "recording.max_size_gb": ("Recordings take at most", "GB", _LATER),
    "recording.least_free_gb": ("Left free on the disk", "GB", _LATER),
    "late_faces.max_size_mb": ("Waiting faces take at most", "MB", _LATER),
    "late_faces.max_age_s": ("Waiting faces wait at most", "s", _LATER),
    "vision.detect_size_px": ("Picture that the detector sees", "px", _LATER),
    "vision.detect_score": ("Least detector score of a face", "", _LATER),
    "engine.shards": ("Processes", "", _LATER),
    "engine.connects_per_s": ("Connections begun to cameras", "1/s", _LATER),
}
"""What each is called, its unit, and when a change holds."""


class _Schema(BaseModel):
    """What is read of a field's JSON schema."""

    model_config = ConfigDict(populate_by_name=True)

    type: str = ""
    minimum: float | None = None
    maximum: float | None = None
    above: float | None = Field(None, alias="exclusiveMinimum")
    below: float | None = Field(None, alias="exclusiveMaximum")
    enum: tuple[str, ...] = ()
    any_of: tuple["_Schema", ...] = Field((), alias="anyOf")
    reference: str = Field("", alias="$ref")


_TYPES = {"boolean": SettingType.SWITCH, "integer": SettingType.INTEGER, "number": SettingType.NUMBER}


def _field(key: str, title: str, unit: str, applies: Applies) -> SettingField:
    section, _, name = key.partition(".")
    kind = SECTIONS[section]
    whole = kind.model_json_schema()
    schema = _Schema.model_validate(whole["properties"][name])
    optional = any(each.type == "null" for each in schema.any_of)
    inner = next((each for each in schema.any_of if each.type != "null"), schema)
    if inner.reference:
        inner = _Schema.model_validate(whole["$defs"][inner.reference.rpartition("/")[2]])
    field = kind.model_fields[name]
    return SettingField(
        key=key,
        type=SettingType.CHOICE if inner.enum else _TYPES[inner.type],
        title=title,
        about=field.description or "",
        unit=unit,
        minimum=inner.minimum if inner.above is None else inner.above,
        maximum=inner.maximum if inner.below is None else inner.below,
        above_minimum=inner.above is not None,
        below_maximum=inner.below is not None,
        choices=inner.enum,
        optional=optional,
        default=_plain(field.default),
        applies=applies,
    )


def _plain(value: object) -> SettingValue:
    found = value.value if isinstance(value, Enum) else value
    if found is None or isinstance(found, bool | int | float | str):
        return found
    raise TypeError(f"{type(found).__name__} is no setting's value")


FIELDS: Mapping[str, SettingField] = MappingProxyType({key: _field(key, *how) for key, how in _TITLES.items()})
"""All settings that can be changed while nigoh runs, by their keys."""


def field_of(key: str) -> SettingField:
    """The setting of this key. Raises Missing."""
    found = FIELDS.get(key)
    if found is None:
        raise Missing("setting", key)
    return found


def checked(key: str, value: SettingValue) -> SettingValue:
    """The value in its one form. Raises Missing: no such setting; Invalid: it cannot be this."""
    field = field_of(key)
    try:
        return _plain(getattr(_section(field, value), field.name))
    except ValidationError as error:
        said = error.errors(include_url=False, include_input=False)[0]["msg"].replace("Input should", "it should")
        raise Invalid("value", f"{key}: {said}", field.about) from None


def value_in(settings: EngineSettings, field: SettingField) -> SettingValue:
    """What a configuration says."""
    return _plain(getattr(_part(settings, field.section), field.name))


def stands_in(settings: EngineSettings, field: SettingField) -> bool:
    """Whether the file says it, and not the default."""
    return field.name in _part(settings, field.section).model_fields_set


def overlaid(settings: EngineSettings, changed: Mapping[str, SettingValue]) -> EngineSettings:
    """The same with changed settings in place of the file's; what cannot be any more is passed over, and told."""
    for key, value in changed.items():
        try:
            field = field_of(key)
            checked(key, value)
        except (Missing, Invalid) as error:
            _log.warning("a changed setting is passed over: %s", error)
            continue
        new = {field.name: getattr(_section(field, value), field.name)}
        parts: dict[str, Any] = {field.section: _part(settings, field.section).model_copy(update=new)}
        settings = replace(settings, **parts)
    return settings


def _part(settings: EngineSettings, section: str) -> Settings:
    part = getattr(settings, section)
    if not isinstance(part, Settings):
        raise TypeError(f"{section} is no section")
    return part


def _section(field: SettingField, value: SettingValue) -> Settings:
    return SECTIONS[field.section].model_validate({field.name: value})
