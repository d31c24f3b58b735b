"""What a browser meets first: the API where it asks for it, and the console everywhere else."""

import asyncio
from functools import partial

import httpx
from fastapi import FastAPI
from flet.app import AppCallable
from flet_web.fastapi import FletApp, app_manager
from starlette.datastructures import Headers, QueryParams
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from nigoh.domain.credentials import csrf_token
from nigoh.errors import NigohError
from nigoh.server.access.cookies import session_cookie
from nigoh.server.access.door import CSRF_HEADER
from nigoh.server.console.assets import Asset, ConsoleAssets
from nigoh.server.console.login import language_of, login_page
from nigoh.server.console.pages import ConsolePages
from nigoh.server.console.socket import ConsoleSocket, SessionOwners
from nigoh.server.event_feed import EventFeed
from nigoh.server.guard import Door
from nigoh.ui.application import open_application
from nigoh.ui.baskets import Baskets
from nigoh.ui.views import VIEWS
from nigoh.ui.visit import VISIT, Visit

_API = ("/api", "/metrics", "/setup")
_SOCKET = "/console/ws"
_KEPT_S = 60
_WAKE_S = 25.0
_ASK_S = 60.0
_DAY = "private, max-age=86400"


def console_front(api: FastAPI, door: Door) -> ASGIApp:
    """The application of the API with the console beside it."""
    return ConsoleFront(api, door, partial(open_application, entries=VIEWS), api.state.feed)


class ConsoleFront:
    """Serves the console beside the API. One request at a time each; any number at once.

    The console itself asks the API, in this process and as whoever sits before the browser: all that is checked and
    written down there holds for it as for any other program.

    Args:
        api: the application of the API.
        door: knows who asks.
        main: begins a browser's session.
        feed: the events; they wake the views that show what happens.
    """

    def __init__(self, api: ASGIApp, door: Door, main: AppCallable, feed: EventFeed) -> None:
        self._api = api
        self._door = door
        self._main = main
        self._feed = feed
        self._assets = ConsoleAssets()
        self._baskets = Baskets()
        self._pages = ConsolePages(door, self._baskets)
        self._socket = ConsoleSocket(self._run_flet, door, SessionOwners())
        self._policy = _policy(self._assets.script_hashes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, connection, or life."""
        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
        elif any(scope["path"] == each or scope["path"].startswith(f"{each}/") for each in _API):
            await self._api(scope, receive, send)
        elif scope["type"] == "websocket":
            if scope["path"] == _SOCKET:
                await self._socket(scope, receive, send)
            else:
                await send({"type": "websocket.close", "code": 1008})
        else:
            response = await self._answer(HTTPConnection(scope), scope, receive)
            self._dress(response)
            await response(scope, receive, send)

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        await app_manager.start()
        try:
            await self._api(scope, receive, send)
        finally:
            await app_manager.shutdown()

    async def _answer(self, connection: HTTPConnection, scope: Scope, receive: Receive) -> Response:
        path = connection.url.path
        if path == "/login":
            language = language_of(
                connection.query_params.get("lang", ""), connection.headers.get("accept-language", "")
            )
            return Response(login_page(language), media_type="text/html; charset=utf-8")
        if (page := await self._pages.answer(connection, scope, receive)) is not None:
            return page
        found = await asyncio.to_thread(self._assets.find, path.lstrip("/"))
        if found is not None:
            return _send_asset(found, connection.headers, path)
        if "." in path.rpartition("/")[2]:
            return Response(status_code=404)
        return await self._index(connection)

    async def _index(self, connection: HTTPConnection) -> Response:
        try:
            await asyncio.to_thread(self._door.admit, connection)
        except NigohError:
            wanted = connection.url.path + (f"?{connection.url.query}" if connection.url.query else "")
            return RedirectResponse(f"/login?{QueryParams(next=wanted)}", status_code=303)
        index = await asyncio.to_thread(self._assets.find, "index.html")
        if index is None:
            return Response(status_code=404)
        return _send_asset(index, connection.headers, "/index.html")

    def _dress(self, response: Response) -> None:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", self._policy)
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Embedder-Policy", "require-corp")
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("X-Frame-Options", "SAMEORIGIN")
        headers.setdefault("Referrer-Policy", "no-referrer")
        headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(), microphone=()")
        headers.setdefault("Cache-Control", "no-store")

    async def _run_flet(self, scope: Scope, receive: Receive, send: Send) -> None:
        websocket = WebSocket(scope, receive, send)
        VISIT.set(self._visit(websocket))
        await FletApp(
            loop=asyncio.get_running_loop(),
            executor=app_manager.executor,
            main=self._main,
            before_main=None,
            session_timeout_seconds=_KEPT_S,
        ).handle(websocket)

    def _visit(self, websocket: WebSocket) -> Visit:
        scheme = "https" if websocket.url.scheme == "wss" else "http"
        origin = f"{scheme}://{websocket.url.netloc}"
        headers = {
            "Cookie": websocket.headers.get("cookie", ""),
            "User-Agent": websocket.headers.get("user-agent", ""),
            CSRF_HEADER: csrf_token(session_cookie(websocket)),
        }
        address = (websocket.client.host, websocket.client.port) if websocket.client else ("", 0)

        def connect() -> httpx.AsyncClient:
            transport = httpx.ASGITransport(app=self._api, raise_app_exceptions=False, client=address)
            return httpx.AsyncClient(transport=transport, base_url=origin, headers=headers, timeout=_ASK_S)

        return Visit(connect=connect, origin=origin, wake=self._wake_after, baskets=self._baskets)

    async def _wake_after(self, number: int) -> int:
        with self._feed.following():
            found = await self._feed.after(number, _WAKE_S)
            # Whoever comes anew does not go through all that has ever happened.
            return max(found[-1].number, await self._feed.newest()) if found else number


def _send_asset(asset: Asset, headers: Headers, path: str) -> Response:
    told = {
        "ETag": asset.etag,
        # Programs are asked for anew each time, so that all are of one release; fonts and the like stay a day.
        "Cache-Control": _DAY if path.startswith(("/assets/", "/icons/", "/canvaskit/")) else "no-cache",
    }
    if asset.is_packed:
        told |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    if headers.get("if-none-match") == asset.etag:
        return Response(status_code=304, headers=told)
    return Response(asset.content, headers=told, media_type=asset.kind)


def _policy(script_hashes: tuple[str, ...]) -> str:
    """Nothing is loaded from elsewhere, and no script runs that is not of here."""
    return "; ".join((
        "default-src 'self'",
        f"script-src 'self' 'wasm-unsafe-eval' blob: {' '.join(script_hashes)}",
        # Flutter writes its styles into the page.
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "connect-src 'self' data: blob:",
        "worker-src 'self' blob:",
        "font-src 'self' data:",
        "media-src 'self' blob:",
        "frame-src 'self'",
        "frame-ancestors 'self'",
        "base-uri 'self'",
        "form-action 'self'",
        "object-src 'none'",
    ))  # fmt: skip
