"""Enrolled people in the database."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, and_, delete, exists, func, insert, or_, select

from nigoh.domain.name_folding import folded_names, search_terms, sort_name
from nigoh.domain.page import Page, PageQuery
from nigoh.domain.people import LegalBasis, Person
from nigoh.domain.sighting import PersonId
from nigoh.errors import Missing
from nigoh.storage.database.gallery_changes import GalleryChanges
from nigoh.storage.database.keyset import Order, read_page
from nigoh.storage.database.nouns import PERSON, WATCH_LIST
from nigoh.storage.database.rows import Rows
from nigoh.storage.database.tables import LISTED, PEOPLE, PHOTOS, SORTED_LENGTH


class PeopleOrder(StrEnum):
    """How a list of people is sorted: by the name in Latin letters, or by when they were enrolled."""

    NAME = "name"
    CREATED = "created"


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleFilter:
    """Which people are listed: those who fit all that is given.

    Attributes:
        text: words of their names, in any script, each a part of one.
        group: their group; "" for those who have none.
        list_id: a watch list that they stand on.
        has_photos: whether they have photos.
        expires_before_unix_s: they are to be erased before then, seconds since 1970.
    """

    text: str = ""
    group: str | None = None
    list_id: str | None = None
    has_photos: bool | None = None
    expires_before_unix_s: float | None = None


_AT_ONCE = 1000
"""Identifiers in one query: SQLite takes 32,766."""

EVERYBODY = PeopleFilter()

_ORDERS: Mapping[PeopleOrder, tuple[Any, ...]] = {
    PeopleOrder.NAME: (PEOPLE.c.sort_name, PEOPLE.c.id),
    PeopleOrder.CREATED: (PEOPLE.c.created_unix_s, PEOPLE.c.id),
}


class People:
    """The people within one transaction. Whoever follows the gallery is told of each change of a name or of lists."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows = Rows(connection, PERSON)
        self._changes = GalleryChanges(connection)

    def add(self, person: Person) -> None:
        """Enrol somebody, with the times and the version that they carry.

        Raises:
            Conflict: somebody has their identifier or external_id.
            Missing: one of their watch lists is not there.
            Unstorable: a text is too long.
        """
        self._rows.add(
            {"id": person.id, "created_unix_s": person.created_unix_s, "version": person.version}
            | _values(person, person.updated_unix_s)
        )
        self._enlist(person.id, person.lists)
        self._changes.append([person.id], person.updated_unix_s)

    def get(self, person: PersonId) -> Person | None:
        """Who has this identifier, or None."""
        return self.get_many([person]).get(person)

    def get_many(self, people: Iterable[PersonId]) -> dict[PersonId, Person]:
        """Those of these people who are there."""
        asked = list(dict.fromkeys(people))
        parts = (asked[begin : begin + _AT_ONCE] for begin in range(0, len(asked), _AT_ONCE))
        chosen = (select(PEOPLE).where(PEOPLE.c.id.in_(part)) for part in parts)
        return {found.id: found for part in chosen for found in self._read(part)}

    def find_external(self, external_id: str) -> Person | None:
        """Who has this number in another system, or None."""
        return next(iter(self._read(select(PEOPLE).where(PEOPLE.c.external_id == external_id))), None)

    def find_named(self, name: str) -> tuple[Person, ...]:
        """Those who have exactly this name, the oldest first."""
        sorted_alike = PEOPLE.c.sort_name == sort_name(name)[:SORTED_LENGTH]
        chosen = select(PEOPLE).where(sorted_alike, PEOPLE.c.name == name)
        return tuple(self._read(chosen.order_by(PEOPLE.c.created_unix_s, PEOPLE.c.id)))

    def update(self, person: Person, now_unix_s: float) -> Person:
        """Change somebody who is still as they were read; gives them as they are now, with the next version.

        Raises:
            Stale: somebody else changed them since.
            Missing: they are not there, or one of their watch lists is not.
            Conflict: somebody else has their external_id.
            Unstorable: a text is too long.
        """
        before = self.get(person.id)
        self._rows.change(person.id, _values(person, now_unix_s), version=person.version)
        if before is not None and before.lists != person.lists:
            self._connection.execute(delete(LISTED).where(LISTED.c.person_id == person.id))
            self._enlist(person.id, person.lists)
        if before is None or (before.name, before.lists) != (person.name, person.lists):
            self._changes.append([person.id], now_unix_s)
        created = before.created_unix_s if before else person.created_unix_s
        return replace(person, created_unix_s=created, updated_unix_s=now_unix_s, version=person.version + 1)

    def remove(self, person: PersonId, now_unix_s: float, *, version: int | None = None) -> None:
        """Remove somebody with their photos, templates and negatives; pictures and keys are the caller's to destroy.

        Raises:
            Missing: they are not there.
            Stale: they no longer have this version.
        """
        self._rows.remove(person, version=version)
        self._changes.append([person], now_unix_s)

    def page(
        self,
        wanted: PeopleFilter,
        query: PageQuery,
        order: PeopleOrder = PeopleOrder.NAME,
        *,
        descending: bool = False,
    ) -> Page[Person]:
        """A part of the people who are wanted. Raises BadCursor: the cursor is none of this list."""
        sorting = Order(f"people-{order}", _ORDERS[order], descending)
        return read_page(self._connection, select(PEOPLE).where(*_fits(wanted)), sorting, query, self._with_lists)

    def count(self, wanted: PeopleFilter = EVERYBODY) -> int:
        """How many fit."""
        counted = select(func.count()).select_from(PEOPLE).where(*_fits(wanted))
        return self._connection.execute(counted).scalar_one()

    def groups(self) -> tuple[str, ...]:
        """The names of all groups that somebody is in, sorted."""
        named = select(PEOPLE.c.group_name).where(PEOPLE.c.group_name != "").distinct()
        return tuple(sorted(self._connection.execute(named).scalars()))

    def _read(self, chosen: Select[Any]) -> list[Person]:
        return self._with_lists(self._connection.execute(chosen).mappings().all())

    def _with_lists(self, rows: Sequence[RowMapping]) -> list[Person]:
        lists: dict[str, set[str]] = {row[PEOPLE.c.id]: set() for row in rows}
        for person, list_id in self._connection.execute(select(LISTED).where(LISTED.c.person_id.in_(list(lists)))):
            lists[person].add(list_id)
        return [_person(row, frozenset(lists[row[PEOPLE.c.id]])) for row in rows]

    def _enlist(self, person: PersonId, lists: frozenset[str]) -> None:
        for list_id in sorted(lists):
            if not Rows(self._connection, WATCH_LIST).have(list_id):
                raise Missing(WATCH_LIST.name, list_id)
        if lists:
            rows = [{"person_id": person, "list_id": list_id} for list_id in sorted(lists)]
            self._connection.execute(insert(LISTED), rows)


