"""Small controls that show who somebody is."""

import flet as ft

from nigoh.ui.client.people import PersonInfo, face_source
from nigoh.ui.client.watch_lists import WatchListInfo
from nigoh.ui.words.say import Say

_ROUND = 12


def face(say: Say, person: PersonInfo, side_px: float) -> ft.Control:
    """Somebody's face, square; a silhouette, if there is no photo."""
    if person.best_photo is None:
        return no_face(say, side_px)
    return picture(face_source(person.best_photo), say("Photo of {name}", name=person.name), side_px)


def picture(source: str | bytes, label: str, side_px: float) -> ft.Control:
    """A square picture with round corners."""
    return ft.Image(
        src=source,
        width=side_px,
        height=side_px,
        fit=ft.BoxFit.COVER,
        border_radius=_ROUND,
        semantics_label=label,
        gapless_playback=True,
        error_content=_silhouette(label, side_px),
    )


def no_face(say: Say, side_px: float) -> ft.Control:
    """Stands where there is no photo."""
    return _silhouette(say("No photo"), side_px)


def list_chip(found: WatchListInfo) -> ft.Control:
    """A watch list by its colour and name."""
    return ft.Container(
        content=ft.Row(
            controls=[
                ft.Icon(ft.Icons.CIRCLE, size=10, color=found.colour),
                ft.Text(found.name, size=12, max_lines=1, overflow=ft.TextOverflow.ELLIPSIS),
            ],
            spacing=4,
            tight=True,
        ),
        padding=ft.Padding.symmetric(horizontal=8, vertical=2),
        border=ft.Border.all(1, ft.Colors.OUTLINE_VARIANT),
        border_radius=_ROUND,
        tooltip=found.name,
    )


def list_dots(found: list[WatchListInfo]) -> ft.Control:
    """Watch lists by their colours alone, with their names for whoever points there."""
    names = ", ".join(each.name for each in found)
    dots = [ft.Icon(ft.Icons.CIRCLE, size=10, color=each.colour) for each in found]
    return ft.Row(controls=list(dots), spacing=2, tight=True, tooltip=names)


def _silhouette(label: str, side_px: float) -> ft.Control:
    return ft.Container(
        content=ft.Icon(ft.Icons.PERSON, size=side_px / 2, color=ft.Colors.ON_SURFACE_VARIANT, semantics_label=label),
        width=side_px,
        height=side_px,
        border_radius=_ROUND,
        bgcolor=ft.Colors.SURFACE_CONTAINER_HIGHEST,
        alignment=ft.Alignment.CENTER,
    )
