"""Writes and reads the audit."""

import json
from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import Connection, Row, Select, Text, cast, insert, select

from nigoh.domain.audit import AuditEntry, AuditEvent
from nigoh.domain.audit_filter import AuditFilter
from nigoh.domain.page import Page, PageQuery, read_cursor, write_cursor
from nigoh.errors import DatabaseError
from nigoh.storage.audit.encoding import FIRST_PREVIOUS, StoredEntry, chained
from nigoh.storage.database.log_lock import take_log_lock
from nigoh.storage.database.tables import AUDIT

_ORDER = "audit"
_BATCH = 2000
_IDS_AT_ONCE = 500

# The details as text: what somebody else has put there need not be JSON.
_COLUMNS = [
    *(column for column in AUDIT.c if column is not AUDIT.c.detail),
    cast(AUDIT.c.detail, Text).label("detail"),
]


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
        take_log_lock(self._connection)
        number, previous = self._head() or (0, FIRST_PREVIOUS)
        entry = chained(event, number + 1, previous, now_unix_s)
        self._connection.execute(insert(AUDIT).values(_row_of(entry)))
        return entry.read()

    def newest(self) -> AuditEntry | None:
        """The newest entry, the head of the chain, or None.

        Raises:
            DatabaseError: somebody has changed it into what no entry can be; so with all methods that read.
        """
        head = self._head()
        return self.get(head[0]) if head else None

    def get(self, number: int) -> AuditEntry | None:
        """The entry of that number, or None."""
        row = self._connection.execute(_all().where(AUDIT.c.number == number)).first()
        return _read(_entry_of(row)) if row else None

    def page(self, wanted: AuditFilter, query: PageQuery, *, oldest_first: bool = False) -> Page[AuditEntry]:
        """A part of the entries that are wanted, newest first unless it is said.

        Raises:
            BadCursor: the cursor is none of this list.
        """
        number, order = AUDIT.c.number, f"{_ORDER}-oldest" if oldest_first else _ORDER
        chosen = _filtered(wanted).order_by(number.asc() if oldest_first else number.desc()).limit(query.limit + 1)
        if query.cursor is not None:
            (last,) = read_cursor(query.cursor, order, [int])
            chosen = chosen.where(number > last if oldest_first else number < last)
        rows = self._connection.execute(chosen).all()
        items = tuple(_read(_entry_of(row)) for row in rows[: query.limit])
        more = len(rows) > query.limit
        return Page(items, write_cursor(order, (items[-1].number,)) if more else None)

    def entries(self, wanted: AuditFilter | None = None) -> Iterator[AuditEntry]:
        """All entries that are wanted, oldest first, read in batches: any count of them in little memory."""
        for entry in self._in_batches(_filtered(wanted or AuditFilter())):
            yield _read(entry)

    def numbers_about(self, target_ids: Collection[str]) -> list[int]:
        """The numbers of the entries about any of these, in order."""
        wanted, found = sorted(target_ids), set[int]()
        for start in range(0, len(wanted), _IDS_AT_ONCE):
            some = AUDIT.c.target_id.in_(wanted[start : start + _IDS_AT_ONCE])
            found.update(self._connection.scalars(select(AUDIT.c.number).where(some)))
        return sorted(found)

    def numbered(self, numbers: Sequence[int]) -> Iterator[AuditEntry]:
        """The entries of these numbers, in order."""
        for start in range(0, len(numbers), _IDS_AT_ONCE):
            some = AUDIT.c.number.in_(numbers[start : start + _IDS_AT_ONCE])
            for row in self._connection.execute(_all().where(some).order_by(AUDIT.c.number)).all():
                yield _read(_entry_of(row))

    def stored(self) -> Iterator[StoredEntry]:
        """All entries as the database holds them, oldest first, in batches: to be checked."""
        return self._in_batches(_all())

    def _in_batches(self, chosen: Select[tuple[object, ...]]) -> Iterator[StoredEntry]:
        """By number and without a cursor of the database, which the driver of PostgreSQL would read whole."""
        after = None
        while True:
            part = chosen.order_by(AUDIT.c.number).limit(_BATCH)
            rows = self._connection.execute(part if after is None else part.where(AUDIT.c.number > after)).all()
            for row in rows:
                yield _entry_of(row)
            if len(rows) < _BATCH:
                return
            after = rows[-1].number

    def _head(self) -> tuple[int, str] | None:
        newest = select(AUDIT.c.number, AUDIT.c.hash).order_by(AUDIT.c.number.desc()).limit(1)
        row = self._connection.execute(newest).first()
        return (row.number, row.hash) if row else None


def _all() -> Select[tuple[object, ...]]:
    return select(*_COLUMNS)


def _filtered(wanted: AuditFilter) -> Select[tuple[object, ...]]:
    chosen = _all()
    if wanted.actor is not None:
        chosen = chosen.where(AUDIT.c.actor == wanted.actor)
    if wanted.actions:
        chosen = chosen.where(AUDIT.c.action.in_(sorted(wanted.actions)))
    if wanted.target_kind:
        chosen = chosen.where(AUDIT.c.target_kind == wanted.target_kind)
    if wanted.target_id:
        chosen = chosen.where(AUDIT.c.target_id == wanted.target_id)
    if wanted.since_unix_s is not None:
        chosen = chosen.where(AUDIT.c.unix_s >= wanted.since_unix_s)
    if wanted.until_unix_s is not None:
        chosen = chosen.where(AUDIT.c.unix_s < wanted.until_unix_s)
    return chosen


def _row_of(entry: StoredEntry) -> dict[str, object]:
    return {
        "number": entry.number,
        "unix_s": entry.unix_s,
        "action": entry.action,
        "actor": entry.actor,
        "address": entry.address,
        "target_kind": entry.target_kind,
        "target_id": entry.target_id,
        "reason": entry.reason,
        "detail": json.loads(entry.detail),
        "encoding": entry.encoding,
        "previous_hash": entry.previous,
        "hash": entry.hash,
    }


def _entry_of(row: Row[tuple[object, ...]]) -> StoredEntry:
    return StoredEntry(
        number=row.number,
        unix_s=row.unix_s,
        action=row.action,
        actor=row.actor,
        address=row.address,
        target_kind=row.target_kind,
        target_id=row.target_id,
        reason=row.reason,
        detail=row.detail,
        encoding=row.encoding,
        previous=row.previous_hash,
        hash=row.hash,
    )


def _read(entry: StoredEntry) -> AuditEntry:
    try:
        return entry.read()
    except (TypeError, ValueError) as error:
        raise DatabaseError(
            f"entry {entry.number} of the audit holds what no entry can hold",
            "Find out more with: nigoh audit verify",
        ) from error
