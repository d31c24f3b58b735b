"""Events: who was seen, as it happens; looked at, judged, enrolled, taken away as a file."""

import asyncio

import flet as ft

from nigoh.domain.access import Permission
from nigoh.errors import NigohError
from nigoh.ui.client.api import Scalar
from nigoh.ui.client.listed import Listed
from nigoh.ui.client.people import PersonInfo, person_path
from nigoh.ui.client.problem import ApiProblem, LoggedOut
from nigoh.ui.client.sightings import CameraName, SightingInfo
from nigoh.ui.client.watch_lists import WatchListInfo
from nigoh.ui.console import Console
from nigoh.ui.controls.heading import heading
from nigoh.ui.controls.named import named_icon
from nigoh.ui.controls.person_finder import ask_person
from nigoh.ui.controls.states import empty, failed, loading
from nigoh.ui.events.commands import Moves, event_commands
from nigoh.ui.events.detail import Detail, Listening
from nigoh.ui.events.feed import Feed
from nigoh.ui.events.filter_bar import FilterBar
from nigoh.ui.events.keys import Keys
from nigoh.ui.events.query import EventsQuery
from nigoh.ui.events.stream import Stream
from nigoh.ui.events.taking_away import export_menu
from nigoh.ui.view import Place, part

_MOST_CHOICES = 1000
_LISTS = 200
_MISSING = "missing"
_WIDE_PX = 900
_BREATH_S = 1.0
"""However much happens, the list is asked for once in this time."""

_NOTE_S = 0.8
"""Whoever walks through the list does not fill the browser's history."""


