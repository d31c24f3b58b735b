"""The stream of events, followed once for all clients."""

import asyncio
import logging
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from starlette.concurrency import run_in_threadpool

from nigoh.domain.records import Event
from nigoh.errors import NigohError

_log = logging.getLogger(__name__)


class EventStore(Protocol):
    """Where events are. Called in threads; either may raise a NigohError."""

    def newest(self) -> int:
        """The number of the newest event, 0 if there is none."""
        ...

    def after(self, number: int, limit: int) -> Sequence[Event]:
        """The events above a number in their order, so many at most."""
        ...


@dataclass(frozen=True, slots=True)
class FeedOptions:
    """How events are followed.

    Attributes:
        look_s: how often it is looked for new ones while somebody follows.
        kept: so many of the newest are kept in memory, for followers that are nearly up to date.
        page: most events that are read or given at once.
    """

    look_s: float = 0.2
    kept: int = 4_096
    page: int = 256


class EventFeed:
    """Gives events to any number of followers, each from the number that it has. Owner: the event loop.

    A follower holds no queue: it asks for what comes after its number when it has sent the last, so a slow one costs
    nothing but its own delay. Those that are far behind read from the database.
    """

    def __init__(self, store: EventStore, options: FeedOptions | None = None) -> None:
        self._store = store
        self._options = options or FeedOptions()
        # All events above the floor are kept, but for those that came since the last look.
        self._floor: int | None = None
        self._kept: deque[Event] = deque(maxlen=self._options.kept)
        self._changed = asyncio.Event()
        self._followers = 0

    @contextmanager
    def following(self) -> Iterator[None]:
        """Somebody follows, for as long as the block lasts."""
        self._followers += 1
        try:
            yield
        finally:
            self._followers -= 1

    async def newest(self) -> int:
        """The number of the newest event."""
        return await run_in_threadpool(self._store.newest)

    async def after(self, number: int, wait_s: float) -> Sequence[Event]:
        """The events above a number, a page at most; empty when none came in that time. Raises NigohError."""
        if found := await self._find(number):
            return found
        try:
            async with asyncio.timeout(wait_s):
                while not (found := await self._find(number)):
                    await self._changed.wait()
        except TimeoutError:
            return ()
        return found

    async def run(self) -> None:
        """Look for new events for as long as somebody follows them. Ends when it is cancelled."""
        while True:
            await asyncio.sleep(self._options.look_s)
            if not self._followers:
                self._floor = None
                self._kept.clear()
                continue
            try:
                await self._look()
            except NigohError as error:
                # Followers stay and wait: they have lost nothing.
                _log.warning("events cannot be read: %s", error)

    async def _look(self) -> None:
        if self._floor is None:
            return
        newest = self._kept[-1].number if self._kept else self._floor
        for event in await run_in_threadpool(self._store.after, newest, self._options.page):
            if len(self._kept) == self._options.kept:
                self._floor = self._kept[0].number
            self._kept.append(event)
        if self._kept and self._kept[-1].number > newest:
            self._changed.set()
            self._changed = asyncio.Event()

    async def _find(self, number: int) -> Sequence[Event]:
        """What is there above a number: out of memory, or else out of the database."""
        if self._floor is None:
            newest = await self.newest()
            if self._floor is None:
                self._floor = newest
        if number < self._floor and (found := await run_in_threadpool(self._store.after, number, self._options.page)):
            return found
        return [event for event in self._kept if event.number > number][: self._options.page]
