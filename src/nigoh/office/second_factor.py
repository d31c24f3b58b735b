"""The second factor: codes of an authenticator (TOTP, RFC 6238), and recovery codes for when it is lost."""

import hmac
from dataclasses import dataclass, field
from typing import Protocol

import pyotp
from sqlalchemy import Connection

from nigoh.domain.access import Principal, UserId, Via
from nigoh.domain.audit import AuditAction, AuditEvent
from nigoh.domain.credentials import digest, folded_recovery_code, is_recovery_code, new_recovery_codes
from nigoh.domain.users import User
from nigoh.errors import Forbidden, Invalid
from nigoh.office.actor import Actor
from nigoh.office.reach import require_reach
from nigoh.storage.audit import Audit
from nigoh.storage.database.database import Database
from nigoh.storage.database.second_factors import SecondFactors
from nigoh.storage.database.tables import USERS
from nigoh.storage.database.users import Users
from nigoh.storage.vault.scopes import INSTALLATION
from nigoh.storage.vault.sealed import Sealed
from nigoh.storage.vault.sealed_columns import row_binding

_ISSUER = "nigoh"
_STEP_S = 30
_NEIGHBOURS = (0, -1, 1)
"""A clock may be 30 s off, and typing takes a while (RFC 6238, 5.2)."""


class Sealer(Protocol):
    """Seals secrets; the vault is one."""

    def seal(self, connection: Connection, scope: str, plain: bytes, bound_to: str) -> Sealed:
        """Encrypt, bound to where it is kept."""
        ...

    def open(self, connection: Connection, sealed: Sealed, bound_to: str) -> bytes:
        """Decrypt. Raises VaultError."""
        ...


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator needs to know; shown once.

    Attributes:
        secret: for typing, base 32.
        address: the same as an otpauth:// address, for a QR code.
    """

    secret: str = field(repr=False)
    address: str = field(repr=False)


class SecondFactorDesk:
    """Second factors of all users. The secrets are sealed by the vault, the recovery codes hashed."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    def begin(self, who: Principal, now_unix_s: float) -> Enrolment:
        """Make a secret for who asks. No login wants a code of it before `confirm`; until then it may begin again.

        Raises:
            Invalid: they have a second factor, or log in elsewhere.
        """
        secret = pyotp.random_base32()
        with self._database.begin() as connection:
            user = Users(connection).require(who.user)
            if user.has_second_factor:
                raise Invalid("code", "there is a second factor already", "Remove it first.")
            if not user.has_password:
                raise Invalid(
                    "code", "you log in elsewhere", "Set up the second factor where you type your password."
                )
            sealed = self._sealer.seal(connection, INSTALLATION, secret.encode(), row_binding(USERS, user.id))
            SecondFactors(connection).propose(user.id, sealed.key_id, sealed.blob)
            Audit(connection).write(_event(who, user.id, "second-factor-begun"), now_unix_s)
        return Enrolment(secret, pyotp.TOTP(secret).provisioning_uri(name=user.name, issuer_name=_ISSUER))

    def confirm(self, who: Principal, code: str, now_unix_s: float) -> tuple[str, ...]:
        """Want a code at each login from now on; returns the recovery codes, which are shown once.

        Raises:
            Invalid: the code is not that of now, or `begin` was not called.
        """
        with self._database.begin() as connection:
            user = Users(connection).require(who.user)
            if user.has_second_factor or not self._is_code(connection, user, code, now_unix_s):
                raise Invalid(
                    "code", "this is not the code that the authenticator shows now", "Check its clock, and try again."
                )
            codes = _replace_codes(connection, user.id)
            Audit(connection).write(_event(who, user.id, "second-factor-added"), now_unix_s)
        return codes

    def new_recovery_codes(self, who: Principal, now_unix_s: float) -> tuple[str, ...]:
        """Other recovery codes for who asks; the old ones hold no more. Raises Invalid: no second factor."""
        with self._database.begin() as connection:
            if not Users(connection).require(who.user).has_second_factor:
                raise Invalid("code", "there is no second factor", "Add one first.")
            codes = _replace_codes(connection, who.user)
            Audit(connection).write(_event(who, who.user, "recovery-codes"), now_unix_s)
        return codes

    def count_recovery_codes(self, user: UserId) -> int:
        """How many recovery codes a user has left."""
        with self._database.read() as connection:
            return SecondFactors(connection).count_codes(user)

    def remove_own(self, who: Principal, now_unix_s: float) -> None:
        """Want no code of who asks any more, once they have shown their password."""
        with self._database.begin() as connection:
            self._remove(connection, who, who.user, now_unix_s)

    def remove(self, who: Principal, user: UserId, now_unix_s: float) -> None:
        """Want no code of somebody else any more, who has lost their authenticator.

        Raises:
            Missing: no such user.
            Forbidden: they have more than who asks, or it is themselves: they show their password.
        """
        if who.via is not Via.COMMAND and who.user == user:
            raise Forbidden("one's own second factor is removed by showing the password", "Use /api/v1/me/totp.")
        with self._database.begin() as connection:
            require_reach(who, Users(connection).require(user))
            self._remove(connection, who, user, now_unix_s)

    def accept(self, connection: Connection, user: User, code: str, now_unix_s: float) -> bool:
        """Whether it is a code of now, or a recovery code; in the login's transaction, and once for each code."""
        if is_recovery_code(code):
            return SecondFactors(connection).take_code(user.id, digest(folded_recovery_code(code)))
        return self._is_code(connection, user, code, now_unix_s)

    def _remove(self, connection: Connection, who: Principal, user: UserId, now_unix_s: float) -> None:
        SecondFactors(connection).remove(user)
        Audit(connection).write(_event(who, user, "second-factor-removed"), now_unix_s)

    def _is_code(self, connection: Connection, user: User, code: str, now_unix_s: float) -> bool:
        factors = SecondFactors(connection)
        factor = factors.get(user.id)
        if factor is None:
            return False
        sealed = Sealed(factor.key_id, factor.blob)
        secret = self._sealer.open(connection, sealed, row_binding(USERS, user.id)).decode()
        step = _step_of(secret, code, now_unix_s)
        return step is not None and factors.take_step(user.id, step)


def _step_of(secret: str, code: str, now_unix_s: float) -> int | None:
    """The 30 s whose code it is, or None."""
    typed = "".join(code.split()).encode(errors="replace")
    now = int(now_unix_s // _STEP_S)
    totp = pyotp.TOTP(secret, interval=_STEP_S)
    steps = [now + off for off in _NEIGHBOURS if hmac.compare_digest(totp.at((now + off) * _STEP_S).encode(), typed)]
    return steps[0] if steps else None


def _replace_codes(connection: Connection, user: UserId) -> tuple[str, ...]:
    codes = new_recovery_codes()
    SecondFactors(connection).replace_codes(user, [digest(folded_recovery_code(code)) for code in codes])
    return codes


def _event(who: Principal, user: UserId, what: str) -> AuditEvent:
    return Actor.of(who).event(AuditAction.CHANGE, "user", user, {"what": what})
