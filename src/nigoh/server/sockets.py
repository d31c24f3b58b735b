"""WebSockets: who is on the other side, until when, and how they are told that it is over."""

import asyncio
import json
import logging
from collections import Counter
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from nigoh.domain.access import Permission, Principal, UserId
from nigoh.errors import Retryable
from nigoh.server.guard import Door, door_of

_log = logging.getLogger(__name__)

_MOST_FAILED_CHECKS = 2


class Close(IntEnum):
    """Why a WebSocket is closed by the server.

    AGAIN: too many, or the database is away: come again later. MALFORMED: a message that cannot be understood.
    REVOKED: the session or token holds no more. FORBIDDEN: the permission was taken away. SLOW: the client did not
    take what it was sent; it may come again and resume.
    """

    AGAIN = 1013
    MALFORMED = 4400
    REVOKED = 4401
    FORBIDDEN = 4403
    SLOW = 4408


class Closing(Exception):
    """Ends a conversation; a signal between its parts, not a failure."""

    def __init__(self, code: Close, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True, slots=True)
class SocketOptions:
    """Bounds of WebSockets.

    Attributes:
        most: of all clients together.
        most_of_user: of one user.
        check_s: how often it is looked whether a credential still holds.
        send_s: how long a client may take for one message.
    """

    most: int = 256
    most_of_user: int = 32
    check_s: float = 2.0
    send_s: float = 10.0


class SocketRoom:
    """Counts WebSockets. Owner: the event loop."""

    def __init__(self, options: SocketOptions) -> None:
        self.options = options
        self._seats: Counter[UserId] = Counter()

    @contextmanager
    def seat(self, user: UserId) -> Iterator[None]:
        """A place for one WebSocket. Raises Closing when there is none."""
        if self._seats.total() >= self.options.most or self._seats[user] >= self.options.most_of_user:
            raise Closing(Close.AGAIN, "too many WebSockets are open")
        self._seats[user] += 1
        try:
            yield
        finally:
            self._seats[user] -= 1
            if not self._seats[user]:
                del self._seats[user]


class Conversation:
    """One WebSocket that was let in. Owner: its task in the event loop.

    Attributes:
        principal: who is there, as they are now: their permissions and cameras may change while they stay.
    """

    def __init__(self, websocket: WebSocket, principal: Principal, permission: Permission, room: SocketRoom) -> None:
        self._websocket = websocket
        self._door: Door = door_of(websocket)
        self._permission = permission
        self._room = room
        self._options = room.options
        self.principal = principal

    async def hold(self, *parts: Coroutine[Any, Any, None]) -> None:
        """Accept, and go on until one of the parts ends, the client goes or its credential holds no more."""
        await self._websocket.accept()
        try:
            with self._room.seat(self.principal.user):
                await _first_of(self._check(), *parts)
        except* WebSocketDisconnect:
            pass
        except* Closing as closings:
            closing = _first(closings)
            with suppress(WebSocketDisconnect, RuntimeError, TimeoutError):
                async with asyncio.timeout(self._options.send_s):
                    await self._websocket.close(closing.code, closing.reason)
        finally:
            for part in parts:
                part.close()

    async def send(self, message: Mapping[str, object] | bytes) -> None:
        """Send a JSON object or bytes. Raises Closing when the client does not take it in time."""
        try:
            async with asyncio.timeout(self._options.send_s):
                if isinstance(message, bytes):
                    await self._websocket.send_bytes(message)
                else:
                    await self._websocket.send_text(json.dumps(message, ensure_ascii=False, separators=(",", ":")))
        except TimeoutError:
            raise Closing(Close.SLOW, "too slow; come again and resume") from None

    async def receive(self) -> str:
        """The next text of the client. Raises WebSocketDisconnect, Closing for what is no text."""
        message = await self._websocket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1005))
        text = message.get("text")
        if not isinstance(text, str):
            raise Closing(Close.MALFORMED, "messages are JSON texts")
        return text

    @property
    def is_open(self) -> bool:
        """Whether the client is there."""
        return self._websocket.client_state is WebSocketState.CONNECTED

    async def _check(self) -> None:
        """Look again and again whether the credential holds."""
        failed = 0
        while True:
            await asyncio.sleep(self._options.check_s)
            try:
                now = await run_in_threadpool(self._door.still, self.principal)
            except Retryable as error:
                failed += 1
                _log.warning("whether a session still holds cannot be found out: %s", error)
                if failed >= _MOST_FAILED_CHECKS:
                    # Whoever cannot be checked is not let stay: it may have been revoked.
                    raise Closing(Close.AGAIN, "the server cannot check the session now") from None
                continue
            failed = 0
            if now is None:
                raise Closing(Close.REVOKED, "the session or token holds no more")
            if not now.may(self._permission):
                raise Closing(Close.FORBIDDEN, f"the permission {self._permission} was taken away")
            self.principal = now


async def _first_of(*parts: Coroutine[Any, Any, None]) -> None:
    """Run them together; as one ends, the others do. Raises a group of what they raise."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(part) for part in parts]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()


def _first(closings: BaseExceptionGroup[Closing]) -> Closing:
    leaf: BaseException = closings
    while isinstance(leaf, BaseExceptionGroup):
        leaf = leaf.exceptions[0]
    return leaf if isinstance(leaf, Closing) else Closing(Close.AGAIN, "")
