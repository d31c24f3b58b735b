"""From nothing to the first name: a camera, a person, and then it is only waited for."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

import flet as ft

from nigoh.domain.access import Permission
from nigoh.domain.sighting import Status
from nigoh.ui.client.listed import Listed
from nigoh.ui.console import Console
from nigoh.ui.controls.heading import heading
from nigoh.ui.controls.states import loading
from nigoh.ui.settings.panel import WIDEST_PX
from nigoh.ui.view import Place, part

ROUTE = "/welcome"
_ONE = {"limit": 1}
_MOST_ADDRESS_LETTERS = 2048
_MOST_NAME_LETTERS = 64


@dataclass(frozen=True, slots=True)
class _Named:
    name: str


@dataclass(frozen=True, slots=True)
class _Seen:
    id: str
    camera: str
    status: Status
    person_name: str | None
    first_at: datetime


@dataclass(frozen=True, slots=True)
class _State:
    camera: str = ""
    person: str = ""
    seen: _Seen | None = None

    @property
    def is_named(self) -> bool:
        return self.seen is not None and self.seen.status in {Status.KNOWN, Status.WANTED}


async def is_welcome_needed(console: Console) -> bool:
    """Whether the operator could add what is missing: there is no camera, or nobody is enrolled."""
    if not (console.may(Permission.CAMERAS_WRITE) and console.may(Permission.PEOPLE_WRITE)):
        return False
    cameras, people = await asyncio.gather(
        console.api.get("/cameras", Listed[_Named], _ONE), console.api.get("/people", Listed[_Named], _ONE)
    )
    return not (cameras.items and people.items)


class WelcomeView:
    """Three steps, each ticked when it is done; the third one watches for it."""

    def __init__(self, console: Console, here: Place) -> None:
        del here
        self._console = console
        say = console.say
        self._steps = ft.Column(controls=[loading(say)], spacing=12)
        self._state: _State | None = None
        self._name = ft.TextField(
            label=say("Name of the camera"), hint_text=say("entrance"), max_length=_MOST_NAME_LETTERS, width=320
        )
        self._address = ft.TextField(
            label=say("Address of the camera"),
            hint_text="rtsp://user:password@192.168.1.20:554/stream",
            max_length=_MOST_ADDRESS_LETTERS,
            counter="",
            width=560,
            on_submit=console.doing(self._add_camera),
        )

    def build(self) -> ft.Control:
        """What is shown."""
        say = self._console.say
        skip = ft.TextButton(content=say("Go to the console"), on_click=self._console.going("/live"))
        return ft.Column(
            controls=[
                heading(say("Welcome"), skip),
                ft.Text(say("Three steps to the first name.")),
                ft.Container(content=self._steps, width=WIDEST_PX),
            ],
            expand=True,
            scroll=ft.ScrollMode.AUTO,
        )

    async def open(self) -> None:
        """Look how far it is, whenever something happens."""
        number = 0
        while True:
            await self._look()
            number = await self._console.visit.wake(number)

    async def _look(self) -> None:
        api = self._console.api
        cameras, people, named, seen = await asyncio.gather(
            api.get("/cameras", Listed[_Named], _ONE),
            api.get("/people", Listed[_Named], _ONE),
            api.get("/sightings", Listed[_Seen], {**_ONE, "status": [Status.KNOWN.value, Status.WANTED.value]}),
            api.get("/sightings", Listed[_Seen], _ONE),
        )
        state = _State(
            camera=cameras.items[0].name if cameras.items else "",
            person=people.items[0].name if people.items else "",
            seen=next((each for page in (named, seen) for each in page.items), None),
        )
        # What somebody types meanwhile stays.
        if state != self._state:
            self._state = state
            self._steps.controls = [self._camera(state), self._person(state), self._sighting(state)]
            self._console.refresh(self._steps)

    def _camera(self, state: _State) -> ft.Control:
        say = self._console.say
        if state.camera:
            return _step(1, say("There is a camera: {name}", name=state.camera), is_done=True)
        add = ft.FilledButton(content=say("Add the camera"), on_click=self._console.doing(self._add_camera))
        more = ft.TextButton(
            content=say("Search the network, or add several"), on_click=self._console.going("/cameras")
        )
        text = say("The camera's own page, or its manual, tells its RTSP address.")
        return _step(
            1,
            say("Add a camera"),
            ft.Text(text, color=ft.Colors.ON_SURFACE_VARIANT),
            self._name,
            self._address,
            ft.Row(controls=[add, more], wrap=True),
        )

    def _person(self, state: _State) -> ft.Control:
        say = self._console.say
        if state.person:
            return _step(2, say("There is somebody to recognise: {name}", name=state.person), is_done=True)
        add = ft.FilledButton(content=say("Add a person"), on_click=self._console.going("/people/new"))
        text = say("A name and a photo of the face; with several photos recognition gets better.")
        return _step(2, say("Add a person"), ft.Text(text, color=ft.Colors.ON_SURFACE_VARIANT), add)

    def _sighting(self, state: _State) -> ft.Control:
        say, seen = self._console.say, state.seen
        if seen is not None and state.is_named:
            text = say("{name} was seen on {camera}", name=seen.person_name or "", camera=seen.camera)
            look = ft.FilledButton(
                content=say("Look at it"), on_click=self._console.going(f"/events/{part(seen.id)}")
            )
            return _step(3, text, ft.Text(say.moment(seen.first_at)), look, is_done=True)
        if not (state.camera and state.person):
            return _step(3, say("Wait for the first sighting"))
        hint = (
            say(
                "A face was seen on {camera} that is nobody's of those enrolled. Let the person pass.",
                camera=seen.camera,
            )
            if seen
            else say("Let the person walk past the camera. Nothing has to be loaded again here.")
        )
        ring = ft.Row(
            controls=[
                ft.ProgressRing(width=20, height=20, semantics_label=say("Loading")),
                ft.Text(hint, expand=True),
            ]
        )
        return _step(3, say("Wait for the first sighting"), ring)

    async def _add_camera(self, _event: object) -> None:
        say = self._console.say
        name, address = (self._name.value or "").strip(), (self._address.value or "").strip()
        self._name.error = None if name else say("Give the camera a name.")
        self._address.error = None if "://" in address else say("An address begins with rtsp:// or http://.")
        self._console.refresh(self._steps)
        if self._name.error or self._address.error:
            return
        await self._console.api.post("/cameras", _Named, {"name": name, "url": address})
        await self._look()


def _step(number: int, title: str, *controls: ft.Control, is_done: bool = False) -> ft.Control:
    mark = (
        ft.Icon(ft.Icons.CHECK_CIRCLE, color=ft.Colors.PRIMARY, size=32)
        if is_done
        else ft.CircleAvatar(content=ft.Text(str(number)), radius=16)
    )
    return ft.Container(
        content=ft.Row(
            controls=[
                mark,
                ft.Column(
                    controls=[
                        ft.Semantics(
                            content=ft.Text(title, theme_style=ft.TextThemeStyle.TITLE_MEDIUM),
                            heading_level=2,
                            header=True,
                        ),
                        *controls,
                    ],
                    expand=True,
                    spacing=12,
                ),
            ],
            vertical_alignment=ft.CrossAxisAlignment.START,
            spacing=16,
        ),
        padding=16,
        border=ft.Border.all(1, ft.Colors.OUTLINE_VARIANT),
        border_radius=12,
    )
