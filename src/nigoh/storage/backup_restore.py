"""Makes an installation of a backup, in an empty place. What was erased since it was made stays erased."""

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import JSON, Connection, MetaData, delete, func, insert, inspect, select, text, update
from sqlalchemy.exc import SQLAlchemyError

from nigoh.domain.sighting import PersonId
from nigoh.errors import BackupError, ConfigError, OutputError, Unstorable
from nigoh.storage.backup_format import TABLES, Header
from nigoh.storage.backup_reader import CheckedBackup
from nigoh.storage.database.database import Database
from nigoh.storage.database.migrations import knows
from nigoh.storage.database.people import People
from nigoh.storage.database.tables import DATA_KEYS, MEDIA, NEGATIVES, SIGHTINGS, TEMPLATES, TRACKS
from nigoh.storage.media import media_path
from nigoh.storage.vault.scopes import person_of

UNFINISHED = "restore-unfinished"
"""A file of the data folder, there until everything is: with it nigoh does not start."""

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored.

    Attributes:
        rows: how many, over all tables.
        pictures: how many.
        erased: people of the backup who were erased since it was made, and are not restored.
        missing: pictures whose files the backup lacks.
    """

    rows: int
    pictures: int
    erased: tuple[PersonId, ...]
    missing: int


def require_empty(data: Path, allowed: Iterable[Path] = ()) -> None:
    """Raise BackupError unless a folder is missing, or empty but for these files."""
    try:
        found = [path for path in data.iterdir() if path not in set(allowed) and path.name != "lost+found"]
    except FileNotFoundError:
        return
    except OSError as error:
        raise BackupError(f"{data} cannot be read: {error.strerror or error}", "Name another folder.") from error
    if found:
        raise BackupError(f"{data} is not empty: it holds {found[0].name}", "Name a new folder: nothing is replaced.")


def require_finished(data: Path) -> None:
    """Raise ConfigError if a restore into this folder was not finished."""
    if (data / UNFINISHED).exists():
        raise ConfigError(
            f"a backup was being restored into {data}, and that was not finished",
            "Empty the folder and the database, and restore it again.",
        )


def begin_restore(data: Path) -> None:
    """Make the folder, and note that it is not complete. Raises OutputError."""
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        (data / UNFINISHED).touch(0o600)
    except OSError as error:
        raise OutputError.of(data, error) from error


def end_restore(data: Path) -> None:
    """See everything on the disk, and let nigoh start there. Raises OutputError."""
    os.sync()
    try:
        (data / UNFINISHED).unlink()
    except OSError as error:
        raise OutputError.of(data, error) from error


def require_known(header: Header) -> None:
    """Raise BackupError unless this program knows the tables of a backup."""
    if not knows(header.revision):
        raise BackupError(f"the backup was made by a newer nigoh, {header.nigoh}", "Install that version.")


def require_no_tables(database: Database) -> None:
    """Raise BackupError if a database holds any table."""
    with database.read() as connection:
        if inspect(connection).get_table_names():
            raise BackupError(f"the database {database.shown} is not empty", "Name a new one: nothing is replaced.")


def write_pictures(backup: CheckedBackup, folder: Path) -> int:
    """Write all files; they are seen on the disk together at the end, not one by one."""
    count = 0
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for media_id, content in backup.pictures():
            path = media_path(folder, media_id)
            path.parent.mkdir(mode=0o700, exist_ok=True)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
                file.write(content)
            count += 1
    except OSError as error:
        raise OutputError.of(folder, error) from error
    return count


def insert_rows(backup: CheckedBackup, database: Database) -> int:
    """Insert all rows into a database whose tables are those of the backup's revision, and empty; how many.

    Raises:
        BackupError: it was changed since it was checked, or its rows do not fit.
    """
    count = 0
    try:
        with database.begin() as connection:
            for table, rows in backup.tables(_tables(connection)):
                if rows:
                    connection.execute(insert(table), rows)
                count += len(rows)
    except (SQLAlchemyError, Unstorable) as error:
        # Not with the error's text, which quotes rows.
        raise BackupError("the backup's rows do not fit into the tables", "Take another backup.") from error
    return count


def _tables(connection: Connection) -> MetaData:
    """The tables as they are, which may be of an earlier revision than this program's."""
    known = MetaData()
    known.reflect(connection)
    for column in (column for table in known.tables.values() for column in table.columns):
        if isinstance(column.type, JSON):
            # What is missing is NULL in our tables, and nowhere the null of JSON.
            column.type.none_as_null = True
    return known


