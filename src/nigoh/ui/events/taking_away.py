"""The feed, or what was chosen of it, as a file."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

import flet as ft

from nigoh.domain.access import Permission
from nigoh.ui.client.api import Scalar
from nigoh.ui.console import Console
from nigoh.ui.controls.named import named_icon

_MOST_CHOSEN = 500

Asked = Callable[[], tuple[Mapping[str, Scalar | None], frozenset[str]]]
"""The filters of the API, and which sightings were chosen, if any."""


def export_menu(console: Console, asked: Asked) -> ft.Control:
    """The menu of formats; nothing for whoever may not export."""
    say = console.say
    formats = (
        ("csv", say("CSV, for programs"), ft.Icons.TABLE_ROWS, False),
        ("xlsx", say("XLSX, for a spreadsheet"), ft.Icons.TABLE_CHART, False),
        ("pdf", say("PDF"), ft.Icons.PICTURE_AS_PDF, False),
        ("pdf", say("PDF with faces"), ft.Icons.FACE, True),
    )
    return ft.PopupMenuButton(
        icon=named_icon(ft.Icons.DOWNLOAD, say("Export what is chosen, or else all that fits")),
        tooltip=say("Export what is chosen, or else all that fits"),
        visible=console.may(Permission.SIGHTINGS_EXPORT),
        items=[
            ft.PopupMenuItem(
                content=text,
                icon=icon,
                on_click=console.doing(_taking(console, asked, ending, has_faces=has_faces)),
            )
            for ending, text, icon, has_faces in formats
        ],
    )


def _taking(console: Console, asked: Asked, ending: str, *, has_faces: bool) -> Callable[[object], Awaitable[None]]:
    async def take(_event: object) -> None:
        filters, chosen = asked()
        query = {"id": sorted(chosen)[:_MOST_CHOSEN]} if chosen else filters
        console.tell(console.say("The file is being made"))
        content = await console.api.download(
            "/sightings/export",
            {**query, "format": ending, "pictures": has_faces, "language": console.say.language.value},
        )
        await ft.FilePicker().save_file(file_name=_name(console.now(), ending), src_bytes=content)

    return take


def _name(now: datetime, ending: str) -> str:
    return f"nigoh_{now.astimezone():%Y-%m-%d_%H-%M}.{ending}"
