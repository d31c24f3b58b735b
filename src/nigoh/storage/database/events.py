"""The stream of events: consoles, brokers and webhooks follow it by number."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, Row, delete, exists, func, select, text

from nigoh.domain.records import Event, EventKind
from nigoh.domain.sighting import CameraId
from nigoh.storage.database.bulk import insert_rows
from nigoh.storage.database.log_lock import take_log_lock
from nigoh.storage.database.tables import EVENTS, OUTBOX


class Events:
    """The events within one transaction.

    Numbers grow and are never given twice. They become visible in their order: whoever has read up to a number misses
    none below it. A number may be missing, if its transaction was undone.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, event: Event) -> int:
        """Add an event; the number that it got."""
        return self.add_many([event])[0]

    def add_many(self, events: Sequence[Event]) -> list[int]:
        """Add events in this order; the numbers that they got.

        Do it late in a transaction: all others that add one, or write the audit, wait until it ends.
        """
        if not events:
            return []
        take_log_lock(self._connection)
        numbers = self._next_numbers(len(events))
        rows = [_row(event, number) for event, number in zip(events, numbers, strict=True)]
        insert_rows(self._connection, EVENTS, rows)
        return numbers

    def after(self, number: int, limit: int, cameras: Collection[CameraId] | None = None) -> tuple[Event, ...]:
        """The events above a number in their order, so many at most.

        Args:
            number: the last that is known; 0: none.
            limit: at least 1.
            cameras: only those of these cameras, and those of no camera; None: all.
        """
        chosen = select(EVENTS).where(EVENTS.c.number > number).order_by(EVENTS.c.number).limit(limit)
        if cameras is not None:
            chosen = chosen.where(EVENTS.c.camera.in_(["", *cameras]))
        return tuple(read_event(row) for row in self._connection.execute(chosen))

    def subjects_after(self, number: int, limit: int, kinds: Collection[EventKind]) -> tuple[frozenset[str], int]:
        """What the events of these kinds above a number are about, so many at most, and the number of the last."""
        wanted = EVENTS.c.kind.in_([kind.value for kind in kinds])
        chosen = select(EVENTS.c.number, EVENTS.c.subject).where(EVENTS.c.number > number, wanted)
        rows = self._connection.execute(chosen.order_by(EVENTS.c.number).limit(limit)).all()
        return frozenset(row.subject for row in rows), rows[-1].number if rows else number

    def newest(self) -> int:
        """The number of the newest event that is kept, or 0."""
        return self._connection.scalar(select(func.max(EVENTS.c.number))) or 0

    def oldest(self) -> int:
        """The number of the oldest event that is kept, or 0: who resumes before it has missed some."""
        return self._connection.scalar(select(func.min(EVENTS.c.number))) or 0

    def remove_before(self, unix_s: float, at_most: int) -> int:
        """Remove the oldest events that were stored before a time, but for those that still have to be delivered.

        Args:
            unix_s: seconds since 1970.
            at_most: so many at once.

        Returns:
            how many were removed.
        """
        waiting = exists().where(OUTBOX.c.event_number == EVENTS.c.number)
        old = select(EVENTS.c.number).where(EVENTS.c.unix_s < unix_s, ~waiting)
        chosen = old.order_by(EVENTS.c.unix_s).limit(at_most)
        return self._connection.execute(delete(EVENTS).where(EVENTS.c.number.in_(chosen.scalar_subquery()))).rowcount

    def _next_numbers(self, count: int) -> list[int]:
        """Under the lock: nobody else takes numbers until the transaction ends."""
        if self._connection.dialect.name == "postgresql":
            given = text("SELECT nextval(pg_get_serial_sequence('event', 'number')) FROM generate_series(1, :count)")
            return sorted(self._connection.scalars(given, {"count": count}))
        # What AUTOINCREMENT goes by: it also knows the numbers of events that were removed.
        last = self._connection.scalar(text("SELECT seq FROM sqlite_sequence WHERE name = 'event'")) or 0
        return list(range(last + 1, last + 1 + count))


def read_event(row: Row[tuple[object, ...]]) -> Event:
    """The event of a row."""
    return Event(
        number=row.number,
        kind=EventKind(row.kind),
        camera=row.camera,
        subject=row.subject,
        unix_s=row.unix_s,
        body=row.body,
    )


def _row(event: Event, number: int) -> dict[str, object]:
    return {
        "number": number,
        "kind": event.kind.value,
        "camera": event.camera,
        "subject": event.subject,
        "unix_s": event.unix_s,
        "body": event.body,
    }
