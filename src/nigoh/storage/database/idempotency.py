"""Answers to posts that may be sent again: the second one with the same key gets the first one's answer."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from nigoh.errors import NigohError
from nigoh.storage.database.tables import IDEMPOTENCY

_UNDER_WAY = 0
"""The status of a request that has no answer yet."""

ABANDONED_S = 600.0
"""A request without an answer for so long will have none: its server was killed."""


class KeyReused(NigohError):
    """The key stands for another request."""

    def __init__(self) -> None:
        super().__init__("this Idempotency-Key belongs to another request", "Make a new key for each request.")


class UnderWay(NigohError):
    """The request with this key is being answered now."""

    def __init__(self) -> None:
        super().__init__("a request with this Idempotency-Key is being answered", "Send it again in a moment.")


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What was answered."""

    status: int
    content_type: str
    body: bytes


class KeptAnswers:
    """The answers, in one transaction. Each belongs to the user who asked: nobody gets another's."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def claim(self, user: str, key: str, request_hash: str, now_unix_s: float) -> KeptAnswer | None:
        """The answer that this request has had; None: it has had none, and whoever asks is to give it.

        Args:
            user: who asks.
            key: the client's, at most 256 characters.
            request_hash: 64 hexadecimal digits, of all that makes it this request.
            now_unix_s: seconds since 1970.

        Raises:
            KeyReused: the key stands for another request.
            UnderWay: the same is being answered now.
        """
        self._connection.execute(
            delete(IDEMPOTENCY).where(
                *self._row(user, key),
                IDEMPOTENCY.c.status == _UNDER_WAY,
                IDEMPOTENCY.c.created_unix_s < now_unix_s - ABANDONED_S,
            )
        )
        if self._insert(user, key, request_hash, now_unix_s):
            return None
        row = self._connection.execute(select(IDEMPOTENCY).where(*self._row(user, key))).one()
        if row.request_hash != request_hash:
            raise KeyReused
        if row.status == _UNDER_WAY:
            raise UnderWay
        return KeptAnswer(row.status, row.content_type, row.body)

    def keep(self, user: str, key: str, answer: KeptAnswer) -> None:
        """Keep the answer to a claimed request."""
        self._connection.execute(
            update(IDEMPOTENCY)
            .where(*self._row(user, key))
            .values(status=answer.status, content_type=answer.content_type, body=answer.body)
        )

    def release(self, user: str, key: str) -> None:
        """There is no answer: the request may be sent again."""
        self._connection.execute(delete(IDEMPOTENCY).where(*self._row(user, key), IDEMPOTENCY.c.status == _UNDER_WAY))

    def forget(self, before_unix_s: float) -> int:
        """Forget what is older; how many there were."""
        return self._connection.execute(
            delete(IDEMPOTENCY).where(IDEMPOTENCY.c.created_unix_s < before_unix_s)
        ).rowcount

    def forget_about(self, identifier: str) -> int:
        """Forget the answers that name a person who is erased; how many there were."""
        wanted = identifier.encode()
        rows = self._connection.execute(select(IDEMPOTENCY.c.user_id, IDEMPOTENCY.c.key, IDEMPOTENCY.c.body))
        named = [(row.user_id, row.key) for row in rows if wanted in row.body]
        for user, key in named:
            self._connection.execute(delete(IDEMPOTENCY).where(*self._row(user, key)))
        return len(named)

    def _insert(self, user: str, key: str, request_hash: str, now_unix_s: float) -> bool:
        make = postgresql.insert if self._connection.dialect.name == "postgresql" else sqlite.insert
        values = {"user_id": user, "key": key, "request_hash": request_hash, "status": _UNDER_WAY}
        values |= {"content_type": "", "body": b"", "created_unix_s": now_unix_s}
        return self._connection.execute(make(IDEMPOTENCY).values(values).on_conflict_do_nothing()).rowcount == 1

    def _row(self, user: str, key: str) -> tuple[ColumnElement[bool], ...]:
        return IDEMPOTENCY.c.user_id == user, IDEMPOTENCY.c.key == key
