"""Brings a database to the tables of this program, from an empty one or from those of an older program.

A revision is a module of `versions`. Each runs once, all that are missing in one transaction: a program
that is killed in their midst leaves the database as it was.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from nigoh.errors import DatabaseError
from nigoh.storage.database.database import Database
from nigoh.storage.database.tables import METADATA

_LOCK_KEY = 0x6E69_676F_6800
"""Of PostgreSQL's advisory lock: "nigoh", 0."""


@dataclass(frozen=True, slots=True)
class Revision:
    """Where a database stands.

    Attributes:
        current: the revision of its tables; None: it is empty.
        newest: the revision that this program needs.
    """

    current: str | None
    newest: str

    @property
    def is_newest(self) -> bool:
        """Whether nothing has to be done."""
        return self.current == self.newest


def migrate(database: Database, to: str | None = None) -> Revision:
    """Bring the database to this program's tables; gives where it stood before. Of several who start, one does it.

    Args:
        database: which.
        to: an earlier revision, for an empty database that gets rows of that time; None: the newest.

    Raises:
        DatabaseError: a newer program made its tables, or somebody else did; nothing has changed.
        DatabaseUnavailable: it cannot be reached, or another program migrates it for too long.
    """
    if (before := revision_of(database)).is_newest:
        return before
    with _alone(database) as connection:
        before = _revision(connection, database.shown)
        if not before.is_newest:
            command.upgrade(_config(connection), to or "head")
    return before


def revision_of(database: Database) -> Revision:
    """Where the database stands. Raises as `migrate`."""
    with database.read() as connection:
        return _revision(connection, database.shown)


def knows(revision: str) -> bool:
    """Whether this program can bring a database from that revision to its own."""
    script = ScriptDirectory.from_config(_config(None))
    return revision in {each.revision for each in script.walk_revisions()}


def _revision(connection: Connection, shown: str) -> Revision:
    script = ScriptDirectory.from_config(_config(None))
    newest = script.get_current_head() or ""
    current = MigrationContext.configure(connection).get_current_revision()
    if current is None and set(inspect(connection).get_table_names()) & set(METADATA.tables):
        raise DatabaseError(
            f"the database {shown} has tables that nigoh's migrations did not make", "Name another database."
        )
    if current is not None and current not in {revision.revision for revision in script.walk_revisions()}:
        raise DatabaseError(
            f"the database {shown} was written by a newer nigoh (revision {current})",
            "Install that version, or restore a backup of before.",
        )
    return Revision(current, newest)


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


@contextmanager
def _alone(database: Database) -> Iterator[Connection]:
    """A transaction that no other migration runs beside."""
    with database.engine.connect() as connection:
        if database.dialect == "sqlite":
            with _without_foreign_keys(connection), connection.begin():
                yield connection
                _require_whole(connection, database.shown)
        else:
            with connection.begin():
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
                yield connection


@contextmanager
def _without_foreign_keys(connection: Connection) -> Iterator[None]:
    """A table that is made anew is dropped first, which would remove what refers to it."""
    driver = connection.connection.cursor()
    driver.execute("PRAGMA foreign_keys=OFF")  # has no effect within a transaction
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")
        driver.close()


def _require_whole(connection: Connection, shown: str) -> None:
    if connection.execute(text("PRAGMA foreign_key_check")).first() is not None:
        raise DatabaseError(f"the database {shown} holds rows that refer to nothing", "Restore a backup.")
