"""The data keys as the database keeps them: wrapped by a master key, one or more for each scope.

One row, of the scope "master", is no data key: it says which master key wraps new keys, and can be unwrapped by that
one alone, so that a wrong master key is noticed before anything is sealed under it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, Row, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from nigoh.domain.identifiers import new_id
from nigoh.domain.master_key import MasterKey, MasterKeys
from nigoh.errors import KeyDestroyed, VaultError
from nigoh.storage.database.bulk import is_one_of
from nigoh.storage.database.tables import DATA_KEYS
from nigoh.storage.vault.sealing import Cipher, Unopenable, bound, new_key, open_piece, seal_piece

MARKER = "master"
"""Identifier and scope of the row that says which master key is in use."""

_MOST_AT_ONCE = 500
"""Identifiers in one query: SQLite takes at most 32,766 values, and plans are kept for few lengths."""


@dataclass(frozen=True, slots=True, repr=False)
class DataKey:
    """A data key, unwrapped.

    Attributes:
        id: its identifier.
        scope: what is sealed under it.
        cipher: the key.
    """

    id: str
    scope: str
    cipher: Cipher


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A data key as it is kept.

    Attributes:
        id, scope: of the key.
        wrapped: the key, sealed under the master key; None: it was destroyed.
        master_id: which master key that is.
    """

    id: str
    scope: str
    wrapped: bytes | None = field(repr=False)
    master_id: str