def settle(
    backup: CheckedBackup, database: Database, media: Path, destroyed: frozenset[str], now_unix_s: float
) -> tuple[PersonId, ...]:
    """Make what was inserted, and migrated, an installation that goes on: keys, numbering, and what stays erased.

    Args:
        backup: what was restored.
        database: with its rows, in its newest form.
        media: the folder of pictures.
        destroyed: identifiers of data keys that were destroyed, whatever the backup says.
        now_unix_s: seconds since 1970.

    Returns:
        People of the backup who were erased since.
    """
    with database.begin() as connection:
        _put_keys(backup, connection)
        _go_on_numbering(connection, backup.summary.numbering)
        dead = _destroy(connection, backup, destroyed, now_unix_s)
        erased, gone = _erase(connection, dead, now_unix_s)
    for media_id in gone:
        with suppress(OSError):
            media_path(media, media_id).unlink(missing_ok=True)
    return erased


def _put_keys(backup: CheckedBackup, connection: Connection) -> None:
    """Put keys that were kept apart in their places."""
    if not backup.header.keys_apart:
        return
    for key in backup.keys.values():
        values = {"wrapped_key": key.wrapped, "master_id": key.master_id}
        connection.execute(update(DATA_KEYS).where(DATA_KEYS.c.id == key.id).values(values))


def _go_on_numbering(connection: Connection, numbering: Mapping[str, int]) -> None:
    """Followers of events remember numbers: none is given twice, also where the rows with the highest are gone."""
    for table in (each for each in TABLES if each.autoincrement_column is not None):
        column = table.autoincrement_column
        last = max(numbering.get(table.name, 0), connection.scalar(select(func.max(column))) or 0)
        if not last:
            continue
        if connection.dialect.name == "postgresql":
            chosen = text("SELECT setval(pg_get_serial_sequence(:table, 'number'), :last)")
            connection.execute(chosen, {"table": table.name, "last": last})
        elif table.dialect_options["sqlite"]["autoincrement"]:
            connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :table"), {"table": table.name})
            values = {"table": table.name, "last": last}
            connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :last)"), values)


def _destroy(
    connection: Connection, backup: CheckedBackup, destroyed: frozenset[str], now_unix_s: float
) -> list[tuple[str, str]]:
    """Destroy keys that the backup still has, or had; identifier and scope of each."""
    chosen = select(DATA_KEYS.c.id, DATA_KEYS.c.scope).where(DATA_KEYS.c.destroyed_unix_s.is_(None))
    alive = [(str(row.id), str(row.scope)) for row in connection.execute(chosen)]
    dead = [(each, scope) for each, scope in alive if each in destroyed or backup.keys[each].wrapped is None]
    for start in range(0, len(dead), _AT_ONCE):
        some = [each for each, _ in dead[start : start + _AT_ONCE]]
        gone = {"wrapped_key": None, "destroyed_unix_s": now_unix_s}
        connection.execute(update(DATA_KEYS).where(DATA_KEYS.c.id.in_(some)).values(gone))
    return dead


def _erase(
    connection: Connection, dead: list[tuple[str, str]], now_unix_s: float
) -> tuple[tuple[PersonId, ...], list[str]]:
    """Remove whoever was erased since, and what their keys and those of past days sealed; people, and pictures."""
    people = sorted({person for _, scope in dead if (person := person_of(scope)) is not None})
    erased = [person for person in people if People(connection).get(person) is not None]
    for person in erased:
        People(connection).remove(person, now_unix_s)
    pictures: list[str] = []
    for start in range(0, len(dead), _AT_ONCE):
        some = [each for each, _ in dead[start : start + _AT_ONCE]]
        for table in (TEMPLATES, NEGATIVES, TRACKS):
            connection.execute(delete(table).where(table.c.key_id.in_(some)))
        gone = list(connection.scalars(select(MEDIA.c.id).where(MEDIA.c.key_id.in_(some))))
        _forget_pictures(connection, gone)
        pictures += gone
    return tuple(erased), pictures


def _forget_pictures(connection: Connection, media_ids: list[str]) -> None:
    for start in range(0, len(media_ids), _AT_ONCE):
        some = media_ids[start : start + _AT_ONCE]
        connection.execute(update(SIGHTINGS).where(SIGHTINGS.c.media_id.in_(some)).values(media_id=""))
        connection.execute(delete(MEDIA).where(MEDIA.c.id.in_(some)))
