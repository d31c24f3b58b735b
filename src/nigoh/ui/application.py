"""The console as Flet runs it: one `Application` a browser."""

import asyncio
import logging
from collections.abc import Sequence

import flet as ft

from nigoh.domain.preferences import Preferences
from nigoh.errors import NigohError
from nigoh.ui.client.api import Api
from nigoh.ui.client.problem import LoggedOut
from nigoh.ui.client.session import SessionInfo
from nigoh.ui.console import Console
from nigoh.ui.controls.states import empty, failed
from nigoh.ui.shell import Shell
from nigoh.ui.tasks import Tasks
from nigoh.ui.theme import apply_theme
from nigoh.ui.view import Entry, Place, View
from nigoh.ui.visit import VISIT
from nigoh.ui.welcome_view import ROUTE as WELCOME
from nigoh.ui.welcome_view import is_welcome_needed
from nigoh.ui.words.say import Say

_log = logging.getLogger(__name__)

_BARE = "alone"
"""In an address: the view alone."""


class Application:
    """Shows the views in one browser. Owner: its page's event loop.

    Args:
        console: of this browser.
        entries: all views.
    """

    def __init__(self, console: Console, entries: Sequence[Entry]) -> None:
        self._console = console
        self._entries = [each for each in entries if console.session.may(each.permission)]
        self._shell = self._new_shell()

    async def start(self) -> None:
        """Show what the browser's address asks for, and follow it from now on."""
        page = self._console.page
        self._console.begin_anew = self._begin_anew
        page.on_route_change = self._route_changed
        page.on_resize = self._resized
        page.on_connect = self._connected
        page.on_close = self._closed
        page.padding = 0
        self._console.is_bare = Place.of(page.route or "/").query.get(_BARE) == "1"
        page.title = "nigoh"
        apply_theme(page, self._console.preferences)
        await self._show(await self._first_route())

    async def _first_route(self) -> str:
        """Whoever comes to the start while there is nothing to watch, or nobody to recognise, is led on."""
        route = self._console.page.route or "/"
        if Place.of(route).path != "/":
            return route
        try:
            return WELCOME if await is_welcome_needed(self._console) else route
        except NigohError as error:
            _log.info("whether there is anything to see is not known: %s", error)
            return route

    def _new_shell(self) -> Shell:
        return Shell(self._console, [each for each in self._entries if each.icon is not None], self._reveal)

    async def _reveal(self, route: str) -> None:
        if route == self._console.page.route:
            await self._show(route, again=True)
        else:
            await self._console.go(route)

    async def _begin_anew(self) -> None:
        self._shell.stop()
        apply_theme(self._console.page, self._console.preferences)
        self._shell = self._new_shell()
        await self._show(self._console.page.route, again=True)

    async def _route_changed(self, event: ft.RouteChangeEvent) -> None:
        await self._show(event.route)

    async def _resized(self, _event: object) -> None:
        if self._shell.has_other_form:
            await self._begin_anew()
        else:
            self._shell.lay_out()

    async def _connected(self, _event: object) -> None:
        await self._show(self._console.page.route)

    async def _closed(self, _event: object) -> None:
        self._shell.stop()
        await self._console.http.aclose()

    async def _show(self, route: str | None, *, again: bool = False) -> None:
        # A reload tells both that the route changed and that the page is back.
        if route == self._console.shown and not again:
            return
        self._console.shown = route or "/"
        found = self._find(Place.of(self._console.shown))
        console = self._shell.room(found[0] if found else None)
        if found is None:
            self._shell.put(self._nothing(), None)
            return
        entry, here = found
        self._console.page.title = f"{entry.title(self._console.say)} · nigoh"
        view = entry.make(console, here)
        self._shell.put(view.build(), entry)
        console.tasks.start(self._open(view, entry), "view")

    async def _open(self, view: View, entry: Entry) -> None:
        try:
            await view.open()
        except asyncio.CancelledError:
            raise
        except LoggedOut:
            await self._console.log_in_again()
        except NigohError as error:
            self._shell.put(failed(self._console.say, error, self._again), entry)

    async def _again(self, _event: object) -> None:
        await self._show(self._console.shown, again=True)

    def _find(self, wanted: Place) -> tuple[Entry, Place] | None:
        if wanted.path == "/" and self._entries:
            wanted = Place(self._entries[0].pattern)
        for entry in self._entries:
            if (found := entry.match(wanted)) is not None:
                return entry, found
        return None

    def _nothing(self) -> ft.Control:
        say = self._console.say
        return empty(
            ft.Icons.EXPLORE_OFF,
            say("There is nothing here"),
            say("The address is wrong, or you may not see what stands there."),
            ft.FilledTonalButton(content=say("To the start"), on_click=self._console.going("/")),
        )


async def open_application(page: ft.Page, entries: Sequence[Entry]) -> None:
    """Begin a browser's session: find out who sits there, and show them the console."""
    visit = VISIT.get()
    http = visit.connect()
    api = Api(http)

    async def begin_anew() -> None:
        """Nothing is drawn yet."""

    try:
        session = await api.get("/session", SessionInfo)
        preferences = await api.get("/me/preferences", Preferences)
    except NigohError as error:
        await http.aclose()
        _log.info("a browser is shown nothing: %s", error)
        page.add(failed(Say(Preferences().language), error))
        return
    console = Console(
        page=page,
        api=api,
        http=http,
        visit=visit,
        session=session,
        preferences=preferences,
        say=Say(preferences.language),
        tasks=Tasks(),
        begin_anew=begin_anew,
    )
    await Application(console, entries).start()
