"""The vault: whatever is biometric or secret is sealed here before it is stored, and opened here alone.

Templates and pictures of a person are sealed under a data key of that person, those of people who match nobody under
one of the day, credentials of cameras and secrets of the installation under one each. Data keys lie in the database,
wrapped by the master key, which does not. Destroying a data key destroys all that was sealed under it, wherever
copies of that are.
"""

import time
import weakref
from collections.abc import Callable, Collection, Sequence
from typing import Final

from sqlalchemy import Connection, Transaction, insert, select
from sqlalchemy.exc import IntegrityError

from nigoh.domain.master_key import MasterKeys
from nigoh.domain.template import Templates
from nigoh.errors import ConfigError, KeyDestroyed, VaultError
from nigoh.storage.database.database import Database
from nigoh.storage.database.tables import DATA_KEYS, SECRETS
from nigoh.storage.vault.data_keys import MARKER, DataKey, DataKeys
from nigoh.storage.vault.destroyed_keys import DestroyedKeys
from nigoh.storage.vault.finishing import overwrite_deleted
from nigoh.storage.vault.key_cache import KeyCache
from nigoh.storage.vault.key_moving import move_keys
from nigoh.storage.vault.scopes import INSTALLATION, check_erasable, check_scope
from nigoh.storage.vault.sealed import Sealed
from nigoh.storage.vault.sealed_columns import row_binding
from nigoh.storage.vault.sealing import Unopenable, bound, new_key, open_piece, seal_piece
from nigoh.storage.vault.template_protection import ProtectionSecret, TemplateProtection

FRESH_S: Final = 1.0
"""Seconds that an unwrapped key is used without another look: another process hears of its end within 2 s."""

_MOST_CACHED = 4096
_PROTECTION = "template-protection"

Piece = tuple[bytes, str]
"""Plain bytes, and what they are to be bound to."""


