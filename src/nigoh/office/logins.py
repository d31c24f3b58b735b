"""Logging in with a password, and showing the password once more before something delicate."""

from dataclasses import dataclass, field

from sqlalchemy import Connection

from nigoh.domain.access import Principal
from nigoh.domain.audit import AuditAction, AuditEvent
from nigoh.domain.login_name import login_name
from nigoh.domain.users import User
from nigoh.errors import Forbidden, Invalid, NigohError, SecondFactorNeeded, Throttled, Unauthenticated
from nigoh.office.doorkeeper import Doorkeeper, Ticket, refusal
from nigoh.office.passwords import Passwords
from nigoh.office.second_factor import SecondFactorDesk
from nigoh.office.sessions import OpenedSession, OpenSessions, Visitor
from nigoh.storage.audit import Audit
from nigoh.storage.database.database import Database
from nigoh.storage.database.users import Credentials, Users

_NO_NAME = "-"
"""Stands for everything that can be nobody's login name; it is none itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginAttempt:
    """What somebody shows to log in.

    Attributes:
        name: as they typed it.
        password: as they typed it.
        code: of their second factor, "" for none.
        visitor: from where.
    """

    name: str
    password: str = field(repr=False)
    code: str = field(default="", repr=False)
    visitor: Visitor


class Logins:
    """Logs users in. Whoever is refused is told as little as helps: never whether there is such a user."""

    def __init__(
        self,
        database: Database,
        passwords: Passwords,
        doorkeeper: Doorkeeper,
        sessions: OpenSessions,
        second_factor: SecondFactorDesk,
    ) -> None:
        self._database = database
        self._passwords = passwords
        self._doorkeeper = doorkeeper
        self._sessions = sessions
        self._second_factor = second_factor

    def login(self, attempt: LoginAttempt, now_unix_s: float) -> OpenedSession:
        """Begin a session.

        Raises:
            Unauthenticated: the name or the password is wrong, or the code.
            SecondFactorNeeded: the password is right, and a code is wanted too.
            Throttled: too many attempts; they are not looked at for a while.
        """
        name = _stored_form(attempt.name)
        ticket = self._doorkeeper.admit(name, attempt.visitor.address, now_unix_s)
        found, rehashed = self._checked_or_taken_back(ticket, attempt.password)
        # A refusal is written down too, so it is raised when the transaction is over.
        with self._database.begin() as connection:
            outcome = self._conclude(connection, attempt, ticket, found, now_unix_s)
            if isinstance(outcome, OpenedSession) and found and found.password_hash and rehashed:
                Users(connection).rehash(found.user.id, found.password_hash, rehashed)
        if isinstance(outcome, NigohError):
            raise outcome
        return outcome

    def require_password(self, who: Principal, password: str, now_unix_s: float) -> None:
        """Let only those go on who know their own password: a session that was left open is not enough.

        Raises:
            Forbidden: it is wrong, or they have none here.
            Throttled: too many attempts.
        """
        ticket = self._doorkeeper.admit(who.name, who.address, now_unix_s)
        found, _ = self._checked_or_taken_back(ticket, password)
        with self._database.begin() as connection:
            if found is not None:
                self._doorkeeper.passed(connection, ticket, found.user, now_unix_s)
                return
            Audit(connection).write(
                refusal(Users(connection).get(who.user), who.address, "password-again"), now_unix_s
            )
        raise Forbidden("this is not your password", "Type the password that you log in with.")

    def _checked_or_taken_back(self, ticket: Ticket, password: str) -> tuple[Credentials | None, str | None]:
        try:
            return self._checked(ticket.name, password)
        except Throttled:
            # Too many at once: that is not theirs to pay for.
            with self._database.begin() as connection:
                self._doorkeeper.take_back(connection, ticket)
            raise

    def _checked(self, name: str, password: str) -> tuple[Credentials | None, str | None]:
        """Who logs in so, if the password is theirs; and another hash of it where the cost has changed."""
        with self._database.read() as connection:
            found = Users(connection).credentials(name)
        password_hash = found.password_hash if found else None
        if not self._passwords.check(password, password_hash) or password_hash is None:
            return None, None
        return found, self._passwords.hash(password) if self._passwords.is_outdated(password_hash) else None

    def _conclude(
        self,
        connection: Connection,
        attempt: LoginAttempt,
        ticket: Ticket,
        found: Credentials | None,
        now_unix_s: float,
    ) -> OpenedSession | NigohError:
        now = Users(connection).credentials(ticket.name)
        address = attempt.visitor.address
        # Checking takes a while: a password that was changed meanwhile is the old one.
        if found is None or now is None or now.user.disabled or now.password_hash != found.password_hash:
            user = now.user if now else None
            cause = "disabled" if found and user and user.disabled else "password"
            Audit(connection).write(refusal(user, address, cause), now_unix_s)
            return Unauthenticated("the name or the password is wrong", "Check both, and the keyboard's language.")
        refused = self._missing_code(connection, now.user, attempt, ticket, now_unix_s)
        if refused is not None:
            return refused
        self._doorkeeper.passed(connection, ticket, now.user, now_unix_s)
        opened = self._sessions.open(connection, now.user, attempt.visitor, now_unix_s)
        Audit(connection).write(login_event(now.user, address, "password"), now_unix_s)
        return opened

    def _missing_code(
        self, connection: Connection, user: User, attempt: LoginAttempt, ticket: Ticket, now_unix_s: float
    ) -> NigohError | None:
        """What is wrong with the code of the second factor, or None."""
        address = attempt.visitor.address
        if not user.has_second_factor:
            return None
        if not attempt.code.strip():
            self._doorkeeper.take_back(connection, ticket)
            Audit(connection).write(refusal(user, address, "code-missing"), now_unix_s)
            return SecondFactorNeeded("a code is wanted beside the password", "Type the code of your authenticator.")
        # Who guesses a recovery code does not come far: they are as long as a key, and wait for nobody.
        is_long = len(attempt.code.strip()) > len("000 000")
        wait_s = 0.0 if is_long else self._doorkeeper.wait_for_code_s(connection, user.name, now_unix_s)
        if wait_s > 0:
            self._doorkeeper.take_back(connection, ticket)
            self._doorkeeper.tell_sometimes(connection, refusal(user, address, "throttled"), now_unix_s)
            return Throttled("too many wrong codes", wait_s)
        if self._second_factor.accept(connection, user, attempt.code, now_unix_s):
            return None
        self._doorkeeper.code_failed(connection, user.name, now_unix_s)
        Audit(connection).write(refusal(user, address, "code"), now_unix_s)
        return Unauthenticated("the code is wrong, or was used before", "Wait for the next one.")


def login_event(user: User, address: str, way: str) -> AuditEvent:
    """What the audit says of somebody who has logged in."""
    return AuditEvent(
        action=AuditAction.LOGIN,
        actor=user.name,
        address=address,
        target_kind="user",
        target_id=user.id,
        detail={"way": way},
    )


def _stored_form(typed: str) -> str:
    try:
        return login_name(typed)
    except Invalid:
        return _NO_NAME
