"""Opens what lasts: the database in its newest form, the vault with its master key, the photos and crops."""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from nigoh.config.deployment_settings import DeploymentSettings
from nigoh.config.master_key import KeyFile, MasterKeyRing
from nigoh.storage.backup_keys import read_keys
from nigoh.storage.backup_reader import check_backup, read_header
from nigoh.storage.backup_restore import (
    Restored,
    begin_restore,
    end_restore,
    insert_rows,
    require_empty,
    require_finished,
    require_known,
    require_no_tables,
    settle,
    write_pictures,
)
from nigoh.storage.database.database import Database
from nigoh.storage.database.migrations import migrate
from nigoh.storage.media import MediaStore
from nigoh.storage.vault.destroyed_keys import DestroyedKeys
from nigoh.storage.vault.vault import Vault, is_sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """What lasts, opened. A context manager: at its end the database's connections are closed.

    Attributes:
        settings: where it is.
        database: transactions.
        vault: seals and opens.
        media: photos and crops.
    """

    settings: DeploymentSettings
    database: Database
    vault: Vault
    media: MediaStore

    def close(self) -> None:
        """Close the database's connections."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_deployment(settings: DeploymentSettings) -> Deployment:
    """Open what lasts; the first time, make it, and the master key with it where that is kept in a file.

    Raises:
        ConfigError: the master key is missing, is another one, or others may read it.
        DatabaseError, DatabaseUnavailable: the database does not open.
        OutputError: the folder cannot be written.
    """
    require_finished(settings.data)
    with ExitStack() as stack:
        database = stack.enter_context(Database(settings.database))
        migrate(database)
        if not is_sealed(database):
            settings.master_key.make()
        vault = Vault(MasterKeyRing(settings.master_key), database, destroyed=DestroyedKeys(settings.destroyed_keys))
        stack.pop_all()
    return Deployment(settings=settings, database=database, vault=vault, media=MediaStore(settings.media, vault))


def restore_deployment(settings: DeploymentSettings, file: Path, keys: Path | None, now_unix_s: float) -> Restored:
    """Make of a backup what `open_deployment` opens, in an empty data folder and an empty database.

    Args:
        settings: where it goes; the master key has to be there.
        file: the backup.
        keys: the file of data keys that were kept apart from it, or None.
        now_unix_s: seconds since 1970.

    Raises:
        BackupError: the backup cannot be trusted, or the place is not empty; nothing has changed.
        ConfigError: the master key is missing.
        OutputError: the folder cannot be written; it has to be emptied before the next try.
    """
    masters, known = MasterKeyRing(settings.master_key), DestroyedKeys(settings.destroyed_keys)
    kept = read_keys(keys, masters) if keys else None
    require_known(read_header(file))
    backup = check_backup(file, masters, kept)
    key_file = settings.master_key.path if isinstance(settings.master_key, KeyFile) else known.path
    require_empty(settings.data, allowed=(key_file, known.path))
    with Database(settings.database) as database:
        require_no_tables(database)
        begin_restore(settings.data)
        pictures = write_pictures(backup, settings.media)
        migrate(database, backup.header.revision)
        rows = insert_rows(backup, database)
        migrate(database)
        destroyed = known.read() | (kept.destroyed if kept else frozenset())
        erased = settle(backup, database, settings.media, destroyed, now_unix_s)
        Vault(masters, database, destroyed=known)
    end_restore(settings.data)
    return Restored(rows, pictures, erased, len(backup.summary.missing))
