"""How the whole of it is: figures and plots, what is kept, versions, the log."""

from collections.abc import Callable

import flet as ft

from nigoh.domain.access import Permission
from nigoh.ui.console import Console
from nigoh.ui.controls.heading import heading
from nigoh.ui.system.log import LogPart
from nigoh.ui.system.machine import StoragePart, VersionsPart
from nigoh.ui.system.overview import Overview
from nigoh.ui.view import Place, View, place

_ROUTE = "/system"


class SystemView:
    """One part at a time; `part` in the address names it.

    Args:
        console: of the browser.
        here: names the part.
    """

    def __init__(self, console: Console, here: Place) -> None:
        self._console = console
        say, sees_all = console.say, console.session.cameras is None
        self._names = {"": say("Now and lately")}
        if console.may(Permission.SETTINGS_READ):
            self._names["storage"] = say("Storage")
        self._names["versions"] = say("Versions")
        if console.may(Permission.SETTINGS_WRITE) and sees_all:
            self._names["log"] = say("Log")
        asked = here.query.get("part", "")
        self._chosen = asked if asked in self._names else ""
        kinds: dict[str, Callable[[Console], View]] = {
            "": Overview,
            "storage": StoragePart,
            "versions": VersionsPart,
            "log": LogPart,
        }
        self._part = kinds[self._chosen](console)

    def build(self) -> ft.Control:
        """What is shown."""
        chips = [
            ft.Chip(
                label=name,
                selected=key == self._chosen,
                show_checkmark=False,
                on_select=self._console.going(place(_ROUTE, part=key)),
            )
            for key, name in self._names.items()
        ]
        return ft.Column(
            controls=[
                heading(self._console.say("System")),
                ft.Row(controls=[*chips], wrap=True, spacing=8, run_spacing=8),
                self._part.build(),
            ],
            expand=True,
            scroll=ft.ScrollMode.AUTO,
            spacing=12,
        )

    async def open(self) -> None:
        """Fill the chosen part."""
        await self._part.open()
