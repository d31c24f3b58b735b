"""What can be wrong with the keys of an installation, a function each, for `nigoh doctor`; nothing here raises."""

from collections.abc import Iterator
from dataclasses import dataclass

from nigoh.config.deployment_settings import DeploymentSettings
from nigoh.config.master_key import KeyFile, MasterKeyRing
from nigoh.errors import NigohError
from nigoh.storage.database.database import Database
from nigoh.storage.vault.data_keys import DataKeys
from nigoh.storage.vault.destroyed_keys import DestroyedKeys
from nigoh.storage.vault.vault import Vault, is_sealed


@dataclass(frozen=True, slots=True)
class KeyFinding:
    """What a look at one thing found.

    Attributes:
        name: what was looked at.
        is_ok: whether it is as it should be.
        detail: in words; with a problem, also what to do about it. Nothing secret.
    """

    name: str
    is_ok: bool
    detail: str


def check_keys(settings: DeploymentSettings, database: Database) -> Iterator[KeyFinding]:
    """Every look at the keys of a migrated database. Makes and changes nothing."""
    try:
        sealed = is_sealed(database)
    except NigohError as error:
        yield KeyFinding("vault", is_ok=False, detail=str(error))
        return
    yield _master_key(settings, is_sealed=sealed)
    if not sealed:
        yield KeyFinding("vault", is_ok=True, detail="nothing is sealed yet: the first start makes the keys")
        return
    yield _rotation(settings)
    yield from _vault(settings, database)


def _master_key(settings: DeploymentSettings, *, is_sealed: bool) -> KeyFinding:
    source = settings.master_key
    if isinstance(source, KeyFile) and not source.path.exists() and not is_sealed:
        return KeyFinding("master key", is_ok=True, detail=f"{source.shown} will be made at the first start")
    try:
        key = source.read()[0]
    except NigohError as error:
        return KeyFinding("master key", is_ok=False, detail=str(error))
    if isinstance(source, KeyFile) and source.path.is_relative_to(settings.data):
        detail = (
            f"{source.shown} lies in the data folder: whoever copies that folder has the key too. "
            "Move it elsewhere and name it with NIGOH_MASTER_KEY_FILE."
        )
        return KeyFinding("master key", is_ok=False, detail=detail)
    return KeyFinding("master key", is_ok=True, detail=f"{key.id[:8]}… from {source.shown}")


def _rotation(settings: DeploymentSettings) -> KeyFinding:
    source = settings.master_key
    if isinstance(source, KeyFile) and (source.next_path.exists() or source.last_path.exists()):
        return KeyFinding("key rotation", is_ok=False, detail="one was begun and not ended. Run: nigoh vault rotate")
    return KeyFinding("key rotation", is_ok=True, detail="none is under way")


def _vault(settings: DeploymentSettings, database: Database) -> Iterator[KeyFinding]:
    try:
        vault = Vault(MasterKeyRing(settings.master_key), database)
        with database.read() as connection:
            keys = DataKeys(connection, vault.masters)
            alive, gone = keys.count_alive(), set(keys.destroyed())
        missing = len(gone - DestroyedKeys(settings.destroyed_keys).read())
    except NigohError as error:
        yield KeyFinding("vault", is_ok=False, detail=str(error))
        return
    yield KeyFinding("vault", is_ok=True, detail=f"opens; {alive - 1} data keys, {len(gone)} destroyed")
    if missing:
        yield KeyFinding(
            "destroyed keys",
            is_ok=False,
            detail=f"{missing} are not in {settings.destroyed_keys}. Start nigoh once: it adds them.",
        )
    else:
        yield KeyFinding("destroyed keys", is_ok=True, detail=f"{len(gone)} in {settings.destroyed_keys}")
