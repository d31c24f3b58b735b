"""How connections are made and kept: what each database is told when one opens, and when a transaction begins."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import ExceptionContext

from nigoh.errors import MissingExtra, NigohError, OutputError, Unstorable
from nigoh.storage.database.address import Address
from nigoh.storage.database.faults import translate

_CACHE_KIB = 8192
_LARGEST_WAL_BYTES = 64 * 1024 * 1024


class Access(StrEnum):
    """What a transaction may do; an engine's option under the key `nigoh_access`."""

    READ = "read"
    WRITE = "write"


ACCESS = "nigoh_access"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseLimits:
    """Bounds of what one process asks of the database.

    Attributes:
        connections: most of them at once.
        wait_s: longest wait for a connection, a lock or another writer, seconds.
        connect_s: longest wait for a server to answer the first time, seconds.
    """

    connections: int = 12
    wait_s: float = 10.0
    connect_s: float = 5.0

    def __post_init__(self) -> None:
        if not 1 <= self.connections <= 1000:
            raise ValueError(f"connections is 1 to 1000, not {self.connections}")
        if not (self.wait_s > 0 and self.connect_s > 0):
            raise ValueError("wait_s and connect_s are above 0")


class _Cursor(Protocol):
    def execute(self, statement: str, /) -> object: ...
    def close(self) -> None: ...


class _Raw(Protocol):
    isolation_level: str | None

    def cursor(self) -> _Cursor: ...


def open_engine(address: Address, limits: DatabaseLimits) -> Engine:
    """What hands out connections; none is made yet.

    Raises:
        MissingExtra: the driver is not installed.
        OutputError: the file or its folder cannot be made.
    """
    engine = _file_engine(address.path, address, limits) if address.path else _server_engine(address, limits)

    # Listeners stay with the engine; they are closures, as they name its address.
    def raise_ours(context: ExceptionContext) -> NigohError | None:
        return translate(context.original_exception, address)

    event.listen(engine, "handle_error", raise_ours)
    event.listen(engine, "before_cursor_execute", _refuse_unstorable)
    return engine


def _server_engine(address: Address, limits: DatabaseLimits) -> Engine:
    wait_ms = round(limits.wait_s * 1000)
    told = {
        "application_name": "nigoh",
        "connect_timeout": max(2, round(limits.connect_s)),
        "options": f"-c lock_timeout={wait_ms} -c idle_in_transaction_session_timeout={60 * 1000}",
    }
    try:
        return create_engine(
            address.url,
            pool_size=limits.connections,
            max_overflow=0,
            pool_timeout=limits.wait_s,
            pool_pre_ping=True,  # a server that was restarted costs nobody an error
            hide_parameters=True,
            connect_args={key: value for key, value in told.items() if key not in address.url.query},
        )
    except ImportError as error:  # no psycopg, or one without libpq
        raise MissingExtra("a PostgreSQL database", "postgresql") from error


def _file_engine(path: Path, address: Address, limits: DatabaseLimits) -> Engine:
    _make_private(path)
    engine = create_engine(
        address.url,
        pool_size=limits.connections,
        max_overflow=0,
        pool_timeout=limits.wait_s,
        hide_parameters=True,
        connect_args={"timeout": limits.wait_s, "check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare_file)
    event.listen(engine, "begin", _begin_on_file)
    return engine


def _make_private(path: Path) -> None:
    """The file, for its owner alone, before SQLite makes it for everybody; -wal and -shm take over its mode."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            if os.fstat(descriptor).st_mode & 0o077:
                os.fchmod(descriptor, 0o600)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise OutputError.of(path, error) from error


def _prepare_file(raw: _Raw, _record: object) -> None:
    raw.isolation_level = None  # transactions begin where we say, not where the driver guesses
    cursor = raw.cursor()
    for pragma in (
        "journal_mode=WAL",
        # FULL: a commit is on the disk when it is acknowledged, even if the power fails. See docs/database.md.
        "synchronous=FULL",
        "foreign_keys=ON",
        # What is deleted is overwritten: an erased person's key is not left in a free page.
        "secure_delete=ON",
        f"cache_size=-{_CACHE_KIB}",
        f"journal_size_limit={_LARGEST_WAL_BYTES}",
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_on_file(connection: Connection) -> None:
    """IMMEDIATE takes the write lock at once: a writer that begins by reading is never told "busy" in its midst."""
    writes = connection.get_execution_options().get(ACCESS, Access.WRITE) is Access.WRITE
    connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _refuse_unstorable(
    _connection: Connection, _cursor: object, _statement: str, parameters: object, _context: object, many: bool
) -> None:
    """PostgreSQL refuses a NUL in a text, SQLite keeps it: both refuse it here, and half characters, in one way."""
    rows = parameters if many and isinstance(parameters, Sequence) else (parameters,)
    for row in rows:
        values = row.values() if isinstance(row, dict) else row if isinstance(row, (tuple, list)) else ()
        for value in values:
            if isinstance(value, str) and not is_storable(value):
                raise Unstorable("a text holds a NUL or half a character", "Remove it.")


def is_storable(text: str) -> bool:
    """Whether every database takes this text."""
    if "\0" in text:
        return False
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
