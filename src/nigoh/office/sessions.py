"""Sessions: opened at login, recognised at each request, ended."""

from contextlib import suppress
from dataclasses import dataclass, field

from sqlalchemy import Connection

from nigoh.domain.access import Principal, UserId, Via
from nigoh.domain.audit import AuditAction, AuditEvent
from nigoh.domain.credentials import csrf_token, digest, new_secret
from nigoh.domain.users import Session, User
from nigoh.errors import DatabaseUnavailable, Missing, Unauthenticated
from nigoh.office.actor import Actor
from nigoh.office.reach import require_reach
from nigoh.storage.audit import Audit
from nigoh.storage.database.database import Database
from nigoh.storage.database.sessions import Sessions
from nigoh.storage.database.users import Users

_LONGEST_AGENT = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionLimits:
    """How long sessions last, and how many somebody has.

    Attributes:
        idle_s: one that was not used for so long ends; an open console uses it.
        absolute_s: it ends after so long, used or not: a working day.
        most: sessions that one user has; the oldest end.
        noted_every_s: its use is written down this often.
    """

    idle_s: float = 3_600.0
    absolute_s: float = 12 * 3_600.0
    most: int = 20
    noted_every_s: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """From where somebody logs in.

    Attributes:
        address: of the network.
        agent: the program, as it names itself.
        cookie: of the session that it had before, "" for none: that one ends.
    """

    address: str
    agent: str = ""
    cookie: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedSession:
    """A session that has just begun.

    Attributes:
        cookie: what the browser shows from now on; nobody else ever learns it.
        csrf_token: what requests that change something carry beside it.
        session: as it is kept.
        user: whose it is.
    """

    cookie: str = field(repr=False)
    csrf_token: str = field(repr=False)
    session: Session
    user: User


@dataclass(frozen=True, slots=True)
class Recognised:
    """A session that holds, and whose it is, as they are now."""

    session: Session
    user: User

    def principal(self, address: str) -> Principal:
        """Who asks, from this address."""
        return self.user.principal(Via.SESSION, self.session.id, address)


class OpenSessions:
    """All sessions. Each request asks the database anew: what was revoked holds nowhere from then on."""

    def __init__(self, database: Database, limits: SessionLimits | None = None) -> None:
        self._database = database
        self._limits = limits or SessionLimits()

    def open(self, connection: Connection, user: User, visitor: Visitor, now_unix_s: float) -> OpenedSession:
        """Begin a session, always a new one, in the transaction that has found out who they are."""
        sessions = Sessions(connection)
        cookie = new_secret()
        csrf = csrf_token(cookie)
        session = Session(
            id=digest(cookie),
            user=user.id,
            csrf_hash=digest(csrf),
            created_unix_s=now_unix_s,
            seen_unix_s=now_unix_s,
            expires_unix_s=now_unix_s + self._limits.absolute_s,
            address=visitor.address[:64],
            agent=visitor.agent[:_LONGEST_AGENT],
        )
        if visitor.cookie:
            sessions.end(digest(visitor.cookie))
        sessions.add(session)
        sessions.keep_newest(user.id, self._limits.most)
        return OpenedSession(cookie=cookie, csrf_token=csrf, session=session, user=user)

    def recognise(self, cookie: str, now_unix_s: float) -> Recognised:
        """The session of this cookie. Raises Unauthenticated: there is none that holds."""
        return self.find(digest(cookie), now_unix_s)

    def find(self, session_id: str, now_unix_s: float) -> Recognised:
        """The session of this identifier. Raises Unauthenticated: there is none that holds."""
        with self._database.read() as connection:
            session = Sessions(connection).get(session_id)
            user = Users(connection).get(session.user) if session else None
        if session is None or user is None or user.disabled or self._is_over(session, now_unix_s):
            raise Unauthenticated("the session has ended", "Log in again.")
        if now_unix_s - session.seen_unix_s >= self._limits.noted_every_s:
            self._note_use(session, now_unix_s)
        return Recognised(session, user)

    def of_user(self, user: UserId, now_unix_s: float) -> tuple[Session, ...]:
        """A user's sessions that hold, the newest first. Raises Missing: no such user."""
        with self._database.read() as connection:
            Users(connection).require(user)
            found = Sessions(connection).of_user(user)
        return tuple(session for session in found if not self._is_over(session, now_unix_s))

    def end(self, who: Principal, user: UserId, session_id: str, now_unix_s: float) -> None:
        """End one session of a user, one's own or another's.

        Raises:
            Missing: the user has no such session.
            Forbidden: they have more than who asks.
        """
        with self._database.begin() as connection:
            require_reach(who, Users(connection).require(user))
            session = Sessions(connection).get(session_id)
            if session is None or session.user != user:
                raise Missing("session", session_id[:16])
            Sessions(connection).end(session_id)
            Audit(connection).write(_logout(who, user, 1), now_unix_s)

    def end_all(self, who: Principal, user: UserId, now_unix_s: float, *, but: str = "") -> int:
        """End all sessions of a user but perhaps one; how many. Raises Missing, Forbidden as `end`."""
        with self._database.begin() as connection:
            require_reach(who, Users(connection).require(user))
            count = Sessions(connection).end_of_user(user, but=but)
            Audit(connection).write(_logout(who, user, count), now_unix_s)
        return count

    def tidy(self, now_unix_s: float) -> None:
        """Remove what time has ended. To be called now and then."""
        with self._database.begin() as connection:
            Sessions(connection).remove_ended(now_unix_s, self._limits.idle_s)

    def _is_over(self, session: Session, now_unix_s: float) -> bool:
        return now_unix_s >= min(session.expires_unix_s, session.seen_unix_s + self._limits.idle_s)

    def _note_use(self, session: Session, now_unix_s: float) -> None:
        # A database that is full or busy must not keep anybody from looking.
        with suppress(DatabaseUnavailable), self._database.begin() as connection:
            Sessions(connection).touch(session.id, now_unix_s)


def _logout(who: Principal, user: UserId, count: int) -> AuditEvent:
    return Actor.of(who).event(AuditAction.LOGOUT, "user", user, {"sessions": count})
