"""What rows about others, or about nobody, say of a person: found and taken out."""

from collections.abc import Collection

from sqlalchemy import Connection, Text, bindparam, cast, func, literal, select, update

from nigoh.domain.sighting import CameraId, PersonId, Status
from nigoh.storage.database.tables import DATA_KEYS, MEDIA, NEGATIVES, SIGHTINGS
from nigoh.storage.vault.scopes import person_of, person_scope

_PREFIX = person_scope(PersonId(""))


class Traces:
    """What is left of people within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def make_anonymous(self, sighting_ids: Collection[str]) -> None:
        """Keep that somebody was there, and nothing of who: neither person, likeness, picture nor comment."""
        nobody: dict[str, object] = {
            "person_id": None,
            "status": Status.UNKNOWN.value,
            "score": 0.0,
            "candidates": [],
            "media_id": "",
            "comment": "",
            "version": SIGHTINGS.c.version + 1,
        }
        self._connection.execute(update(SIGHTINGS).where(SIGHTINGS.c.id.in_(sorted(sighting_ids))).values(**nobody))

    def mentions(self, person: PersonId, after: str, at_most: int) -> tuple[str, ...]:
        """Sightings that name somebody as similar, by identifier, from behind one on. Reads all that there are."""
        # In JSON with its quotes: no longer identifier is meant. None has a character that JSON writes otherwise.
        named = cast(SIGHTINGS.c.candidates, Text).contains(f'"{person}"', autoescape=True)
        chosen = select(SIGHTINGS.c.id).where(named, SIGHTINGS.c.id > after).order_by(SIGHTINGS.c.id).limit(at_most)
        return tuple(self._connection.scalars(chosen))

    def count_mentions(self, person: PersonId) -> int:
        """How many sightings name somebody as similar and are not of them. Reads all that there are."""
        named = cast(SIGHTINGS.c.candidates, Text).contains(f'"{person}"', autoescape=True)
        of_others = SIGHTINGS.c.person_id.is_(None) | (SIGHTINGS.c.person_id != person)
        counted = select(func.count()).select_from(SIGHTINGS).where(named, of_others)
        return self._connection.execute(counted).scalar_one()

    def seen(self, person: PersonId) -> tuple[tuple[CameraId, float, float], ...]:
        """Where and from when to when somebody was seen, the oldest first."""
        columns = SIGHTINGS.c
        chosen = select(columns.camera, columns.first_unix_s, columns.last_unix_s)
        rows = self._connection.execute(chosen.where(columns.person_id == person).order_by(columns.first_unix_s))
        return tuple((CameraId(row.camera), row.first_unix_s, row.last_unix_s) for row in rows)

    def negatives_about(self, person: PersonId) -> tuple[str, ...]:
        """Negatives of whomever that hold a face of somebody's sightings."""
        theirs = select(SIGHTINGS.c.id).where(SIGHTINGS.c.person_id == person)
        return tuple(self._connection.scalars(select(NEGATIVES.c.id).where(NEGATIVES.c.sighting_id.in_(theirs))))

    def count_keys(self, person: PersonId) -> int:
        """How many data keys of somebody there are that are not destroyed."""
        alive = (DATA_KEYS.c.scope == person_scope(person)) & DATA_KEYS.c.wrapped_key.is_not(None)
        return self._connection.execute(select(func.count()).select_from(DATA_KEYS).where(alive)).scalar_one()

    def forget_mentions(self, person: PersonId, sighting_ids: Collection[str]) -> None:
        """Take somebody out of the candidates of these sightings."""
        chosen = select(SIGHTINGS.c.id, SIGHTINGS.c.candidates).where(SIGHTINGS.c.id.in_(sorted(sighting_ids)))
        rows = [
            {"which": row.id, "rest": [each for each in row.candidates if each[0] != person]}
            for row in self._connection.execute(chosen.with_for_update())
        ]
        if rows:
            changed = update(SIGHTINGS).where(SIGHTINGS.c.id == bindparam("which"))
            rest = bindparam("rest", type_=SIGHTINGS.c.candidates.type)
            self._connection.execute(changed.values(candidates=rest, version=SIGHTINGS.c.version + 1), rows)

    def negatives_of(self, sighting_ids: Collection[str]) -> tuple[str, ...]:
        """Negatives of whomever that hold the face of one of these sightings."""
        chosen = select(NEGATIVES.c.id).where(NEGATIVES.c.sighting_id.in_(sorted(sighting_ids)))
        return tuple(self._connection.scalars(chosen))

    def pictures_of(self, person: PersonId) -> tuple[str, ...]:
        """Pictures that are sealed under somebody's keys, be they of photos, sightings or of nothing any more."""
        keys = select(DATA_KEYS.c.id).where(DATA_KEYS.c.scope == person_scope(person))
        return tuple(self._connection.scalars(select(MEDIA.c.id).where(MEDIA.c.key_id.in_(keys))))

    def has_keys(self, person: PersonId) -> bool:
        """Whether anything was ever sealed for somebody: they are, or were, enrolled here."""
        chosen = select(DATA_KEYS.c.id).where(DATA_KEYS.c.scope == person_scope(person)).limit(1)
        return self._connection.scalar(chosen) is not None

    def erased_but_seen(self) -> tuple[PersonId, ...]:
        """People whose keys are all destroyed and whom sightings still name: their erasure was interrupted."""
        named = select(literal(_PREFIX) + SIGHTINGS.c.person_id).where(SIGHTINGS.c.person_id.is_not(None)).distinct()
        gone = (
            select(DATA_KEYS.c.scope)
            .where(DATA_KEYS.c.scope.startswith(_PREFIX))
            .group_by(DATA_KEYS.c.scope)
            .having(func.count(DATA_KEYS.c.wrapped_key) == 0)
        )
        found = self._connection.scalars(gone.where(DATA_KEYS.c.scope.in_(named)))
        return tuple(person for scope in found if (person := person_of(scope)) is not None)
