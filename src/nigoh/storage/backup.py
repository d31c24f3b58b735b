"""Writes a backup of everything that lasts, while everything goes on: one moment of the database, its pictures."""

import hashlib
import hmac
import io
import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO

import msgspec
from sqlalchemy import Connection, Table, select, text

from nigoh.errors import BackupError, OutputError, VaultError
from nigoh.storage.backup_format import (
    FORM,
    HEADER,
    MAC,
    MAC_SECRET,
    MANIFEST,
    ROWS_IN_MEMBER,
    SUMMARY,
    TABLES,
    Header,
    Summary,
    encode_rows,
    manifest_line,
)
from nigoh.storage.backup_keys import KeptKeys, write_keys
from nigoh.storage.database.database import Database
from nigoh.storage.database.migrations import revision_of
from nigoh.storage.database.tables import DATA_KEYS, MEDIA
from nigoh.storage.media import MediaStore, read_media_file
from nigoh.storage.vault.data_keys import MARKER


def write_backup(
    path: Path, database: Database, media: MediaStore, now_unix_s: float, *, keys_to: Path | None = None
) -> Summary:
    """Write a backup into a new file for its owner alone; there is a whole one in the end, or none.

    Args:
        path: a file that is not there yet.
        database: read in one transaction, which sees one moment and makes nobody wait.
        media: the pictures.
        now_unix_s: seconds since 1970.
        keys_to: the file that gets the data keys, which the backup then lacks; an older such file is replaced.

    Raises:
        BackupError: the file is there already; the master key is being rotated.
        OutputError: it cannot be written.
        VaultError: the installation's keys do not open.
    """
    _require_new(path)
    with database.begin() as connection:
        secret = media.vault.secret(connection, MAC_SECRET)
    with database.read() as connection, _new_file(path) as file:
        if database.dialect == "postgresql":
            # Copying pictures leaves the transaction idle for longer than others may be.
            connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        kept = _keys(connection)
        header = Header(
            form=FORM,
            nigoh=version("nigoh"),
            revision=revision_of(database).newest,
            created_unix_s=now_unix_s,
            master_id=kept.master_id,
            keys_apart=keys_to is not None,
        )
        summary = _Writing(file, connection, media, header).write(kept, secret)
        if keys_to is not None:
            write_keys(keys_to, kept, media.vault.masters)
    return summary


@dataclass(slots=True)
class _Writing:
    """One backup on its way into one file."""

    file: BinaryIO
    connection: Connection
    media: MediaStore
    header: Header
    _manifest: list[str] = field(default_factory=list)

    def write(self, kept: KeptKeys, secret: bytes) -> Summary:
        with tarfile.open(fileobj=self.file, mode="w", format=tarfile.USTAR_FORMAT) as tar:
            self._add(tar, HEADER, msgspec.json.encode(self.header))
            rows = {table.name: self._add_table(tar, table) for table in TABLES}
            pictures, missing = self._add_pictures(tar, kept)
            summary = Summary(rows=rows, pictures=pictures, missing=missing, numbering=last_numbers(self.connection))
            self._add(tar, SUMMARY, msgspec.json.encode(summary))
            manifest = "".join(self._manifest).encode()
            self._add(tar, MANIFEST, manifest)
            self._add(tar, MAC, hmac.digest(secret, manifest, "sha256").hex().encode())
        return summary

    def _add(self, tar: tarfile.TarFile, name: str, content: bytes) -> None:
        info = tarfile.TarInfo(name)
        info.size, info.mode, info.mtime = len(content), 0o600, int(self.header.created_unix_s)
        tar.addfile(info, io.BytesIO(content))
        # The list of what was added, which nobody asks for, would hold a kilobyte for each of a million pictures.
        tar.getmembers().clear()
        self._manifest.append(manifest_line(name, hashlib.sha256(content).hexdigest()))

    def _add_table(self, tar: tarfile.TarFile, table: Table) -> int:
        columns = [str(column.name) for column in table.columns]
        count = 0
        chosen = select(table).order_by(*table.primary_key.columns)
        found = self.connection.execution_options(stream_results=True).execute(chosen)
        for number, part in enumerate(found.partitions(ROWS_IN_MEMBER)):
            rows = [list(row) for row in part]
            if table is DATA_KEYS and self.header.keys_apart:
                place = columns.index("wrapped_key")
                rows = [[*row[:place], None, *row[place + 1 :]] for row in rows]
            self._add(tar, f"tables/{table.name}/{number:06}.jsonl", encode_rows(columns, rows))
            count += len(rows)
        return count

    def _add_pictures(self, tar: tarfile.TarFile, kept: KeptKeys) -> tuple[int, list[str]]:
        count, missing = 0, list[str]()
        chosen = select(MEDIA.c.id, MEDIA.c.key_id).order_by(MEDIA.c.id)
        known = kept.wrapped.keys() | kept.destroyed
        for row in self.connection.execution_options(stream_results=True).execute(chosen):
            try:
                content = self.media.read_file(row.id)
                key_id = read_media_file(content, row.id).key_id
            except VaultError:
                # Removed since the moment that the backup is of, or lost or damaged before.
                missing.append(row.id)
                continue
            if key_id not in known:
                raise BackupError("pictures were sealed under another key while the backup ran", "Run it again.")
            self._add(tar, f"media/{row.id[-2:]}/{row.id}", content)
            count += 1
        return count, missing


def last_numbers(connection: Connection) -> dict[str, int]:
    """The last number that was given in each table whose rows are numbered by the database, used or not."""
    numbered = [table for table in TABLES if table.autoincrement_column is not None]
    if connection.dialect.name == "postgresql":
        found = {}
        for table in numbered:
            sequence = connection.scalar(
                text("SELECT pg_get_serial_sequence(:table, 'number')"), {"table": table.name}
            )
            last = connection.scalar(
                text("SELECT pg_sequence_last_value(CAST(:name AS regclass))"), {"name": sequence}
            )
            found[table.name] = int(last or 0)
        return found
    rows = connection.execute(text("SELECT name, seq FROM sqlite_sequence"))
    given = {str(row.name): int(row.seq) for row in rows}
    return {table.name: given.get(table.name, 0) for table in numbered}


def _require_new(path: Path) -> None:
    if path.exists():
        raise BackupError(f"{path} exists already", "Name a new file: a backup replaces nothing.")


def _keys(connection: Connection) -> KeptKeys:
    """All data keys. Raises BackupError: they are wrapped by two master keys."""
    rows = connection.execute(select(DATA_KEYS)).all()
    master_id = next((str(row.master_id) for row in rows if row.id == MARKER), "")
    alive = [row for row in rows if row.wrapped_key is not None]
    if any(row.master_id != master_id for row in alive):
        raise BackupError("the master key is being rotated", "Run: nigoh vault rotate, until it has ended.")
    destroyed = frozenset(str(row.id) for row in rows if row.destroyed_unix_s is not None)
    return KeptKeys(master_id, {str(row.id): bytes(row.wrapped_key) for row in alive}, destroyed)


@contextmanager
def _new_file(path: Path) -> Iterator[BinaryIO]:
    """A file that gets its name when it is whole and on the disk. Raises BackupError, OutputError."""
    try:
        handle, temporary = tempfile.mkstemp(dir=path.absolute().parent, prefix=f".{path.name[:40]}-", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                yield file
                file.flush()
                os.fsync(handle)
            _require_new(path)
            # Not a link, which would never replace a file: disks that backups go to often know none.
            Path(temporary).rename(path)
        finally:
            Path(temporary).unlink(missing_ok=True)
    except OSError as error:
        raise OutputError.of(path, error) from error
