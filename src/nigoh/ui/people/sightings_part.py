"""All sightings of a person: a plot of cameras by time, and below it one after the other."""

import asyncio
from dataclasses import replace
from datetime import date

import flet as ft

from nigoh.errors import NigohError
from nigoh.ui.client.api import Query
from nigoh.ui.client.listed import Listed
from nigoh.ui.client.people import PersonInfo
from nigoh.ui.client.sightings import SightingInfo
from nigoh.ui.console import Console
from nigoh.ui.controls.states import empty, loading
from nigoh.ui.events.marks import status_mark, verdict_mark
from nigoh.ui.events.query import SPANS, EventsQuery
from nigoh.ui.people.faces import no_face, picture
from nigoh.ui.people.presence import presence, span_of
from nigoh.ui.people.presence_plot import PresencePlot
from nigoh.ui.view import part, place

_MOST = 500
_PAGE = 25
_MOST_CAMERAS = 12
_FACE_PX = 56
_ALL = "all"
_PAUSE_S = 2.0


class SightingsPart:
    """What cameras saw of somebody; it follows what happens. Owner: the view.

    Args:
        console: of the browser.
        person: who.
        span: one of `SPANS`, or "" for all times.
    """

    def __init__(self, console: Console, person: PersonInfo, span: str) -> None:
        self._console, self._person = console, person
        self._span = span if span in SPANS else ""
        self._found: tuple[SightingInfo, ...] = ()
        self._more: str | None = None
        self._shown = _PAGE
        self._plot = PresencePlot(console, self._open_one)
        self._note = ft.Text(color=ft.Colors.ON_SURFACE_VARIANT, size=13)
        self._list = ft.Column(spacing=4)
        self._body = ft.Column(controls=[loading(console.say)], spacing=12)

    def build(self) -> ft.Control:
        """What is shown."""
        say = self._console.say
        names = {
            _ALL: say("All times"),
            "1h": say("Last hour"),
            "24h": say("Last 24 hours"),
            "7d": say("Last 7 days"),
            "30d": say("Last 30 days"),
        }
        times = ft.Dropdown(
            label=say("Time"),
            tooltip=say("Time"),
            value=self._span or _ALL,
            options=[ft.DropdownOption(key=key, text=text) for key, text in names.items()],
            on_select=self._choose_span,
            width=180,
            dense=True,
        )
        feed = ft.TextButton(
            content=say("Open in the events"),
            icon=ft.Icons.OPEN_IN_NEW,
            on_click=self._console.going(EventsQuery(person=self._person.id, span=self._span).route()),
        )
        return ft.Column(controls=[ft.Row(controls=[times, feed], wrap=True), self._body], spacing=12)

    async def open(self) -> None:
        """Ask for them, and again whenever something happened."""
        await self._load()
        number = 0
        while True:
            newest = await self._console.visit.wake(number)
            if newest != number:
                number = newest
                await self._look_again()
            # However much happens, the list is not drawn more often.
            await asyncio.sleep(_PAUSE_S)

    async def _look_again(self) -> None:
        (latest, *_) = (*(await self._ask(None, 1)).items, None)
        known = self._found[0] if self._found else None
        if latest != known:
            await self._load()

    async def _ask(self, cursor: str | None, limit: int) -> Listed[SightingInfo]:
        asked: Query = {
            **EventsQuery(person=self._person.id, span=self._span).filters(self._console.now()),
            "limit": limit,
            "cursor": cursor,
        }
        return await self._console.api.get("/sightings", Listed[SightingInfo], asked)

    async def _load(self) -> None:
        page = await self._ask(None, _MOST)
        self._found, self._more = page.items, page.next_cursor
        self._show()

    def _show(self) -> None:
        say = self._console.say
        if not self._found:
            self._body.controls = [
                empty(ft.Icons.VISIBILITY_OFF, say("Nobody has seen them"), say("No camera, in this time at least."))
            ]
            self._console.refresh(self._body)
            return
        self._show_list()
        if self._note not in self._body.controls:
            self._body.controls = [self._plot.build(), self._note, self._list]
        span = span_of(self._found, self._console.now(), SPANS.get(self._span))
        shown = presence(self._found, span, _MOST_CAMERAS)
        cameras = len({each.camera for each in self._found})
        texts = [say.many("{count} sighting", "{count} sightings", len(self._found))]
        texts += [say("there are older ones, which the plot leaves out")] if self._more else []
        texts += [say("cameras with few sightings are left out")] if cameras > _MOST_CAMERAS else []
        self._note.value = "; ".join(texts)
        self._console.refresh(self._body)
        self._plot.show(shown)

    def _show_list(self) -> None:
        say, rows, day = self._console.say, [], None
        for each in self._found[: self._shown]:
            its_day = each.first_at.astimezone().date()
            if its_day != day:
                day = its_day
                rows.append(self._day(its_day))
            rows.append(self._row(each))
        if self._shown < len(self._found) or self._more:
            rows.append(ft.TextButton(content=say("Show more"), on_click=self._console.doing(self._show_more)))
        self._list.controls = rows

    def _day(self, day: date) -> ft.Control:
        title = ft.Text(self._console.say.day(day), weight=ft.FontWeight.W_500)
        return ft.Container(content=ft.Semantics(content=title, header=True), padding=ft.Padding.only(top=8))

    def _row(self, sighting: SightingInfo) -> ft.Control:
        say = self._console.say
        label = say("Seen by {camera}", camera=sighting.camera)
        score = say("Similarity {score}", score=say.number(sighting.score, 2))
        shown = picture(sighting.picture, label, _FACE_PX) if sighting.picture else no_face(say, _FACE_PX)
        lasted = say.lasting(max((sighting.last_at - sighting.first_at).total_seconds(), 1.0))
        told = ft.Column(
            controls=[
                ft.Text(f"{say.clock(sighting.first_at)}  ·  {sighting.camera}", weight=ft.FontWeight.W_500),
                ft.Row(
                    controls=[
                        status_mark(say, sighting.status),
                        ft.Text(score, size=13),
                        ft.Text(lasted, size=13, color=ft.Colors.ON_SURFACE_VARIANT),
                        verdict_mark(say, sighting),
                    ],
                    wrap=True,
                    spacing=8,
                    run_spacing=2,
                ),
            ],
            spacing=2,
            tight=True,
            expand=True,
        )

        async def go(_event: object) -> None:
            await self._open_one(sighting)

        return ft.Container(
            content=ft.Row(controls=[shown, told], spacing=12),
            padding=6,
            border_radius=12,
            ink=True,
            on_click=go,
        )

    async def _show_more(self, _event: object) -> None:
        self._shown += _PAGE
        if self._shown > len(self._found) and self._more:
            page = await self._ask(self._more, _MOST)
            self._found, self._more = (*self._found, *page.items), page.next_cursor
        self._show_list()
        self._console.refresh(self._list)

    async def _open_one(self, sighting: SightingInfo) -> None:
        query = EventsQuery(person=self._person.id)
        await self._console.go(replace(query, span=self._span).route(sighting.id))

    async def _choose_span(self, event: ft.Event[ft.Dropdown]) -> None:
        chosen = str(event.control.value or _ALL)
        self._span = "" if chosen == _ALL else chosen
        self._shown = _PAGE
        await self._console.note(place(f"/people/{part(self._person.id)}", time=self._span))
        try:
            await self._load()
        except NigohError as error:
            await self._console.tell_problem(error)
