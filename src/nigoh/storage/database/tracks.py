"""Templates of tracks in the database, sealed, for searches in the past: one a sighting."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, delete, func, select, tuple_

from nigoh.domain.sighting import CameraId
from nigoh.domain.template import ModelIdentity
from nigoh.storage.database.bulk import insert_rows, is_one_of, update_rows
from nigoh.storage.database.model_columns import is_of_model, model_of, model_values
from nigoh.storage.database.tables import TRACKS
from nigoh.storage.vault.sealed import Sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackRow:
    """The template of a track, sealed.

    Attributes:
        id: the sighting's.
        camera: where.
        first_unix_s: when the face was first seen, seconds since 1970.
        model: what made it.
        vector: the sealed bytes of the protected template, bound to `row_binding(TRACKS, id)`.
    """

    id: str
    camera: CameraId
    first_unix_s: float
    model: ModelIdentity
    vector: Sealed


class TrackRows:
    """The templates of tracks within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, tracks: Sequence[TrackRow]) -> None:
        """Add templates, each instead of the one that its sighting had. Their identifiers differ."""
        have = self._which([track.id for track in tracks])
        new = [_values(track) for track in tracks if track.id not in have]
        changed = [_values(track) for track in tracks if track.id in have]
        insert_rows(self._connection, TRACKS, new)
        update_rows(self._connection, TRACKS, changed)

    def get(self, sighting_id: str) -> TrackRow | None:
        """The template of a sighting, or None."""
        row = self._connection.execute(select(TRACKS).where(TRACKS.c.id == sighting_id)).mappings().first()
        return None if row is None else _track(row)

    def get_many(self, sighting_ids: Collection[str], model: ModelIdentity) -> tuple[TrackRow, ...]:
        """The templates of one model of these sightings, as far as there are any."""
        some = is_one_of(self._connection, TRACKS.c.id, sighting_ids) & is_of_model(TRACKS, model)
        return tuple(_track(row) for row in self._connection.execute(select(TRACKS).where(some)).mappings())

    def there(self, sighting_ids: Collection[str]) -> frozenset[str]:
        """Those of these sightings that have a template."""
        return self._which(list(sighting_ids))

    def count(self, model: ModelIdentity, since_unix_s: float) -> int:
        """How many templates of one model there are, first seen since a time."""
        wanted = is_of_model(TRACKS, model) & (TRACKS.c.first_unix_s >= since_unix_s)
        return self._connection.execute(select(func.count()).select_from(TRACKS).where(wanted)).scalar_one()

    def ids(self, model: ModelIdentity, since_unix_s: float) -> frozenset[str]:
        """The sightings that have a template of one model, first seen since a time."""
        wanted = is_of_model(TRACKS, model) & (TRACKS.c.first_unix_s >= since_unix_s)
        return frozenset(self._connection.scalars(select(TRACKS.c.id).where(wanted)))

    def batches(
        self,
        model: ModelIdentity,
        since_unix_s: float,
        until_unix_s: float,
        cameras: Collection[CameraId] | None = None,
        size: int = 5000,
    ) -> Iterator[tuple[TrackRow, ...]]:
        """The templates of one model by time, `size` at once: any number of them in little memory.

        Args:
            model: of this alone.
            since_unix_s: first seen not before, seconds since 1970.
            until_unix_s: first seen before.
            cameras: on one of these; None: on any.
            size: of a batch.
        """
        wanted = is_of_model(TRACKS, model) & (TRACKS.c.first_unix_s < until_unix_s)
        if cameras is not None:
            wanted &= TRACKS.c.camera.in_(sorted(cameras))
        key = tuple_(TRACKS.c.first_unix_s, TRACKS.c.id)
        after: tuple[float, str] = (since_unix_s, "")
        while True:
            # The time alone stands there, too: an index over it is taken for this part.
            chosen = select(TRACKS).where(wanted, TRACKS.c.first_unix_s >= after[0], key > after)
            ordered = chosen.order_by(TRACKS.c.first_unix_s, TRACKS.c.id).limit(size)
            rows = self._connection.execute(ordered).mappings().all()
            if rows:
                yield tuple(_track(row) for row in rows)
            if len(rows) < size:
                return
            after = (rows[-1]["first_unix_s"], rows[-1]["id"])

    def remove(self, sighting_ids: Collection[str]) -> int:
        """Remove the templates of these sightings; how many there were."""
        some = is_one_of(self._connection, TRACKS.c.id, sighting_ids)
        return self._connection.execute(delete(TRACKS).where(some)).rowcount

    def keys_in_use(self, key_ids: Collection[str]) -> frozenset[str]:
        """Those of these data keys under which a template is sealed."""
        found = select(TRACKS.c.key_id).where(TRACKS.c.key_id.in_(sorted(key_ids))).distinct()
        return frozenset(self._connection.scalars(found))

    def _which(self, identifiers: Sequence[str]) -> frozenset[str]:
        some = is_one_of(self._connection, TRACKS.c.id, identifiers)
        return frozenset(self._connection.scalars(select(TRACKS.c.id).where(some)))


def _values(track: TrackRow) -> Mapping[str, object]:
    return {
        "id": track.id,
        "camera": track.camera,
        "first_unix_s": track.first_unix_s,
        "key_id": track.vector.key_id,
        "sealed_vector": track.vector.blob,
    } | model_values(track.model)


def _track(row: RowMapping) -> TrackRow:
    return TrackRow(
        id=row["id"],
        camera=CameraId(row["camera"]),
        first_unix_s=row["first_unix_s"],
        model=model_of(row),
        vector=Sealed(row["key_id"], row["sealed_vector"]),
    )
