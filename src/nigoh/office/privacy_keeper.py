"""Keeps what was promised about data: what is too old goes, and whose legal basis has ended is erased."""

import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Protocol, TypeVar

from nigoh.domain.audit import AuditAction
from nigoh.domain.audit_chain import Anchor
from nigoh.domain.page import PageQuery
from nigoh.domain.retention_times import RetentionCounts, RetentionTimes
from nigoh.errors import Missing, NigohError, Stale
from nigoh.office.actor import Actor
from nigoh.office.erasure import Eraser
from nigoh.storage.audit import Audit
from nigoh.storage.audit.anchor_file import note_anchor
from nigoh.storage.database.database import Database
from nigoh.storage.database.people import People, PeopleFilter
from nigoh.storage.media import MediaStore

Result = TypeVar("Result")

_log = logging.getLogger(__name__)

_EVERY_S = 3600.0
_PAGE = 100
_SYSTEM = Actor("system")
_EXPIRED = Actor("system", reason="their legal basis has ended")


class Retention(Protocol):
    """Removes what was seen too long ago, in short transactions."""

    def expire(self, times: RetentionTimes, now_unix_s: float) -> RetentionCounts:
        """Remove all that is too old now; how much it was. What an interruption leaves goes the next time."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class KeeperParts:
    """What the keeper works with.

    Attributes:
        database: transactions.
        media: pictures; its vault has the keys.
        eraser: erases people.
        retention: removes what was seen too long ago.
        times: how long things are kept, unless it is told otherwise.
        anchor: the file outside the database that the head of the audit is added to, or None.
    """

    database: Database
    media: MediaStore
    eraser: Eraser
    retention: Retention
    times: RetentionTimes
    anchor: Path | None = None


class PrivacyKeeper:
    """Does a round every hour. One thread; whoever steps it says what time it is.

    What goes wrong with one thing is told and tried again in an hour; the others are done.
    """

    def __init__(self, parts: KeeperParts) -> None:
        self._parts = parts
        self._times = parts.times
        self._due_s = float("-inf")
        self._noted: Anchor | None = None

    def keep(self, times: RetentionTimes) -> None:
        """Keep things so long from now on; if that is another time, the next step does a round. Any thread."""
        if times != self._times:
            self._times = times
            self._due_s = float("-inf")

    def step(self, now_s: float, now_unix_s: float) -> RetentionCounts | None:
        """Do a round if it is time (monotonic seconds): what was removed; None: it is not time yet."""
        if now_s < self._due_s:
            return None
        self._due_s = now_s + _EVERY_S
        return self.round(now_unix_s)

    def round(self, now_unix_s: float) -> RetentionCounts:
        """Do a round now; what was removed. The audit keeps it, if it was anything."""
        parts = self._parts
        counts = self._done(lambda: parts.retention.expire(self._times, now_unix_s)) or RetentionCounts()
        people = self._done(lambda: self._erase_expired(now_unix_s)) or 0
        erasures = self._done(lambda: len(parts.eraser.finish(_SYSTEM))) or 0
        files = self._done(lambda: parts.media.sweep(parts.database)) or 0
        counts = replace(counts, people=people, erasures=erasures, files=files)
        self._done(lambda: parts.media.vault.finish_destruction(parts.database))
        self._done(lambda: self._write_down(counts, now_unix_s))
        return counts

    def _erase_expired(self, now_unix_s: float) -> int:
        """Erase whose legal basis has ended; how many."""
        wanted = PeopleFilter(expires_before_unix_s=now_unix_s)
        erased = 0
        while True:
            with self._parts.database.read() as connection:
                page = People(connection).page(wanted, PageQuery(_PAGE))
            for person in page.items:
                try:
                    # As they were read: whose time was just extended stays.
                    self._parts.eraser.erase(_EXPIRED, person.id, version=person.version)
                    erased += 1
                except (Missing, Stale):
                    continue
            if page.next_cursor is None:
                return erased

    def _write_down(self, counts: RetentionCounts, now_unix_s: float) -> None:
        removed = {name: number for name, number in asdict(counts).items() if number}
        with self._parts.database.begin() as connection:
            audit = Audit(connection)
            if removed:
                audit.write(_SYSTEM.event(AuditAction.RETENTION, "", "", removed), now_unix_s)
            newest = audit.newest()
        head = None if newest is None else Anchor(newest.number, newest.hash)
        if head is not None and head != self._noted and self._parts.anchor is not None:
            note_anchor(self._parts.anchor, head, now_unix_s)
            self._noted = head

    def _done(self, action: Callable[[], Result]) -> Result | None:
        """What an action gives; None if it failed."""
        try:
            return action()
        except (NigohError, OSError) as error:
            _log.warning("data that has to go is still there, and is tried again in an hour: %s", error)
            return None
