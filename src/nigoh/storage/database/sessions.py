"""Sessions in the database."""

from sqlalchemy import Connection, Row, delete, insert, select, update

from nigoh.domain.access import UserId
from nigoh.domain.users import Session
from nigoh.storage.database.tables import SESSIONS


class Sessions:
    """Sessions, within one transaction. A session is known by the SHA-256 of its cookie."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, session: Session) -> None:
        """Begin a session."""
        self._connection.execute(
            insert(SESSIONS).values(
                token_hash=session.id,
                user_id=session.user,
                csrf_hash=session.csrf_hash,
                created_unix_s=session.created_unix_s,
                seen_unix_s=session.seen_unix_s,
                expires_unix_s=session.expires_unix_s,
                address=session.address,
                agent=session.agent,
            )
        )

    def get(self, session: str) -> Session | None:
        """The session, ended by time or not, or None."""
        row = self._connection.execute(select(SESSIONS).where(SESSIONS.c.token_hash == session)).first()
        return _session_of(row) if row else None

    def of_user(self, user: UserId) -> tuple[Session, ...]:
        """A user's sessions, the newest first."""
        chosen = select(SESSIONS).where(SESSIONS.c.user_id == user)
        newest_first = chosen.order_by(SESSIONS.c.created_unix_s.desc(), SESSIONS.c.token_hash)
        return tuple(_session_of(row) for row in self._connection.execute(newest_first))

    def touch(self, session: str, now_unix_s: float) -> None:
        """Write down that it is in use."""
        same = SESSIONS.c.token_hash == session
        self._connection.execute(update(SESSIONS).where(same).values(seen_unix_s=now_unix_s))

    def end(self, session: str) -> bool:
        """End a session; False if there is none."""
        return self._connection.execute(delete(SESSIONS).where(SESSIONS.c.token_hash == session)).rowcount == 1

    def end_of_user(self, user: UserId, *, but: str = "") -> int:
        """End all sessions of a user but perhaps one. Returns how many."""
        chosen = (SESSIONS.c.user_id == user) & (SESSIONS.c.token_hash != but)
        return self._connection.execute(delete(SESSIONS).where(chosen)).rowcount

    def keep_newest(self, user: UserId, count: int) -> None:
        """End all sessions of a user but so many of the newest."""
        for session in self.of_user(user)[count:]:
            self.end(session.id)

    def remove_ended(self, now_unix_s: float, idle_s: float) -> int:
        """Remove those that time has ended. Returns how many."""
        ended = (SESSIONS.c.expires_unix_s <= now_unix_s) | (SESSIONS.c.seen_unix_s <= now_unix_s - idle_s)
        return self._connection.execute(delete(SESSIONS).where(ended)).rowcount


def _session_of(row: Row[tuple[object, ...]]) -> Session:
    return Session(
        id=row.token_hash,
        user=UserId(row.user_id),
        csrf_hash=row.csrf_hash,
        created_unix_s=row.created_unix_s,
        seen_unix_s=row.seen_unix_s,
        expires_unix_s=row.expires_unix_s,
        address=row.address,
        agent=row.agent,
    )
