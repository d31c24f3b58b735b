"""Bounds on what clients send: how large a body may be, and how slowly it may come."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

JSON_BYTES = 1_048_576
"""Most bytes of a body, unless its route says otherwise."""

PHOTO_BYTES = 33_554_432
"""Most bytes of a body with photos."""

ARCHIVE_BYTES = 2_147_483_648
"""Most bytes of a posted archive; it is spooled to the disk."""


@dataclass(frozen=True, slots=True)
class BodyPace:
    """How slowly a body may come.

    Attributes:
        silence_s: longest time without a byte of it.
        least_bytes_per_s: on average, after the first `grace_s` seconds.
    """

    silence_s: float = 10.0
    grace_s: float = 15.0
    least_bytes_per_s: float = 8_192.0

    def is_too_slow(self, elapsed_s: float, received: int) -> bool:
        """Whether it has come more slowly than that."""
        return elapsed_s > self.grace_s and received < (elapsed_s - self.grace_s) * self.least_bytes_per_s


class SlowBodies:
    """Answers 408 to requests whose body does not come. Their connection is closed then."""

    def __init__(self, app: ASGIApp, pace: BodyPace, now_s: Callable[[], float]) -> None:
        self._app = app
        self._pace = pace
        self._now_s = now_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = _PacedBody(receive, self._pace, self._now_s)
        await self._app(scope, body.receive, send)


class _PacedBody:
    def __init__(self, receive: Receive, pace: BodyPace, now_s: Callable[[], float]) -> None:
        self._receive = receive
        self._pace = pace
        self._now_s = now_s
        self._began_s = now_s()
        self._received = 0
        self._more = True

    async def receive(self) -> Message:
        if not self._more:
            # The body is whole: what comes now is that the client leaves, whenever that is.
            return await self._receive()
        try:
            async with asyncio.timeout(self._pace.silence_s):
                message = await self._receive()
        except TimeoutError:
            raise _too_slow() from None
        if message["type"] == "http.request":
            self._received += len(message.get("body", b""))
            self._more = bool(message.get("more_body", False))
        if self._more and self._pace.is_too_slow(self._now_s() - self._began_s, self._received):
            raise _too_slow()
        return message


def _too_slow() -> HTTPException:
    return HTTPException(408, "the body of the request came too slowly")
