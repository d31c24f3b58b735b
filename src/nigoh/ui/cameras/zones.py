"""The page on which zones and masks are drawn, inside a view."""

from urllib.parse import urlencode

import flet as ft
from flet_webview import WebView

from nigoh.domain.preferences import Theme
from nigoh.ui.console import Console
from nigoh.ui.words.say import Say

_HEIGHT_PX = 560
_NARROW_PX = 460


def zones_page(console: Console, name: str) -> ft.Control:
    """Shows the page for a camera; it asks the API itself."""
    liked = console.preferences
    asked = {"camera": name, "lang": liked.language.value}
    if liked.theme is not Theme.SYSTEM:
        asked["theme"] = liked.theme.value
    url = f"{console.visit.origin}/console/zones.html?{urlencode(asked)}"
    height = _NARROW_PX if console.is_narrow else _HEIGHT_PX
    return ft.Semantics(
        content=ft.Container(content=WebView(url=url, expand=True), height=height),
        label=console.say("Zones and masks"),
        identifier="zones",
    )


def zones_words(say: Say) -> dict[str, object]:
    """What the page says, by the names that it has for them."""
    return {
        "language": say.language.value.replace("_", "-"),
        "picture": say("Picture of the camera, with its zones and masks"),
        "add_zone": say("New zone"),
        "add_mask": say("New mask"),
        "zone": say("Zone {number}"),
        "mask": say("Mask {number}"),
        "remove": say("Delete"),
        "corner": say("Corner {number} of {count}"),
        "add_corner": say("Add a corner"),
        "remove_corner": say("Delete the corner"),
        "undo": say("Undo"),
        "save": say("Save"),
        "saved": say("Saved"),
        "renew": say("New picture"),
        "changed": say("Not saved yet"),
        "stale": say("Somebody else has changed this camera: load the page again."),
        "too_many": say("There are 32 zones and masks at most, each of 256 corners."),
        "no_picture": say("The camera sends no picture now. You can draw all the same."),
        "away": say("The server does not answer. Is nigoh still running?"),
        "help": say(
            "Drag corners with mouse or finger; drag the dot between two corners to add one. "
            "By keyboard: Tab chooses, arrows move, Insert adds a corner, Delete removes it."
        ),
    }
