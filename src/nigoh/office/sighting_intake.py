"""The intake: takes sightings out of the shards' spools into the database, in order, each once."""

import logging
import random
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Protocol, Self

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from nigoh.domain.intake import IntakeCounts
from nigoh.domain.spooled_sighting import SpooledSighting
from nigoh.engine.clocks import Clocks
from nigoh.errors import KeyDestroyed, NigohError, Retryable, Unstorable
from nigoh.office.sighting_writing import SightingWriter, Written
from nigoh.storage.database.sighting_rows import why_unstorable
from nigoh.storage.sighting_spool import decode_spooled
from nigoh.storage.spool_reader import ReadingCounts, SpoolBatch
from nigoh.storage.spool_room import SpoolRoom

_log = logging.getLogger(__name__)

_UNWRITABLE = (Unstorable, SQLAlchemyError, ValueError)
"""What is wrong with a word itself: it fails alone, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeLimits:
    """How sightings are taken in.

    Attributes:
        most_records, most_bytes: of one transaction. Larger ones cost less for each and hold others up for longer.
        look_s: how often spools are looked into while nothing comes.
        least_pause_s, most_pause_s: before another try, doubled after each failure, with jitter.
        stop_s: how long it goes on at the end with what lies in the spools.
    """

    most_records: int = 1000
    most_bytes: int = 8 * 1024 * 1024
    look_s: float = 0.05
    least_pause_s: float = 0.2
    most_pause_s: float = 15.0
    stop_s: float = 5.0

    def __post_init__(self) -> None:
        if self.most_records < 1 or self.most_bytes < 1 or not 0 < self.least_pause_s <= self.most_pause_s:
            raise ValueError("a transaction takes a record, and a pause is above 0")


@dataclass(frozen=True, slots=True)
class IntakeState:
    """How the intake is.

    Attributes:
        counts: what became of words about tracks.
        spools: what was met in the spools.
        waiting_bytes: in the spools, about.
        lag_s: from when the last word was told until it was written.
        trouble: why nothing is written now, or "".
    """

    counts: IntakeCounts
    spools: ReadingCounts
    waiting_bytes: int = 0
    lag_s: float = 0.0
    trouble: str = ""


class Transactions(Protocol):
    """Where sightings are written; a database is one."""

    def begin(self) -> AbstractContextManager[Connection]:
        """One transaction, kept if the block ends. Raises DatabaseUnavailable, DatabaseError."""
        ...


@dataclass(slots=True)
class _Held:
    """What was read and is not written yet."""

    batches: Mapping[str, SpoolBatch]
    news: Sequence[SpooledSighting]
    failures: int = 0


class SightingIntake:
    """One thread that writes what lies in spools, and acknowledges it once it is committed.

    Whatever ends it, and wherever: what was not acknowledged is read again, and what was written already is known by
    its identifier and stage. While the database is away the spools grow, and it tries again ever more rarely.

    A context manager: it starts the thread, which takes in what is left before it ends. The room is its own then.

    Args:
        room: the spools.
        database: where to.
        writer: writes a batch in a transaction.
        limits: how much at once, how often.
        clocks: what time it is.
        chance: a number from 0 to 1, for the jitter.
    """

    def __init__(  # noqa: PLR0913 - what it works on, and what has defaults
        self,
        room: SpoolRoom,
        database: Transactions,
        writer: SightingWriter,
        limits: IntakeLimits | None = None,
        *,
        clocks: Clocks | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._room = room
        self._database = database
        self._writer = writer
        self._limits = limits or IntakeLimits()
        self._clocks = clocks or Clocks()
        self._chance = chance
        self._held: _Held | None = None
        self._state = IntakeState(IntakeCounts(), ReadingCounts())
        self._failure: BaseException | None = None
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sighting-intake")

    @property
    def state(self) -> IntakeState:
        """How it is. Any thread may ask."""
        return self._state

    def poke(self) -> None:
        """Something was spooled: do not wait for the next look. Any thread may say so."""
        self._wake.set()

    def step(self) -> float | None:
        """Take in one batch. Gives how many seconds to wait until there may be something to do; None: not at all.

        The thread does this over and over; whoever has no thread may.
        """
        if self._held is None:
            try:
                self._held = self._read()
            except NigohError as error:
                return self._failed(error, 1)
        held = self._held
        if not held.news:
            self._held = None
            return self._acknowledge(held) or self._limits.look_s
        try:
            self._write(held)
        except (NigohError, SQLAlchemyError, ValueError) as error:
            held.failures += 1
            return self._failed(error, held.failures)
        self._held = None
        return self._acknowledge(held)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._wake.set()
        self._thread.join()
        if self._failure is not None and error is None:
            raise self._failure

    def _run(self) -> None:
        stop_at_s: float | None = None
        try:
            while True:
                pause_s = self.step()
                if self._stopping.is_set():
                    stop_at_s = stop_at_s or self._clocks.monotonic() + self._limits.stop_s
                    if pause_s is not None or self._clocks.monotonic() >= stop_at_s:
                        return
                elif pause_s is not None:
                    self._wait(pause_s)
        except BaseException as error:  # noqa: BLE001 - not swallowed: raised again at the end of the block
            self._failure = error
            self._state = replace(self._state, trouble=f"the intake has failed: {type(error).__name__}")
            _log.critical("the intake of sightings has failed; they stay in their spools", exc_info=error)

    def _wait(self, pause_s: float) -> None:
        """Until somebody pokes; after a failure, poking does not help."""
        (self._stopping if self._state.trouble else self._wake).wait(pause_s)
        self._wake.clear()

    def _read(self) -> _Held:
        batches = self._room.read(self._limits.most_records, self._limits.most_bytes)
        read = [(name, record) for name, batch in batches.items() for record in batch.records]
        news: list[SpooledSighting] = []
        for name, record in read:
            found = decode_spooled(record)
            wrong = "it is no sighting of this version of nigoh" if found is None else why_unstorable(found.told)
            if found is not None and not wrong:
                news.append(found)
            else:
                _log.error("a sighting in the spool %s cannot be stored and is passed over: %s", name, wrong)
        self._count(IntakeCounts(read=len(read), refused=len(read) - len(news)))
        return _Held(batches, news)

    def _write(self, held: _Held) -> None:
        """Write a batch, or else one after the other, so that one that cannot be written costs no other."""
        try:
            self._write_together(held.news)
        except KeyDestroyed:
            raise
        except _UNWRITABLE as error:
            _log.warning("sightings cannot be written together, and are written one by one: %s", _said(error))
            while held.news:
                self._write_alone(held.news[0])
                held.news = held.news[1:]

    def _write_alone(self, news: SpooledSighting) -> None:
        try:
            self._write_together([news])
        except KeyDestroyed:
            raise
        except _UNWRITABLE as error:
            self._count(IntakeCounts(refused=1))
            about = {"camera": news.told.sighting.camera, "sighting": news.told.id}
            _log.error("a sighting cannot be stored and is passed over: %s", _said(error), extra=about)

    def _write_together(self, news: Sequence[SpooledSighting]) -> None:
        now = self._clocks.wall()
        with self._writer.turn(), self._database.begin() as connection:
            written: Written = self._writer.write(connection, news, now)
        self._writer.discard(written)
        self._count(written.counts)
        if self._state.trouble:
            _log.warning("sightings are stored again")
        lag_s = self._clocks.wall() - news[-1].told.told_unix_s
        self._state = replace(self._state, lag_s=lag_s, trouble="")

    def _acknowledge(self, held: _Held) -> float | None:
        """A spool that does not take it is read once more after a restart: that is harmless."""
        try:
            self._room.acknowledge(held.batches)
        except NigohError as error:
            return self._failed(error, 1)
        self._state = replace(self._state, spools=self._room.counts, waiting_bytes=self._room.backlog_bytes())
        return None

    def _failed(self, error: Exception, failures: int) -> float:
        """Say so, once; gives when to try again."""
        said = _said(error)
        if said != self._state.trouble:
            _log.error("sightings wait in their spools: %s", said)
        waiting = self._room.backlog_bytes()
        self._state = replace(self._state, trouble=said, waiting_bytes=waiting, spools=self._room.counts)
        limits = self._limits
        longest_s = min(limits.least_pause_s * 2.0 ** min(failures - 1, 30), limits.most_pause_s)
        if not isinstance(error, (Retryable, KeyDestroyed)):
            longest_s = limits.most_pause_s
        return longest_s * (0.5 + 0.5 * self._chance())

    def _count(self, more: IntakeCounts) -> None:
        self._state = replace(self._state, counts=self._state.counts + more)


def _said(error: Exception) -> str:
    """What may be shown: the texts of the database's driver may quote what was to be stored."""
    return str(error) if isinstance(error, NigohError) else type(error).__name__
