"""Where a browser's session comes from and as whom it asks."""

import time
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass

import httpx

from nigoh.ui.baskets import Baskets

Wake = Callable[[int], Awaitable[int]]
"""Waits until there is an event above this number, or for a while; gives the number of the newest event."""


@dataclass(frozen=True, slots=True, eq=False)
class Visit:
    """Somebody opens the console.

    Attributes:
        connect: makes a client of the API that asks as them; whoever calls it closes the client.
        origin: how the browser knows this server: https://host:port.
        wake: tells when something happened.
        baskets: where files from the browser arrive; None: this console takes none.
        unix_s: seconds since 1970.
    """

    connect: Callable[[], httpx.AsyncClient]
    origin: str
    wake: Wake
    baskets: Baskets | None = None
    unix_s: Callable[[], float] = time.time


VISIT: ContextVar[Visit] = ContextVar("VISIT")
"""Set by whoever serves the page, around its WebSocket."""
