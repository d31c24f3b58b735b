"""Opens what lasts: the database in its newest form, the vault with its master key, the photos and crops."""

from dataclasses import dataclass
from types import TracebackType
from typing import Self

from nigoh.config.deployment_settings import DeploymentSettings
from nigoh.config.master_key import MasterKeyRing
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
    database = Database(settings.database)
    migrate(database)
    if not is_sealed(database):
        settings.master_key.make()
    vault = Vault(MasterKeyRing(settings.master_key), database, destroyed=DestroyedKeys(settings.destroyed_keys))
    return Deployment(settings=settings, database=database, vault=vault, media=MediaStore(settings.media, vault))
