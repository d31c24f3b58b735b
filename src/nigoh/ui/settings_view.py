"""What can be set: a section each, found by its address."""

import flet as ft

from nigoh.ui.console import Console
from nigoh.ui.controls.heading import heading
from nigoh.ui.settings.sections import SECTIONS, Section
from nigoh.ui.view import Place

_LIST_PX = 240


class SettingsView:
    """The sections at the left and the chosen one beside them; on phones one after the other.

    Args:
        console: of the browser.
        here: names the section; without one the first is shown, on phones the list of them.
    """

    def __init__(self, console: Console, here: Place) -> None:
        self._console = console
        self._sections = [each for each in SECTIONS if console.session.may(each.permission)]
        wanted = here.names.get("section", "")
        found = [each for each in self._sections if each.key == wanted]
        self._is_list = not found and console.is_narrow
        self._chosen = (found or self._sections)[0]
        self._part = self._chosen.make(console, here)

    def build(self) -> ft.Control:
        """What is shown."""
        if self._console.is_narrow:
            return self._list_alone() if self._is_list else self._section_alone()
        part = ft.Column(controls=[self._part.build()], expand=True, scroll=ft.ScrollMode.AUTO)
        return ft.Column(
            controls=[
                heading(self._console.say("Settings")),
                ft.Row(
                    controls=[self._list(), ft.VerticalDivider(width=17), part],
                    expand=True,
                    vertical_alignment=ft.CrossAxisAlignment.START,
                    spacing=0,
                ),
            ],
            expand=True,
        )

    async def open(self) -> None:
        """Fill the chosen section."""
        if not self._is_list:
            await self._part.open()

    def _list_alone(self) -> ft.Control:
        rows = [self._row(each) for each in self._sections]
        return ft.Column(
            controls=[heading(self._console.say("Settings")), *rows], expand=True, scroll=ft.ScrollMode.AUTO
        )

    def _section_alone(self) -> ft.Control:
        say = self._console.say
        back = ft.TextButton(
            content=say("All settings"), icon=ft.Icons.ARROW_BACK, on_click=self._console.going("/settings")
        )
        return ft.Column(
            controls=[back, heading(self._chosen.title(say)), self._part.build()],
            expand=True,
            scroll=ft.ScrollMode.AUTO,
        )

    def _list(self) -> ft.Control:
        rows = [self._row(each) for each in self._sections]
        return ft.Column(controls=rows, width=_LIST_PX, scroll=ft.ScrollMode.AUTO, spacing=2)

    def _row(self, section: Section) -> ft.Control:
        return ft.ListTile(
            leading=ft.Icon(section.icon),
            title=ft.Text(section.title(self._console.say)),
            selected=section is self._chosen and not self._is_list,
            selected_tile_color=ft.Colors.SECONDARY_CONTAINER,
            shape=ft.RoundedRectangleBorder(radius=12),
            trailing=ft.Icon(ft.Icons.CHEVRON_RIGHT) if self._is_list else None,
            on_click=self._console.going(f"/settings/{section.key}"),
        )
