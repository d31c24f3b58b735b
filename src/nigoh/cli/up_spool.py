"""How `nigoh up` hands sightings to the database: over a spool, so that none is lost while the database is away."""

import logging
from collections import deque
from collections.abc import Callable

from nigoh.domain.spooled_sighting import SpooledSighting
from nigoh.engine.shard_seam import SightingNews
from nigoh.errors import NigohError
from nigoh.storage.sighting_spool import spool_sightings
from nigoh.storage.spool import Spool

_log = logging.getLogger(__name__)

_MOST_AT_ONCE = 500
_MOST_WAITING = 5_000
_RETRY_S = 2.0


class SpooledOutput:
    """Puts sightings on the disk, all of a step at once: that is one wait for the disk. One thread.

    A disk that refuses makes them wait in memory, within bounds; beyond them the oldest are given up and counted.

    Args:
        spool: takes them.
        spooled: called when some are on the disk.
    """

    def __init__(self, spool: Spool, spooled: Callable[[], None]) -> None:
        self.lost = 0
        self._spool = spool
        self._spooled = spooled
        self._waiting: deque[SpooledSighting] = deque()
        self._fails = False
        self._retry_s = 0.0

    def take(self, news: SightingNews, now_s: float) -> None:
        """Keep one; it is on the disk after the next step."""
        del now_s
        self._waiting.append(SpooledSighting(told=news.sighting, jpeg=news.jpeg, template=news.template))
        if len(self._waiting) > _MOST_WAITING:
            self._waiting.popleft()
            self.lost += 1

    def step(self, now_s: float) -> None:
        """Put what waits on the disk, unless that has failed a moment ago."""
        if self._waiting and not (self._fails and now_s < self._retry_s):
            self._flush(now_s)

    def close(self, now_s: float) -> None:
        """Try once more, and say what is given up."""
        if self._waiting:
            self._flush(now_s)
        self.lost += len(self._waiting)
        self._waiting.clear()
        if self.lost:
            _log.error("%d sightings could not be kept and are lost", self.lost)

    def _flush(self, now_s: float) -> None:
        try:
            while self._waiting:
                batch = [self._waiting[at] for at in range(min(len(self._waiting), _MOST_AT_ONCE))]
                thin = spool_sightings(self._spool, batch)
                if thin:
                    _log.warning("%d sightings were kept without their picture: little room is left", thin)
                for _ in batch:
                    self._waiting.popleft()
        except NigohError as error:
            if not self._fails:
                _log.error("%s Sightings wait until there is room; recognition goes on.", error)
            self._fails, self._retry_s = True, now_s + _RETRY_S
            return
        self._spooled()
        if self._fails:
            self._fails = False
            _log.warning("sightings are kept again; %d were given up meanwhile", self.lost)
