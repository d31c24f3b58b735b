"""How much nigoh keeps where, and how much room is left there."""

import os
import shutil
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from nigoh.domain.system_facts import Kept
from nigoh.errors import NigohError
from nigoh.storage.database.database import Database
from nigoh.storage.database.size import database_bytes

_LOOK_S = 300.0
"""Folders may hold millions of files: they are not walked through each time that somebody looks."""


class KeptPlaces:
    """Measures what is kept. Any thread; one measures, the others get what was found last.

    Args:
        database: asked for its size.
        folders: by what is in them.
        monotonic: seconds.
    """

    def __init__(self, database: Database, folders: Mapping[str, Path], monotonic: Callable[[], float]) -> None:
        self._database = database
        self._folders = dict(folders)
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._found: tuple[Kept, ...] = ()
        self._due_s = float("-inf")

    def measure(self) -> tuple[Kept, ...]:
        """What is kept now, five minutes old at most."""
        with self._lock:
            if self._monotonic() >= self._due_s:
                self._found = (self._measure_database(), *(_folder(what, at) for what, at in self._folders.items()))
                self._due_s = self._monotonic() + _LOOK_S
            return self._found

    def _measure_database(self) -> Kept:
        path, shown = self._database.path, self._database.shown
        disk = (None, None) if path is None else _disk(path)
        try:
            return Kept("database", shown, database_bytes(self._database), *disk)
        except (NigohError, OSError):
            return Kept("database", shown, None, *disk)


def _folder(what: str, folder: Path) -> Kept:
    return Kept(what, str(folder), _walk(folder), *_disk(folder))


def _walk(folder: Path) -> int:
    size = 0
    waiting = [str(folder)]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    else:
                        size += _size(entry)
        except OSError:
            # It went meanwhile, or was never made.
            continue
    return size


def _size(file: os.DirEntry[str]) -> int:
    try:
        return file.stat(follow_symlinks=False).st_size
    except OSError:
        return 0


def _disk(place: Path) -> tuple[int | None, int | None]:
    existing = next((each for each in (place, *place.absolute().parents) if each.exists()), None)
    if existing is None:
        return None, None
    found = shutil.disk_usage(existing)
    return found.free, found.total
