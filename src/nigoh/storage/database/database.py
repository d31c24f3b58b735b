"""The database: transactions over one SQLite file or one PostgreSQL server."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import TimeoutError as PoolTimeout

from nigoh.errors import DatabaseUnavailable
from nigoh.storage.database.address import Dialect, read_address
from nigoh.storage.database.connecting import ACCESS, Access, DatabaseLimits, open_engine


class Database:
    """Transactions over one database. Any thread may use it; a connection belongs to the thread that began it.

    It connects when it is first used, and heals by itself after the server was away. SQLite takes one writer at a
    time: writers of this process wait for each other in a queue here instead of knocking at the file.

    In SQLite a commit is on the disk before it is acknowledged; in PostgreSQL that is the server's
    `synchronous_commit`, which is on unless somebody has turned it off.
    """

    def __init__(self, url: str, limits: DatabaseLimits | None = None) -> None:
        """Raises ConfigError: no such database; MissingExtra: no driver; OutputError: the folder cannot be made."""
        self._address = read_address(url)
        self._limits = limits or DatabaseLimits()
        self._engine = open_engine(self._address, self._limits)
        self._writing = self._engine.execution_options(**{ACCESS: Access.WRITE})
        self._reading = self._engine.execution_options(**self._reader_options())
        self._writers = threading.Lock() if self._address.path else None

    @property
    def dialect(self) -> Dialect:
        """Which language the database speaks."""
        return self._address.dialect

    @property
    def shown(self) -> str:
        """The address without a password."""
        return self._address.shown

    @property
    def path(self) -> Path | None:
        """The file of a SQLite database; None: a server."""
        return self._address.path

    @property
    def engine(self) -> Engine:
        """What migrations and backups need beneath the transactions."""
        return self._engine

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """One transaction that may write: kept if the block ends, undone if it raises.

        Raises:
            DatabaseUnavailable: unreachable, busy, or its disk is full; try again later.
            DatabaseError: damaged, not migrated, or closed to this user.
        """
        with self._one_writer(), self._transaction(self._writing) as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One transaction that sees the database as it is at its first query, and cannot write. Raises as `begin`."""
        with self._transaction(self._reading) as connection:
            yield connection

    def ping(self) -> None:
        """Raise DatabaseUnavailable or DatabaseError unless the database answers now."""
        with self.read() as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        """Close every connection that is not in use."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Database({self.dialect}, {self.shown})"

    def _reader_options(self) -> dict[str, str | bool]:
        options: dict[str, str | bool] = {ACCESS: Access.READ}
        if self.dialect == "postgresql":
            options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        return options

    @contextmanager
    def _transaction(self, engine: Engine) -> Iterator[Connection]:
        with ExitStack() as stack:
            try:
                connection = stack.enter_context(engine.begin())
            except PoolTimeout as error:
                raise DatabaseUnavailable(
                    f"all {self._limits.connections} connections to the database {self.shown} are in use",
                    "Try again, or allow more connections.",
                ) from error
            yield connection

    @contextmanager
    def _one_writer(self) -> Iterator[None]:
        if self._writers is None:
            yield
            return
        if not self._writers.acquire(timeout=self._limits.wait_s):
            raise DatabaseUnavailable(
                f"the database {self.shown} was busy for {self._limits.wait_s:g} s", "Try again later."
            )
        try:
            yield
        finally:
            self._writers.release()
