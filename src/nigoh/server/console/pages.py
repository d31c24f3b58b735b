"""Pages of ours that stand inside views, where Flet has no control for what they do: plain HTML and scripts."""

import asyncio
from collections.abc import Callable, Mapping
from importlib import resources

from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope

from nigoh.errors import Forbidden, Missing, NigohError, Throttled
from nigoh.server.console.login import language_of
from nigoh.server.guard import Door
from nigoh.ui.baskets import Basket, Baskets, ReceivedFile
from nigoh.ui.cameras.zones import zones_words
from nigoh.ui.events.alert_words import alert_words
from nigoh.ui.live.wall_words import wall_words
from nigoh.ui.words.say import Say

_KINDS = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
_BASKET = "/console/baskets/"
_NEEDS_LOGIN = frozenset({".html"})
_OPEN = frozenset({"wall.html"})
"""Holds nothing of anybody: it asks the API itself, by a session or by a token that never comes here."""
_WORDS = "/console/words/"
_SPOKEN: Mapping[str, Callable[[Say], dict[str, object]]] = {
    "wall": wall_words,
    "alerts": alert_words,
    "zones": zones_words,
}
_STATUS = {Missing: 404, Forbidden: 413, Throttled: 429}


class ConsolePages:
    """Answers for /console/NAME.html, .css and .js, and takes files for baskets.

    Args:
        door: knows who asks: pages are for whoever is logged in.
        baskets: where files arrive.
    """

    def __init__(self, door: Door, baskets: Baskets) -> None:
        self._door = door
        self._baskets = baskets

    async def answer(self, connection: HTTPConnection, scope: Scope, receive: Receive) -> Response | None:
        """The answer, or None if it is none of these pages."""
        path = connection.url.path
        if path.startswith(_BASKET) and scope["method"] == "PUT":
            return await self._take(Request(scope, receive), path.removeprefix(_BASKET))
        if path.startswith(_WORDS):
            return _words(connection, path.removeprefix(_WORDS).removesuffix(".json"))
        name = "wall.html" if path == "/wall" else path.removeprefix("/console/")
        suffix = name[name.rfind(".") :]
        if name == path or "/" in name or suffix not in _KINDS:
            return None
        file = resources.files("nigoh.server.console").joinpath("page_files", name)
        if not file.is_file():
            return None
        if suffix in _NEEDS_LOGIN and name not in _OPEN and (refusal := await self._refusal(connection)) is not None:
            return refusal
        return Response(file.read_bytes(), media_type=f"{_KINDS[suffix]}; charset=utf-8")

    async def _refusal(self, connection: HTTPConnection) -> Response | None:
        try:
            await asyncio.to_thread(self._door.admit, connection)
        except NigohError as error:
            return Response(str(error), status_code=401, media_type="text/plain; charset=utf-8")
        return None

    async def _take(self, request: Request, ticket: str) -> Response:
        try:
            basket = self._baskets.find(ticket)
            content = await _read(request, basket)
            name = request.query_params.get("name", "")[:256]
            await self._baskets.put(basket, ReceivedFile(name, content))
        except (Missing, Forbidden, Throttled) as error:
            return JSONResponse({"detail": error.what, "next_step": error.next_step}, _STATUS[type(error)])
        return Response(status_code=204)


def _words(connection: HTTPConnection, page: str) -> Response | None:
    """What a page says, in the language that is asked for, or else the one that the browser prefers."""
    if (words := _SPOKEN.get(page)) is None:
        return None
    language = language_of(connection.query_params.get("lang", ""), connection.headers.get("accept-language", ""))
    return JSONResponse(words(Say(language)))


async def _read(request: Request, basket: Basket) -> bytes:
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > basket.most_bytes:
            raise Forbidden(f"the file is larger than {basket.most_bytes // 2**20} MiB", "Send a smaller one.")
    return bytes(content)
