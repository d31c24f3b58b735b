"""Users' second factors in the database: the sealed secret of their authenticator, and recovery codes."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection, delete, func, insert, select, update

from nigoh.domain.access import UserId
from nigoh.storage.database.tables import RECOVERY_CODES, USERS


@dataclass(frozen=True, slots=True)
class SealedFactor:
    """The secret that a user's authenticator makes its codes of, as the vault sealed it.

    Attributes:
        key_id: which data key opens it.
        blob: the sealed secret.
        step: number of the newest 30 s whose code was accepted; None: the user has not shown a code yet.
    """

    key_id: str
    blob: bytes = field(repr=False)
    step: int | None


class SecondFactors:
    """Second factors, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, user: UserId) -> SealedFactor | None:
        """A user's second factor, confirmed or not, or None."""
        columns = (USERS.c.key_id, USERS.c.sealed_totp, USERS.c.totp_step)
        row = self._connection.execute(select(*columns).where(USERS.c.id == user)).first()
        if row is None or row.sealed_totp is None or row.key_id is None:
            return None
        return SealedFactor(row.key_id, row.sealed_totp, row.totp_step)

    def propose(self, user: UserId, key_id: str, blob: bytes) -> None:
        """Keep a secret that is wanted at no login before its first code was shown."""
        self._set(user, key_id=key_id, sealed_totp=blob, totp_step=None)

    def remove(self, user: UserId) -> None:
        """Want no second factor of a user any more; their recovery codes go with it."""
        self._set(user, key_id=None, sealed_totp=None, totp_step=None)
        self.replace_codes(user, ())

    def take_step(self, user: UserId, step: int) -> bool:
        """Accept the code of these 30 s, once: False if this one or a later one was accepted before."""
        is_new = USERS.c.totp_step.is_(None) | (USERS.c.totp_step < step)
        chosen = update(USERS).where(USERS.c.id == user, USERS.c.sealed_totp.is_not(None), is_new)
        return self._connection.execute(chosen.values(totp_step=step)).rowcount == 1

    def replace_codes(self, user: UserId, hashes: Iterable[str]) -> None:
        """Let a user have these recovery codes and no others."""
        self._connection.execute(delete(RECOVERY_CODES).where(RECOVERY_CODES.c.user_id == user))
        rows = [{"user_id": user, "code_hash": code_hash} for code_hash in hashes]
        if rows:
            self._connection.execute(insert(RECOVERY_CODES), rows)

    def take_code(self, user: UserId, code_hash: str) -> bool:
        """Accept a recovery code, once."""
        same = (RECOVERY_CODES.c.user_id == user) & (RECOVERY_CODES.c.code_hash == code_hash)
        return self._connection.execute(delete(RECOVERY_CODES).where(same)).rowcount == 1

    def count_codes(self, user: UserId) -> int:
        """How many recovery codes a user has left."""
        chosen = select(func.count()).select_from(RECOVERY_CODES).where(RECOVERY_CODES.c.user_id == user)
        return self._connection.scalar(chosen) or 0

    def _set(self, user: UserId, **values: object) -> None:
        changed = update(USERS).where(USERS.c.id == user).values(**values, version=USERS.c.version + 1)
        self._connection.execute(changed)
