"""What `nigoh up` keeps of sightings: lines in a file, pictures in a folder; a full disk does not stop it."""

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from nigoh.engine.shard_seam import SightingNews
from nigoh.errors import OutputError

_log = logging.getLogger(__name__)

_RETRY_S = 5.0
_MOST_WAITING = 5_000


class Output(Protocol):
    """Keeps sightings, in their order. One thread."""

    def take(self, news: SightingNews, now_s: float) -> None:
        """Keep one; it may wait until the next step."""
        ...

    def step(self, now_s: float) -> None:
        """Do what is due."""
        ...

    def close(self, now_s: float) -> None:
        """Try once more, and say what is given up."""
        ...


@dataclass(frozen=True, slots=True)
class KeepingCounts:
    """What became of the sightings that were to be kept: `offered == kept + waiting + lost`."""

    offered: int
    kept: int
    waiting: int
    lost: int


class PatientOutput:
    """Writes sightings in their order. When that fails it says so, holds them back, and tries again later.

    So many are held back that memory stays bounded; beyond them the oldest are given up, counted and told.
    One thread.
    """

    def __init__(self, what: str, write: Callable[[SightingNews], None], most_waiting: int = _MOST_WAITING) -> None:
        self._what = what
        self._write = write
        self._most_waiting = most_waiting
        self._waiting: deque[SightingNews] = deque()
        self._kept = 0
        self._lost = 0
        self._fails = False
        self._retry_s = 0.0

    @property
    def counts(self) -> KeepingCounts:
        """What became of all."""
        waiting = len(self._waiting)
        return KeepingCounts(self._kept + waiting + self._lost, self._kept, waiting, self._lost)

    def take(self, news: SightingNews, now_s: float) -> None:
        """Keep one."""
        self._waiting.append(news)
        if len(self._waiting) > self._most_waiting:
            self._waiting.popleft()
            self._lost += 1
        self.step(now_s)

    def step(self, now_s: float) -> None:
        """Write what waits, unless that has failed a moment ago."""
        if self._waiting and not (self._fails and now_s < self._retry_s):
            self._flush(now_s)

    def close(self, now_s: float) -> None:
        """Try once more, and say what is given up."""
        if self._waiting:
            self._flush(now_s)
        self._lost += len(self._waiting)
        self._waiting.clear()
        if self._lost:
            _log.error("%d sightings could not be written as %s and are lost", self._lost, self._what)

    def _flush(self, now_s: float) -> None:
        try:
            while self._waiting:
                self._write(self._waiting[0])
                self._waiting.popleft()
                self._kept += 1
        except OutputError as error:
            if not self._fails:
                _log.error("%s Sightings wait until it can be written again; recognition goes on.", error)
            self._fails, self._retry_s = True, now_s + _RETRY_S
            return
        if self._fails:
            self._fails = False
            _log.warning("%s can be written again; %d sightings were given up meanwhile", self._what, self._lost)
