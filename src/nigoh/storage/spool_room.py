"""All spools of an installation, read in turns: those of running shards and those that dead ones left."""

import fcntl
import os
import re
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from nigoh.errors import ConfigError, OutputError
from nigoh.storage.spool_format import READER_LOCK
from nigoh.storage.spool_reader import ReadingCounts, SpoolBatch, SpoolReader

SPOOLS = "spools"
"""Folder, in the data folder, of sightings that are on their way to the database."""

_UNSAFE = re.compile(r"[^\w-]+")


def spool_folder(root: Path, name: str) -> Path:
    """Where the shard of this name spools."""
    return root / _UNSAFE.sub("_", name)


class SpoolRoom:
    """Reads every spool in a folder of spools. A context manager, one process at a time; one thread.

    The news of each spool come in their order; spools take turns.

    Args:
        root: the folder of spools; made if it is missing.
        key: 32 bytes, the writers'.

    Raises:
        ConfigError: another process reads them.
        OutputError: the folder cannot be used.
    """

    def __init__(self, root: Path, key: bytes) -> None:
        self._root = root
        self._key = key
        self._readers: dict[str, SpoolReader] = {}
        self._gone = ReadingCounts()
        self._claim: int | None = _claim(root)

    @property
    def counts(self) -> ReadingCounts:
        """What was met in all of them."""
        return sum((reader.counts for reader in self._readers.values()), self._gone)

    def backlog_bytes(self) -> int:
        """Bytes that wait, about."""
        return sum(reader.backlog_bytes() for reader in self._readers.values())

    def read(self, most_records: int, most_bytes: int) -> dict[str, SpoolBatch]:
        """The next news by spool, about as many as the limits say. Raises OutputError: none can be read."""
        self._look()
        found: dict[str, SpoolBatch] = {}
        failures: list[OutputError] = []
        for name in list(self._readers):
            # Who was read goes to the end of the queue.
            reader = self._readers[name] = self._readers.pop(name)
            try:
                batch = found[name] = reader.read(most_records, most_bytes)
            except OutputError as error:
                failures.append(error)
                continue
            most_records -= len(batch.records)
            most_bytes -= sum(map(len, batch.records))
            if most_records <= 0 or most_bytes <= 0:
                break
        if failures and not found:
            raise failures[0]
        return found

    def acknowledge(self, batches: Mapping[str, SpoolBatch]) -> None:
        """These are safe elsewhere. Spools of dead shards go once all of them is. Raises OutputError."""
        for name, batch in batches.items():
            reader = self._readers[name]
            reader.acknowledge(batch.end)
            if not batch.records and reader.remove_if_left():
                self._gone += reader.counts
                del self._readers[name]

    def close(self) -> None:
        """Leave them."""
        for reader in self._readers.values():
            reader.close()
        if self._claim is not None:
            os.close(self._claim)
            self._claim = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _look(self) -> None:
        """Find spools that are new."""
        try:
            names = sorted(entry.name for entry in os.scandir(self._root) if entry.is_dir(follow_symlinks=False))
        except OSError as error:
            raise OutputError.of(self._root, error) from error
        for name in names:
            if name not in self._readers:
                self._readers[name] = SpoolReader(self._root / name, self._key)


def _claim(root: Path) -> int:
    try:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(root / READER_LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise OutputError.of(root, error) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise ConfigError(f"another process reads the spools in {root}", "End it first.") from None
    return handle
