"""Writes and reads the audit."""

from collections.abc import Iterator

from sqlalchemy import Connection, Row, insert, select, text

from nigoh.domain.audit import AuditAction, AuditEntry, AuditEvent
from nigoh.storage.audit.encoding import FIRST_PREVIOUS, NEWEST_ENCODING, entry_hash, storable
from nigoh.storage.database.tables import AUDIT

_LOCK_KEY = 0x6E69_676F_6801
"""Of PostgreSQL's advisory lock: "nigoh", 1."""


class Audit:
    """The audit within one transaction.

    Entries are numbered without gaps although many write: a writer holds the lock from before it looks up the newest
    entry until its transaction ends, so that the next one sees what it has written, or nothing of it. In SQLite a
    write transaction is that lock; in PostgreSQL it is an advisory one, which reading does not wait for, and which
    needs the isolation level READ COMMITTED: with a higher one the look-up would see the state before the wait.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def write(self, event: AuditEvent, now_unix_s: float) -> AuditEntry:
        """Write an event down, in the same transaction as what it records; seconds since 1970.

        Write it late in a transaction: all other writers of the audit wait until that ends.
        """
        if self._connection.dialect.name == "postgresql":
            self._connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
        newest = self.newest()
        number, previous = (newest.number + 1, newest.hash) if newest else (1, FIRST_PREVIOUS)
        entry = _sealed(number, event, previous, now_unix_s)
        self._connection.execute(insert(AUDIT).values(_row_of(entry)))
        return entry

    def newest(self) -> AuditEntry | None:
        """The newest entry, the head of the chain, or None."""
        row = self._connection.execute(select(AUDIT).order_by(AUDIT.c.number.desc()).limit(1)).first()
        return entry_of(row) if row else None

    def get(self, number: int) -> AuditEntry | None:
        """The entry of that number, or None."""
        row = self._connection.execute(select(AUDIT).where(AUDIT.c.number == number)).first()
        return entry_of(row) if row else None

    def entries(self, after: int = 0, batch: int = 2000) -> Iterator[AuditEntry]:
        """All entries above a number, in order, read in batches: any count of them in little memory."""
        while True:
            chosen = select(AUDIT).where(AUDIT.c.number > after).order_by(AUDIT.c.number).limit(batch)
            rows = self._connection.execute(chosen).all()
            for row in rows:
                yield entry_of(row)
            if len(rows) < batch:
                return
            after = rows[-1].number


def _sealed(number: int, event: AuditEvent, previous: str, unix_s: float) -> AuditEntry:
    entry = AuditEntry(
        number=number,
        unix_s=round(unix_s, 6),
        event=storable(event),
        previous=previous,
        hash="",
        encoding=NEWEST_ENCODING,
    )
    return AuditEntry(
        number=entry.number,
        unix_s=entry.unix_s,
        event=entry.event,
        previous=previous,
        hash=entry_hash(entry),
        encoding=entry.encoding,
    )


def _row_of(entry: AuditEntry) -> dict[str, object]:
    event = entry.event
    return {
        "number": entry.number,
        "unix_s": entry.unix_s,
        "action": str(event.action),
        "actor": event.actor,
        "address": event.address,
        "target_kind": event.target_kind,
        "target_id": event.target_id,
        "reason": event.reason,
        "detail": dict(event.detail),
        "encoding": entry.encoding,
        "previous_hash": entry.previous,
        "hash": entry.hash,
    }


def entry_of(row: Row[tuple[object, ...]]) -> AuditEntry:
    """A row of the table as the value."""
    return AuditEntry(
        number=row.number,
        unix_s=row.unix_s,
        event=AuditEvent(
            action=AuditAction(row.action),
            actor=row.actor,
            address=row.address,
            target_kind=row.target_kind,
            target_id=row.target_id,
            reason=row.reason,
            detail=row.detail,
        ),
        previous=row.previous_hash,
        hash=row.hash,
        encoding=row.encoding,
    )
