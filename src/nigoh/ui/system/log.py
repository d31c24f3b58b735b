"""The newest lines of the log."""

import asyncio

import flet as ft

from nigoh.ui.client.api import Query
from nigoh.ui.client.system import Log, LogLine
from nigoh.ui.console import Console
from nigoh.ui.controls.named import named
from nigoh.ui.settings.panel import choice

_AGAIN_S = 3.0
_LINES = 200
_LEVELS = ("debug", "info", "warning", "error")


class LogPart:
    """Lines as they come, the newest first, as grave as is asked for."""

    def __init__(self, console: Console) -> None:
        self._console = console
        say = console.say
        names = (say("Everything"), say("Messages"), say("Warnings"), say("Errors"))
        self._level = choice(say("At least"), list(zip(_LEVELS, names, strict=True)), "info")
        self._level.on_select = console.doing(self._look)
        self._rows = ft.Column(controls=[], spacing=2)
        self._lines: tuple[LogLine, ...] | None = None

    def build(self) -> ft.Control:
        """What is shown."""
        note = self._console.say("The newest lines, as they are in memory; secrets are hidden.")
        return ft.Column(
            controls=[
                named(self._level, self._console.say("At least")),
                ft.Text(note, color=ft.Colors.ON_SURFACE_VARIANT),
                ft.SelectionArea(content=self._rows),
            ],
            spacing=12,
        )

    async def open(self) -> None:
        """Look, again and again."""
        while True:
            await self._look(None)
            await asyncio.sleep(_AGAIN_S)

    async def _look(self, _event: object) -> None:
        query: Query = {"level": self._level.value or "info", "limit": _LINES}
        found = await self._console.api.get("/system/logs", Log, query)
        if found.items != self._lines:
            self._lines = found.items
            none: list[ft.Control] = [ft.Text(self._console.say("There is nothing of this kind."))]
            self._rows.controls = [self._row(each) for each in reversed(found.items)] or none
            self._console.refresh(self._rows)

    def _row(self, line: LogLine) -> ft.Control:
        colours = {"warning": ft.Colors.TERTIARY, "error": ft.Colors.ERROR, "critical": ft.Colors.ERROR}
        subject = " ".join(filter(None, (line.camera, line.shard)))
        details = " ".join(f"{key}={value}" for key, value in line.details.items())
        text = " ".join(filter(None, (subject, line.text, details)))
        return ft.Text(
            spans=[
                ft.TextSpan(
                    text=f"{self._console.say.clock(line.time)} {line.level:<8} ",
                    style=ft.TextStyle(weight=ft.FontWeight.BOLD, color=colours.get(line.level)),
                ),
                ft.TextSpan(text=f"{text}  ({line.logger})"),
            ],
            size=13,
        )