class DataKeys:
    """The data keys within one transaction."""

    def __init__(self, connection: Connection, masters: MasterKeys) -> None:
        self._connection = connection
        self._masters = masters

    def newest(self, scope: str) -> DataKey | None:
        """The key that a scope is sealed under now, or None: it never had one.

        Raises:
            KeyDestroyed: it had one; nothing is sealed in this scope any more.
            VaultError: it does not open.
        """
        alive_first = (DATA_KEYS.c.wrapped_key.is_(None), DATA_KEYS.c.created_unix_s.desc(), DATA_KEYS.c.id.desc())
        chosen = select(DATA_KEYS).where(DATA_KEYS.c.scope == scope).order_by(*alive_first).limit(1)
        row = self._connection.execute(chosen).first()
        return None if row is None else self._unwrapped(row)

    def newest_rows(self, scopes: Sequence[str]) -> dict[str, WrappedKey]:
        """The keys that these scopes are sealed under now; those that never had one, or were erased, are left out."""
        alive = is_one_of(self._connection, DATA_KEYS.c.scope, scopes) & DATA_KEYS.c.wrapped_key.is_not(None)
        # The newest comes last, and stays.
        in_order = select(DATA_KEYS).where(alive).order_by(DATA_KEYS.c.created_unix_s, DATA_KEYS.c.id)
        rows = self._connection.execute(in_order)
        return {row.scope: WrappedKey(row.id, row.scope, row.wrapped_key, row.master_id) for row in rows}

    def unwrap(self, wrapped: WrappedKey) -> DataKey:
        """The key itself. Raises KeyDestroyed, VaultError."""
        return DataKey(wrapped.id, wrapped.scope, Cipher(unwrap_key(self._masters, wrapped)))

    def make(self, scope: str, now_unix_s: float) -> DataKey:
        """A new key for a scope, unless somebody else has made one meanwhile, which is then the one.

        Raises:
            KeyDestroyed: the scope was erased.
            VaultError: the master key that wraps new keys is not here.
        """
        lock_scope(self._connection, scope)
        return self.newest(scope) or self.add(scope, now_unix_s)

    def add(self, scope: str, now_unix_s: float) -> DataKey:
        """One more key for a scope; from now on the scope is sealed under it. Raises VaultError."""
        master = self._master()
        key, identifier = new_key(), new_id(now_unix_s)
        self._insert(identifier, scope, key, master, now_unix_s)
        return DataKey(identifier, scope, Cipher(key))

    def find(self, identifiers: Iterable[str]) -> Mapping[str, DataKey | VaultError]:
        """The keys of these identifiers, or what is wrong with each."""
        wanted = list(dict.fromkeys(identifiers))
        found: dict[str, DataKey | VaultError] = {
            each: VaultError(f"data key {each} is not in the database", "Restore the database from a backup.")
            for each in wanted
        }
        for start in range(0, len(wanted), _MOST_AT_ONCE):
            some = wanted[start : start + _MOST_AT_ONCE]
            for row in self._connection.execute(select(DATA_KEYS).where(DATA_KEYS.c.id.in_(some))):
                try:
                    found[row.id] = self._unwrapped(row)
                except VaultError as error:
                    found[row.id] = error
        return found

    def destroy(self, scope: str, now_unix_s: float) -> tuple[str, ...]:
        """Destroy every key that a scope ever had; their identifiers, also of those that were gone already."""
        lock_scope(self._connection, scope)
        of_scope = DATA_KEYS.c.scope == scope
        self._connection.execute(
            update(DATA_KEYS)
            .where(of_scope, DATA_KEYS.c.wrapped_key.is_not(None))
            .values(wrapped_key=None, destroyed_unix_s=now_unix_s)
        )
        return tuple(self._connection.scalars(select(DATA_KEYS.c.id).where(of_scope)))

    def destroyed(self) -> tuple[str, ...]:
        """Identifiers of all keys that were destroyed."""
        return tuple(
            self._connection.scalars(select(DATA_KEYS.c.id).where(DATA_KEYS.c.destroyed_unix_s.is_not(None)))
        )

    def mark(self, master: MasterKey, now_unix_s: float) -> None:
        """Write down, the first time, which master key wraps new keys; another process may have been faster."""
        try:
            with self._connection.begin_nested():
                self._insert(MARKER, MARKER, new_key(), master, now_unix_s)
        except IntegrityError:
            return

    def marker(self) -> Row[tuple[object, ...]] | None:
        """The row that says which master key is in use, or None: nothing was ever sealed here."""
        return self._connection.execute(select(DATA_KEYS).where(DATA_KEYS.c.id == MARKER)).first()

    def wrapped_otherwise(self, master_id: str, after: str, at_most: int) -> list[Row[tuple[object, ...]]]:
        """Some keys that another master key has wrapped, by identifier, from behind one on."""
        others = (DATA_KEYS.c.wrapped_key.is_not(None), DATA_KEYS.c.master_id != master_id, DATA_KEYS.c.id > after)
        return list(
            self._connection.execute(
                # Held: whoever moves a key into another scope meanwhile waits.
                select(DATA_KEYS).where(*others).order_by(DATA_KEYS.c.id).limit(at_most).with_for_update()
            )
        )

    def wrap_again(self, row: Row[tuple[object, ...]], master: MasterKey) -> None:
        """Wrap a key under another master key. Raises VaultError."""
        wrapped = seal_piece(Cipher(master.derive("data keys")), self._unwrap(row), _binding(row.id, row.scope))
        # One that is destroyed meanwhile stays destroyed.
        self._connection.execute(
            update(DATA_KEYS)
            .where(DATA_KEYS.c.id == row.id, DATA_KEYS.c.wrapped_key.is_not(None))
            .values(wrapped_key=wrapped, master_id=master.id)
        )

    def count_alive(self) -> int:
        """How many keys there are, the marker among them."""
        alive = select(func.count()).select_from(DATA_KEYS).where(DATA_KEYS.c.wrapped_key.is_not(None))
        return self._connection.scalar(alive) or 0

    def _master(self) -> MasterKey:
        """The master key that wraps new keys. Until the transaction ends no rotation puts another in its place."""
        chosen = select(DATA_KEYS.c.master_id).where(DATA_KEYS.c.id == MARKER).with_for_update(read=True)
        return _known_master(self._masters, str(self._connection.scalar(chosen)))

    def _insert(self, identifier: str, scope: str, key: bytes, master: MasterKey, now_unix_s: float) -> None:
        self._connection.execute(
            insert(DATA_KEYS).values(
                id=identifier,
                scope=scope,
                wrapped_key=seal_piece(Cipher(master.derive("data keys")), key, _binding(identifier, scope)),
                master_id=master.id,
                created_unix_s=now_unix_s,
            )
        )

    def _unwrapped(self, row: Row[tuple[object, ...]]) -> DataKey:
        return DataKey(row.id, row.scope, Cipher(self._unwrap(row)))

    def _unwrap(self, row: Row[tuple[object, ...]]) -> bytes:
        return unwrap_key(self._masters, WrappedKey(row.id, row.scope, row.wrapped_key, row.master_id))


def unwrap_key(masters: MasterKeys, key: WrappedKey) -> bytes:
    """A data key itself.

    Raises:
        KeyDestroyed: it was destroyed.
        VaultError: it was changed, or its master key is not known.
    """
    if key.wrapped is None:
        raise KeyDestroyed(f"the data key {key.id} was destroyed", "What was sealed under it is gone for good.")
    master = _known_master(masters, key.master_id)
    try:
        return open_piece(Cipher(master.derive("data keys")), key.wrapped, _binding(key.id, key.scope))
    except Unopenable:
        raise VaultError(
            f"the data key {key.id} does not open: it was changed in the database", "Restore it from a backup."
        ) from None


def _known_master(masters: MasterKeys, master_id: str) -> MasterKey:
    master = masters.find(master_id)
    if master is None:
        raise VaultError(
            f"the master key {master_id[:8]}…, which wraps the data keys, is not known here",
            "If it was rotated, give this process the new one and start it again.",
        )
    return master


def lock_scope(connection: Connection, scope: str) -> None:
    """Nobody else makes or destroys keys of a scope until the transaction ends; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:scope, 0))"), {"scope": scope})


def _binding(identifier: str, scope: str) -> bytes:
    return bound("data key", identifier, scope)