def _fits(wanted: PeopleFilter) -> list[ColumnElement[bool]]:
    fits = [_is_named(spellings) for spellings in search_terms(wanted.text)]
    if wanted.group is not None:
        fits.append(PEOPLE.c.group_name == wanted.group)
    if wanted.list_id is not None:
        fits.append(exists().where(and_(LISTED.c.person_id == PEOPLE.c.id, LISTED.c.list_id == wanted.list_id)))
    if wanted.has_photos is not None:
        photo = exists().where(PHOTOS.c.person_id == PEOPLE.c.id)
        fits.append(photo if wanted.has_photos else ~photo)
    if wanted.expires_before_unix_s is not None:
        fits.append(PEOPLE.c.expires_unix_s < wanted.expires_before_unix_s)
    return fits


def _is_named(spellings: Iterable[str]) -> ColumnElement[bool]:
    return or_(*(PEOPLE.c.folded_names.contains(spelling, autoescape=True) for spelling in spellings))


def _values(person: Person, updated_unix_s: float) -> dict[str, object]:
    return {
        "name": person.name,
        "other_names": list(person.other_names),
        "folded_names": folded_names([person.name, *person.other_names]),
        "sort_name": sort_name(person.name)[:SORTED_LENGTH],
        "external_id": person.external_id,
        "notes": person.notes,
        "group_name": person.group,
        "legal_basis": person.legal_basis.value,
        "expires_unix_s": person.expires_unix_s,
        "updated_unix_s": updated_unix_s,
    }


def _person(row: RowMapping, lists: frozenset[str]) -> Person:
    return Person(
        id=PersonId(row["id"]),
        name=row["name"],
        other_names=tuple(row["other_names"]),
        external_id=row["external_id"],
        notes=row["notes"],
        group=row["group_name"],
        legal_basis=LegalBasis(row["legal_basis"]),
        expires_unix_s=row["expires_unix_s"],
        lists=lists,
        created_unix_s=row["created_unix_s"],
        updated_unix_s=row["updated_unix_s"],
        version=row["version"],
    )
