"""What the database keeps of attempts to log in: failures by subject, and from where each user has logged in."""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, select, text, update

from nigoh.domain.access import UserId
from nigoh.storage.database.tables import LOGIN_ADDRESSES, LOGIN_FAILURES

_LOCK_KEY = 0x6E69_676F_6804
"""Of PostgreSQL's advisory lock: "nigoh", 4."""


class LoginFailures:
    """Failed attempts, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def hold(self) -> None:
        """Until the transaction ends, nobody else holds them: attempts at the same time are counted one by one."""
        if self._connection.dialect.name == "postgresql":
            self._connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})

    def times(self, subject: str, since_unix_s: float, at_most: int) -> tuple[float, ...]:
        """When a subject failed since then, the newest first, seconds since 1970."""
        column = LOGIN_FAILURES.c.unix_s
        chosen = select(column).where(LOGIN_FAILURES.c.subject == subject, column > since_unix_s)
        return tuple(self._connection.scalars(chosen.order_by(column.desc()).limit(at_most)))

    def add(self, subjects: Sequence[str], now_unix_s: float) -> tuple[int, ...]:
        """Count a failure for each subject. Returns the rows' numbers."""
        numbers = []
        for subject in subjects:
            added = insert(LOGIN_FAILURES).values(subject=subject, unix_s=now_unix_s)
            numbers.append(self._connection.execute(added.returning(LOGIN_FAILURES.c.number)).scalar_one())
        return tuple(numbers)

    def take_back(self, numbers: Sequence[int]) -> None:
        """What was counted was no failure."""
        self._connection.execute(delete(LOGIN_FAILURES).where(LOGIN_FAILURES.c.number.in_(numbers)))

    def forget(self, subject: str) -> None:
        """Begin at zero with a subject."""
        self._connection.execute(delete(LOGIN_FAILURES).where(LOGIN_FAILURES.c.subject == subject))

    def remove_old(self, before_unix_s: float) -> int:
        """Remove what is older. Returns how many."""
        return self._connection.execute(
            delete(LOGIN_FAILURES).where(LOGIN_FAILURES.c.unix_s < before_unix_s)
        ).rowcount


class LoginAddresses:
    """From where users have logged in, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def knows(self, user: UserId, address: str, since_unix_s: float) -> bool:
        """Whether a user has logged in from this address since then."""
        table = LOGIN_ADDRESSES.c
        same = (table.user_id == user) & (table.address == address) & (table.seen_unix_s > since_unix_s)
        return self._connection.execute(select(table.user_id).where(same)).first() is not None

    def learn(self, user: UserId, address: str, now_unix_s: float) -> None:
        """Write down that a user has logged in from this address. The caller's transaction holds the failures."""
        same = (LOGIN_ADDRESSES.c.user_id == user) & (LOGIN_ADDRESSES.c.address == address)
        if self._connection.execute(update(LOGIN_ADDRESSES).where(same).values(seen_unix_s=now_unix_s)).rowcount == 0:
            self._connection.execute(
                insert(LOGIN_ADDRESSES).values(user_id=user, address=address, seen_unix_s=now_unix_s)
            )

    def remove_old(self, before_unix_s: float) -> int:
        """Remove those that nobody has logged in from since. Returns how many."""
        old = LOGIN_ADDRESSES.c.seen_unix_s < before_unix_s
        return self._connection.execute(delete(LOGIN_ADDRESSES).where(old)).rowcount
