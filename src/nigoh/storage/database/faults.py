"""What a database driver complains about, in our words. The drivers' own texts may quote what was to be stored."""

import sqlite3
from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from nigoh.errors import DatabaseError, DatabaseUnavailable, NigohError, Unstorable
from nigoh.storage.database.address import Address

_WAIT = "Try again later."
_ROOM = "Make room on that disk."
_RESTORE = "Restore a backup: nigoh restore."


@runtime_checkable
class _FromServer(Protocol):
    """A psycopg error: its class is not imported, as the driver may not be installed."""

    @property
    def sqlstate(self) -> str | None: ...


def translate(error: object, address: Address) -> NigohError | None:
    """Ours for a driver's error; None for what tells of a mistake in nigoh, or of a constraint that was broken.

    Repositories translate broken constraints: they know which value of which noun it is.
    """
    if isinstance(error, NigohError):
        return error
    if isinstance(error, sqlite3.Error):
        return _of_file(error, address)
    if isinstance(error, OverflowError):
        return Unstorable("a number is out of range")
    if isinstance(error, _FromServer):
        return _of_server(error, str(error), address)
    return None


_DENIED = (DatabaseError, "may not be opened or written", "Give yourself the right to read and write the file.")
_DAMAGED = (DatabaseError, "is damaged, or is no database", _RESTORE)
_BUSY = (DatabaseUnavailable, "is busy: another program writes to it", _WAIT)
_BY_CODE: Mapping[int, tuple[type[NigohError], str, str]] = {
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_FULL: (DatabaseUnavailable, "cannot be written: the disk is full", _ROOM),
    sqlite3.SQLITE_IOERR: (DatabaseUnavailable, "cannot be read or written: the disk is full or fails", _ROOM),
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_CANTOPEN: _DENIED,
    sqlite3.SQLITE_PERM: _DENIED,
    sqlite3.SQLITE_AUTH: _DENIED,
    sqlite3.SQLITE_READONLY: _DENIED,
}
"""SQLite's primary result codes."""


def _of_file(error: sqlite3.Error, address: Address) -> NigohError | None:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_MISMATCH):
        return Unstorable("a value is too large for the database, or of a wrong kind")
    if code == sqlite3.SQLITE_ERROR and "no such table" in str(error):
        return _not_migrated(address)
    found = _BY_CODE.get(code)
    return _say(found, address) if found else None


_BY_STATE: Mapping[str, tuple[type[NigohError], str, str]] = {
    "53100": (DatabaseUnavailable, "cannot be written: its disk is full", _ROOM),
    "53": (DatabaseUnavailable, "has no room for another connection", "Try again later, or raise max_connections."),
    "57P": (DatabaseUnavailable, "is starting or stopping", _WAIT),
    "57014": (DatabaseUnavailable, "took too long to answer", _WAIT),
    "55P03": (DatabaseUnavailable, "is busy: another program holds a lock", _WAIT),
    "40": (DatabaseUnavailable, "undid this for another writer", _WAIT),
    "25006": (DatabaseUnavailable, "only reads now", "Name the server that takes writes."),
    "25P03": (DatabaseUnavailable, "ended a transaction that stood still", _WAIT),
    "08": (DatabaseUnavailable, "broke the connection", _WAIT),
    "58": (DatabaseUnavailable, "has trouble with its disk", "Look at the server's log."),
    "XX001": (DatabaseError, "is damaged", _RESTORE),
    "XX002": (DatabaseError, "is damaged", _RESTORE),
    "28": (DatabaseError, "refuses this user", "Check the user and the password of the address."),
    "3D": (DatabaseError, "does not exist", "Make it: createdb NAME."),
    "42501": (DatabaseError, "forbids this user to do that", "Give the user the rights of the database's owner."),
}
"""SQLSTATE or how it begins (PostgreSQL manual, appendix A); the longest that fits counts."""

_BY_WORDS = (
    ("password authentication failed", "28"),
    ("no pg_hba.conf entry", "28"),
    ("no password supplied", "28"),
    ("role ", "28"),
    ("database ", "3D"),
    ("too many clients", "53"),
    ("remaining connection slots", "53"),
    ("starting up", "57P"),
    ("shutting down", "57P"),
)
"""A connection that was refused has no SQLSTATE: the words of the server's FATAL line have to do."""


def _of_server(error: _FromServer, words: str, address: Address) -> NigohError | None:
    state = error.sqlstate
    if state is None:
        return _of_connection(error, words, address)
    if state.startswith("22"):
        return Unstorable("a value is too long, out of range or of a wrong kind")
    if state == "42P01":
        return _not_migrated(address)
    return _by_state(state, address)


def _of_connection(error: object, words: str, address: Address) -> NigohError | None:
    if type(error).__name__ not in {"OperationalError", "ConnectionTimeout", "InterfaceError", "InternalError"}:
        return None
    fatal = words.rpartition("FATAL:")[2] if "FATAL:" in words else ""
    for said, state in _BY_WORDS:
        if said in fatal:
            return _by_state(state, address)
    return DatabaseUnavailable(
        f"the database {address.shown} cannot be reached",
        "Start the server, or check the host and port of the address.",
    )


def _by_state(state: str, address: Address) -> NigohError | None:
    for length in range(len(state), 1, -1):
        if found := _BY_STATE.get(state[:length]):
            return _say(found, address)
    return None


def _say(found: tuple[type[NigohError], str, str], address: Address) -> NigohError:
    kind, what, next_step = found
    return kind(f"the database {address.shown} {what}", next_step)


def _not_migrated(address: Address) -> DatabaseError:
    return DatabaseError(
        f"the database {address.shown} lacks a table", "Bring it up to date: nigoh up does so when it starts."
    )
