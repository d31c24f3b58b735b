"""Cameras: which there are, and how they are."""

import asyncio
from dataclasses import dataclass, replace

import flet as ft

from nigoh.domain.access import Permission
from nigoh.errors import NigohError
from nigoh.ui.cameras.rows import camera_row
from nigoh.ui.client.cameras import CameraInfo, GroupInfo
from nigoh.ui.client.listed import Listed
from nigoh.ui.client.problem import LoggedOut
from nigoh.ui.console import Console
from nigoh.ui.controls.heading import heading
from nigoh.ui.controls.pager import Pager
from nigoh.ui.controls.states import empty, failed, loading
from nigoh.ui.view import Place, place

_PAGE = 50
_GROUPS = 500
_LOOK_S = 4.0
_TYPED_S = 0.3
_ALL = "*"
_NONE = "-"


@dataclass(frozen=True, slots=True)
class CamerasQuery:
    """What is shown: a part of the name, a group ("*": all of them, "-": those in none)."""

    search: str = ""
    group: str = _ALL

    @property
    def route(self) -> str:
        """Where the console shows it."""
        return place("/cameras", search=self.search, group="" if self.group == _ALL else self.group)

    def asked(self) -> dict[str, str | None]:
        """As the API takes it."""
        groups = {_ALL: None, _NONE: ""}
        return {"search": self.search, "group": groups.get(self.group, self.group)}


class CamerasView:
    """All cameras with their state, by name; searched, filtered by group.

    Args:
        console: of the browser.
        here: holds the filters.
    """

    def __init__(self, console: Console, here: Place) -> None:
        self._console = console
        self._query = CamerasQuery(here.query.get("search", ""), here.query.get("group", _ALL))
        self._groups: dict[str, str] = {}
        self._pager = Pager(console.say, self._turn)
        self._body = ft.Column(controls=[loading(console.say)], spacing=4)
        self._foot = ft.Container(content=self._pager.build(), visible=False)
        self._shown: tuple[CameraInfo, ...] | None = None
        self._typed = 0
        say = console.say
        self._search = ft.TextField(
            label=say("Search cameras"), value=self._query.search, prefix_icon=ft.Icons.SEARCH, on_change=self._type
        )
        self._group = ft.Dropdown(label=say("Group"), tooltip=say("Group"), on_select=self._choose_group)

    def build(self) -> ft.Control:
        """What is shown."""
        say, console = self._console.say, self._console
        is_writer = console.may(Permission.CAMERAS_WRITE)
        add = ft.FilledButton(
            content=say("Add a camera"), icon=ft.Icons.ADD, on_click=console.going("/cameras/new"), visible=is_writer
        )
        filters = ft.ResponsiveRow(
            controls=[
                ft.Container(content=self._search, col={"xs": 12, "sm": 6}),
                ft.Container(content=self._group, col={"xs": 12, "sm": 6}),
            ]
        )
        return ft.Column(
            controls=[heading(say("Cameras"), add), filters, self._body, self._foot],
            expand=True,
            scroll=ft.ScrollMode.AUTO,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )

    async def open(self) -> None:
        """Ask which there are, then how they are, again and again."""
        groups = await self._console.api.get("/camera-groups", Listed[GroupInfo], {"limit": _GROUPS})
        self._groups = {each.id: each.name for each in groups.items}
        self._offer_groups()
        await self._load()
        while True:
            await asyncio.sleep(_LOOK_S)
            await self._load()

    def _offer_groups(self) -> None:
        say = self._console.say
        self._group.options = [
            ft.DropdownOption(key=_ALL, text=say("All groups")),
            ft.DropdownOption(key=_NONE, text=say("No group")),
            *(ft.DropdownOption(key=key, text=name) for key, name in self._groups.items()),
        ]
        self._group.value = self._query.group
        self._console.refresh(self._group)

    async def _type(self, _event: object) -> None:
        self._typed += 1
        mine = self._typed
        await asyncio.sleep(_TYPED_S)
        if mine == self._typed:
            await self._want(replace(self._query, search=(self._search.value or "").strip()))

    async def _choose_group(self, _event: object) -> None:
        await self._want(replace(self._query, group=self._group.value or _ALL))

    async def _want(self, query: CamerasQuery) -> None:
        self._query = query
        self._pager.begin()
        await self._turn(None)
        await self._console.note(query.route)

    async def _turn(self, _event: object) -> None:
        try:
            await self._load()
        except LoggedOut:
            await self._console.log_in_again()
        except NigohError as error:
            self._put([failed(self._console.say, error, self._turn)])

    async def _load(self) -> None:
        say, query = self._console.say, self._query
        asked = {**query.asked(), "limit": _PAGE, "cursor": self._pager.cursor}
        page = await self._console.api.get("/cameras", Listed[CameraInfo], asked)
        if query != self._query or page.items == self._shown:
            return
        self._shown = page.items
        first = self._pager.number * _PAGE
        text = "" if not page.items else f"{say.number(first + 1)}–{say.number(first + len(page.items))}"
        self._pager.show(page.next_cursor, text)
        self._foot.visible = self._pager.number > 0 or page.next_cursor is not None
        self._put([camera_row(self._console, each, self._groups) for each in page.items] or [self._none()])

    def _put(self, controls: list[ft.Control]) -> None:
        self._body.controls = controls
        self._console.refresh(self._body)
        self._console.refresh(self._foot)

    def _none(self) -> ft.Control:
        say = self._console.say
        if self._query != CamerasQuery():
            return empty(ft.Icons.SEARCH_OFF, say("No camera is found"), say("Try fewer letters, or all groups."))
        add = ft.FilledButton(
            content=say("Add a camera"),
            icon=ft.Icons.ADD,
            on_click=self._console.going("/cameras/new"),
            visible=self._console.may(Permission.CAMERAS_WRITE),
        )
        about = say("Add one by its address, or look for cameras in this network.")
        return empty(ft.Icons.VIDEOCAM_OUTLINED, say("There is no camera yet"), about, add)
