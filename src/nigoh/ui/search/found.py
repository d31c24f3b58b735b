"""What a search has found: enrolled people, and past sightings."""

from collections.abc import Awaitable, Callable, Sequence

import flet as ft

from nigoh.ui.client.people import PersonInfo
from nigoh.ui.client.sightings import CandidateInfo, PastSightingInfo
from nigoh.ui.console import Console
from nigoh.ui.events.marks import status_mark, who
from nigoh.ui.people.faces import face, no_face, picture
from nigoh.ui.view import part

_CARD_PX = 150
_FACE_PX = 134


def person_card(
    console: Console, candidate: CandidateInfo, person: PersonInfo | None, threshold: float
) -> ft.Control:
    """An enrolled person who resembles the face."""
    say = console.say
    name = candidate.name or say("Enrolled person")
    shown = face(say, person, _FACE_PX) if person else no_face(say, _FACE_PX)
    return _card(
        shown,
        [
            ft.Text(name, max_lines=2, overflow=ft.TextOverflow.ELLIPSIS, tooltip=name),
            _likeness(console, candidate.score, threshold),
        ],
        f"found-person-{candidate.person}",
        console.going(f"/people/{part(candidate.person)}"),
    )


def past_card(console: Console, found: PastSightingInfo, threshold: float) -> ft.Control:
    """A past sighting that resembles the face."""
    say, sighting = console.say, found.sighting
    name = who(say, sighting)
    return _card(
        picture(sighting.picture, name, _FACE_PX) if sighting.picture else no_face(say, _FACE_PX),
        [
            _likeness(console, found.similarity, threshold),
            ft.Text(sighting.camera, size=12, max_lines=1, overflow=ft.TextOverflow.ELLIPSIS),
            ft.Text(say.moment(sighting.first_at), size=12, color=ft.Colors.ON_SURFACE_VARIANT),
            status_mark(say, sighting.status),
        ],
        f"found-sighting-{sighting.id}",
        console.going(f"/events/{part(sighting.id)}"),
    )


def cards(found: Sequence[ft.Control]) -> ft.Control:
    """Beside each other, as many as there is room for."""
    return ft.Row(
        controls=list(found), wrap=True, spacing=10, run_spacing=10, vertical_alignment=ft.CrossAxisAlignment.START
    )


def _likeness(console: Console, score: float, threshold: float) -> ft.Control:
    is_enough = score >= threshold
    say = console.say
    return ft.Text(
        say.number(score, 2),
        weight=ft.FontWeight.BOLD if is_enough else ft.FontWeight.NORMAL,
        color=ft.Colors.PRIMARY if is_enough else ft.Colors.ON_SURFACE_VARIANT,
        tooltip=say("As similar as one person") if is_enough else say("Less similar than one person usually is"),
    )


def _card(
    shown: ft.Control, told: Sequence[ft.Control], identifier: str, opens: Callable[[object], Awaitable[None]]
) -> ft.Control:
    return ft.Semantics(
        content=ft.Container(
            content=ft.Column(controls=[shown, *told], spacing=3, tight=True),
            width=_CARD_PX,
            padding=8,
            border=ft.Border.all(1, ft.Colors.OUTLINE_VARIANT),
            border_radius=16,
            bgcolor=ft.Colors.SURFACE_CONTAINER_LOW,
            ink=True,
            on_click=opens,
        ),
        identifier=identifier,
        container=True,
    )
