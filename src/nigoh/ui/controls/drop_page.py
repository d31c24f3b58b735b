"""Our pages that take files in the browser, inside a view: dropped, pasted, chosen, or taken with a webcam."""

import asyncio
from urllib.parse import quote

import flet as ft
import msgspec
from flet_webview import WebView

from nigoh.domain.preferences import Theme
from nigoh.errors import ConfigError
from nigoh.ui.baskets import Received
from nigoh.ui.console import Console

_MOST_BYTES = 32 * 2**20
_HEIGHT_PX = 300
_IMPORT_PX = 260
_NARROW_IMPORT_PX = 340


class PhotoDrop:
    """Takes photos for as long as it is held: each arrives in `received`. Owner: the view that shows it.

    Args:
        console: of the browser.
        received: is told of each file.
        about: what is to be dropped there.
    """

    def __init__(self, console: Console, received: Received, about: str) -> None:
        self._console = console
        self._received = received
        self._about = about
        self._room = ft.Container(height=_HEIGHT_PX)

    def build(self) -> ft.Control:
        """What is shown; the page in it comes when it is held."""
        return ft.Semantics(content=self._room, label=self._about, identifier="photos")

    async def hold(self) -> None:
        """Take photos until the view is left. Raises ConfigError, Throttled."""
        if (baskets := self._console.visit.baskets) is None:
            raise ConfigError("this console takes no files", "Open it in a browser.")
        basket = baskets.open(_MOST_BYTES, self._received)
        try:
            page = _page(self._console, "photos.html", self._words(), ticket=basket.ticket)
            self._room.content = WebView(url=page, expand=True)
            self._console.refresh(self._room)
            await asyncio.Event().wait()
        finally:
            baskets.close(basket)

    def _words(self) -> dict[str, str]:
        say = self._console.say
        return {
            "about": self._about,
            "choose": say("Choose photos"),
            "camera": say("Use the camera"),
            "take": say("Take a photo"),
            "stop": say("Close the camera"),
            "snapshot": say("Camera"),
            "sending": say("{name} is being sent…"),
            "sent": say("Arrived: {count}"),
            "away": say("The server does not answer. Is nigoh still running?"),
            "insecure": say("A browser opens the camera only over HTTPS, or on this machine itself."),
            "blocked": say("The camera cannot be opened: allow it in the browser, or close what uses it."),
        }


def import_page(console: Console) -> ft.Control:
    """Takes an archive or a table of people, and sends it to the API by itself."""
    say = console.say
    words = {
        "about": say("Drop a ZIP here: a photo or a folder a person, their name is the file's. Or a CSV table."),
        "choose": say("Choose a ZIP or CSV"),
        "stop": say("Stop"),
        "update": say("Give people who are there already the details of the table"),
        "alike": say("Enrol people although others look like them"),
        "sending": say("{name} is being sent…"),
        "begun": say("It has arrived. What becomes of it is told below."),
        "stopped": say("Stopped: nothing was imported."),
        "away": say("The server does not answer. Is nigoh still running?"),
    }
    page = _page(console, "import.html", words)
    content = ft.Container(
        content=WebView(url=page, expand=True), height=_NARROW_IMPORT_PX if console.is_narrow else _IMPORT_PX
    )
    return ft.Semantics(content=content, label=words["about"], identifier="import")


def _page(console: Console, name: str, words: dict[str, str], **more: str) -> str:
    liked = console.preferences
    theme = "" if liked.theme is Theme.SYSTEM else liked.theme.value
    told = {
        "words": words,
        "lang": liked.language.value.replace("_", "-"),
        "theme": theme,
        "seed": liked.seed_color,
        **more,
    }
    # Behind the #: the browser keeps it to itself, and no log of a proxy gets to know the ticket.
    return f"{console.visit.origin}/console/{name}#{quote(msgspec.json.encode(told).decode(), safe='')}"
