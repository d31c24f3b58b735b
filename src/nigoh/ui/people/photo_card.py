"""A photo that is not saved yet, with what was found in it: faces, quality, advice, who looks like it."""

from collections.abc import Awaitable, Callable, Sequence

import flet as ft

from nigoh.domain.photo_check import PhotoOutcome
from nigoh.domain.sighting import Box
from nigoh.ui.console import Console
from nigoh.ui.people.draft_photo import DraftPhoto
from nigoh.ui.people.words import advice_text, outcome_text, quality_text

CARD_PX = 288
_PICTURE_PX = 240
_LEAST_PX = 18

FaceChosen = Callable[[DraftPhoto, int], Awaitable[None]]
Removed = Callable[[DraftPhoto], Awaitable[None]]


def photo_card(
    console: Console, photo: DraftPhoto, chosen: FaceChosen, removed: Removed, extra: Sequence[ft.Control] = ()
) -> ft.Control:
    """The photo with its faces, what is said of it, and `extra` below."""
    say = console.say

    async def remove(_event: object) -> None:
        await removed(photo)

    head = ft.Row(
        controls=[
            ft.Text(photo.name, max_lines=1, overflow=ft.TextOverflow.ELLIPSIS, expand=True, tooltip=photo.name),
            ft.IconButton(
                icon=ft.Icons.CLOSE, icon_size=18, tooltip=say("Leave out {name}", name=photo.name), on_click=remove
            ),
        ]
    )
    return ft.Container(
        content=ft.Column(
            controls=[head, _picture(console, photo, chosen), verdict(console, photo), *extra], spacing=6, tight=True
        ),
        width=CARD_PX,
        padding=10,
        border=ft.Border.all(1, ft.Colors.OUTLINE_VARIANT),
        border_radius=12,
        bgcolor=ft.Colors.SURFACE_CONTAINER_LOW,
    )


def verdict(console: Console, photo: DraftPhoto) -> ft.Control:
    """What would become of it, how good it is, what would make it better."""
    say, check = console.say, photo.check
    icon, colour = _sign(photo)
    lines: list[ft.Control] = [
        ft.Row(
            controls=[
                ft.Icon(icon, size=18, color=colour),
                ft.Text(outcome_text(say, check.outcome), weight=ft.FontWeight.W_500, expand=True),
            ],
            spacing=6,
            vertical_alignment=ft.CrossAxisAlignment.START,
        )
    ]
    if check.quality is not None:
        label = say("Quality of the photo")
        lines.append(
            ft.Row(
                controls=[
                    ft.ProgressBar(
                        value=check.quality, width=80, color=_colour(check.quality), semantics_label=label
                    ),
                    ft.Text(quality_text(say, check.quality), size=13),
                ],
                spacing=8,
            )
        )
    lines += [ft.Text(f"• {advice_text(say, each)}", size=13) for each in check.advice]
    return ft.Column(controls=lines, spacing=4, tight=True)


def _sign(photo: DraftPhoto) -> tuple[ft.IconData, ft.Colors]:
    if photo.check.outcome in {PhotoOutcome.USABLE, PhotoOutcome.ENROLLED}:
        return ft.Icons.CHECK_CIRCLE, ft.Colors.PRIMARY
    if photo.check.outcome in {PhotoOutcome.LOOK_ALIKE, PhotoOutcome.SEVERAL_FACES, PhotoOutcome.DUPLICATE}:
        return ft.Icons.HELP, ft.Colors.TERTIARY
    return ft.Icons.ERROR, ft.Colors.ERROR


def _colour(quality: float) -> ft.Colors:
    good, fair = 0.6, 0.4
    if quality >= good:
        return ft.Colors.PRIMARY
    return ft.Colors.TERTIARY if quality >= fair else ft.Colors.ERROR


def _picture(console: Console, photo: DraftPhoto, chosen: FaceChosen) -> ft.Control:
    check = photo.check
    if photo.preview is None or not check.width_px:
        return ft.Container(
            content=ft.Icon(ft.Icons.BROKEN_IMAGE_OUTLINED, size=48, color=ft.Colors.OUTLINE),
            height=_PICTURE_PX / 2,
            alignment=ft.Alignment.CENTER,
        )
    scale = min((CARD_PX - 20) / check.width_px, _PICTURE_PX / check.height_px)
    width, height = check.width_px * scale, check.height_px * scale
    shown = ft.Image(
        src=photo.preview, width=width, height=height, fit=ft.BoxFit.FILL, semantics_label=photo.name, border_radius=6
    )
    # The largest first, so that small ones lie on top and can be pressed.
    faces = [
        _face(console, photo, number, shown_box(face.box, scale), chosen) for number, face in enumerate(check.faces)
    ]
    return ft.Container(
        content=ft.Stack(controls=[shown, *faces], width=width, height=height), alignment=ft.Alignment.CENTER
    )


def shown_box(box: Box, scale: float) -> Box:
    """Where a face is on a picture of this scale, large enough to be pressed."""
    x1, y1, x2, y2 = (each * scale for each in box)
    wider, higher = max(0.0, _LEAST_PX - (x2 - x1)) / 2, max(0.0, _LEAST_PX - (y2 - y1)) / 2
    return x1 - wider, y1 - higher, x2 + wider, y2 + higher


def _face(console: Console, photo: DraftPhoto, number: int, box: Box, chosen: FaceChosen) -> ft.Control:
    async def choose(_event: object) -> None:
        await chosen(photo, number)

    is_meant, is_one_of = number == photo.check.chosen, len(photo.check.faces) > 1
    label = console.say("Face {number}", number=number + 1)
    framed = ft.Container(
        width=box[2] - box[0],
        height=box[3] - box[1],
        border=ft.Border.all(3 if is_meant else 2, ft.Colors.GREEN_ACCENT_400 if is_meant else ft.Colors.AMBER_400),
        border_radius=4,
        tooltip=label if is_meant or not is_one_of else console.say("Take this face"),
        on_click=console.doing(choose) if is_one_of else None,
    )
    named = ft.Semantics(content=framed, identifier=f"face-{number + 1}", label=label, button=is_one_of)
    return ft.Container(content=named, left=box[0], top=box[1])
