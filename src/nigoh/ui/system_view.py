"""How the whole of it is."""

from dataclasses import dataclass
from datetime import datetime

import flet as ft

from nigoh.ui.console import Console
from nigoh.ui.controls.heading import heading
from nigoh.ui.controls.states import loading
from nigoh.ui.view import Place


@dataclass(frozen=True, slots=True)
class SystemInfo:
    """`GET /system`."""

    version: str
    started_at: datetime


class SystemView:
    """What runs, since when."""

    def __init__(self, console: Console, here: Place) -> None:
        del here
        self._console = console
        self._body = ft.Column(controls=[loading(console.say)], expand=True, scroll=ft.ScrollMode.AUTO)

    def build(self) -> ft.Control:
        """What is shown."""
        return ft.Column(controls=[heading(self._console.say("System")), self._body], expand=True)

    async def open(self) -> None:
        """Ask how it is."""
        say = self._console.say
        info = await self._console.api.get("/system", SystemInfo)
        self._body.controls = [
            ft.Text(say("Version {version}", version=info.version)),
            ft.Text(say("Started {time}", time=say.moment(info.started_at))),
        ]
        self._console.refresh(self._body)
