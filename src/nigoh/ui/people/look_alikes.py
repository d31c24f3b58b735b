"""Who is enrolled already and looks like a photo: the same person, or another one?"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import flet as ft

from nigoh.domain.sighting import Candidate
from nigoh.ui.client.api import Api
from nigoh.ui.client.people import PersonInfo, person_path
from nigoh.ui.client.problem import ApiProblem
from nigoh.ui.console import Console
from nigoh.ui.people.draft_photo import DraftPhoto
from nigoh.ui.people.faces import face
from nigoh.ui.view import part

_FACE_PX = 64


@dataclass(frozen=True, slots=True)
class LookAlike:
    """Somebody, and how much they resemble a photo, cosine."""

    person: PersonInfo
    score: float


async def read_look_alikes(api: Api, photos: Sequence[DraftPhoto]) -> list[LookAlike]:
    """Everybody whom one of the photos resembles, the most similar first. Raises ApiProblem."""
    found = []
    for each in nearest(photos):
        try:
            found.append(LookAlike(await api.get(person_path(each.person), PersonInfo), each.score))
        except ApiProblem as problem:
            # Erased a moment ago.
            if problem.kind != "missing":
                raise
    return found


def nearest(photos: Sequence[DraftPhoto]) -> list[Candidate]:
    """Each look-alike once, with the highest similarity, the most similar first."""
    best: dict[str, Candidate] = {}
    for each in sorted((one for photo in photos for one in photo.check.look_alikes), key=lambda one: one.score):
        best[each.person] = each
    return sorted(best.values(), key=lambda one: -one.score)


class LookAlikes:
    """Asks whether these are the same person. Owner: the view.

    Args:
        console: of the browser.
        take: adds the photos to somebody who is enrolled.
        decided: is told whenever the answer changes.
    """

    def __init__(
        self,
        console: Console,
        take: Callable[[PersonInfo], Awaitable[None]],
        decided: Callable[[], None],
    ) -> None:
        self._console = console
        self._take = take
        self._decided = decided
        self._found: list[LookAlike] = []
        self._are_others = ft.Checkbox(
            label=console.say("They are other people: save all the same"), on_change=self._changed
        )
        self.shown = ft.Container(visible=False)

    @property
    def are_settled(self) -> bool:
        """Whether nothing stands in the way of saving."""
        return not self._found or bool(self._are_others.value)

    @property
    def are_others(self) -> bool:
        """Whether somebody said that they are other people."""
        return bool(self._found) and bool(self._are_others.value)

    def show(self, found: Sequence[LookAlike]) -> None:
        """Show these; an answer holds for those who were asked about."""
        if {each.person.id for each in found} - {each.person.id for each in self._found}:
            self._are_others.value = False
        self._found = list(found)
        say = self._console.say
        self.shown.visible = bool(found)
        self.shown.padding, self.shown.border_radius = 12, 12
        self.shown.bgcolor = ft.Colors.TERTIARY_CONTAINER
        title = ft.Text(
            say("Already enrolled? These people look alike."),
            weight=ft.FontWeight.W_500,
            color=ft.Colors.ON_TERTIARY_CONTAINER,
        )
        rows = [self._row(each) for each in found]
        self.shown.content = ft.Column(controls=[title, *rows, self._are_others], spacing=8, tight=True)
        self._console.refresh(self.shown)

    def _row(self, found: LookAlike) -> ft.Control:
        say, person = self._console.say, found.person

        async def take(_event: object) -> None:
            await self._take(person)

        buttons = ft.Row(
            controls=[
                ft.FilledTonalButton(content=say("It is them: add the photos"), on_click=self._console.doing(take)),
                ft.TextButton(content=say("Open"), on_click=self._console.going(f"/people/{part(person.id)}")),
            ],
            wrap=True,
            spacing=4,
            run_spacing=4,
        )
        told = ft.Column(
            controls=[
                ft.Text(person.name, weight=ft.FontWeight.W_500, color=ft.Colors.ON_TERTIARY_CONTAINER),
                ft.Text(
                    say("Similarity {score}", score=say.number(found.score, 2)), color=ft.Colors.ON_TERTIARY_CONTAINER
                ),
                buttons,
            ],
            spacing=2,
            tight=True,
            expand=True,
        )
        return ft.Row(
            controls=[face(say, person, _FACE_PX), told],
            spacing=12,
            vertical_alignment=ft.CrossAxisAlignment.START,
        )

    def _changed(self, _event: object) -> None:
        self._decided()
