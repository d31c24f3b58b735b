"""Small controls that say what a sighting is."""

from collections.abc import Mapping

import flet as ft

from nigoh.domain.records import Verdict
from nigoh.domain.sighting import Status
from nigoh.ui.client.sightings import SightingInfo
from nigoh.ui.words.say import Say
from nigoh.ui.words.sighting_words import status_names, verdict_names

_LOOKS: Mapping[Status, tuple[ft.IconData, ft.ColorValue, ft.ColorValue]] = {
    Status.WANTED: (ft.Icons.NOTIFICATION_IMPORTANT, ft.Colors.ERROR_CONTAINER, ft.Colors.ON_ERROR_CONTAINER),
    Status.KNOWN: (ft.Icons.PERSON, ft.Colors.PRIMARY_CONTAINER, ft.Colors.ON_PRIMARY_CONTAINER),
    Status.UNKNOWN: (ft.Icons.HELP_OUTLINE, ft.Colors.SURFACE_CONTAINER_HIGHEST, ft.Colors.ON_SURFACE),
    Status.AMBIGUOUS: (ft.Icons.CALL_SPLIT, ft.Colors.TERTIARY_CONTAINER, ft.Colors.ON_TERTIARY_CONTAINER),
}
_VERDICTS = {Verdict.CONFIRMED: ft.Icons.CHECK_CIRCLE, Verdict.REJECTED: ft.Icons.CANCEL}


def status_mark(say: Say, status: Status) -> ft.Control:
    """What was decided about the face."""
    icon, back, ink = _LOOKS[status]
    return ft.Container(
        content=ft.Row(
            controls=[ft.Icon(icon, size=14, color=ink), ft.Text(status_names(say)[status], size=12, color=ink)],
            spacing=4,
            tight=True,
        ),
        padding=ft.Padding.symmetric(horizontal=8, vertical=2),
        border_radius=10,
        bgcolor=back,
    )


def verdict_mark(say: Say, sighting: SightingInfo) -> ft.Control:
    """What somebody said about it; nothing if nobody did."""
    if sighting.verdict is Verdict.NONE:
        return ft.Container(width=0)
    is_rejected = sighting.verdict is Verdict.REJECTED
    return ft.Icon(
        _VERDICTS[sighting.verdict],
        size=20,
        color=ft.Colors.ERROR if is_rejected else ft.Colors.PRIMARY,
        tooltip=verdict_names(say)[sighting.verdict],
        semantics_label=verdict_names(say)[sighting.verdict],
    )


def who(say: Say, sighting: SightingInfo) -> str:
    """What whoever was seen is called."""
    if sighting.person_name:
        return sighting.person_name
    if sighting.person:
        return say("Enrolled person")
    return {
        Status.AMBIGUOUS: say("One of several people"),
    }.get(sighting.status, say("Unknown person"))


def score_bar(say: Say, score: float, threshold: float) -> ft.Control:
    """A score beside what it was held against."""
    is_enough = score >= threshold
    ink = ft.Colors.PRIMARY if is_enough else ft.Colors.OUTLINE
    told = say("Similarity {score}, threshold {threshold}", score=_two(say, score), threshold=_two(say, threshold))
    place = min(max(threshold, 0.0), 1.0)
    return ft.Column(
        controls=[
            ft.Text(told, size=13),
            ft.Semantics(
                label=told,
                content=ft.Stack(
                    controls=[
                        ft.ProgressBar(
                            value=min(max(score, 0.0), 1.0), bar_height=10, border_radius=5, color=ink,
                            bgcolor=ft.Colors.SURFACE_CONTAINER_HIGHEST,
                        ),
                        ft.Container(
                            content=ft.Container(width=3, height=16, bgcolor=ft.Colors.ON_SURFACE, border_radius=2),
                            alignment=ft.Alignment(2 * place - 1, 0),
                        ),
                    ],
                    height=16,
                    alignment=ft.Alignment.CENTER,
                ),
            ),
        ],
        spacing=2,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )  # fmt: skip


def _two(say: Say, value: float) -> str:
    return say.number(value, 2)
