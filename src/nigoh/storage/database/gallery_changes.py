"""Whose face, name or lists changed, in an order that engines follow."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, Select, bindparam, delete, func, insert, literal, select

from nigoh.domain.sighting import PersonId
from nigoh.storage.database.log_lock import take_log_lock
from nigoh.storage.database.tables import GALLERY_CHANGES

_NUMBER = GALLERY_CHANGES.c.number
_PERSON = GALLERY_CHANGES.c.person_id


@dataclass(frozen=True, slots=True)
class GalleryChange:
    """Somebody has to be read anew: templates, name, lists or negatives are others, or the person is gone.

    Attributes:
        number: grows with each change.
        person: who.
        unix_s: when, seconds since 1970.
    """

    number: int
    person: PersonId
    unix_s: float


class GalleryChanges:
    """The changes within one transaction. The repositories of people, templates, lists and negatives write them.

    The last change of each person is kept, no older one: a follower reads the person as they are now. Whoever saw
    number N and asks for what is above it misses nothing: numbers become visible in their order. In PostgreSQL a
    writer therefore holds a lock until its transaction ends; in SQLite every writer does.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def append(self, people: Iterable[PersonId], now_unix_s: float) -> None:
        """Something about these people is another now."""
        rows = [{"who": person} for person in sorted(set(people))]
        if rows:
            take_log_lock(self._connection)
            self._connection.execute(delete(GALLERY_CHANGES).where(bindparam("who") == _PERSON), rows)
            added = insert(GALLERY_CHANGES).values(person_id=bindparam("who"), unix_s=now_unix_s)
            self._connection.execute(added, rows)

    def append_chosen(self, people: Select[tuple[str]], now_unix_s: float) -> None:
        """The same, for the people whose identifiers the query finds: any number of them."""
        take_log_lock(self._connection)
        self._connection.execute(delete(GALLERY_CHANGES).where(_PERSON.in_(people)))
        who = people.subquery()
        named = select(who.c[0], literal(now_unix_s))
        self._connection.execute(insert(GALLERY_CHANGES).from_select(["person_id", "unix_s"], named))

    def newest(self) -> int:
        """The largest number, 0 before the first change."""
        return self._connection.execute(select(func.max(_NUMBER))).scalar_one() or 0

    def above(self, number: int, limit: int = 1000) -> tuple[GalleryChange, ...]:
        """The changes after that number, oldest first, at most `limit` of them."""
        columns = select(_NUMBER, _PERSON, GALLERY_CHANGES.c.unix_s)
        rows = self._connection.execute(columns.where(number < _NUMBER).order_by(_NUMBER).limit(limit))
        return tuple(GalleryChange(row.number, PersonId(row.person_id), row.unix_s) for row in rows)