class EventsView:
    """The feed, with one sighting beside it; on narrow pages one of both.

    Args:
        console: of the browser.
        here: holds the filters, and the sighting that is open.
    """

    def __init__(self, console: Console, here: Place) -> None:
        self._console = console
        self._asked = here.names.get("sighting", "")
        self._query = EventsQuery.of(here)
        self._stream = Stream(console.api, console.now)
        self._stream.begin(self._query)
        self._is_paused = False
        self._noting: asyncio.Task[None] | None = None
        self._feed = Feed(console, self._open_one, self._count_chosen)
        self._detail = Detail(console, Listening(self._judged, self._hold_keys, self._release_keys))
        moves = Moves(self._step, self._toggle_pause, self._show_keys)
        self._keys = Keys(console, event_commands(console.say, self._detail, self._feed, moves))
        self._bar = FilterBar(console, self._query, self._want, self._find_person)
        self._pause = ft.IconButton(on_click=self._pause_pressed)
        self._chosen = ft.TextButton(visible=False, on_click=self._choose_none)
        self._older = ft.TextButton(content=console.say("Show older ones"), on_click=console.doing(self._more))
        self._list = ft.Container(content=loading(console.say), expand=2)
        self._beside = ft.Container(content=self._nothing_open(), expand=3, padding=ft.Padding.only(left=8))
        self._body = ft.Row(expand=True, vertical_alignment=ft.CrossAxisAlignment.STRETCH, spacing=12)
        self._show_pause()

    def build(self) -> ft.Control:
        """What is shown."""
        say = self._console.say
        actions = (
            self._chosen,
            self._pause,
            export_menu(self._console, self._wanted),
            ft.IconButton(
                icon=named_icon(ft.Icons.VOLUME_UP, say("Sounds and notifications")),
                tooltip=say("Sounds and notifications"),
                on_click=self._console.going("/events/sounds"),
            ),
            ft.IconButton(
                icon=named_icon(ft.Icons.KEYBOARD, say("Keys")),
                tooltip=say("Keys") + " (?)",
                on_click=self._console.doing(self._help),
            ),
        )
        self._lay_out()
        if self._is_single and self._asked:
            back = ft.TextButton(
                content=say("All events"), icon=ft.Icons.ARROW_BACK, on_click=self._console.going(self._query.route())
            )
            return ft.Column(controls=[ft.Row(controls=[back]), self._body], expand=True)
        return ft.Column(controls=[heading(say("Events"), *actions), self._bar.build(), self._body], expand=True)

    async def open(self) -> None:
        """Show what was seen, and go on as it is seen."""
        self._keys.begin()
        try:
            await self._load()
            await self._open_asked()
            await self._offer()
            await self._follow()
        finally:
            self._keys.end()

    @property
    def _is_single(self) -> bool:
        return 0 < (self._console.page.width or 0) < _WIDE_PX

    def _lay_out(self) -> None:
        if not self._is_single:
            self._body.controls = [self._list, self._beside]
        else:
            self._body.controls = [self._beside if self._asked else self._list]

    async def _follow(self) -> None:
        number = 0
        while True:
            number = await self._console.visit.wake(number)
            try:
                if not self._is_paused:
                    await self._load()
                await self._detail.look_for_clip()
            except LoggedOut:
                raise
            except NigohError as error:
                self._console.tell(str(error))
            await asyncio.sleep(_BREATH_S)

    async def _load(self) -> None:
        await self._stream.refresh(kept=self._feed.selected.id if self._feed.selected else "")
        self._show()

    async def _more(self, _event: object) -> None:
        await self._stream.add_older()
        self._show()

    def _show(self) -> None:
        self._feed.show(self._stream.sightings, self._older if self._stream.has_older else None)
        self._put(self._feed.column if self._stream.sightings else self._nobody())
        selected = self._feed.selected
        if selected is not None and selected != self._detail.sighting and not self._is_single:
            self._console.tasks.start(self._detail.show(selected), "detail")

    def _put(self, control: ft.Control) -> None:
        if self._list.content is not control:
            self._list.content = control
            self._console.refresh(self._list)

    async def _open_asked(self) -> None:
        if self._asked:
            await self._open_by_id(self._asked)
        elif not self._is_single and self._feed.sightings:
            first = self._feed.sightings[0]
            self._feed.select(first.id)
            await self._show_detail(first)

    async def _open_by_id(self, sighting_id: str) -> None:
        """What a link leads to may be gone since: the rest is shown all the same."""
        try:
            found = await self._console.api.get(f"/sightings/{part(sighting_id)}", SightingInfo)
        except ApiProblem as problem:
            if problem.kind != _MISSING:
                raise
            say = self._console.say
            gone = say("It was erased, or you may not see its camera.")
            self._beside.content = empty(ft.Icons.EVENT_BUSY, say("This event is not there"), gone)
            self._console.refresh(self._beside)
            return
        self._feed.select(found.id)
        await self._show_detail(found)

    async def _open_one(self, sighting: SightingInfo) -> None:
        if self._is_single:
            await self._console.go(self._query.route(sighting.id))
            return
        self._feed.select(sighting.id)
        self._note_later(sighting.id)
        await self._show_detail(sighting)

    async def _show_detail(self, sighting: SightingInfo) -> None:
        if self._beside.content is not self._detail.column:
            self._beside.content = self._detail.column
            self._console.refresh(self._beside)
        await self._detail.show(sighting)

    def _note_later(self, sighting_id: str) -> None:
        if self._noting is not None:
            self._noting.cancel()

        async def note() -> None:
            await asyncio.sleep(_NOTE_S)
            await self._console.note(self._query.route(sighting_id))

        self._noting = self._console.tasks.start(note(), "address")

    async def _judged(self, sighting: SightingInfo) -> None:
        self._stream.replace(sighting)
        self._feed.show(self._stream.sightings, self._older if self._stream.has_older else None)

    async def _want(self, query: EventsQuery) -> None:
        self._query = query
        self._stream.begin(query)
        self._feed.choose_none()
        self._feed.show([])
        self._put(loading(self._console.say))
        await self._console.note(query.route())
        try:
            await self._load()
        except LoggedOut:
            await self._console.log_in_again()
        except NigohError as error:
            self._put(failed(self._console.say, error, self._try_again))

    async def _try_again(self, _event: object) -> None:
        await self._want(self._query)

    async def _offer(self) -> None:
        """What can be filtered by, as far as the operator may see it."""
        api, may = self._console.api, self._console.may
        cameras: tuple[CameraName, ...] = ()
        lists: tuple[WatchListInfo, ...] = ()
        if may(Permission.CAMERAS_READ):
            cameras = (await api.get("/cameras", Listed[CameraName], {"limit": _MOST_CHOICES})).items
        if may(Permission.LISTS_READ):
            lists = (await api.get("/watch-lists", Listed[WatchListInfo], {"limit": _LISTS})).items
        self._bar.offer([each.name for each in cameras], lists)
        if self._query.person and may(Permission.PEOPLE_READ):
            self._bar.show_person(await self._name_of(self._query.person))
        self._console.page.update()

    async def _name_of(self, person: str) -> str:
        try:
            return (await self._console.api.get(person_path(person), PersonInfo)).name
        except ApiProblem as problem:
            if problem.kind != _MISSING:
                raise
            return person

    async def _find_person(self) -> None:
        self._keys.hold()
        try:
            found = await ask_person(self._console)
        finally:
            self._keys.release()
        if found is not None:
            self._bar.show_person(found.name)
            await self._bar.want_person(found.id)

    def _wanted(self) -> tuple[dict[str, Scalar | None], frozenset[str]]:
        return self._query.filters(self._console.now()), frozenset(self._feed.chosen)

    def _count_chosen(self) -> None:
        say, count = self._console.say, len(self._feed.chosen)
        self._chosen.visible = bool(count)
        self._chosen.content = say.many("{count} chosen", "{count} chosen", count)
        self._chosen.tooltip = say("Choose none")
        self._console.refresh(self._chosen)

    async def _choose_none(self, _event: object) -> None:
        self._feed.choose_none()

    def _show_pause(self) -> None:
        say = self._console.say
        name = say("Go on") if self._is_paused else say("Pause")
        self._pause.icon = named_icon(ft.Icons.PLAY_ARROW if self._is_paused else ft.Icons.PAUSE, name)
        self._pause.tooltip = f"{name} (P)"
        self._pause.bgcolor = ft.Colors.TERTIARY_CONTAINER if self._is_paused else None
        self._console.refresh(self._pause)

    async def _pause_pressed(self, _event: object) -> None:
        await self._toggle_pause()

    async def _toggle_pause(self) -> None:
        self._is_paused = not self._is_paused
        self._show_pause()
        if not self._is_paused:
            await self._load()

    async def _step(self, by: int) -> None:
        if (found := await self._feed.step(by)) is not None and not self._is_single:
            await self._open_one(found)

    def _hold_keys(self) -> None:
        self._keys.hold()

    def _release_keys(self) -> None:
        self._keys.release()

    async def _help(self, _event: object) -> None:
        await self._show_keys()

    async def _show_keys(self) -> None:
        await self._keys.help()

    def _nobody(self) -> ft.Control:
        say = self._console.say
        if self._query.is_filtered:
            return empty(ft.Icons.FILTER_ALT, say("Nothing fits"), say("Choose fewer filters, or a longer time."))
        about = say("Whoever passes a camera appears here.")
        return empty(ft.Icons.SENSORS, say("Nobody was seen yet"), about)

    def _nothing_open(self) -> ft.Control:
        say = self._console.say
        return empty(
            ft.Icons.TOUCH_APP, say("Choose an event"), say("Its picture and the enrolled one stand here then.")
        )
