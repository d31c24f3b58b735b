"""What is too old, in small portions, the oldest first."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, literal_column, select

from nigoh.domain.sighting import Status
from nigoh.storage.database.tables import DATA_KEYS, SIGHTINGS, TRACKS
from nigoh.storage.vault.scopes import unknown_scope

_DAYS = unknown_scope(0.0).partition(":")[0] + ":%"


@dataclass(frozen=True, slots=True)
class ExpiredSighting:
    """A sighting that has to go, or whose picture has to; `media_id` is "" if it has none."""

    id: str
    media_id: str


class ExpiredRows:
    """What is too old within one transaction; whoever asks removes it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def sightings(self, status: Status, before_unix_s: float, at_most: int) -> tuple[ExpiredSighting, ...]:
        """Sightings of a status that were first seen before a time, seconds since 1970."""
        old = (SIGHTINGS.c.status == status.value) & (SIGHTINGS.c.first_unix_s < before_unix_s)
        return self._read(_oldest().where(old), at_most)

    def pictured(self, status: Status, before_unix_s: float, at_most: int) -> tuple[ExpiredSighting, ...]:
        """The same of those that have a picture."""
        old = (SIGHTINGS.c.status == status.value) & (SIGHTINGS.c.first_unix_s < before_unix_s)
        # In words, not as a parameter: so the databases see that the partial index has all of them.
        return self._read(_oldest().where(old, SIGHTINGS.c.media_id != literal_column("''")), at_most)

    def tracks(self, before_unix_s: float, at_most: int) -> tuple[str, ...]:
        """Templates of tracks that were first seen before a time."""
        old = select(TRACKS.c.id).where(TRACKS.c.first_unix_s < before_unix_s)
        return tuple(self._connection.scalars(old.order_by(TRACKS.c.first_unix_s).limit(at_most)))

    def tracks_of(self, key_ids: Collection[str], before_unix_s: float, at_most: int) -> tuple[str, ...]:
        """The same of those that are sealed under one of these keys."""
        old = TRACKS.c.key_id.in_(sorted(key_ids)) & (TRACKS.c.first_unix_s < before_unix_s)
        return tuple(self._connection.scalars(select(TRACKS.c.id).where(old).limit(at_most)))

    def day_keys(self) -> Mapping[str, tuple[str, ...]]:
        """Keys of people who match nobody that are not destroyed, by the scope of their day: scopes sort by time."""
        alive = DATA_KEYS.c.scope.like(_DAYS) & DATA_KEYS.c.wrapped_key.is_not(None)
        found: dict[str, tuple[str, ...]] = {}
        for row in self._connection.execute(select(DATA_KEYS.c.id, DATA_KEYS.c.scope).where(alive)):
            found[row.scope] = (*found.get(row.scope, ()), row.id)
        return found

    def _read(self, chosen: Select[Any], at_most: int) -> tuple[ExpiredSighting, ...]:
        rows: list[Row[Any]] = list(self._connection.execute(chosen.limit(at_most)))
        return tuple(ExpiredSighting(row.id, row.media_id) for row in rows)


def _oldest() -> Select[Any]:
    return select(SIGHTINGS.c.id, SIGHTINGS.c.media_id).order_by(SIGHTINGS.c.first_unix_s)
