"""Looking for cameras in the network, inside the view that adds them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import flet as ft

from nigoh.ui.console import Console

_SECONDS = 4.0


@dataclass(frozen=True, slots=True)
class OfferedStream:
    """A stream that a camera offers; its address is without user and password."""

    name: str
    codec: str
    width_px: int
    height_px: int
    fps: float
    url: str


@dataclass(frozen=True, slots=True)
class FoundCamera:
    """A camera that answered."""

    host: str
    name: str
    hardware: str
    streams: tuple[OfferedStream, ...]
    problem: str
    next_step: str


@dataclass(frozen=True, slots=True)
class Discovery:
    """Who answered."""

    items: tuple[FoundCamera, ...]


Chosen = Callable[[FoundCamera, OfferedStream, str, str], Awaitable[None]]
"""Takes the stream that the operator wants, and the user and password that they typed."""


class DiscoveryPanel:
    """A button, who answered, and a button for each of their streams. Owner: the view that shows it."""

    def __init__(self, console: Console, chosen: Chosen) -> None:
        self._console = console
        self._chosen = chosen
        say = console.say
        self._user = ft.TextField(label=say("ONVIF user"), autocorrect=False)
        self._password = ft.TextField(label=say("ONVIF password"), password=True, can_reveal_password=True)
        self._found = ft.Column(controls=[], spacing=8)

    def build(self) -> ft.Control:
        """What is shown."""
        say = self._console.say
        look = ft.OutlinedButton(
            content=say("Look for cameras"), icon=ft.Icons.TRAVEL_EXPLORE, on_click=self._console.doing(self._look)
        )
        fields = ft.ResponsiveRow(
            controls=[ft.Container(content=each, col={"xs": 12, "md": 6}) for each in (self._user, self._password)],
            run_spacing=12,
        )
        return ft.Column(controls=[fields, look, self._found], spacing=12)

    async def _look(self, _event: object) -> None:
        say = self._console.say
        self._put(ft.Row(controls=[ft.ProgressRing(width=24, height=24), ft.Text(say("Asking the network…"))]))
        body = {"seconds": _SECONDS, "user": self._user.value or "", "password": self._password.value or ""}
        try:
            found = await self._console.api.post("/cameras/discovery", Discovery, body)
        except BaseException:
            self._put()
            raise
        nobody = ft.Text(say("No camera answers. Is ONVIF on in their settings, and are they in this network?"))
        self._put(*([self._camera(each) for each in found.items] or [nobody]))

    def _camera(self, camera: FoundCamera) -> ft.Control:
        title = " · ".join(filter(None, (camera.name, camera.hardware, camera.host)))
        problem = ". ".join(filter(None, (camera.problem, camera.next_step)))
        return ft.Column(
            controls=[
                ft.Row(
                    controls=[ft.Icon(ft.Icons.VIDEOCAM), ft.Text(title, weight=ft.FontWeight.W_500, expand=True)]
                ),
                *([ft.Text(problem, color=ft.Colors.ERROR)] if problem else []),
                *(self._stream(camera, each) for each in camera.streams),
            ],
            spacing=4,
        )

    def _stream(self, camera: FoundCamera, stream: OfferedStream) -> ft.Control:
        async def take(_event: object) -> None:
            await self._chosen(camera, stream, self._user.value or "", self._password.value or "")

        size = f"{stream.width_px}x{stream.height_px}" if stream.width_px else ""
        about = " · ".join(filter(None, (stream.name, stream.codec, size)))
        return ft.Row(
            controls=[
                ft.Text(about or stream.url, expand=True),
                ft.TextButton(content=self._console.say("Take this one"), on_click=self._console.doing(take)),
            ]
        )

    def _put(self, *controls: ft.Control) -> None:
        self._found.controls = list(controls)
        self._console.refresh(self._found)
