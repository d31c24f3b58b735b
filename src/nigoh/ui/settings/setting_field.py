"""One setting: a field with its meaning, range and default, and when a change holds."""

import flet as ft

from nigoh.domain.setting import Applies, Origin, SettingType, SettingValue
from nigoh.ui.client.settings import SettingInfo
from nigoh.ui.console import Handler
from nigoh.ui.controls.named import named, named_icon
from nigoh.ui.settings.panel import choice
from nigoh.ui.settings.setting_words import choice_name, setting_words, unit_name
from nigoh.ui.words.say import Say

_WIDTH_PX = 420


class SettingField:
    """A setting on the page.

    Args:
        say: in the operator's language.
        info: the setting.
        reset: is told that the file, or the default, is to say it again.
        may_write: the operator may change it.
    """

    def __init__(self, say: Say, info: SettingInfo, reset: Handler, *, may_write: bool) -> None:
        self._say = say
        self.info = info
        self._reset = reset
        self._may_write = may_write
        self._words = setting_words(say, info)
        self._input = self._make_input()

    @property
    def title(self) -> str:
        """What it is called."""
        return self._words.title

    def build(self) -> ft.Control:
        """What is shown."""
        say, info = self._say, self.info
        told = [self._words.about, self._range(), say("Usually {value}.", value=shown(say, info, info.default))]
        notes = [ft.Text(" ".join(filter(None, told)), color=ft.Colors.ON_SURFACE_VARIANT, size=13)]
        if info.waits:
            text = say(
                "Waits for the next start of nigoh; until then: {value}.", value=shown(say, info, info.in_force)
            )
            notes.append(ft.Text(text, color=ft.Colors.TERTIARY, weight=ft.FontWeight.W_500, size=13))
        elif info.applies is Applies.AFTER_RESTART:
            notes.append(ft.Text(say("A change holds after the next start of nigoh."), size=13))
        reset = ft.IconButton(
            icon=named_icon(
                ft.Icons.RESTART_ALT, say("Back to what nigoh.toml or the default says: {name}", name=self.title)
            ),
            tooltip=say("Back to what nigoh.toml or the default says: {name}", name=self.title),
            on_click=self._reset,
            visible=info.origin is Origin.DATABASE and self._may_write,
        )
        shown_input = named(self._input, self.title) if isinstance(self._input, ft.Dropdown) else self._input
        row = ft.Row(controls=[shown_input, reset], wrap=True, vertical_alignment=ft.CrossAxisAlignment.CENTER)
        return ft.Column(controls=[row, *notes], spacing=4)

    def read(self) -> SettingValue:
        """What stands in the field. Raises ValueError: it cannot be that."""
        field = self._input
        if isinstance(field, ft.Switch):
            return bool(field.value)
        if isinstance(field, ft.Dropdown):
            return field.value
        return parsed(self.info, field.value or "")

    def complain(self, *, is_wrong: bool) -> None:
        """Say beside the field that it is wrong, or no more."""
        if isinstance(self._input, ft.TextField):
            self._input.error = self._range() or self._say("A number, please.") if is_wrong else None

    def _make_input(self) -> ft.Switch | ft.Dropdown | ft.TextField:
        info, label = self.info, self.title
        if info.kind is SettingType.SWITCH:
            return ft.Switch(label=label, value=bool(info.value), disabled=not self._may_write)
        if info.kind is SettingType.CHOICE:
            field = choice(label, [(each, choice_name(self._say, each)) for each in info.choices], str(info.value))
            field.width, field.disabled = _WIDTH_PX, not self._may_write
            return field
        return ft.TextField(
            label=label,
            value=""
            if info.value is None
            else f"{info.value:g}"
            if isinstance(info.value, float)
            else str(info.value),
            suffix=unit_name(self._say, info.unit) or None,
            keyboard_type=ft.KeyboardType.NUMBER,
            width=_WIDTH_PX,
            read_only=not self._may_write,
        )

    def _range(self) -> str:
        info, say = self.info, self._say
        if info.minimum is None or info.maximum is None or info.kind in {SettingType.SWITCH, SettingType.CHOICE}:
            return ""
        least, most = f"{info.minimum:g}", f"{info.maximum:g}"
        if info.exclusive_minimum:
            return (
                say("More than {least}, less than {most}.", least=least, most=most)
                if info.exclusive_maximum
                else say("More than {least}, at most {most}.", least=least, most=most)
            )
        return say("From {least} to {most}.", least=least, most=most)


def parsed(info: SettingInfo, text: str) -> SettingValue:
    """A number as somebody types it. Raises ValueError: it is none, or out of its bounds."""
    plain = text.strip().replace(",", ".").replace("−", "-").replace("\u00a0", "").replace(" ", "")
    if not plain and info.optional:
        return None
    number = float(plain)
    value = int(number) if info.kind is SettingType.INTEGER else number
    low, high = info.minimum, info.maximum
    is_low = low is not None and (number < low or (info.exclusive_minimum and number == low))
    is_high = high is not None and (number > high or (info.exclusive_maximum and number == high))
    if is_low or is_high or value != number:
        raise ValueError(text)
    return value


def shown(say: Say, info: SettingInfo, value: SettingValue) -> str:
    """A value in words."""
    if value is None:
        return say("nigoh chooses")
    if isinstance(value, bool):
        return say("yes") if value else say("no")
    if isinstance(value, str):
        return choice_name(say, value)
    return " ".join(filter(None, (f"{value:g}", unit_name(say, info.unit))))
