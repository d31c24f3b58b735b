"""The outbox: what each sink still has to be told, written in the transaction of what it tells."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, and_, delete, func, select, update

from nigoh.domain.outbox import OutboxCount, OutboxLimits, Outgoing
from nigoh.storage.database.bulk import insert_rows
from nigoh.storage.database.events import read_event
from nigoh.storage.database.tables import EVENTS, OUTBOX

_LONGEST_ERROR = 500
_AT_ONCE = 500
_SKIPPED_AT_ONCE = 1000


class Outbox:
    """The outbox within one transaction. A row an event and sink, gone once the sink has it.

    A sink is told in the order of the numbers: while the oldest waits for its next try, those behind it wait too. It
    may be told of an event twice, if whoever told it died before saying so: by the number it knows the event again.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, sinks: Collection[str], numbers: Sequence[int]) -> None:
        """These sinks have to be told of these events, in the transaction that adds them."""
        rows = [
            {"sink": sink, "event_number": number, "attempts": 0, "next_try_unix_s": 0.0, "last_error": ""}
            for sink in sinks
            for number in numbers
        ]
        insert_rows(self._connection, OUTBOX, rows)

    def claim(self, sink: str, now_unix_s: float, *, limit: int, lease_s: float) -> tuple[Outgoing, ...]:
        """The next events of a sink, in order, so many at most; none while the oldest is not due.

        Nobody else gets them for `lease_s`; whoever is done with them says so (`delivered`, `failed`) before.
        """
        rows = OUTBOX.c.sink == sink
        heads = select(OUTBOX.c.event_number, OUTBOX.c.next_try_unix_s).where(rows)
        due: list[int] = []
        # The lock lets one claim after the other see what is due.
        for row in self._connection.execute(heads.order_by(OUTBOX.c.event_number).limit(limit).with_for_update()):
            if row.next_try_unix_s > now_unix_s:
                break
            due.append(row.event_number)
        if not due:
            return ()
        claimed = rows & OUTBOX.c.event_number.between(due[0], due[-1])
        leased = {"next_try_unix_s": now_unix_s + lease_s, "attempts": OUTBOX.c.attempts + 1}
        self._connection.execute(update(OUTBOX).where(claimed).values(leased))
        chosen = select(EVENTS, OUTBOX.c.attempts, OUTBOX.c.last_error).join(
            OUTBOX, OUTBOX.c.event_number == EVENTS.c.number
        )
        found = self._connection.execute(chosen.where(claimed).order_by(EVENTS.c.number))
        return tuple(
            Outgoing(sink=sink, event=read_event(row), attempts=row.attempts, last_error=row.last_error)
            for row in found
        )

    def delivered(self, sink: str, numbers: Sequence[int]) -> None:
        """The sink has these events."""
        for start in range(0, len(numbers), _AT_ONCE):
            some = numbers[start : start + _AT_ONCE]
            self._connection.execute(delete(OUTBOX).where(OUTBOX.c.sink == sink, OUTBOX.c.event_number.in_(some)))

    def failed(self, sink: str, numbers: Sequence[int], error: str, next_try_unix_s: float) -> None:
        """The sink did not take these events; they are tried again at that time, seconds since 1970."""
        values = {"next_try_unix_s": next_try_unix_s, "last_error": error[:_LONGEST_ERROR]}
        for start in range(0, len(numbers), _AT_ONCE):
            some = numbers[start : start + _AT_ONCE]
            chosen = and_(OUTBOX.c.sink == sink, OUTBOX.c.event_number.in_(some))
            self._connection.execute(update(OUTBOX).where(chosen).values(values))

    def waiting(self) -> tuple[OutboxCount, ...]:
        """What waits, by sink."""
        counted = select(OUTBOX.c.sink, func.count().label("rows"), func.min(OUTBOX.c.event_number).label("oldest"))
        heads = counted.group_by(OUTBOX.c.sink).subquery()
        at_head = and_(OUTBOX.c.sink == heads.c.sink, OUTBOX.c.event_number == heads.c.oldest)
        chosen = select(heads, OUTBOX.c.last_error).join(OUTBOX, at_head).order_by(heads.c.sink)
        return tuple(
            OutboxCount(sink=row.sink, rows=row.rows, oldest=row.oldest, last_error=row.last_error)
            for row in self._connection.execute(chosen)
        )

    def forget(self, sink: str) -> int:
        """A sink is not there any more; how many events it was not told."""
        return self._connection.execute(delete(OUTBOX).where(OUTBOX.c.sink == sink)).rowcount

    def trim(self, limits: OutboxLimits, now_unix_s: float) -> dict[str, int]:
        """Give up the oldest of what is too much or too old; how many, by sink. Call it until nothing goes."""
        gone: dict[str, int] = {}
        for count in self.waiting():
            last = self._last_to_go(count, limits, now_unix_s)
            if last is not None:
                chosen = delete(OUTBOX).where(OUTBOX.c.sink == count.sink, OUTBOX.c.event_number <= last)
                gone[count.sink] = self._connection.execute(chosen).rowcount
        return gone

    def _last_to_go(self, count: OutboxCount, limits: OutboxLimits, now_unix_s: float) -> int | None:
        """The newest event that goes, a few thousand rows at once."""
        rows = select(OUTBOX.c.event_number).where(OUTBOX.c.sink == count.sink).order_by(OUTBOX.c.event_number)
        surplus = min(count.rows - limits.most_rows, _SKIPPED_AT_ONCE)
        by_count = self._connection.scalar(rows.offset(surplus - 1).limit(1)) if surplus > 0 else None
        some = rows.limit(_SKIPPED_AT_ONCE).subquery()
        old = select(func.max(EVENTS.c.number)).where(
            EVENTS.c.number.in_(select(some.c.event_number)), EVENTS.c.unix_s < now_unix_s - limits.most_age_s
        )
        by_age = self._connection.scalar(old)
        return max((number for number in (by_count, by_age) if number is not None), default=None)
