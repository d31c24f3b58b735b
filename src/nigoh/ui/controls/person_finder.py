"""Asking which enrolled person is meant."""

import asyncio

import flet as ft

from nigoh.ui.client.api import Query
from nigoh.ui.client.listed import Listed
from nigoh.ui.client.people import PersonInfo
from nigoh.ui.console import Console
from nigoh.ui.people.faces import face

_MOST = 8
_FACE_PX = 40
_PAUSE_S = 0.3


async def ask_person(console: Console) -> PersonInfo | None:
    """Let the operator find somebody by name; None: they do not want to."""
    return await _Finder(console).ask()


class _Finder:
    def __init__(self, console: Console) -> None:
        say = console.say
        self._console = console
        self._answer: asyncio.Future[PersonInfo | None] = asyncio.get_running_loop().create_future()
        self._typing: asyncio.Task[None] | None = None
        self._search = ft.TextField(
            label=say("Search by name"), hint_text=say("in any script"), autofocus=True, on_change=self._typed
        )
        self._found = ft.Column(spacing=4, tight=True, scroll=ft.ScrollMode.AUTO)
        self._dialog = ft.AlertDialog(
            title=ft.Text(say("Which person?")),
            content=ft.Column(controls=[self._search, self._found], tight=True, width=380),
            actions=[ft.TextButton(content=say("Cancel"), on_click=self._declined)],
            on_dismiss=self._declined,
        )

    async def ask(self) -> PersonInfo | None:
        self._console.page.show_dialog(self._dialog)
        try:
            await self._show()
            return await self._answer
        finally:
            self._dialog.open = False
            self._console.page.update()

    def _typed(self, _event: object) -> None:
        if self._typing is not None:
            self._typing.cancel()
        self._typing = self._console.tasks.start(self._after_pause(), "find a person")

    async def _after_pause(self) -> None:
        await asyncio.sleep(_PAUSE_S)
        await self._show()

    async def _show(self) -> None:
        asked: Query = {"search": (self._search.value or "").strip(), "limit": _MOST}
        found = await self._console.api.get("/people", Listed[PersonInfo], asked)
        say = self._console.say
        self._found.controls = [
            ft.ListTile(
                leading=face(say, each, _FACE_PX),
                title=each.name,
                subtitle=each.group or None,
                on_click=self._taking(each),
            )
            for each in found.items
        ] or [ft.Text(say("Nobody is found"))]
        self._console.refresh(self._found)

    def _taking(self, person: PersonInfo) -> ft.ControlEventHandler[ft.ListTile]:
        def take(_event: object) -> None:
            if not self._answer.done():
                self._answer.set_result(person)

        return take

    def _declined(self, _event: object) -> None:
        if not self._answer.done():
            self._answer.set_result(None)
