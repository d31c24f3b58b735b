"""Changes of enrolled people, read from the database for whoever follows them."""

import logging
from collections.abc import Sequence

import numpy as np
from sqlalchemy import Connection, Table, select

from nigoh.domain.gallery_change import GalleryChange, HalfTemplates
from nigoh.domain.sighting import PersonId
from nigoh.domain.template import ModelIdentity, Templates
from nigoh.errors import KeyDestroyed, VaultError
from nigoh.storage.database.database import Database
from nigoh.storage.database.gallery_changes import GalleryChanges
from nigoh.storage.database.model_columns import model_of
from nigoh.storage.database.tables import NEGATIVES, TEMPLATES
from nigoh.storage.database.watch_lists import WatchLists
from nigoh.storage.vault.sealed import Sealed
from nigoh.storage.vault.sealed_columns import row_binding
from nigoh.storage.vault.vault import Vault

_log = logging.getLogger(__name__)

MOST_AT_ONCE = 1000
"""People in one answer: with five photos each they are 10 MB of 512 numbers."""

_Groups = dict[PersonId, tuple[HalfTemplates, ...]]


class GalleryFeed:
    """Tells what has become of people, as they are now. Any thread.

    A change tells all there is of a person, so that only the last change of each has to be told; one that is told
    twice does no harm. Templates leave the vault here: what is told stays in the memory of this machine.
    """

    def __init__(self, database: Database, vault: Vault, most_at_once: int = MOST_AT_ONCE) -> None:
        self._database = database
        self._vault = vault
        self._most_at_once = most_at_once

    def changes_after(self, number: int) -> tuple[tuple[GalleryChange, ...], int]:
        """The changes after that number, oldest first, some of them at once, and the number of the last.

        0 stands before all changes: whoever asks until the number stays the same knows everybody.

        Raises:
            DatabaseUnavailable: try again later.
            DatabaseError: the database is damaged, not migrated, or closed to this user.
        """
        with self._database.read() as connection:
            found = GalleryChanges(connection).above(number, self._most_at_once)
            if not found:
                return (), number
            people = [change.person for change in found]
            terms = WatchLists(connection).terms(people)
            templates = self._opened(connection, TEMPLATES, people)
            negatives = self._opened(connection, NEGATIVES, people)
        changes = tuple(
            GalleryChange(
                person=person,
                terms=terms.get(person),
                templates=templates.get(person, ()),
                negatives=negatives.get(person, ()),
            )
            for person in people
        )
        return changes, found[-1].number

    def _opened(self, connection: Connection, table: Table, people: Sequence[PersonId]) -> _Groups:
        """What a table of sealed templates holds of these people; what does not open is left out."""
        columns = table.c
        chosen = select(table).where(columns.person_id.in_(people)).order_by(columns.created_unix_s, columns.id)
        rows = connection.execute(chosen).mappings().all()
        pieces = [(Sealed(row["key_id"], row["sealed_vector"]), row_binding(table, row["id"])) for row in rows]
        groups: dict[ModelIdentity, list[tuple[PersonId, bytes]]] = {}
        for row, plain in zip(rows, self._vault.open_many(connection, pieces), strict=True):
            if isinstance(plain, VaultError):
                _leave_out(plain)
            else:
                groups.setdefault(model_of(row), []).append((PersonId(row["person_id"]), plain))
        found: _Groups = {}
        for model, parts in groups.items():
            for person, vectors in self._of_model(model, parts).items():
                found[person] = (*found.get(person, ()), vectors)
        return found

    def _of_model(
        self, model: ModelIdentity, parts: Sequence[tuple[PersonId, bytes]]
    ) -> dict[PersonId, HalfTemplates]:
        vectors = np.stack([np.frombuffer(plain, "<f4") for _, plain in parts]).astype(np.float32)
        half = HalfTemplates.of(self._vault.unprotect(Templates(vectors, model))).vectors
        rows: dict[PersonId, list[int]] = {}
        for row, (person, _) in enumerate(parts):
            rows.setdefault(person, []).append(row)
        return {person: HalfTemplates(half[own], model) for person, own in rows.items()}


def _leave_out(error: VaultError) -> None:
    # Of somebody whose key was destroyed nothing is to be known any more.
    if not isinstance(error, KeyDestroyed):
        _log.error("a face cannot be recognised: %s", error)
