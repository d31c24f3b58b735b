"""The console of one browser: what every view is given."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import quote

import flet as ft
import httpx

from nigoh.domain.access import Permission
from nigoh.domain.preferences import Preferences
from nigoh.errors import NigohError
from nigoh.ui.client.api import Api
from nigoh.ui.client.problem import LoggedOut
from nigoh.ui.client.session import SessionInfo
from nigoh.ui.tasks import Tasks
from nigoh.ui.visit import Visit
from nigoh.ui.words.say import Say

COMPACT_PX = 600
"""Below it a window is compact: a phone's (Material 3)."""

_TOLD_MS = 6_000

Handler = Callable[..., Awaitable[None]]


@dataclass(slots=True, eq=False, kw_only=True)
class Console:
    """What a view needs: the page, the API, the operator, their language. Owner: the event loop of one browser.

    Attributes:
        page: Flet's.
        api: asks as the operator.
        http: the client behind it.
        visit: where the browser comes from.
        session: who the operator is and what they may do.
        preferences: how they like it.
        say: says things in their language.
        tasks: of the view that is shown; they end when it is left.
        begin_anew: draws everything again, after a change of language or looks.
        is_bare: nothing stands around the views: no navigation, no menu.
        shown: the route of what is shown.
    """

    page: ft.Page
    api: Api
    http: httpx.AsyncClient
    visit: Visit
    session: SessionInfo
    preferences: Preferences
    say: Say
    tasks: Tasks
    begin_anew: Callable[[], Awaitable[None]]
    is_bare: bool = False
    shown: str = ""

    def may(self, permission: Permission) -> bool:
        """Whether the operator may do this: else it is not offered."""
        return self.session.may(permission)

    def now(self) -> datetime:
        """The moment."""
        return datetime.fromtimestamp(self.visit.unix_s(), UTC)

    @property
    def is_narrow(self) -> bool:
        """Whether the page is as narrow as a phone."""
        return 0 < (self.page.width or 0) < COMPACT_PX

    async def go(self, route: str) -> None:
        """Show another view."""
        await self.page.push_route(route)

    async def note(self, route: str) -> None:
        """Put another address over the view that is shown, as after a filter changed: nothing is drawn anew."""
        self.shown = route
        await self.page.push_route(route)

    def going(self, route: str) -> Callable[[object], Awaitable[None]]:
        """A handler that shows another view."""

        async def go(_event: object) -> None:
            await self.go(route)

        return go

    def tell(self, text: str, *, action: str = "", on_action: Handler | None = None) -> None:
        """Say something at the bottom of the page that goes away by itself."""
        bar = ft.SnackBar(
            content=ft.Text(text),
            duration=_TOLD_MS,
            show_close_icon=not action,
            behavior=ft.SnackBarBehavior.FLOATING,
        )
        if action:
            bar.action = ft.SnackBarAction(label=action, on_click=on_action)
        self.page.show_dialog(bar)

    async def tell_problem(self, error: NigohError) -> None:
        """Say what went wrong and what to do; whoever is logged out goes to the login."""
        if isinstance(error, LoggedOut):
            await self.log_in_again()
        else:
            self.tell(". ".join(filter(None, (error.what, error.next_step))))

    async def log_in_again(self) -> None:
        """Go to the login, and come back here afterwards."""
        target = f"{self.visit.origin}/login?next={quote(self.page.route or '/', safe='')}"
        await ft.UrlLauncher().launch_url(target, web_only_window_name="_self")

    def doing(self, work: Handler) -> Handler:
        """A handler whose problems are told; while it works, the control that called it cannot be used again."""

        async def do(event: ft.Event[ft.Control]) -> None:
            control = getattr(event, "control", None)
            is_button = isinstance(control, ft.Button | ft.IconButton | ft.OutlinedButton | ft.TextButton)
            if is_button and control is not None:
                control.disabled = True
                control.update()
            try:
                await work(event)
            except NigohError as error:
                await self.tell_problem(error)
            finally:
                if is_button and control is not None:
                    self._enable(control)

        return do

    async def ask(self, title: str, content: str | ft.Control, action: str, *, is_dangerous: bool = False) -> bool:
        """Ask whether to go on; whether they said yes."""
        answered: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        def agree(_event: object) -> None:
            if not answered.done():
                answered.set_result(True)

        def decline(_event: object) -> None:
            if not answered.done():
                answered.set_result(False)

        accept = ft.FilledButton(
            content=action,
            on_click=agree,
            style=ft.ButtonStyle(bgcolor=ft.Colors.ERROR, color=ft.Colors.ON_ERROR) if is_dangerous else None,
        )
        dialog = ft.AlertDialog(
            modal=True,
            title=ft.Text(title),
            content=ft.Text(content) if isinstance(content, str) else content,
            actions=[ft.TextButton(content=self.say("Cancel"), on_click=decline), accept],
            on_dismiss=decline,
        )
        self.page.show_dialog(dialog)
        try:
            return await answered
        finally:
            dialog.open = False
            self.page.update()

    async def prefer(self, wanted: Preferences) -> None:
        """Keep how the operator likes the console, and show it so. Raises ApiProblem."""
        await self.keep(wanted)
        self.say = Say(self.preferences.language)
        await self.begin_anew()

    async def keep(self, wanted: Preferences) -> None:
        """Keep preferences that change nothing of what is shown now. Raises ApiProblem.

        Walls are kept as they are: the page of the wall changes them, and this console may not have heard of it.
        """
        kept = await self.api.get("/me/preferences", Preferences)
        self.preferences = await self.api.put("/me/preferences", Preferences, replace(wanted, layouts=kept.layouts))

    def refresh(self, control: ft.Control) -> None:
        """Send a control's changes, if it is still shown."""
        if is_shown(control):
            control.update()

    def _enable(self, control: ft.Control) -> None:
        control.disabled = False
        self.refresh(control)


def is_shown(control: ft.Control) -> bool:
    """Whether a control belongs to a page now."""
    try:
        return control.page is not None
    except RuntimeError:
        return False
