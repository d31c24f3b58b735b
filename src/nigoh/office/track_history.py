"""The templates of past tracks, in memory and up to date, so that a face is looked for among all of them at once."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

import numpy as np

from nigoh.domain.geometry import Floats
from nigoh.domain.history import HistoryFilter, Hit
from nigoh.domain.template import ModelIdentity, Templates
from nigoh.errors import NigohError
from nigoh.identity.track_vectors import TrackVectors
from nigoh.storage.track_feed import TrackFeed

_log = logging.getLogger(__name__)

_LOOK_S = 15.0
_FORGET_S = 120.0
"""Which tracks are still there is told by all of their rows: 60 ms for 100,000."""

_JOIN_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLimits:
    """How much is kept in memory.

    Attributes:
        most_tracks: of which templates are kept, about 0.5 kB each; what is older is read and opened when it is asked
            for, which takes seconds for each 100,000.
        stale_s: after so long without following, all is read anew: events are not kept for ever.
    """

    most_tracks: int = 500_000
    stale_s: float = 3600.0

    def __post_init__(self) -> None:
        if self.most_tracks < 1 or self.stale_s <= 0:
            raise ValueError("at least one track is kept, for longer than no time")


class TrackHistory:
    """Owns the vectors of past tracks. Any thread may search; one after the other.

    Within its context a thread follows what comes; without it whoever searches does. What was removed from the
    database is forgotten here within two minutes, and is nobody's business before: whoever shows what was found asks
    the database whether it is still there.

    Args:
        feed: where templates come from.
        limits: how much is kept.
        clock: monotonic seconds.
    """

    def __init__(
        self, feed: TrackFeed, limits: HistoryLimits | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._feed = feed
        self._limits = limits or HistoryLimits()
        self._clock = clock
        self._lock = threading.Lock()
        self._vectors: TrackVectors | None = None
        self._number = 0
        self._followed_s = float("-inf")
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def model(self) -> ModelIdentity:
        """Of the templates."""
        return self._feed.model

    def template_of(self, sighting_id: str) -> Floats | None:
        """The vector (D,) of a sighting's track, as `search` takes it, or None. Raises DatabaseUnavailable."""
        part = self._feed.of(sighting_id)
        return np.asarray(part.vectors[0]) if len(part) else None

    def turned(self, template: Templates) -> Floats:
        """The vector (D,) of one template, as `search` takes it."""
        return np.asarray(self._feed.turned(template)[0])

    def search(self, probe: Floats, wanted: HistoryFilter) -> list[Hit]:
        """All tracks that resemble a probe (D,), in no order. Raises DatabaseUnavailable."""
        with self._lock:
            vectors = self._follow()
            found = vectors.search(probe, wanted)
            kept_since = vectors.since_unix_s
        if wanted.since_unix_s < kept_since:
            found += self._search_older(probe, wanted, kept_since)
        return found

    def follow(self, *, gone: bool = True) -> int:
        """Take note of all that has come, and gone; how many tracks are in memory. Raises DatabaseUnavailable."""
        with self._lock:
            vectors = self._follow()
            if gone:
                self._forget_gone(vectors)
            return len(vectors)

    def __enter__(self) -> Self:
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, name="track-history", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(_JOIN_S)

    def _run(self) -> None:
        forget_s = float("-inf")
        while not self._stopping.is_set():
            is_time = (now_s := self._clock()) >= forget_s
            forget_s = now_s + _FORGET_S if is_time else forget_s
            try:
                self.follow(gone=is_time)
            except NigohError as error:
                _log.warning("searches in the past do not know what came last: %s", error)
            self._stopping.wait(_LOOK_S)

    def _follow(self) -> TrackVectors:
        now_s = self._clock()
        if self._vectors is None or now_s - self._followed_s > self._limits.stale_s:
            self._vectors = self._read()
        else:
            for part, gone, number in self._feed.changes(self._number):
                self._vectors.put(part)
                self._vectors.remove(gone)
                self._number = number
        self._followed_s = now_s
        return self._vectors

    def _read(self) -> TrackVectors:
        vectors = TrackVectors(self._feed.model.dimension, self._limits.most_tracks)
        number = self._feed.number()
        for part in self._feed.all():
            vectors.put(part)
            if self._stopping.is_set():
                break
        self._number = number
        return vectors

    def _forget_gone(self, vectors: TrackVectors) -> None:
        """What was erased or is too old makes no event."""
        since = vectors.since_unix_s
        if self._feed.count(since) != len(vectors):
            vectors.remove(vectors.ids - self._feed.ids(since))

    def _search_older(self, probe: Floats, wanted: HistoryFilter, until_unix_s: float) -> list[Hit]:
        older = replace(wanted, until_unix_s=min(wanted.until_unix_s, until_unix_s))
        found: list[Hit] = []
        for part in self._feed.all(older.since_unix_s, older.until_unix_s):
            some = TrackVectors(self._feed.model.dimension, max(1, len(part)))
            some.put(part)
            found += some.search(probe, older)
        return found
