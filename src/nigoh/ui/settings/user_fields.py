"""The fields of a user."""

from dataclasses import dataclass

import flet as ft

from nigoh.domain.access import Role
from nigoh.domain.language import Language
from nigoh.ui.client.users import User
from nigoh.ui.console import Console
from nigoh.ui.controls.named import named
from nigoh.ui.settings.access_words import role_meaning, role_name
from nigoh.ui.settings.panel import choice

_MOST_LETTERS = 256
_LANGUAGES = {
    Language.UZBEK: "Oʻzbekcha",
    Language.UZBEK_CYRILLIC: "Ўзбекча",
    Language.RUSSIAN: "Русский",
    Language.ENGLISH: "English",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedUser:
    """What is wanted of a user; `cameras` None: all."""

    display_name: str
    role: Role
    language: Language
    cameras: tuple[str, ...] | None


class UserFields:
    """The fields of a user, old or new.

    Args:
        console: of the browser.
        user: whose they are; None: of somebody new.
        cameras: names of all cameras that can be chosen.
    """

    def __init__(self, console: Console, user: User | None, cameras: tuple[str, ...]) -> None:
        self._console = console
        say = console.say
        role = user.role if user else Role.OPERATOR
        self._name = ft.TextField(
            label=say("Name shown"),
            value=user.display_name if user else "",
            helper=say("What people call them; may be empty."),
            helper_max_lines=3,
            max_length=_MOST_LETTERS,
            width=360,
        )
        self._role = choice(
            say("Role"),
            [(each.value, role_name(say, each)) for each in Role],
            role.value,
            about=role_meaning(say, role),
        )
        self._role.on_select = self._explain
        self._language = choice(
            say("Language"),
            [(each.value, name) for each, name in _LANGUAGES.items()],
            (user.language if user else Language.UZBEK).value,
        )
        chosen = user.cameras if user else None
        known = tuple(dict.fromkeys([*cameras, *(chosen or ())]))
        self._all_cameras = ft.Switch(
            label=say("May see all cameras"), value=chosen is None, on_change=self._show_cameras
        )
        self._boxes = {each: ft.Checkbox(label=each, value=each in (chosen or ())) for each in known}
        self._cameras = ft.ResponsiveRow(
            controls=[ft.Container(content=box, col={"xs": 12, "sm": 6}) for box in self._boxes.values()],
            run_spacing=0,
            visible=chosen is not None,
        )

    @property
    def controls(self) -> list[ft.Control]:
        """What is shown."""
        say = self._console.say
        role, language = named(self._role, say("Role")), named(self._language, say("Language"))
        return [self._name, role, language, self._all_cameras, self._cameras]

    def read(self) -> WantedUser:
        """What stands in the fields."""
        chosen = tuple(name for name, box in self._boxes.items() if box.value)
        return WantedUser(
            display_name=(self._name.value or "").strip(),
            role=Role(self._role.value or Role.VIEWER),
            language=Language(self._language.value or Language.ENGLISH),
            cameras=None if self._all_cameras.value else chosen,
        )

    def _explain(self, _event: object) -> None:
        self._role.helper_text = role_meaning(self._console.say, Role(self._role.value or Role.VIEWER))
        self._console.refresh(self._role)

    def _show_cameras(self, _event: object) -> None:
        self._cameras.visible = not self._all_cameras.value
        self._console.refresh(self._cameras)
