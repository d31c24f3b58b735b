"""One camera: how it is and was, a test of it, zones and masks on its picture, how it is watched."""

import asyncio
from dataclasses import replace
from urllib.parse import unquote

import flet as ft

from nigoh.domain.access import Permission
from nigoh.ui.cameras.form import AddressFields, WatchingFields
from nigoh.ui.cameras.health import HealthPanel
from nigoh.ui.cameras.trial import TrialPanel
from nigoh.ui.cameras.zones import zones_page
from nigoh.ui.client.api import Versioned
from nigoh.ui.client.cameras import CameraInfo, GroupInfo, camera_path
from nigoh.ui.client.listed import Listed
from nigoh.ui.console import Console
from nigoh.ui.controls.heading import heading
from nigoh.ui.controls.states import loading
from nigoh.ui.settings.panel import panel
from nigoh.ui.view import Place, place

_GROUPS = 500
_LOOK_S = 4.0


def is_same(one: CameraInfo, other: CameraInfo) -> bool:
    """Whether two cameras are set alike, apart from zones and masks, which have a page of their own."""
    return replace(one, zones=(), masks=(), status=None) == replace(other, zones=(), masks=(), status=None)


class CameraView:
    """Shows a camera and changes it.

    Args:
        console: of the browser.
        here: names it.
    """

    def __init__(self, console: Console, here: Place) -> None:
        self._console = console
        self._name = unquote(here.names["name"])
        self._health = HealthPanel(console, self._name)
        self._body = ft.Column(controls=[loading(console.say)], spacing=16)

    def build(self) -> ft.Control:
        """What is shown."""
        say, console = self._console.say, self._console
        actions = [
            ft.TextButton(content=say("All cameras"), icon=ft.Icons.ARROW_BACK, on_click=console.going("/cameras")),
            ft.OutlinedButton(
                content=say("Live"),
                icon=ft.Icons.GRID_VIEW_OUTLINED,
                on_click=console.going(place("/live", cameras=self._name)),
                visible=console.may(Permission.LIVE),
            ),
            ft.OutlinedButton(
                content=say("Events"),
                icon=ft.Icons.NOTIFICATIONS_OUTLINED,
                on_click=console.going(place("/events", camera=self._name)),
                visible=console.may(Permission.SIGHTINGS_READ),
            ),
        ]
        return ft.Column(
            controls=[heading(self._name, *actions), self._body],
            expand=True,
            scroll=ft.ScrollMode.AUTO,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )

    async def open(self) -> None:
        """Ask how it is set, then how it is, again and again."""
        api = self._console.api
        found, groups = await asyncio.gather(
            api.get_versioned(camera_path(self._name), CameraInfo),
            api.get("/camera-groups", Listed[GroupInfo], {"limit": _GROUPS}),
        )
        await self._show(found, groups.items)
        while True:
            await asyncio.sleep(_LOOK_S)
            now = await api.get(camera_path(self._name), CameraInfo)
            await self._health.show(now)

    async def _show(self, found: Versioned[CameraInfo], groups: tuple[GroupInfo, ...]) -> None:
        camera = found.value
        panels = [self._health.build()]
        if self._console.may(Permission.CAMERAS_WRITE):
            if self._console.may(Permission.LIVE):
                panels += [self._trying(), self._drawing()]
            panels += [self._changing(camera, groups), self._removing()]
        self._body.controls = panels
        self._console.refresh(self._body)
        await self._health.show(camera)

    def _trying(self) -> ft.Control:
        say = self._console.say
        trial = TrialPanel(self._console, lambda: {"camera": self._name})
        about = say("Connects once more, and looks for faces. Best while somebody walks past.")
        return panel(say("Test"), about, [trial.build()])

    def _drawing(self) -> ft.Control:
        say = self._console.say
        about = say("Faces count inside zones, and never inside masks. Without zones they count everywhere.")
        return panel(say("Zones and masks"), about, [zones_page(self._console, self._name)])

    def _changing(self, camera: CameraInfo, groups: tuple[GroupInfo, ...]) -> ft.Control:
        say = self._console.say
        fields = AddressFields(say, camera)
        watching = WatchingFields(say, groups, camera)

        async def save(_event: object) -> None:
            wrong = fields.complaint() or watching.complaint()
            if wrong:
                self._console.tell(wrong)
                return
            now = await self._console.api.get_versioned(camera_path(self._name), CameraInfo)
            if not is_same(now.value, camera) and not await self._console.ask(
                say("Changed meanwhile"), say("Somebody else has changed this since you opened it."), say("Keep mine")
            ):
                return
            body = watching.body() | fields.body()
            await self._console.api.patch(camera_path(self._name), CameraInfo, body, if_match=now.etag)
            again = await self._console.api.get_versioned(camera_path(self._name), CameraInfo)
            await self._show(again, groups)
            self._console.tell(say("Saved. The camera is watched so from now on."))

        button = ft.FilledButton(content=say("Save"), icon=ft.Icons.SAVE, on_click=self._console.doing(save))
        return panel(say("How it is watched"), "", [watching.build(), fields.build(), button])

    def _removing(self) -> ft.Control:
        say = self._console.say

        async def remove(_event: object) -> None:
            about = say("It is watched no longer. Its sightings and recordings stay.")
            if await self._console.ask(
                say("Remove {name}?", name=self._name), about, say("Remove"), is_dangerous=True
            ):
                await self._console.api.delete(camera_path(self._name))
                await self._console.go("/cameras")

        button = ft.OutlinedButton(
            content=say("Remove this camera"), icon=ft.Icons.DELETE_OUTLINE, on_click=self._console.doing(remove)
        )
        return panel(say("Remove"), "", [button])
