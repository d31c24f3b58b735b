"""Gives a scope another data key, and seals everything in it anew, while everything else goes on.

The key that it had is kept, as backups need it; it goes when the scope is erased.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from nigoh.errors import Missing
from nigoh.storage.database.database import Database
from nigoh.storage.database.tables import DATA_KEYS, MEDIA
from nigoh.storage.media import MediaStore, media_binding
from nigoh.storage.vault.data_keys import DataKeys, lock_scope
from nigoh.storage.vault.scopes import check_scope
from nigoh.storage.vault.sealed import Sealed
from nigoh.storage.vault.sealed_columns import SEALED_COLUMNS, SealedColumn, row_binding
from nigoh.storage.vault.vault import Vault

_ROWS_AT_ONCE, _FILES_AT_ONCE = 200, 20
"""In one transaction: other writers wait for it."""


def reseal_scope(database: Database, media: MediaStore, scope: str, now_unix_s: float) -> int:
    """Seal all that is in a scope under a new key; how many pieces there were. Begun again after a crash, it goes on.

    What another process seals in the second after the beginning may still be under the old key.

    Raises:
        Missing: nothing was ever sealed in this scope.
        KeyDestroyed: it was erased.
        VaultError: a piece does not open; those before it are sealed anew.
        ValueError: no such scope.
    """
    check_scope(scope)
    old_ids = _take_new_key(database, media.vault, scope, now_unix_s)
    work = _Resealing(database, media, scope, old_ids)
    return sum(work.rows(column) for column in SEALED_COLUMNS) + work.files()


def _take_new_key(database: Database, vault: Vault, scope: str, now_unix_s: float) -> tuple[str, ...]:
    """From now on the scope is sealed under a new key; the identifiers of its others."""
    with database.begin() as connection:
        lock_scope(connection, scope)
        keys = DataKeys(connection, vault.masters)
        if keys.newest(scope) is None:
            raise Missing("key of the scope", scope)
        of_scope = DATA_KEYS.c.scope == scope
        old = connection.execute(select(DATA_KEYS.c.id, DATA_KEYS.c.created_unix_s).where(of_scope)).all()
        # The newest one counts, also where the clock was set back.
        keys.add(scope, max(now_unix_s, *(row.created_unix_s + 0.001 for row in old)))
    old_ids = tuple(str(row.id) for row in old)
    vault.forget_keys(old_ids)
    return old_ids


@dataclass(frozen=True, slots=True)
class _Resealing:
    """What is left to be sealed anew is what one of the old keys has sealed: so it goes on after any end."""

    database: Database
    media: MediaStore
    scope: str
    old_ids: tuple[str, ...]

    def rows(self, column: SealedColumn) -> int:
        done = 0
        while True:
            with self.database.begin() as connection:
                some = self._some_rows(connection, column)
            done += some
            if not some:
                return done

    def files(self) -> int:
        done = 0
        while True:
            with self.database.begin() as connection:
                some = self._some_files(connection)
            done += some
            if not some:
                return done

    def _some_rows(self, connection: Connection, column: SealedColumn) -> int:
        table, vault = column.table, self.media.vault
        chosen = select(column.id_column.label("id"), table.c.key_id, column.sealed.label("blob"))
        old = (table.c.key_id.in_(self.old_ids), column.sealed.is_not(None))
        rows = connection.execute(chosen.where(*old).limit(_ROWS_AT_ONCE)).all()
        for row in rows:
            bound_to = row_binding(table, row.id)
            plain = vault.open(connection, Sealed(row.key_id, row.blob), bound_to)
            sealed = vault.seal(connection, self.scope, plain, bound_to)
            # Where somebody else has changed it meanwhile, it is looked at again.
            unchanged = (column.id_column == row.id, table.c.key_id == row.key_id, column.sealed == row.blob)
            values = {"key_id": sealed.key_id, column.sealed.name: sealed.blob}
            connection.execute(update(table).where(*unchanged).values(values))
        return len(rows)

    def _some_files(self, connection: Connection) -> int:
        chosen = select(MEDIA).where(MEDIA.c.key_id.in_(self.old_ids)).limit(_FILES_AT_ONCE)
        rows = connection.execute(chosen).all()
        for row in rows:
            plain = self.media.open_row(connection, row)
            sealed = self.media.vault.seal(connection, self.scope, plain, media_binding(row))
            # The file names its key: a reader opens it at any moment, and so does whoever goes on after a crash.
            self.media.write_file(row.id, sealed)
            connection.execute(update(MEDIA).where(MEDIA.c.id == row.id).values(key_id=sealed.key_id))
        return len(rows)
