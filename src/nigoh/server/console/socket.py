"""One browser's connection to its console: who sits there is known, asked for again and again, never mixed up."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable

import msgpack
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from nigoh.domain.access import Principal
from nigoh.errors import NigohError
from nigoh.server.guard import Door

_log = logging.getLogger(__name__)

_LOGGED_OUT = 4401
_LOOK_S = 2.0
_SEND_S = 20.0
_FRAME = 0
_REGISTER = 1
_MOST_SESSIONS = 4_096


class SessionOwners:
    """Whose each session of Flet is. Owner: the event loop.

    A browser asks for its old one by name after a reload, also when somebody else has logged in there since.
    """

    def __init__(self) -> None:
        self._owners: OrderedDict[str, str] = OrderedDict()

    def note(self, session: str, credential: str) -> None:
        """A session belongs to whoever holds this credential."""
        self._owners[session] = credential
        while len(self._owners) > _MOST_SESSIONS:
            self._owners.popitem(last=False)

    def is_of(self, session: str, credential: str) -> bool:
        """Whether a session is theirs."""
        return self._owners.get(session) == credential


class ConsoleSocket:
    """Stands around Flet's WebSocket.

    - Whoever is not logged in, or comes from another site's page, is turned away.
    - Whose session was revoked loses the connection within seconds.
    - A browser that takes nothing for 20 s loses it, too: what waits for it would fill the memory.
    - When sending fails Flet is told as if the browser had gone, and not by an exception, after which it would keep
      the session for ever.

    Args:
        app: Flet's.
        door: knows who asks.
        owners: whose each session is.
    """

    def __init__(self, app: ASGIApp, door: Door, owners: SessionOwners) -> None:
        self._app = app
        self._door = door
        self._owners = owners

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection, from its beginning to its end."""
        try:
            principal = await asyncio.to_thread(self._door.admit, HTTPConnection(scope))
        except NigohError as error:
            _log.info("a browser is turned away from the console: %s", error)
            await receive()
            await send({"type": "websocket.close", "code": _LOGGED_OUT})
            return
        line = _Line(receive, send, self._owners, principal.credential_id)
        watching = asyncio.create_task(self._watch(principal, line.cut), name="console session")
        try:
            await self._app(scope, line.receive, line.send)
        finally:
            watching.cancel()

    async def _watch(self, principal: Principal, cut: Callable[[], Awaitable[None]]) -> None:
        while True:
            await asyncio.sleep(_LOOK_S)
            try:
                is_gone = await asyncio.to_thread(self._door.still, principal) is None
            except NigohError as error:
                # The database is away for a moment: nobody is thrown out for that.
                _log.warning("whether %s is still logged in cannot be seen: %s", principal.name, error)
                continue
            if is_gone:
                await cut()
                return


class _Line:
    """Both directions of one connection."""

    def __init__(self, receive: Receive, send: Send, owners: SessionOwners, credential: str) -> None:
        self._receive = receive
        self._send = send
        self._owners = owners
        self._credential = credential
        self._is_registered = self._is_answered = False
        self._cut = asyncio.Event()

    async def receive(self) -> Message:
        """What the browser says next; that it has gone, when it was cut off."""
        if self._cut.is_set():
            return {"type": "websocket.disconnect", "code": _LOGGED_OUT}
        wanted = asyncio.ensure_future(self._receive())
        cutting = asyncio.ensure_future(self._cut.wait())
        try:
            await asyncio.wait((wanted, cutting), return_when=asyncio.FIRST_COMPLETED)
        finally:
            cutting.cancel()
            if not wanted.done():
                wanted.cancel()
        if self._cut.is_set() or wanted.cancelled():
            return {"type": "websocket.disconnect", "code": _LOGGED_OUT}
        message = wanted.result()
        if not self._is_registered and message.get("bytes"):
            self._is_registered = True
            message["bytes"] = self._own_session(message["bytes"])
        return message

    async def send(self, message: Message) -> None:
        """Tell the browser; it is cut off when that fails or takes too long."""
        if self._cut.is_set():
            return
        if not self._is_answered and message.get("bytes"):
            self._is_answered = True
            self._note(message["bytes"])
        try:
            async with asyncio.timeout(_SEND_S):
                await self._send(message)
        except (OSError, RuntimeError) as error:
            _log.info("a browser is gone: %s", str(error) or "it takes nothing")
            self._cut.set()

    async def cut(self) -> None:
        """End the connection."""
        self._cut.set()
        try:
            async with asyncio.timeout(_SEND_S):
                await self._send({"type": "websocket.close", "code": _LOGGED_OUT})
        except (OSError, RuntimeError) as error:
            _log.debug("a browser was gone already: %s", error)

    def _own_session(self, frame: bytes) -> bytes:
        """The first message: the old session that it asks for is left out unless it is theirs."""
        if frame[0] != _FRAME:
            return frame
        action, body = msgpack.unpackb(frame[1:])
        asked = body.get("session_id")
        if action == _REGISTER and asked and not self._owners.is_of(asked, self._credential):
            body["session_id"] = None
            packed: bytes = msgpack.packb([action, body])
            return bytes([_FRAME]) + packed
        return frame

    def _note(self, frame: bytes) -> None:
        if frame[0] != _FRAME:
            return
        _, body = msgpack.unpackb(frame[1:], strict_map_key=False)
        if isinstance(body, dict) and (session := body.get("session_id")):
            self._owners.note(session, self._credential)
