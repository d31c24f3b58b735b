"""Settings that are changed while nigoh runs: panels of fields, saved together, nobody's change lost."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import flet as ft

from nigoh.domain.access import Permission
from nigoh.domain.setting import SettingValue
from nigoh.ui.client.problem import ApiProblem
from nigoh.ui.client.settings import SettingInfo, SettingInfos
from nigoh.ui.console import Console, Handler
from nigoh.ui.controls.conflict import Difference, ask_whose
from nigoh.ui.settings.panel import panel
from nigoh.ui.settings.setting_field import SettingField, shown
from nigoh.ui.words.say import Say


@dataclass(frozen=True, slots=True)
class Group:
    """Settings that stand in one panel: its title, what it is about, and their keys or beginnings of keys."""

    title: Callable[[Say], str]
    about: Callable[[Say], str]
    keys: tuple[str, ...]

    def holds(self, key: str) -> bool:
        """Whether a setting belongs here."""
        return any(key == each or (each.endswith(".") and key.startswith(each)) for each in self.keys)


@dataclass(frozen=True, slots=True)
class _Value:
    value: SettingValue


class SettingForm:
    """Panels of settings. Owner: the event loop.

    Args:
        console: of the browser.
        groups: the panels.
    """

    def __init__(self, console: Console, groups: Sequence[Group]) -> None:
        self._console = console
        self._groups = groups
        self._body = ft.Column(spacing=16)
        self._fields: dict[str, SettingField] = {}

    @property
    def control(self) -> ft.Control:
        """What is shown."""
        return self._body

    async def load(self) -> dict[str, SettingInfo]:
        """Ask for all settings, and show those of the groups."""
        found = {each.key: each for each in (await self._console.api.get("/settings", SettingInfos)).items}
        self._body.controls = [self._panel(group, found) for group in self._groups]
        self._console.refresh(self._body)
        return found

    def _panel(self, group: Group, found: dict[str, SettingInfo]) -> ft.Control:
        say, may = self._console.say, self._console.may(Permission.SETTINGS_WRITE)
        fields = [
            SettingField(say, info, self._console.doing(self._resetting(info)), may_write=may)
            for key, info in found.items()
            if group.holds(key)
        ]
        self._fields.update({each.info.key: each for each in fields})

        async def save(_event: object) -> None:
            await self._save(fields)

        button = ft.FilledButton(content=say("Save"), on_click=self._console.doing(save), visible=may)
        note = [] if may else [ft.Text(say("You may read these settings, and not change them."))]
        return panel(group.title(say), group.about(say), [*note, *(each.build() for each in fields), button])

    def _resetting(self, info: SettingInfo) -> Handler:
        async def reset(_event: object) -> None:
            await self._console.api.delete(info.path, if_match=info.etag)
            await self.load()

        return reset

    async def _save(self, fields: Sequence[SettingField]) -> None:
        wanted: list[tuple[SettingField, SettingValue]] = []
        is_wrong = False
        for field in fields:
            try:
                value = field.read()
            except ValueError:
                field.complain(is_wrong=True)
                is_wrong = True
                continue
            field.complain(is_wrong=False)
            if value != field.info.value:
                wanted.append((field, value))
        self._console.refresh(self._body)
        if is_wrong:
            return
        for field, value in wanted:
            await self._change(field, value)
        await self.load()
        say = self._console.say
        self._console.tell(say("Saved.") if wanted else say("Nothing was changed."))

    async def _change(self, field: SettingField, value: SettingValue) -> None:
        api, info, say = self._console.api, field.info, self._console.say
        try:
            await api.put(info.path, SettingInfo, _Value(value), if_match=info.etag)
        except ApiProblem as problem:
            if problem.kind != "stale":
                raise
            newest = await api.get(info.path, SettingInfo)
            told = Difference(field.title, shown(say, newest, newest.value), shown(say, newest, value))
            if await ask_whose(self._console, [told]):
                await api.put(info.path, SettingInfo, _Value(value), if_match=newest.etag)
