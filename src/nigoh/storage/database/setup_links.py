"""The set-up links that hold, in the database."""

from sqlalchemy import Connection, delete, insert, select

from nigoh.storage.database.tables import SETUP_LINKS


class SetupLinks:
    """Links that make the first administrator, within one transaction; known by the SHA-256 of their token."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, token_hash: str, expires_unix_s: float) -> None:
        """Let a link hold until then."""
        self._connection.execute(insert(SETUP_LINKS).values(token_hash=token_hash, expires_unix_s=expires_unix_s))

    def holds(self, token_hash: str, now_unix_s: float) -> bool:
        """Whether there is such a link."""
        table = SETUP_LINKS.c
        same = (table.token_hash == token_hash) & (table.expires_unix_s > now_unix_s)
        return self._connection.execute(select(table.token_hash).where(same)).first() is not None

    def take_all(self, token_hash: str, now_unix_s: float) -> bool:
        """Use a link: none holds afterwards. Of those who do so at the same time, one is told True."""
        gone = self._connection.execute(
            delete(SETUP_LINKS).returning(SETUP_LINKS.c.token_hash, SETUP_LINKS.c.expires_unix_s)
        ).all()
        return any(row.token_hash == token_hash and row.expires_unix_s > now_unix_s for row in gone)

    def remove_expired(self, now_unix_s: float) -> None:
        """Remove those that time has ended."""
        self._connection.execute(delete(SETUP_LINKS).where(SETUP_LINKS.c.expires_unix_s <= now_unix_s))
