"""Removes what may not be kept any longer, in portions so small that nobody waits for it."""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection

from nigoh.domain.clip import Clip
from nigoh.domain.outbox import OutboxLimits
from nigoh.domain.retention_times import RetentionCounts, RetentionTimes
from nigoh.domain.row_retention import Cutoffs, cutoffs
from nigoh.domain.sighting import Status
from nigoh.storage.database.clips import Clips
from nigoh.storage.database.events import Events
from nigoh.storage.database.expired_rows import ExpiredRows, ExpiredSighting
from nigoh.storage.database.outbox import Outbox
from nigoh.storage.database.sightings import Sightings
from nigoh.storage.database.tracks import TrackRows
from nigoh.storage.vault.scopes import unknown_scope

_log = logging.getLogger(__name__)

_UNNAMED = (Status.UNKNOWN, Status.AMBIGUOUS)
_NAMED = (Status.KNOWN, Status.WANTED)


class Transactions(Protocol):
    """Where rows are removed; a database is one."""

    def begin(self) -> AbstractContextManager[Connection]:
        """One transaction, kept if the block ends. Raises DatabaseUnavailable, DatabaseError."""
        ...


class Media(Protocol):
    """Where pictures are; a store of media is one."""

    def remove(self, connection: Connection, media_ids: Iterable[str]) -> None:
        """Remove pictures from the database."""
        ...

    def discard(self, media_ids: Iterable[str]) -> None:
        """Remove their files, once that is committed."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionParts:
    """What removes what is not a row.

    Attributes:
        media: where pictures are.
        destroy_key: destroys the keys of a scope, in a transaction: `Vault.destroy`.
        remove_clips: removes the files of clips; those whose file is gone already are among them.
    """

    media: Media
    destroy_key: Callable[[Connection, str], int]
    remove_clips: Callable[[Sequence[Clip]], None] = lambda _: None


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepPace:
    """How quickly it goes.

    Attributes:
        portion: most rows of one transaction.
        rest: after each portion it rests for so many times as long as that took, so that others get their turn.
    """

    portion: int = 300
    rest: float = 1.0


@dataclass(frozen=True, slots=True)
class _Portion:
    """What went in one transaction, and the pictures whose files go once it is committed."""

    gone: RetentionCounts
    media: tuple[str, ...] = ()


_Step = Callable[[Connection, float], _Portion]


class RowRetention:
    """Removes what is too old. One thread sweeps at a time.

    A crash in between is made good by the next sweep: a key of a day is destroyed after its rows went.

    Args:
        database: transactions.
        parts: what removes what is not a row.
        outbox: how much is kept for sinks that take nothing.
        pace: how quickly it goes.
        stopping: ends the sweep after its portion, once it is set.
        clock: monotonic seconds.
    """

    def __init__(  # noqa: PLR0913 - what it works on, and what has defaults
        self,
        database: Transactions,
        parts: RetentionParts,
        *,
        outbox: OutboxLimits | None = None,
        pace: SweepPace | None = None,
        stopping: threading.Event | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._parts = parts
        self._outbox = outbox or OutboxLimits()
        self._pace = pace or SweepPace()
        self._stopping = stopping or threading.Event()
        self._clock = clock

    def expire(self, times: RetentionTimes, now_unix_s: float) -> RetentionCounts:
        """Remove all that is too old at a time, seconds since 1970. The caller writes it into the audit.

        Raises:
            DatabaseUnavailable, OutputError: try again later; what went is gone.
        """
        # First: an event that nobody waits for any more may go, too.
        self._trim_outbox(now_unix_s)
        counts = RetentionCounts()
        for cutoff, step in self._steps(cutoffs(times, now_unix_s)):
            if cutoff is not None:
                counts = self._repeat(counts, step, cutoff)
        return counts

    def _steps(self, at: Cutoffs) -> list[tuple[float | None, _Step]]:
        return [
            *((at.unknown_crops, self._crops_of(status)) for status in _UNNAMED),
            (at.unknown, self._unknown_templates),
            (at.unknown, self._days),
            *((at.sightings, self._sightings_of(status)) for status in Status),
            (at.sightings, self._templates),
            *((at.crops, self._crops_of(status)) for status in _NAMED),
            (at.clips, self._clips),
            (at.events, self._events),
        ]

    def _repeat(self, counts: RetentionCounts, step: _Step, cutoff: float) -> RetentionCounts:
        """Portion after portion, until nothing goes any more."""
        while not self._stopping.is_set():
            began_s = self._clock()
            with self._database.begin() as connection:
                portion = step(connection, cutoff)
            self._parts.media.discard(portion.media)
            if portion.gone == RetentionCounts():
                break
            counts = _sum(counts, portion.gone)
            self._stopping.wait(self._pace.rest * (self._clock() - began_s))
        return counts

    def _crops_of(self, status: Status) -> _Step:
        def remove(connection: Connection, cutoff: float) -> _Portion:
            found = ExpiredRows(connection).pictured(status, cutoff, self._pace.portion)
            Sightings(connection).remove_pictures([each.id for each in found])
            return self._without_media(connection, found, RetentionCounts(crops=len(found)))

        return remove

    def _sightings_of(self, status: Status) -> _Step:
        def remove(connection: Connection, cutoff: float) -> _Portion:
            found = ExpiredRows(connection).sightings(status, cutoff, self._pace.portion)
            ids = [each.id for each in found]
            templates = TrackRows(connection).remove(ids)
            Sightings(connection).remove(ids)
            crops = sum(1 for each in found if each.media_id)
            gone = RetentionCounts(sightings=len(found), templates=templates, crops=crops)
            return self._without_media(connection, found, gone)

        return remove

    def _unknown_templates(self, connection: Connection, cutoff: float) -> _Portion:
        rows = ExpiredRows(connection)
        keys = [key for day, of_day in rows.day_keys().items() if day <= unknown_scope(cutoff) for key in of_day]
        found = rows.tracks_of(keys, cutoff, self._pace.portion) if keys else ()
        return _Portion(RetentionCounts(templates=TrackRows(connection).remove(found)))

    def _templates(self, connection: Connection, cutoff: float) -> _Portion:
        """Those whose sighting is not there."""
        found = ExpiredRows(connection).tracks(cutoff, self._pace.portion)
        return _Portion(RetentionCounts(templates=TrackRows(connection).remove(found)))

    def _days(self, connection: Connection, cutoff: float) -> _Portion:
        """One day, all of which lies before: with its key goes what a backup has of it."""
        over = sorted(day for day in ExpiredRows(connection).day_keys() if day < unknown_scope(cutoff))
        if not over:
            return _Portion(RetentionCounts())
        self._parts.destroy_key(connection, over[0])
        return _Portion(RetentionCounts(keys=1))

    def _clips(self, connection: Connection, cutoff: float) -> _Portion:
        found = Clips(connection).oldest_before(cutoff, self._pace.portion)
        # Files first: a row whose file is gone is found again by the next sweep, a file without a row by nobody.
        self._parts.remove_clips(found)
        return _Portion(RetentionCounts(clips=Clips(connection).remove([clip.id for clip in found])))

    def _events(self, connection: Connection, cutoff: float) -> _Portion:
        return _Portion(RetentionCounts(events=Events(connection).remove_before(cutoff, self._pace.portion)))

    def _trim_outbox(self, now_unix_s: float) -> None:
        while not self._stopping.is_set():
            with self._database.begin() as connection:
                gone = Outbox(connection).trim(self._outbox, now_unix_s)
            if not gone:
                break
            for sink, number in gone.items():
                _log.warning("%s did not take its events for too long: %d were given up", sink, number)

    def _without_media(
        self, connection: Connection, found: Sequence[ExpiredSighting], gone: RetentionCounts
    ) -> _Portion:
        media = tuple(each.media_id for each in found if each.media_id)
        self._parts.media.remove(connection, media)
        return _Portion(gone, media)


def _sum(one: RetentionCounts, other: RetentionCounts) -> RetentionCounts:
    return RetentionCounts(**{name: getattr(one, name) + getattr(other, name) for name in RetentionCounts.__slots__})
