"""The one lock behind everything whose numbers become visible in order: audit, events, changes of the gallery."""

from sqlalchemy import Connection, text

LOG_LOCK_KEY = 0x6E69_676F_6801
"""Of PostgreSQL's advisory lock: "nigoh", 1."""


def take_log_lock(connection: Connection) -> None:
    """Hold it until the transaction ends: numbers that are given now become visible in their order.

    It is one lock for all, as transactions write several, and two locks could be taken in two orders. Take it late:
    all others that write one of them wait until the transaction ends. In SQLite a write transaction is that
    lock; in PostgreSQL reading does not wait for it.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOG_LOCK_KEY})
