"""Entries that turned out to be of one person: what changes hands, and who is who since."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from nigoh.domain.sighting import PersonId
from nigoh.storage.database.bulk import is_one_of
from nigoh.storage.database.tables import MERGED_PEOPLE, NEGATIVES, PHOTOS, SIGHTINGS, TEMPLATES


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """How many rows have changed hands."""

    photos: int
    templates: int
    negatives: int
    sightings: int


class MergedPeople:
    """Who was merged into whom, within one transaction. Whoever follows the gallery is the caller's to tell."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def move(self, person: PersonId, into: PersonId) -> Moved:
        """Make photos, templates, negatives and sightings of one another's; how many there were."""
        counts = [
            self._connection.execute(update(table).where(table.c.person_id == person).values(person_id=into)).rowcount
            for table in (PHOTOS, TEMPLATES, NEGATIVES)
        ]
        seen = update(SIGHTINGS).where(SIGHTINGS.c.person_id == person)
        sightings = self._connection.execute(seen.values(person_id=into, version=SIGHTINGS.c.version + 1)).rowcount
        return Moved(photos=counts[0], templates=counts[1], negatives=counts[2], sightings=sightings)

    def note(self, person: PersonId, into: PersonId, now_unix_s: float) -> None:
        """Remember that they are one; whoever was merged into the first before is the second now, too."""
        into_id, merged = MERGED_PEOPLE.c.into_id, MERGED_PEOPLE
        self._connection.execute(update(merged).where(into_id == person).values(into_id=into))
        self._connection.execute(insert(merged).values(id=person, into_id=into, merged_unix_s=now_unix_s))

    def who_now(self, people: Collection[PersonId]) -> dict[PersonId, PersonId]:
        """Those of these people who were merged, and who they are now."""
        some = is_one_of(self._connection, MERGED_PEOPLE.c.id, people)
        rows = self._connection.execute(select(MERGED_PEOPLE.c.id, MERGED_PEOPLE.c.into_id).where(some))
        return {PersonId(row.id): PersonId(row.into_id) for row in rows}

    def once_called(self, person: PersonId) -> tuple[PersonId, ...]:
        """Whom somebody was merged from."""
        chosen = select(MERGED_PEOPLE.c.id).where(MERGED_PEOPLE.c.into_id == person).order_by(MERGED_PEOPLE.c.id)
        return tuple(PersonId(found) for found in self._connection.scalars(chosen))

    def remove_negatives(self, negative_ids: Collection[str]) -> None:
        """Remove negatives that say of somebody that they are not themselves."""
        some = is_one_of(self._connection, NEGATIVES.c.id, negative_ids)
        self._connection.execute(delete(NEGATIVES).where(some))

    def rename_mentions(self, person: PersonId, into: PersonId, sighting_ids: Collection[str]) -> None:
        """Let these sightings name one as similar where they named the other, once and at the higher score."""
        chosen = select(SIGHTINGS.c.id, SIGHTINGS.c.candidates).where(
            is_one_of(self._connection, SIGHTINGS.c.id, sighting_ids)
        )
        rows = [
            {"which": row.id, "renamed": _renamed(row.candidates, person, into)}
            for row in self._connection.execute(chosen.with_for_update())
        ]
        if rows:
            changed = update(SIGHTINGS).where(SIGHTINGS.c.id == bindparam("which"))
            renamed = bindparam("renamed", type_=SIGHTINGS.c.candidates.type)
            self._connection.execute(changed.values(candidates=renamed, version=SIGHTINGS.c.version + 1), rows)


def _renamed(candidates: list[list[object]], person: PersonId, into: PersonId) -> list[list[object]]:
    """Best first, as they are kept: of two that are one now, the first stays."""
    names = [(into if who == person else who, score) for who, score in candidates]
    kept: dict[object, object] = {}
    for who, score in names:
        kept.setdefault(who, score)
    return [[who, score] for who, score in kept.items()]
