"""The list of sightings: the newest first, one of them shown beside it, some of them chosen."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import cast

import flet as ft

from nigoh.domain.sighting import Status
from nigoh.ui.client.sightings import SightingInfo
from nigoh.ui.console import Console
from nigoh.ui.events.marks import status_mark, verdict_mark, who
from nigoh.ui.people.faces import no_face, picture

_FACE_PX = 56

Told = Callable[[SightingInfo], Awaitable[None]]


@dataclass(slots=True, eq=False)
class _Row:
    sighting: SightingInfo
    shown: ft.Container
    check: ft.Checkbox


class Feed:
    """Holds the rows. Owner: the view.

    Args:
        console: of the browser.
        opened: is told which sighting was pointed at.
        chosen: is told when another set of them is chosen.
    """

    def __init__(self, console: Console, opened: Told, chosen: Callable[[], None]) -> None:
        self._console = console
        self._opened = opened
        self._chosen_changed = chosen
        self._rows: dict[str, _Row] = {}
        self._selected = ""
        self.chosen: set[str] = set()
        self.column = ft.Column(spacing=6, scroll=ft.ScrollMode.AUTO, expand=True)

    @property
    def sightings(self) -> tuple[SightingInfo, ...]:
        """All that are shown, in their order."""
        return tuple(row.sighting for row in self._rows.values())

    @property
    def selected(self) -> SightingInfo | None:
        """The one that stands beside the list."""
        row = self._rows.get(self._selected)
        return row.sighting if row else None

    def show(self, sightings: Sequence[SightingInfo], foot: ft.Control | None = None) -> None:
        """These and no others; rows of those that have not changed stay."""
        rows: dict[str, _Row] = {}
        for each in sightings:
            known = self._rows.get(each.id)
            if known is None:
                known = self._new_row(each)
            elif known.sighting != each:
                self._fill(known, each)
            rows[each.id] = known
        self._rows = rows
        self.column.controls = [*(row.shown for row in rows.values()), *([foot] if foot else [])]
        self._console.refresh(self.column)

    def select(self, sighting_id: str) -> None:
        """Mark the one that stands beside the list."""
        for each in (self._selected, sighting_id):
            if (row := self._rows.get(each)) is not None:
                _look(row.shown, is_selected=each == sighting_id)
                self._console.refresh(row.shown)
        self._selected = sighting_id

    async def step(self, by: int) -> SightingInfo | None:
        """The one so many rows below; None: there is none. It is scrolled to."""
        shown = self.sightings
        if not shown:
            return None
        places = {each.id: place for place, each in enumerate(shown)}
        wanted = min(max(places.get(self._selected, -1 if by > 0 else 0) + by, 0), len(shown) - 1)
        found = shown[wanted]
        await self.column.scroll_to(scroll_key=_key(found.id), duration=120)
        return found

    def choose(self, sighting_id: str, *, is_chosen: bool) -> None:
        """Choose one, or not any more."""
        if (row := self._rows.get(sighting_id)) is not None:
            row.check.value = is_chosen
            self._console.refresh(row.check)
        (self.chosen.add if is_chosen else self.chosen.discard)(sighting_id)
        self._chosen_changed()

    async def toggle_selected(self) -> None:
        """Choose the one that stands beside the list, or not any more."""
        if self.selected is not None:
            self.choose(self._selected, is_chosen=self._selected not in self.chosen)

    def choose_none(self) -> None:
        """None of them is chosen any more."""
        for each in tuple(self.chosen):
            self.choose(each, is_chosen=False)

    def _new_row(self, sighting: SightingInfo) -> _Row:
        async def opened(_event: object) -> None:
            if (row := self._rows.get(sighting.id)) is not None:
                await self._opened(row.sighting)

        shown = ft.Container(padding=8, border_radius=16, ink=True, key=_key(sighting.id), on_click=opened)
        _look(shown, is_selected=sighting.id == self._selected)
        row = _Row(sighting, shown, ft.Checkbox())
        self._fill(row, sighting)
        return row

    def _fill(self, row: _Row, sighting: SightingInfo) -> None:
        """Say in a row what is known now. The row itself stays: Flet freezes a new one that has the old one's key."""
        say = self._console.say

        def checked(event: ft.Event[ft.Checkbox]) -> None:
            self.choose(sighting.id, is_chosen=bool(event.control.value))

        row.sighting = sighting
        row.check = ft.Checkbox(
            value=sighting.id in self.chosen,
            on_change=checked,
            semantics_label=say("Choose {name}", name=who(say, sighting)),
            tooltip=say("Choose for an export"),
        )
        # A tree that compares equal to the old one would not be sent.
        row.shown.content = None
        row.shown.content = ft.Semantics(
            content=ft.Row(controls=[row.check, *self._told(sighting)], spacing=8),
            identifier=f"sighting-{sighting.id}",
            container=True,
        )

    def _told(self, sighting: SightingInfo) -> list[ft.Control]:
        say = self._console.say
        name = who(say, sighting)
        face = picture(sighting.picture, name, _FACE_PX) if sighting.picture else no_face(say, _FACE_PX)
        where = f"{sighting.camera} · {say.moment(sighting.first_at)}"
        is_named = sighting.status in {Status.KNOWN, Status.WANTED}
        text = ft.Column(
            controls=[
                ft.Text(
                    name,
                    weight=ft.FontWeight.W_600 if is_named else ft.FontWeight.NORMAL,
                    max_lines=1,
                    overflow=ft.TextOverflow.ELLIPSIS,
                ),
                ft.Text(where, size=12, color=ft.Colors.ON_SURFACE_VARIANT),
                ft.Row(
                    controls=[
                        status_mark(say, sighting.status),
                        ft.Text(say.number(sighting.score, 2), size=12, tooltip=say("Similarity")),
                        verdict_mark(say, sighting),
                        *([ft.Icon(ft.Icons.COMMENT, size=16, tooltip=sighting.comment)] if sighting.comment else []),
                    ],
                    spacing=8,
                    wrap=True,
                    run_spacing=2,
                ),
            ],
            spacing=2,
            tight=True,
            expand=True,
        )
        return [face, text]


def _look(row: ft.Container, *, is_selected: bool) -> None:
    row.border = ft.Border.all(1, ft.Colors.PRIMARY if is_selected else ft.Colors.OUTLINE_VARIANT)
    row.bgcolor = ft.Colors.SECONDARY_CONTAINER if is_selected else ft.Colors.SURFACE_CONTAINER_LOW


def _key(sighting_id: str) -> ft.ScrollKey:
    # It is a dataclass, which Flet hides from type checkers.
    return cast("Callable[[str], ft.ScrollKey]", ft.ScrollKey)(sighting_id)
