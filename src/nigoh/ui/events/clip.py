"""The video of a sighting, once it is recorded."""

from datetime import timedelta
from urllib.parse import urlencode

import flet as ft
from flet_webview import WebView

from nigoh.domain.access import Permission
from nigoh.ui.client.api import Query
from nigoh.ui.client.listed import Listed
from nigoh.ui.client.sightings import ClipInfo, SightingInfo
from nigoh.ui.console import Console

_HEIGHT_PX = 300
_MOST_CLIPS = 10
_LEAD_S = 2.0
"""So long before the face the video begins."""

_AWAITED_S = 600.0
"""A clip that is not there after that long does not come any more."""


class ClipPlayer:
    """Finds the clip of a sighting and plays it when it is asked to: watching is written down. Owner: the view."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._sighting: SightingInfo | None = None
        self._is_wanted = False
        self.control = ft.Container()

    def begin(self, sighting: SightingInfo) -> None:
        """Another sighting: nothing plays yet."""
        self._sighting, self._is_wanted = sighting, False
        self.control.visible = self._console.may(Permission.CLIPS_READ)
        say = self._console.say
        self._put(
            ft.OutlinedButton(
                content=say("Show the video"),
                icon=ft.Icons.PLAY_CIRCLE_OUTLINE,
                tooltip=say("Show the video") + " (V)",
                on_click=self._console.doing(self._asked),
            )
        )

    async def play(self) -> None:
        """Show it; what is missing is looked for again by `look_again`. Raises ApiProblem."""
        if not self._console.may(Permission.CLIPS_READ):
            return
        self._is_wanted = True
        await self.look_again()

    async def look_again(self) -> None:
        """If it is wanted and was not there yet: look whether it is now. Raises ApiProblem."""
        sighting = self._sighting
        if sighting is None or not self._is_wanted:
            return
        asked: Query = {
            "camera": sighting.camera, "since": sighting.first_at, "until": sighting.last_at + timedelta(seconds=1),
            "limit": _MOST_CLIPS,
        }  # fmt: skip
        found = await self._console.api.get("/clips", Listed[ClipInfo], asked)
        if sighting is not self._sighting:
            return
        if not found.items:
            self._put(ft.Text(self._missing(sighting), color=ft.Colors.ON_SURFACE_VARIANT))
            return
        self._is_wanted = False
        self._put(self._video(sighting, found.items))

    def _missing(self, sighting: SightingInfo) -> str:
        say = self._console.say
        if (self._console.now() - sighting.last_at).total_seconds() < _AWAITED_S:
            return say("The video is not there yet; it appears here by itself.")
        return say("There is no video of it. The camera's recording setting says what is kept.")

    def _video(self, sighting: SightingInfo, clips: tuple[ClipInfo, ...]) -> ft.Control:
        clip = best_clip(sighting, clips)
        at_s = max(0.0, (sighting.first_at - clip.first_at).total_seconds() - _LEAD_S)
        query = urlencode({"clip": clip.id, "at": f"{at_s:.1f}"})
        address = f"{self._console.visit.origin}/console/clip.html?{query}"
        return ft.Semantics(
            content=WebView(url=address, height=_HEIGHT_PX),
            label=self._console.say("Video"),
            identifier="event-video",
        )

    def _put(self, control: ft.Control) -> None:
        self.control.content = None
        self.control.content = control
        self._console.refresh(self.control)

    async def _asked(self, _event: object) -> None:
        await self.play()


def best_clip(sighting: SightingInfo, clips: tuple[ClipInfo, ...]) -> ClipInfo:
    """The clip that shows most of the sighting; of several the one that begins first."""

    def shown(clip: ClipInfo) -> float:
        begin, end = max(clip.first_at, sighting.first_at), min(clip.last_at, sighting.last_at)
        return max(0.0, (end - begin).total_seconds())

    return max(sorted(clips, key=lambda each: each.first_at), key=shown)
