"""A shard's sightings on their way into its spool: the cameras do not wait for the disk."""

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

from nigoh.domain.spooled_sighting import SpooledSighting
from nigoh.engine.shard_seam import News, SightingNews, Tell
from nigoh.errors import SpoolUnavailable
from nigoh.storage.sighting_spool import spool_sightings
from nigoh.storage.spool import Spool

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpoolingLimits:
    """How many sightings may wait for the disk.

    Attributes:
        most_waiting: beyond them the oldest are given up, and counted.
        most_pictures: beyond them sightings wait without their pictures.
        most_at_once: that are written together.
        retry_s: before another try, while the spool or its disk is full.
        stop_s: how long it goes on trying at the end.
    """

    most_waiting: int = 5_000
    most_pictures: int = 500
    most_at_once: int = 250
    retry_s: float = 1.0
    stop_s: float = 5.0

    def __post_init__(self) -> None:
        if min(self.most_waiting, self.most_pictures, self.most_at_once) < 1 or self.retry_s <= 0:
            raise ValueError("at least one sighting waits, and a try takes time")


@dataclass(frozen=True, slots=True, kw_only=True)
class SpoolingCounts:
    """What became of sightings: `offered == spooled + lost + waiting`, exactly.

    Attributes:
        offered: that were told.
        spooled: that are on the disk.
        lost: the oldest of too many that waited while the disk refused them; or all that waited at the end.
        waiting: in memory.
        thinned: that are without their picture, as there was no room.
        trouble: why the disk does not take them now, or "".
    """

    offered: int = 0
    spooled: int = 0
    lost: int = 0
    waiting: int = 0
    thinned: int = 0
    trouble: str = ""


class SightingSpooling:
    """Takes sightings from any thread and has one of its own write them. A context manager; it owns the spool.

    What it was given is safe from the process's end a few milliseconds later, not at once.

    Args:
        spool: where they go.
        limits: how many may wait.
        told: called after each batch that is on the disk, e.g. to have it taken in at once.
    """

    def __init__(
        self, spool: Spool, limits: SpoolingLimits | None = None, told: Callable[[], None] = lambda: None
    ) -> None:
        self._spool = spool
        self._limits = limits or SpoolingLimits()
        self._told = told
        self._waiting: deque[SpooledSighting] = deque()
        self._counts = SpoolingCounts()
        # Taken from those that wait, and not written yet.
        self._in_hand = 0
        self._changed = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="sighting-spooling")

    @property
    def counts(self) -> SpoolingCounts:
        """What became of all. Any thread may ask."""
        with self._changed:
            return replace(self._counts, waiting=len(self._waiting) + self._in_hand)

    def put(self, news: SpooledSighting) -> None:
        """Take one. It never waits."""
        with self._changed:
            counts = replace(self._counts, offered=self._counts.offered + 1)
            if news.jpeg and len(self._waiting) >= self._limits.most_pictures:
                news, counts = replace(news, jpeg=b""), replace(counts, thinned=counts.thinned + 1)
            self._waiting.append(news)
            if len(self._waiting) > self._limits.most_waiting:
                self._waiting.popleft()
                counts = replace(counts, lost=counts.lost + 1)
            self._counts = counts
            self._changed.notify_all()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join()
        self._spool.close()

    def _run(self) -> None:
        tries_left = 1 + round(self._limits.stop_s / self._limits.retry_s)
        while tries_left and (batch := self._take()):
            if not self._write(batch):
                tries_left -= self._hold(batch)
        with self._changed:
            lost = len(self._waiting)
            self._waiting.clear()
            self._counts = replace(self._counts, lost=self._counts.lost + lost)
        if self._counts.lost:
            _log.error("%d sightings could not be written to the spool and are lost", self._counts.lost)

    def _take(self) -> list[SpooledSighting]:
        """The oldest that wait; none once all are written at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closing)
            batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), self._limits.most_at_once))]
            self._in_hand = len(batch)
            return batch

    def _write(self, batch: list[SpooledSighting]) -> bool:
        try:
            thinned = spool_sightings(self._spool, batch)
        except SpoolUnavailable as error:
            if not self._counts.trouble:
                _log.error("%s Sightings wait in memory; recognition goes on.", error)
            with self._changed:
                self._counts = replace(self._counts, trouble=str(error))
            return False
        if self._counts.trouble:
            _log.warning("sightings can be spooled again; %d were given up meanwhile", self._counts.lost)
        with self._changed:
            self._in_hand = 0
            counts = self._counts
            self._counts = replace(
                counts, spooled=counts.spooled + len(batch), thinned=counts.thinned + thinned, trouble=""
            )
        self._told()
        return True

    def _hold(self, batch: list[SpooledSighting]) -> bool:
        """Put back what could not be written and wait for a moment; whether that was at the end."""
        with self._changed:
            self._in_hand = 0
            self._waiting.extendleft(reversed(batch))
            surplus = max(len(self._waiting) - self._limits.most_waiting, 0)
            for _ in range(surplus):
                self._waiting.popleft()
            self._counts = replace(self._counts, lost=self._counts.lost + surplus)
            ends = self._closing
            self._changed.wait_for(lambda: self._closing and not ends, self._limits.retry_s)
            return ends


class SpoolingTell:
    """What a shard tells: its sightings go into its spool, too. It can be called from any thread."""

    def __init__(self, tell: Tell, spooling: SightingSpooling) -> None:
        self._tell = tell
        self._spooling = spooling

    def __call__(self, news: News) -> None:
        """Tell it, after a sighting is on its way into the spool."""
        if isinstance(news, SightingNews):
            self._spooling.put(SpooledSighting(told=news.sighting, jpeg=news.jpeg, template=news.template))
        self._tell(news)
