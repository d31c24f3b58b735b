"""People: who is enrolled."""

import asyncio
from dataclasses import replace

import flet as ft

from nigoh.domain.access import Permission
from nigoh.errors import NigohError
from nigoh.ui.client.listed import Listed
from nigoh.ui.client.people import Counted, GroupNames, PersonInfo, person_path
from nigoh.ui.client.problem import LoggedOut
from nigoh.ui.client.watch_lists import WatchListInfo
from nigoh.ui.console import Console
from nigoh.ui.controls.heading import heading
from nigoh.ui.controls.pager import Pager
from nigoh.ui.controls.states import empty, failed, loading
from nigoh.ui.people.cards import Deeds, PersonCards
from nigoh.ui.people.erasing import ask_to_erase
from nigoh.ui.people.filter_bar import FilterBar
from nigoh.ui.people.merging import ask_to_merge
from nigoh.ui.people.query import PeopleQuery
from nigoh.ui.view import Place, place

_PAGE = 36
_LISTS = 200
_NEW = "/people/new"


class UserListView:
    """Everybody, as a grid of faces or as a list; searched, filtered, sorted; two of them merged, one erased.

    Args:
        console: of the browser.
        here: holds the filters.
    """

    def __init__(self, console: Console, here: Place) -> None:
        self._console = console
        self._query = PeopleQuery.of(here)
        self._lists: dict[str, WatchListInfo] = {}
        self._people: tuple[PersonInfo, ...] = ()
        self._chosen: dict[str, PersonInfo] = {}
        self._bar = FilterBar(console, self._query, self._want)
        self._pager = Pager(console.say, self._turn)
        self._choice = ft.Container(visible=False)
        self._body = ft.Column(controls=[loading(console.say)])
        self._busy = ft.ProgressBar(visible=False, semantics_label=console.say("Loading"))
        self._foot = ft.Container(content=self._pager.build(), visible=False)

    def build(self) -> ft.Control:
        """What is shown."""
        say = self._console.say
        is_writer = self._console.may(Permission.PEOPLE_WRITE)
        imports = ft.OutlinedButton(
            content=say("Import"),
            icon=ft.Icons.UPLOAD_FILE,
            on_click=self._console.going(place(_NEW, mode="import")),
            visible=is_writer and self._console.may(Permission.LISTS_WRITE),
        )
        return ft.Column(
            controls=[
                heading(say("People"), imports, self._adding(visible=is_writer)),
                self._bar.build(),
                self._choice,
                ft.Container(content=self._busy, height=4),
                self._body,
                self._foot,
            ],
            expand=True,
            scroll=ft.ScrollMode.AUTO,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )

    async def open(self) -> None:
        """Ask who there is, and what they can be filtered by."""
        if self._query.merge:
            found = await self._console.api.get(person_path(self._query.merge), PersonInfo)
            self._chosen = {found.id: found}
        await asyncio.gather(self._offer_filters(), self._read())
        self._show()

    async def _offer_filters(self) -> None:
        api, may = self._console.api, self._console.may(Permission.LISTS_READ)
        groups = await api.get("/people/groups", GroupNames)
        lists = await api.get("/watch-lists", Listed[WatchListInfo], {"limit": _LISTS}) if may else None
        self._lists = {each.id: each for each in lists.items} if lists else {}
        self._bar.offer(tuple(self._lists.values()), groups.items)

    async def _want(self, query: PeopleQuery) -> None:
        is_only_form = replace(query, as_list=self._query.as_list) == self._query
        self._query = query
        if is_only_form:
            self._show()
        else:
            self._pager.begin()
            await self._turn(None)
        await self._console.note(query.route)

    async def _turn(self, _event: object) -> None:
        self._busy.visible = True
        self._console.refresh(self._busy)
        try:
            if await self._read():
                self._show()
        except LoggedOut:
            await self._console.log_in_again()
        except NigohError as error:
            self._put(failed(self._console.say, error, self._turn))
        finally:
            self._busy.visible = False
            self._console.refresh(self._busy)

    async def _read(self) -> bool:
        """Ask who is wanted; whether they are still wanted when the answer comes: somebody may have typed on."""
        api, query = self._console.api, self._query
        asked = {**query.filters(), **query.order(), "limit": _PAGE, "cursor": self._pager.cursor}
        page, counted = await asyncio.gather(
            api.get("/people", Listed[PersonInfo], asked), api.get("/people/count", Counted, query.filters())
        )
        if query != self._query:
            return False
        self._people = page.items
        say, first = self._console.say, self._pager.number * _PAGE
        text = say(
            "{first}–{last} of {all}",
            first=say.number(first + 1),
            last=say.number(first + len(page.items)),
            all=say.number(counted.number),
        )
        self._pager.show(page.next_cursor, text)
        return True

    def _show(self) -> None:
        cards = PersonCards(self._console, self._lists, Deeds(self._choose, self._erase))
        made = cards.row if self._query.as_list else cards.card
        shown = [made(each, is_chosen=each.id in self._chosen) for each in self._people]
        self._foot.visible = bool(shown)
        self._show_choice()
        if not shown:
            self._put(self._nobody())
        elif self._query.as_list:
            self._put(ft.Column(controls=shown, spacing=6))
        else:
            self._put(ft.Row(controls=shown, wrap=True, spacing=10, run_spacing=10))

    def _put(self, control: ft.Control) -> None:
        self._body.controls = [control]
        self._console.refresh(self._body)
        self._console.refresh(self._foot)

    def _nobody(self) -> ft.Control:
        say = self._console.say
        if self._query.is_filtered:
            clear = ft.FilledTonalButton(content=say("Show everybody"), on_click=self._clear)
            return empty(ft.Icons.PERSON_SEARCH, say("Nobody is found"), say("Try fewer letters."), clear)
        about = say("Add people with a photo each: nigoh names them when a camera sees them.")
        add = self._adding(visible=self._console.may(Permission.PEOPLE_WRITE))
        return empty(ft.Icons.GROUP_OUTLINED, say("Nobody is enrolled yet"), about, add)

    def _adding(self, *, visible: bool) -> ft.Control:
        return ft.FilledButton(
            content=self._console.say("Add a person"),
            icon=ft.Icons.PERSON_ADD,
            on_click=self._console.going(_NEW),
            visible=visible,
        )

    async def _clear(self, _event: object) -> None:
        await self._bar.clear()

    async def _choose(self, person: PersonInfo) -> None:
        if self._chosen.pop(person.id, None) is None:
            # Of a third one the oldest choice goes.
            self._chosen = dict([*self._chosen.items(), (person.id, person)][-2:])
        self._show()

    def _show_choice(self) -> None:
        say = self._console.say
        names = [each.name for each in self._chosen.values()]
        merge = ft.FilledButton(
            content=say("Merge…"),
            icon=ft.Icons.MERGE,
            disabled=len(names) < 2,
            on_click=self._console.doing(self._merge),
        )
        hint = say("Choose the other entry of this person.") if len(names) == 1 else ""
        self._choice.content = ft.Row(
            controls=[
                ft.Text(" + ".join(names), weight=ft.FontWeight.W_500),
                ft.Text(hint),
                merge,
                ft.TextButton(content=say("Choose nobody"), on_click=self._forget),
            ],
            wrap=True,
            vertical_alignment=ft.CrossAxisAlignment.CENTER,
        )
        self._choice.visible = bool(names)
        self._choice.padding = 8
        self._choice.border_radius = 12
        self._choice.bgcolor = ft.Colors.SECONDARY_CONTAINER
        self._console.refresh(self._choice)

    async def _forget(self, _event: object) -> None:
        self._chosen = {}
        self._show()

    async def _merge(self, _event: object) -> None:
        one, other = self._chosen.values()
        if await ask_to_merge(self._console, one, other) is not None:
            self._chosen = {}
            await self._turn(None)

    async def _erase(self, person: PersonInfo) -> None:
        if await ask_to_erase(self._console, person):
            self._chosen.pop(person.id, None)
            await self._turn(None)
