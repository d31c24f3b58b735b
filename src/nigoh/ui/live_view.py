"""The wall of live pictures."""

from urllib.parse import urlencode

import flet as ft
from flet_webview import WebView

from nigoh.domain.preferences import Theme
from nigoh.ui.console import Console
from nigoh.ui.view import Place

_HANDED_ON = ("layout", "cameras", "tiles", "tour")


class LiveView:
    """Shows the page of the wall, which asks the API itself: no picture goes by way of the console."""

    def __init__(self, console: Console, here: Place) -> None:
        self._console = console
        self._here = here

    def build(self) -> ft.Control:
        """What is shown."""
        say = self._console.say
        return ft.Semantics(
            content=WebView(url=self._address(), expand=True),
            label=say("Live pictures"),
            identifier="wall",
            expand=True,
        )

    async def open(self) -> None:
        """The page fills itself."""

    def _address(self) -> str:
        asked = {name: self._here.query[name] for name in _HANDED_ON if name in self._here.query}
        liked = self._console.preferences
        looks = {"inside": "1", "lang": liked.language.value}
        if liked.theme is not Theme.SYSTEM:
            looks["theme"] = liked.theme.value
        return f"{self._console.visit.origin}/console/wall.html?{urlencode(asked | looks)}"
