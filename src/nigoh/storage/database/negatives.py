"""Negatives ("not this person"): sightings that an operator took from somebody, sealed like templates."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, select

from nigoh.domain.sighting import PersonId
from nigoh.domain.template import ModelIdentity
from nigoh.storage.database.gallery_changes import GalleryChanges
from nigoh.storage.database.model_columns import is_of_model, model_of, model_values
from nigoh.storage.database.nouns import DATA_KEY, NEGATIVE, PERSON
from nigoh.storage.database.rows import Rows
from nigoh.storage.database.tables import NEGATIVES
from nigoh.storage.vault.sealed import Sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class Negative:
    """A sighting's template that shall not match this person again.

    Attributes:
        id: names it for ever.
        person: who it is not.
        sighting: identifier of the sighting.
        model: what made the template.
        vector: the sealed bytes of the protected template.
        created_by: login name of who said so.
        created_unix_s: when, seconds since 1970.
    """

    id: str
    person: PersonId
    sighting: str
    model: ModelIdentity
    vector: Sealed
    created_by: str
    created_unix_s: float


class Negatives:
    """The negatives within one transaction. Whoever follows the gallery is told of each change."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows = Rows(connection, NEGATIVE)
        self._changes = GalleryChanges(connection)

    def add(self, negative: Negative) -> None:
        """Store a negative.

        Raises:
            Missing: the person or the data key is not there.
            Conflict: its identifier is taken.
        """
        values = {
            "id": negative.id,
            "person_id": negative.person,
            "sighting_id": negative.sighting,
            "key_id": negative.vector.key_id,
            "sealed_vector": negative.vector.blob,
            "created_by": negative.created_by,
            "created_unix_s": negative.created_unix_s,
        }
        self._rows.add(
            values | model_values(negative.model), {PERSON: negative.person, DATA_KEY: negative.vector.key_id}
        )
        self._changes.append([negative.person], negative.created_unix_s)

    def of_person(self, person: PersonId) -> tuple[Negative, ...]:
        """All of one person, the oldest first."""
        return self._read(select(NEGATIVES).where(NEGATIVES.c.person_id == person))

    def of_people(self, people: Sequence[PersonId], model: ModelIdentity) -> tuple[Negative, ...]:
        """Those of one model of these people, at most 1000 of them."""
        return self._read(select(NEGATIVES).where(NEGATIVES.c.person_id.in_(people), is_of_model(NEGATIVES, model)))

    def of_model(self, model: ModelIdentity) -> tuple[Negative, ...]:
        """All of one model: an operator made each by hand, so they are few."""
        return self._read(select(NEGATIVES).where(is_of_model(NEGATIVES, model)))

    def of_sighting(self, sighting: str) -> tuple[Negative, ...]:
        """Those that came of one sighting."""
        return self._read(select(NEGATIVES).where(NEGATIVES.c.sighting_id == sighting))

    def remove(self, negative_id: str, now_unix_s: float) -> None:
        """Take a negative back. Raises Missing: it is not there."""
        chosen = select(NEGATIVES.c.person_id).where(NEGATIVES.c.id == negative_id)
        person = self._connection.execute(chosen).scalar_one_or_none()
        self._rows.remove(negative_id)
        if person is not None:
            self._changes.append([PersonId(person)], now_unix_s)

    def _read(self, chosen: Select[Any]) -> tuple[Negative, ...]:
        rows = self._connection.execute(chosen.order_by(NEGATIVES.c.created_unix_s, NEGATIVES.c.id)).mappings()
        return tuple(_negative(row) for row in rows)


def _negative(row: RowMapping) -> Negative:
    return Negative(
        id=row["id"],
        person=PersonId(row["person_id"]),
        sighting=row["sighting_id"],
        model=model_of(row),
        vector=Sealed(row["key_id"], row["sealed_vector"]),
        created_by=row["created_by"],
        created_unix_s=row["created_unix_s"],
    )
