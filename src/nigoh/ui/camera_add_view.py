"""Adding cameras: by an address, by looking around in the network, or many by a table."""

import flet as ft

from nigoh.domain.access import Permission
from nigoh.ui.cameras.discovery import DiscoveryPanel, FoundCamera, OfferedStream
from nigoh.ui.cameras.form import AddressFields, WatchingFields
from nigoh.ui.cameras.table_panel import TablePanel
from nigoh.ui.cameras.trial import TrialPanel
from nigoh.ui.client.cameras import CameraInfo, GroupInfo, camera_route
from nigoh.ui.client.listed import Listed
from nigoh.ui.console import Console
from nigoh.ui.controls.heading import heading
from nigoh.ui.settings.panel import panel
from nigoh.ui.view import Place

_GROUPS = 500


class CameraAddView:
    """Adds cameras.

    Args:
        console: of the browser.
        here: may hold `url` and `name`, of a camera that was found.
    """

    def __init__(self, console: Console, here: Place) -> None:
        self._console = console
        self._fields = AddressFields(console.say)
        self._fields.name.value = here.query.get("name", "")
        self._fields.url.value = here.query.get("url", "")
        self._watching = WatchingFields(console.say, ())
        self._more = ft.Container(content=self._watching.build())
        self._trial = TrialPanel(console, self._order)

    def build(self) -> ft.Control:
        """What is shown."""
        say, console = self._console.say, self._console
        add = ft.FilledButton(content=say("Add the camera"), icon=ft.Icons.ADD, on_click=console.doing(self._add))
        back = ft.TextButton(content=say("All cameras"), icon=ft.Icons.ARROW_BACK, on_click=console.going("/cameras"))
        by_address = panel(
            say("By its address"),
            say("The camera's manual has the address of its stream. User and password are kept sealed."),
            [self._fields.build(), self._trial.build()],
        )
        watching = panel(
            say("How it is watched"), say("What is left as usual follows the settings."), [self._more, add]
        )
        around = panel(
            say("In this network"),
            say("Asks the network for ONVIF cameras. User and password are shown to whoever answers, as a digest."),
            [DiscoveryPanel(console, self._take).build()],
        )
        many = panel(
            say("Many by a table"),
            say("A CSV file with a camera a line. What stands in it is shown before anything is added."),
            [TablePanel(console).build()],
        )
        return ft.Column(
            controls=[heading(say("Add a camera"), back), by_address, watching, around, many],
            expand=True,
            scroll=ft.ScrollMode.AUTO,
            spacing=16,
        )

    async def open(self) -> None:
        """Ask which groups there are."""
        groups = await self._console.api.get("/camera-groups", Listed[GroupInfo], {"limit": _GROUPS})
        self._watching = WatchingFields(self._console.say, groups.items)
        self._more.content = None
        self._more.content = self._watching.build()
        self._console.refresh(self._more)

    async def _take(self, camera: FoundCamera, stream: OfferedStream, user: str, password: str) -> None:
        """A stream that was found stands in the fields."""
        fields = self._fields
        fields.name.value = fields.name.value or camera.name or camera.host
        fields.url.value, fields.user.value, fields.password.value = stream.url, user, password
        for each in (fields.name, fields.url, fields.user, fields.password):
            self._console.refresh(each)
        self._console.tell(self._console.say("It stands above: test it, then add it."))

    def _order(self) -> dict[str, object] | str:
        if not self._console.may(Permission.LIVE):
            return self._console.say("You may not see live pictures.")
        if not self._fields.address:
            return self._console.say("Give the address of the camera.")
        return {"url": self._fields.address, "transport": self._fields.transport.value or "tcp"}

    async def _add(self, _event: object) -> None:
        say = self._console.say
        wrong = self._fields.complaint() or self._watching.complaint()
        if wrong:
            self._console.tell(wrong)
            return
        body = self._watching.body() | self._fields.body()
        made = await self._console.api.post("/cameras", CameraInfo, body)
        self._console.tell(say("{name} is added.", name=made.name))
        await self._console.go(camera_route(made.name))
