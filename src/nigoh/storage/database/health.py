"""Whether the database is well: what `nigoh doctor` and the readiness of the server look at."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select, text

from nigoh.errors import NigohError
from nigoh.storage.database.database import Database
from nigoh.storage.database.migrations import revision_of
from nigoh.storage.database.tables import AUDIT, EVENTS

LEAST_FREE_BYTES = 1024**3
_MOST_CHECKED_BYTES = 1024**3
"""A larger file is not read as a whole: that takes more than the few seconds that somebody waits for an answer."""
_MOST_CLOCK_ERROR_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseCheck:
    """A look at one thing.

    Attributes:
        name: what was looked at.
        is_well: nothing has to be done about it.
        detail: in words; with a problem, also what to do about it.
    """

    name: str
    is_well: bool
    detail: str


def check_database(
    database: Database, now_unix_s: float, least_free_bytes: int = LEAST_FREE_BYTES
) -> Iterator[DatabaseCheck]:
    """Look at a database: it answers, its tables, its clock, its file, its disk. It is not changed.

    Args:
        database: which.
        now_unix_s: what this machine's clock says, seconds since 1970.
        least_free_bytes: what has to be free on the disk of a SQLite file.
    """
    try:
        yield _answers(database)
        migrations = _migrations(database)
        yield migrations
        if migrations.is_well:
            yield _clock(database, now_unix_s)
        if database.path is not None:
            yield _whole(database, database.path)
    except NigohError as error:
        yield DatabaseCheck(name="database", is_well=False, detail=str(error))
    if database.path is not None:
        yield _room(database.path, least_free_bytes)


def _answers(database: Database) -> DatabaseCheck:
    asked = "sqlite_version()" if database.dialect == "sqlite" else "current_setting('server_version')"
    with database.read() as connection:
        version = connection.execute(text(f"SELECT {asked}")).scalar_one()
    kind = "SQLite" if database.dialect == "sqlite" else "PostgreSQL"
    return DatabaseCheck(name="database", is_well=True, detail=f"{kind} {version} at {database.shown}")


def _migrations(database: Database) -> DatabaseCheck:
    revision = revision_of(database)
    if revision.is_newest:
        return DatabaseCheck(name="migrations", is_well=True, detail=f"revision {revision.newest}, the newest")
    stands = f"revision {revision.current}" if revision.current else "empty"
    detail = f"{stands}, and {revision.newest} is needed. nigoh up migrates when it starts."
    return DatabaseCheck(name="migrations", is_well=False, detail=detail)


def _clock(database: Database, now_unix_s: float) -> DatabaseCheck:
    """A clock that went back is seen by what was written later than now, and by the server's own clock."""
    with database.read() as connection:
        newest = [connection.execute(select(func.max(table.c.unix_s))).scalar_one() for table in (EVENTS, AUDIT)]
        if database.dialect == "postgresql":
            newest.append(
                float(connection.execute(text("SELECT extract(epoch FROM clock_timestamp())")).scalar_one())
            )
    ahead_s = max((each for each in newest if each is not None), default=now_unix_s) - now_unix_s
    if ahead_s > _MOST_CLOCK_ERROR_S:
        detail = f"this machine's clock is {ahead_s:.0f} s behind the database. Set it, best by NTP."
        return DatabaseCheck(name="clock", is_well=False, detail=detail)
    return DatabaseCheck(name="clock", is_well=True, detail="not behind the database")


def _whole(database: Database, path: Path) -> DatabaseCheck:
    size = path.stat().st_size
    if size > _MOST_CHECKED_BYTES:
        detail = f"{size / 1e9:.1f} GB, too large to be read now: sqlite3 {path} 'PRAGMA quick_check' does so"
        return DatabaseCheck(name="database file", is_well=True, detail=detail)
    with database.read() as connection:
        found = str(connection.execute(text("PRAGMA quick_check(1)")).scalar_one())
    if found != "ok":
        return DatabaseCheck(name="database file", is_well=False, detail=f"damaged: {found}. Restore a backup.")
    return DatabaseCheck(name="database file", is_well=True, detail=f"{size / 1e6:.1f} MB, read without an error")


def _room(path: Path, least_free_bytes: int) -> DatabaseCheck:
    free = shutil.disk_usage(path.parent).free
    detail = f"{free / 1e9:.1f} GB free at {path.parent}"
    if free < least_free_bytes:
        detail += f", and {least_free_bytes / 1e9:.1f} GB are wanted. Make room, or keep recordings for less time."
    return DatabaseCheck(name="database disk", is_well=free >= least_free_bytes, detail=detail)
