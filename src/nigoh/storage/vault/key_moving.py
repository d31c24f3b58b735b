"""Makes the data keys of one person those of another: two entries of one person have become one."""

from sqlalchemy import Connection, insert, select, update

from nigoh.domain.identifiers import new_id
from nigoh.domain.master_key import MasterKeys
from nigoh.errors import VaultError
from nigoh.storage.database.tables import DATA_KEYS
from nigoh.storage.vault.data_keys import WrappedKey, lock_scope, unwrap_key
from nigoh.storage.vault.sealing import Cipher, bound, seal_piece


def move_keys(
    connection: Connection, masters: MasterKeys, scope: str, into: str, now_unix_s: float
) -> tuple[str, ...]:
    """Move all keys of a scope into another; their identifiers. Nothing is sealed in the first ever again.

    What was sealed under them stays as it is and opens as before. It goes with the scope that the keys are in now.

    Raises:
        VaultError: a key does not open.
    """
    for each in sorted((scope, into)):
        lock_scope(connection, each)
    alive = select(DATA_KEYS).where(DATA_KEYS.c.scope == scope, DATA_KEYS.c.wrapped_key.is_not(None))
    # A rotation of the master key wraps no key anew meanwhile, for the scope that it was in.
    rows = connection.execute(alive.with_for_update()).all()
    for row in rows:
        key = unwrap_key(masters, WrappedKey(row.id, row.scope, row.wrapped_key, row.master_id))
        master = masters.find(row.master_id)
        if master is None:
            raise VaultError("the master key went while it was in use", "Try again.")
        wrapped = seal_piece(Cipher(master.derive("data keys")), key, bound("data key", row.id, into))
        changed = update(DATA_KEYS).where(DATA_KEYS.c.id == row.id)
        connection.execute(changed.values(scope=into, wrapped_key=wrapped))
    _end(connection, masters, scope, now_unix_s)
    return tuple(row.id for row in rows)


def _end(connection: Connection, masters: MasterKeys, scope: str, now_unix_s: float) -> None:
    """Leave a key that is destroyed from the beginning: by that it is known that the scope is over."""
    over = {"id": new_id(now_unix_s), "scope": scope, "master_id": masters.current().id}
    connection.execute(
        insert(DATA_KEYS).values(over | {"created_unix_s": now_unix_s, "destroyed_unix_s": now_unix_s})
    )
