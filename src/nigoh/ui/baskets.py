"""Where files arrive that somebody drops, picks or takes with a webcam in the browser: in memory, and not for long.

Flet has no drop zone on the web and keeps what it uploads as plain files; faces are not to lie about in those. So a
page of ours, shown inside the view, sends each file to a basket, whose address only that page knows.
"""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from nigoh.errors import Forbidden, Missing, Throttled

_MOST_BASKETS = 512
_MOST_BYTES = 512 * 2**20


@dataclass(frozen=True, slots=True, eq=False)
class ReceivedFile:
    """A file from the browser.

    Attributes:
        name: as the browser calls it; not to be trusted.
        content: its bytes.
    """

    name: str
    content: bytes


Received = Callable[[ReceivedFile], Awaitable[None]]


@dataclass(frozen=True, slots=True, eq=False)
class Basket:
    """One place where files may arrive.

    Attributes:
        ticket: whoever knows it may put files in.
        most_bytes: of one file.
        received: is told of each file.
    """

    ticket: str
    most_bytes: int
    received: Received = field(repr=False)


class Baskets:
    """All baskets. Owner: the event loop.

    Args:
        most_bytes: of all files that are on their way at once.
    """

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        self._open: dict[str, Basket] = {}
        self._most_bytes = most_bytes
        self._held_bytes = 0

    def open(self, most_bytes: int, received: Received) -> Basket:
        """A new basket, until it is closed. Raises Throttled when there are too many."""
        if len(self._open) >= _MOST_BASKETS:
            raise Throttled("too many pages wait for files at once", retry_after_s=60.0)
        basket = Basket(secrets.token_urlsafe(32), most_bytes, received)
        self._open[basket.ticket] = basket
        return basket

    def close(self, basket: Basket) -> None:
        """Take no files any more."""
        self._open.pop(basket.ticket, None)

    def find(self, ticket: str) -> Basket:
        """The basket of a ticket. Raises Missing."""
        if (basket := self._open.get(ticket)) is None:
            raise Missing("basket", "of this page; load the page again")
        return basket

    async def put(self, basket: Basket, file: ReceivedFile) -> None:
        """Hand a file over. Raises Forbidden when it is too large; Throttled when too much is on its way."""
        size = len(file.content)
        if size > basket.most_bytes:
            raise Forbidden(f"{file.name} is larger than {basket.most_bytes // 2**20} MiB", "Send a smaller one.")
        if self._held_bytes + size > self._most_bytes:
            raise Throttled("too many files arrive at once", retry_after_s=10.0)
        self._held_bytes += size
        try:
            await basket.received(file)
        finally:
            self._held_bytes -= size