class Vault:
    """Seals and opens. Any thread may use it.

    Nonces are random: see `nigoh.storage.vault.sealing` for why, and for the bound on what a key seals.

    Args:
        masters: the master key, or the ring of those that are accepted.
        database: where the data keys are.
        destroyed: the list of destroyed keys that lies outside the database; None: none is kept.
        clock: monotonic seconds.
        now: seconds since 1970, a label of new keys.
    """

    def __init__(
        self,
        masters: MasterKeys,
        database: Database,
        *,
        destroyed: DestroyedKeys | None = None,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        """Check that the master key is the one of this database; seal the database with it the first time.

        Raises:
            ConfigError: it is another one.
            VaultError: what belongs to the installation was changed.
        """
        self.masters = masters
        self.destroyed = destroyed
        self._now = now
        self._cache = KeyCache(_MOST_CACHED, FRESH_S, clock)
        # Keys that a transaction made which may still be undone, by their identifiers.
        self._unsettled: weakref.WeakValueDictionary[str, Transaction] = weakref.WeakValueDictionary()
        if not is_sealed(database):
            with database.begin() as connection:
                DataKeys(connection, masters).mark(masters.current(), now())
        with database.read() as connection:
            self._check(connection)
            protection = self._stored_secret(connection, _PROTECTION)
        if protection is None:
            made = ProtectionSecret.of(new_key()).encode()
            with database.begin() as connection:
                protection = self._kept_secret(connection, _PROTECTION, made)
        self._protection = TemplateProtection(ProtectionSecret.decode(protection))
        if destroyed is not None:
            self._note_destroyed(database, destroyed)

    def seal(self, connection: Connection, scope: str, plain: bytes, bound_to: str) -> Sealed:
        """Seal one piece; see `seal_many`."""
        return self.seal_many(connection, scope, [(plain, bound_to)])[0]

    def seal_many(self, connection: Connection, scope: str, pieces: Sequence[Piece]) -> list[Sealed]:
        """Seal pieces under the key of a scope, which is made if there is none, in a transaction that may write.

        What a piece is bound to, e.g. `row_binding(TEMPLATES, id)`, has to be given again to open it.

        Raises:
            KeyDestroyed: the scope was erased.
            VaultError: the key does not open.
            ValueError: no such scope.
        """
        check_scope(scope)
        key = self._cache.take_active(scope, len(pieces)) or self._sealing_key(connection, scope, len(pieces))
        return [
            Sealed(key.id, seal_piece(key.cipher, plain, bound("sealed", key.id, bound_to)))
            for plain, bound_to in pieces
        ]

    def look_up(self, connection: Connection, scopes: Collection[str]) -> None:
        """Look the keys of many scopes up at once, as something will be sealed in each. Raises VaultError.

        Not one after the other: of 300 people in a batch that is 50 ms.
        """
        looked_up_s = self._cache.now()
        keys = DataKeys(connection, self.masters)
        for row in keys.newest_rows([scope for scope in scopes if not self._cache.is_active(scope)]).values():
            key = self._cache.recall(row.id) or keys.unwrap(row)
            settled = self._unsettled.get(key.id) is not connection.get_transaction()
            self._cache.put(key, looked_up_s, active=settled)

    def open(self, connection: Connection, sealed: Sealed, bound_to: str) -> bytes:
        """Open one piece.

        Raises:
            KeyDestroyed: it was erased.
            VaultError: it was changed, or belongs elsewhere; names what it was bound to.
        """
        opened = self.open_many(connection, [(sealed, bound_to)])[0]
        if isinstance(opened, VaultError):
            raise opened
        return opened

    def open_many(self, connection: Connection, pieces: Sequence[tuple[Sealed, str]]) -> list[bytes | VaultError]:
        """Open pieces, whose keys are looked up together; what does not open is an error in its place."""
        keys = self._keys(connection, [sealed.key_id for sealed, _ in pieces])
        return [_opened(keys[sealed.key_id], sealed, bound_to) for sealed, bound_to in pieces]

    def destroy(self, connection: Connection, scope: str) -> int:
        """Destroy the keys of a person or a day, and with them all that was sealed under them; how many there were.

        Once the transaction is committed, call `finish_destruction`. Nothing is sealed in this scope ever again.

        Raises:
            ValueError: no such scope, or one whose end would end the installation.
        """
        check_erasable(scope)
        gone = DataKeys(connection, self.masters).destroy(scope, self._now())
        self._cache.forget(gone)
        return len(gone)

    def move(self, connection: Connection, scope: str, into: str) -> None:
        """Make what is sealed in the scope of one person another's: it opens as before, and is destroyed with theirs.

        Nothing is sealed in the first scope ever again.

        Raises:
            ValueError: no such scope.
            VaultError: a key does not open.
        """
        check_erasable(scope)
        check_erasable(into)
        self._cache.forget(move_keys(connection, self.masters, scope, into, self._now()))

    def finish_destruction(self, database: Database) -> bool:
        """Make committed destructions final: no backup brings the keys back, no file of the database has them.

        Opening a vault does the first for what a crash left unfinished. False: readers kept the second from being
        done, call it again later. Raises OutputError.
        """
        if self.destroyed is not None:
            self._note_destroyed(database, self.destroyed)
        return overwrite_deleted(database)

    def secret(self, connection: Connection, name: str) -> bytes:
        """32 random bytes of the installation for one purpose, made the first time, in a transaction that may write.

        Raises VaultError: they were changed.
        """
        return self._stored_secret(connection, name) or self._kept_secret(connection, name, new_key())

    def protect(self, templates: Templates) -> Templates:
        """Templates as they are stored: turned by this installation's secret rotation, scores unchanged."""
        return self._protection.protect(templates)

    def unprotect(self, templates: Templates) -> Templates:
        """Templates as they were before `protect`, within 1e-6."""
        return self._protection.unprotect(templates)

    def forget_keys(self, key_ids: tuple[str, ...]) -> None:
        """Look these keys up again when they are next used."""
        self._cache.forget(key_ids)

    def _check(self, connection: Connection) -> None:
        marker = DataKeys(connection, self.masters).marker()
        if marker is not None and self.masters.find(marker.master_id) is None:
            ours = self.masters.current().id
            raise ConfigError(
                f"the master key is another one ({ours[:8]}…) than that of this database ({marker.master_id[:8]}…)",
                "Give the master key with which nigoh was set up here, or another database.",
            )
        checked = DataKeys(connection, self.masters).find([MARKER])[MARKER]
        if isinstance(checked, VaultError):
            raise checked

    def _sealing_key(self, connection: Connection, scope: str, pieces: int) -> DataKey:
        looked_up_s = self._cache.now()
        keys = DataKeys(connection, self.masters)
        key = keys.newest(scope)
        if key is None:
            key = self._born(connection, keys.make(scope, self._now()))
        elif self._cache.used_up(key.id, pieces):
            key = self._born(connection, keys.add(scope, self._now()))
        # A key that this very transaction has made is gone if it is undone: until then no other may rely on it.
        settled = self._unsettled.get(key.id) is not connection.get_transaction()
        self._cache.put(key, looked_up_s, active=settled)
        return key

    def _born(self, connection: Connection, key: DataKey) -> DataKey:
        transaction = connection.get_transaction()
        if transaction is not None:
            self._unsettled[key.id] = transaction
        return key

    def _keys(self, connection: Connection, key_ids: Sequence[str]) -> dict[str, DataKey | VaultError]:
        keys: dict[str, DataKey | VaultError] = {}
        unknown: list[str] = []
        for key_id in dict.fromkeys(key_ids):
            cached = self._cache.get(key_id)
            if cached is None:
                unknown.append(key_id)
            else:
                keys[key_id] = cached
        if unknown:
            looked_up_s = self._cache.now()
            for key_id, found in DataKeys(connection, self.masters).find(unknown).items():
                keys[key_id] = found
                if isinstance(found, DataKey):
                    self._cache.put(found, looked_up_s, active=False)
        return keys

    def _stored_secret(self, connection: Connection, name: str) -> bytes | None:
        row = connection.execute(select(SECRETS).where(SECRETS.c.name == name)).first()
        if row is None:
            return None
        return self.open(connection, Sealed(row.key_id, row.sealed_value), row_binding(SECRETS, name))

    def _kept_secret(self, connection: Connection, name: str, value: bytes) -> bytes:
        """The secret of that name: this one, unless another process has kept one at the same time."""
        sealed = self.seal(connection, INSTALLATION, value, row_binding(SECRETS, name))
        row = {"name": name, "key_id": sealed.key_id, "sealed_value": sealed.blob, "created_unix_s": self._now()}
        try:
            with connection.begin_nested():
                connection.execute(insert(SECRETS).values(row))
        except IntegrityError:
            return self._stored_secret(connection, name) or value
        return value

    def _note_destroyed(self, database: Database, destroyed: DestroyedKeys) -> None:
        with database.read() as connection:
            gone = DataKeys(connection, self.masters).destroyed()
        destroyed.add(gone)


def is_sealed(database: Database) -> bool:
    """Whether a master key was ever used on this database."""
    with database.read() as connection:
        return connection.scalar(select(DATA_KEYS.c.id).where(DATA_KEYS.c.id == MARKER)) is not None


def _opened(key: DataKey | VaultError, sealed: Sealed, bound_to: str) -> bytes | VaultError:
    if isinstance(key, KeyDestroyed):
        return KeyDestroyed(f"{bound_to} was erased: its data key was destroyed", "It is gone for good.")
    if isinstance(key, VaultError):
        return VaultError(f"{bound_to} does not open: {key.what}", key.next_step)
    try:
        return open_piece(key.cipher, sealed.blob, bound("sealed", key.id, bound_to))
    except Unopenable:
        return VaultError(
            f"{bound_to} does not open: it was changed, or belongs elsewhere", "Restore it from a backup."
        )
