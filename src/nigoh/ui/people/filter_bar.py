"""Above the list of people: search, lists, groups, order, grid or list."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

import flet as ft

from nigoh.ui.client.watch_lists import WatchListInfo
from nigoh.ui.console import Console
from nigoh.ui.people.query import NO_GROUP, SORTS, PeopleQuery

_PAUSE_S = 0.3
"""Who types on is not searched for yet."""

_ALL = "*"
_SEARCH_PX = 260
_NARROW_SEARCH_PX = 328
_CHOICE_PX = 160
"""Two of them stand beside each other on a page of 360 px."""

Changed = Callable[[PeopleQuery], Awaitable[None]]


class FilterBar:
    """Tells whenever something else is wanted. Owner: the view.

    Args:
        console: of the browser.
        query: what is wanted at first.
        changed: is told.
    """

    def __init__(self, console: Console, query: PeopleQuery, changed: Changed) -> None:
        say = console.say
        self._console, self._query, self._changed = console, query, changed
        self._typing: asyncio.Task[None] | None = None
        self._search = ft.TextField(
            label=say("Search by name"),
            hint_text=say("in any script"),
            value=query.search,
            prefix_icon=ft.Icons.SEARCH,
            on_change=self._typed,
            on_submit=self._submitted,
            width=_NARROW_SEARCH_PX if console.is_narrow else _SEARCH_PX,
            dense=True,
        )
        self._lists = _choice(say("List"), [(_ALL, say("All"))], query.list_id or _ALL, self._list_chosen)
        self._groups = _choice(say("Group"), [(_ALL, say("All"))], query.group or _ALL, self._group_chosen)
        orders = zip(SORTS, (say("Name A–Z"), say("Name Z–A"), say("Newest first"), say("Oldest first")), strict=True)
        self._sort = _choice(say("Order"), list(orders), query.sort, self._sort_chosen)
        self._form = ft.SegmentedButton(
            segments=[
                ft.Segment(value="grid", icon=ft.Icon(ft.Icons.GRID_VIEW), tooltip=say("As a grid")),
                ft.Segment(value="list", icon=ft.Icon(ft.Icons.VIEW_LIST), tooltip=say("As a list")),
            ],
            selected=["list" if query.as_list else "grid"],
            show_selected_icon=False,
            on_change=self._form_chosen,
        )

    def build(self) -> ft.Control:
        """What is shown."""
        return ft.Row(
            controls=[self._search, self._lists, self._groups, self._sort, self._form],
            wrap=True,
            spacing=8,
            run_spacing=8,
            vertical_alignment=ft.CrossAxisAlignment.CENTER,
        )

    def offer(self, lists: Sequence[WatchListInfo], groups: Sequence[str]) -> None:
        """Lists and groups that can be chosen."""
        say = self._console.say
        self._lists.options = _options([(_ALL, say("All")), *((each.id, each.name) for each in lists)])
        named = [(each, each) for each in groups]
        self._groups.options = _options([(_ALL, say("All")), (NO_GROUP, say("In no group")), *named])
        self._groups.visible = bool(groups)
        self._lists.visible = bool(lists)
        for each in (self._lists, self._groups):
            self._console.refresh(each)

    async def clear(self) -> None:
        """No filter any more."""
        self._search.value = ""
        self._lists.value = self._groups.value = _ALL
        await self._want(self._query.everybody())

    def _typed(self, _event: object) -> None:
        if self._typing is not None:
            self._typing.cancel()
        self._typing = self._console.tasks.start(self._search_after_pause(), "search")

    async def _search_after_pause(self) -> None:
        await asyncio.sleep(_PAUSE_S)
        self._typing = None
        await self._submitted(None)

    async def _submitted(self, _event: object) -> None:
        await self._want(replace(self._query, search=(self._search.value or "").strip()))

    async def _list_chosen(self, _event: object) -> None:
        await self._want(replace(self._query, list_id=_value(self._lists)))

    async def _group_chosen(self, _event: object) -> None:
        await self._want(replace(self._query, group=_value(self._groups)))

    async def _sort_chosen(self, _event: object) -> None:
        await self._want(replace(self._query, sort=self._sort.value or SORTS[0]))

    async def _form_chosen(self, _event: object) -> None:
        await self._want(replace(self._query, as_list="list" in self._form.selected))

    async def _want(self, query: PeopleQuery) -> None:
        if query != self._query:
            self._query = query
            await self._changed(query)


def _value(chosen: ft.Dropdown) -> str:
    return "" if chosen.value in {None, _ALL} else str(chosen.value)


def _choice(
    label: str, options: list[tuple[str, str]], value: str, on_select: ft.ControlEventHandler[ft.Dropdown]
) -> ft.Dropdown:
    return ft.Dropdown(
        label=label,
        tooltip=label,
        value=value,
        options=_options(options),
        on_select=on_select,
        width=_CHOICE_PX,
        dense=True,
    )


def _options(options: Sequence[tuple[str, str]]) -> list[ft.DropdownOption]:
    return [ft.DropdownOption(key=key, text=text) for key, text in options]
