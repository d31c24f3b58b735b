"""Commands by the keyboard, while a view is shown and nobody types."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import flet as ft

from nigoh.errors import NigohError
from nigoh.ui.console import Console

Doing = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Command:
    """What a key does, and how that is said."""

    says: str
    does: Doing


class Keys:
    """Hears what is pressed on the page. Owner: the view, which begins and ends it.

    Args:
        console: of the browser.
        commands: by the key's name, as Flet has it: "A", "Arrow Down".
    """

    def __init__(self, console: Console, commands: Mapping[str, Command]) -> None:
        self._console = console
        self._commands = commands
        self._held = 0

    def begin(self) -> None:
        """Hear from now on."""
        self._console.page.on_keyboard_event = self.pressed
        self._console.page.update()

    def end(self) -> None:
        """Hear no more, unless another view hears already."""
        if self._console.page.on_keyboard_event == self.pressed:
            self._console.page.on_keyboard_event = None

    def hold(self) -> None:
        """Somebody types, or a dialog is open: what is pressed is no command."""
        self._held += 1

    def release(self) -> None:
        """They do not any more."""
        self._held = max(0, self._held - 1)

    async def pressed(self, event: ft.KeyboardEvent) -> None:
        """Do what the key stands for; what goes wrong is told."""
        command = self._commands.get("?" if event.key == "/" and event.shift else event.key)
        if command is None or self._held or event.ctrl or event.alt or event.meta:
            return
        try:
            await command.does()
        except NigohError as error:
            await self._console.tell_problem(error)

    async def help(self) -> None:
        """Show what the keys do."""
        say = self._console.say
        rows = [
            ft.Row(
                controls=[ft.Text(key, weight=ft.FontWeight.BOLD, width=110), ft.Text(command.says, expand=True)],
            )
            for key, command in self._commands.items()
        ]
        self.hold()
        self._console.page.show_dialog(
            ft.AlertDialog(
                title=ft.Text(say("Keys")),
                content=ft.Column(controls=list(rows), tight=True, width=360),
                scrollable=True,
                on_dismiss=self._help_closed,
            )
        )

    def _help_closed(self, _event: object) -> None:
        self.release()
