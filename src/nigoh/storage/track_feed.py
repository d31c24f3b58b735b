"""Templates of tracks, opened, for whoever searches the past: all that there are, and those that changed since."""

from collections.abc import Iterator, Sequence

import numpy as np
from sqlalchemy import Connection

from nigoh.domain.geometry import Floats
from nigoh.domain.history import TrackPart
from nigoh.domain.records import EventKind
from nigoh.domain.template import ModelIdentity, Templates
from nigoh.errors import VaultError
from nigoh.storage.database.database import Database
from nigoh.storage.database.events import Events
from nigoh.storage.database.tables import TRACKS
from nigoh.storage.database.tracks import TrackRow, TrackRows
from nigoh.storage.vault.sealed_columns import row_binding
from nigoh.storage.vault.vault import Vault

_AT_ONCE = 2000
_TOLD = (EventKind.SIGHTING_APPEARED, EventKind.SIGHTING_CHANGED, EventKind.SIGHTING_LEFT)


class TrackFeed:
    """Reads templates of tracks of one model. Any thread.

    They stay turned: whoever compares them turns what they are compared with. What does not open any more, as of
    somebody who is being erased, is left out.
    """

    def __init__(self, database: Database, vault: Vault, model: ModelIdentity) -> None:
        self._database = database
        self._vault = vault
        self.model = model

    def turned(self, templates: Templates) -> Floats:
        """The vectors (N, D) of templates, turned as those of tracks are."""
        return self._vault.protect(templates).vectors

    def number(self) -> int:
        """The number after which changes are to be asked for by whoever reads all from now on."""
        with self._database.read() as connection:
            return Events(connection).newest()

    def all(self, since_unix_s: float = float("-inf"), until_unix_s: float = float("inf")) -> Iterator[TrackPart]:
        """Those first seen in this time, the oldest first, in parts."""
        with self._database.read() as connection:
            for rows in TrackRows(connection).batches(self.model, since_unix_s, until_unix_s, size=_AT_ONCE):
                yield self._opened(connection, rows)

    def changes(self, number: int) -> Iterator[tuple[TrackPart, frozenset[str], int]]:
        """What word has come of since a number: templates, identifiers of those without one, and the new number."""
        while True:
            with self._database.read() as connection:
                ids, last = Events(connection).subjects_after(number, _AT_ONCE, _TOLD)
                part = self._opened(connection, TrackRows(connection).get_many(ids, self.model))
            if last == number:
                return
            number = last
            yield part, ids - frozenset(part.ids), number

    def of(self, sighting_id: str) -> TrackPart:
        """The template of one sighting, or none."""
        with self._database.read() as connection:
            return self._opened(connection, TrackRows(connection).get_many([sighting_id], self.model))

    def count(self, since_unix_s: float) -> int:
        """How many there are, first seen since a time."""
        with self._database.read() as connection:
            return TrackRows(connection).count(self.model, since_unix_s)

    def ids(self, since_unix_s: float) -> frozenset[str]:
        """Identifiers of all, first seen since a time."""
        with self._database.read() as connection:
            return TrackRows(connection).ids(self.model, since_unix_s)

    def _opened(self, connection: Connection, rows: Sequence[TrackRow]) -> TrackPart:
        pieces = [(row.vector, row_binding(TRACKS, row.id)) for row in rows]
        plain = self._vault.open_many(connection, pieces)
        kept = [(row, vector) for row, vector in zip(rows, plain, strict=True) if not isinstance(vector, VaultError)]
        vectors = np.frombuffer(b"".join(vector for _, vector in kept), "<f4").reshape(-1, self.model.dimension)
        return TrackPart(
            ids=tuple(row.id for row, _ in kept),
            cameras=tuple(row.camera for row, _ in kept),
            first_unix_s=np.array([row.first_unix_s for row, _ in kept]),
            vectors=vectors,
        )
