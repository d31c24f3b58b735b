"""Below the face: the enrolled people who resemble it, and where it was seen before."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

import flet as ft

from nigoh.ui.client.people import PersonInfo
from nigoh.ui.client.sightings import CandidateInfo, PastInfo
from nigoh.ui.console import Console
from nigoh.ui.search.found import cards, past_card, person_card


class Results:
    """Shows what was found. Owner: the view.

    Args:
        console: of the browser.
        more: asks for the next page of the past.
    """

    def __init__(self, console: Console, more: Callable[[object], Awaitable[None]]) -> None:
        self._console = console
        self._more = more
        self._people = ft.Column(spacing=8)
        self._past = ft.Column(spacing=8)
        self.column = ft.Column(controls=[self._people, self._past], spacing=20, visible=False)

    def clear(self) -> None:
        """Nothing is known of this face yet."""
        self._people.controls, self._past.controls = [], []
        self.column.visible = False
        self._console.refresh(self.column)

    def show_people(
        self, found: Sequence[CandidateInfo], people: Mapping[str, PersonInfo | None], least: float, threshold: float
    ) -> None:
        """Those who are similar enough."""
        say = self._console.say
        near = [each for each in found if each.score >= least]
        nobody = ft.Text(say("Nobody enrolled is that similar."), color=ft.Colors.ON_SURFACE_VARIANT)
        shown = [person_card(self._console, each, people.get(each.person), threshold) for each in near]
        title = say.many("{count} enrolled person resembles it", "{count} enrolled people resemble it", len(near))
        self._fill(self._people, title, [cards(shown) if shown else nobody])

    def show_past(self, found: PastInfo) -> None:
        """Those that were asked for so far."""
        say = self._console.say
        title = say.many("Seen {count} time before", "Seen {count} times before", found.number)
        never = ft.Text(say("No sighting is that similar."), color=ft.Colors.ON_SURFACE_VARIANT)
        shown = [past_card(self._console, each, found.threshold) for each in found.items]
        more = ft.TextButton(content=say("Show more"), on_click=self._more)
        parts = [cards(shown) if shown else never, *([more] if found.next_cursor else [])]
        self._fill(self._past, title, parts)

    def _fill(self, column: ft.Column, title: str, parts: Sequence[ft.Control]) -> None:
        head = ft.Semantics(
            content=ft.Text(title, theme_style=ft.TextThemeStyle.TITLE_MEDIUM), heading_level=2, header=True
        )
        column.controls = [head, *parts]
        self.column.visible = True
        self._console.refresh(self.column)
