"""Above the feed: camera, list, person, status, decision, time."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import date, datetime

import flet as ft

from nigoh.domain.records import Verdict
from nigoh.domain.sighting import Status
from nigoh.ui.client.watch_lists import WatchListInfo
from nigoh.ui.console import Console
from nigoh.ui.controls.named import named
from nigoh.ui.events.query import SPANS, EventsQuery
from nigoh.ui.words.sighting_words import status_names, verdict_names

_ALL = "*"
_DAYS = "days"
_WIDTH_PX = 204

Changed = Callable[[EventsQuery], Awaitable[None]]


class FilterBar:
    """Tells whenever something else is wanted. Owner: the view.

    Args:
        console: of the browser.
        query: what is wanted at first.
        changed: is told.
        find_person: lets the operator name somebody.
    """

    def __init__(
        self, console: Console, query: EventsQuery, changed: Changed, find_person: Callable[[], Awaitable[None]]
    ) -> None:
        self._console, self._query, self._changed, self._find_person = console, query, changed, find_person
        say = console.say
        self._camera = _choice(say("Camera"), self._camera_chosen)
        self._list = _choice(say("List"), self._list_chosen)
        self._named_list = named(self._list, say("List"))
        self._status = _choice(say("Status"), self._status_chosen)
        self._verdict = _choice(say("Decision"), self._verdict_chosen)
        self._time = _choice(say("Time"), self._time_chosen)
        self._person = ft.Chip(
            label=say("Person"), leading=ft.Icon(ft.Icons.PERSON_SEARCH), on_click=self._person_asked
        )
        self._clear = ft.TextButton(content=say("Show all"), icon=ft.Icons.FILTER_ALT_OFF, on_click=self._cleared)
        self.offer((), ())
        self.show_person("")

    def build(self) -> ft.Control:
        """What is shown."""
        say = self._console.say
        return ft.Row(
            controls=[
                named(self._camera, say("Camera")),
                self._named_list,
                named(self._status, say("Status")),
                named(self._verdict, say("Decision")),
                named(self._time, say("Time")),
                self._person,
                self._clear,
            ],
            wrap=True,
            spacing=8,
            run_spacing=8,
            vertical_alignment=ft.CrossAxisAlignment.CENTER,
        )

    def offer(self, cameras: Sequence[str], lists: Sequence[WatchListInfo]) -> None:
        """Cameras and lists that can be chosen."""
        say, query = self._console.say, self._query
        known = [*cameras, *([query.camera] if query.camera and query.camera not in cameras else [])]
        _fill(self._camera, [(_ALL, say("All cameras")), *((each, each) for each in known)], query.camera)
        _fill(self._list, [(_ALL, say("All lists")), *((each.id, each.name) for each in lists)], query.watch_list)
        statuses, verdicts = status_names(say), verdict_names(say)
        _fill(self._status, [(_ALL, say("All")), *((each, statuses[each]) for each in Status)], query.status)
        _fill(self._verdict, [(_ALL, say("All")), *((each, verdicts[each]) for each in Verdict)], query.verdict)
        spans = {
            "1h": say("Last hour"),
            "24h": say("Last 24 hours"),
            "7d": say("Last 7 days"),
            "30d": say("Last 30 days"),
        }
        times = [(_ALL, say("Any time")), *((each, spans[each]) for each in SPANS), (_DAYS, self._days_text())]
        _fill(self._time, times, _DAYS if query.first_day else query.span)
        self._named_list.visible = bool(lists)
        self._clear.visible = query.is_filtered

    def show_person(self, name: str) -> None:
        """Who is filtered for."""
        say = self._console.say
        self._person.label = say("Person: {name}", name=name) if name else say("Any person")
        self._person.on_delete = self._person_cleared if name else None
        self._person.delete_icon_tooltip = say("Any person")

    def set_query(self, query: EventsQuery) -> None:
        """Something else is wanted than what was chosen here."""
        self._query = query
        self._clear.visible = query.is_filtered

    async def want_person(self, person: str) -> None:
        """Somebody was named."""
        await self._want(replace(self._query, person=person))

    def _days_text(self) -> str:
        query, say = self._query, self._console.say
        if not query.first_day:
            return say("Choose days…")
        days = [say.day(date.fromisoformat(each)) for each in (query.first_day, query.last_day)]
        return days[0] if days[0] == days[1] else f"{days[0]} – {days[1]}"

    async def _camera_chosen(self, _event: object) -> None:
        await self._want(replace(self._query, camera=_value(self._camera)))

    async def _list_chosen(self, _event: object) -> None:
        await self._want(replace(self._query, watch_list=_value(self._list)))

    async def _status_chosen(self, _event: object) -> None:
        await self._want(replace(self._query, status=_value(self._status)))

    async def _verdict_chosen(self, _event: object) -> None:
        await self._want(replace(self._query, verdict=_value(self._verdict)))

    async def _time_chosen(self, _event: object) -> None:
        if self._time.value == _DAYS:
            self._console.page.show_dialog(
                ft.DateRangePicker(last_date=self._console.now(), on_change=self._days_chosen)
            )
            return
        await self._want(replace(self._query, span=_value(self._time), first_day="", last_day=""))

    async def _days_chosen(self, event: ft.Event[ft.DateRangePicker]) -> None:
        first, last = (_local_day(each) for each in (event.control.start_value, event.control.end_value))
        if first:
            await self._want(replace(self._query, span="", first_day=first, last_day=last or first))

    async def _person_asked(self, _event: object) -> None:
        await self._find_person()

    async def _person_cleared(self, _event: object) -> None:
        self.show_person("")
        await self._want(replace(self._query, person=""))

    async def _cleared(self, _event: object) -> None:
        self.show_person("")
        await self._want(EventsQuery())

    async def _want(self, query: EventsQuery) -> None:
        if query != self._query:
            self.set_query(query)
            await self._changed(query)


def _local_day(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone().date().isoformat()
    return value.isoformat() if isinstance(value, date) else ""


def _value(chosen: ft.Dropdown) -> str:
    return "" if chosen.value in {None, _ALL} else str(chosen.value)


def _choice(label: str, on_select: ft.ControlEventHandler[ft.Dropdown]) -> ft.Dropdown:
    return ft.Dropdown(label=label, width=_WIDTH_PX, dense=True, menu_height=420, on_select=on_select)


def _fill(choice: ft.Dropdown, options: Sequence[tuple[str, str]], value: str) -> None:
    choice.options = [ft.DropdownOption(key=key, text=text) for key, text in options]
    choice.value = value or _ALL
