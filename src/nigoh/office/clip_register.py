"""Keeps the list of clips in step with the folder of recordings, which several processes write into."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from nigoh.domain.clip import Clip
from nigoh.errors import NigohError
from nigoh.storage.database.clips import Clips
from nigoh.storage.database.database import Database
from nigoh.storage.recording_days import files_of_day, finished_clip, recording_days

_log = logging.getLogger(__name__)

_LOOK_S = 2.0
_JOIN_S = 10.0
_SETTLED_NS = 3_000_000_000
"""What changed so shortly before a look may have changed again within the same tick of the file system's clock."""

_AT_ONCE = 200
"""Clips in a transaction."""


@dataclass(frozen=True, slots=True)
class ClipChanges:
    """What a look has found: clips that are new, and clips whose file is gone."""

    added: int = 0
    removed: int = 0


class ClipRegister:
    """Owns what was seen of the folder. One thread looks.

    The folder is the truth: a file that is finished is a clip, one that is gone is none, whoever removed it. What
    was recorded while the database was away, or before there was one, is listed with the first look.

    Args:
        database: where clips are listed.
        folder: of recordings; it need not be there.
        unix_ns: nanoseconds since 1970.
    """

    def __init__(self, database: Database, folder: Path, *, unix_ns: Callable[[], int] = time.time_ns) -> None:
        self._database = database
        self._folder = folder
        self._unix_ns = unix_ns
        self._seen: dict[str, int] | None = None
        self._open: dict[str, frozenset[str]] = {}

    def look(self) -> ClipChanges:
        """List what was finished since the last look, and forget what is gone.

        Raises:
            DatabaseUnavailable: try again later.
            OSError: the folder cannot be read.
        """
        settled_ns = self._unix_ns() - _SETTLED_NS
        days = {day.name: day.changed_ns for day in recording_days(self._folder)}
        if self._seen is None:
            with self._database.read() as connection:
                gone = set(Clips(connection).days() - days.keys())
            self._seen = {}
        else:
            gone = self._seen.keys() - days.keys()
        added = removed = 0
        for name in sorted(gone | {name for name, at_ns in days.items() if self._has_changed(name, at_ns)}):
            new, went = self._bring_up_to_date(name)
            added, removed = added + new, removed + went
            if name in days and days[name] < settled_ns:
                self._seen[name] = days[name]
            elif name not in days:
                self._seen.pop(name, None)
                self._open.pop(name, None)
        return ClipChanges(added, removed)

    def _has_changed(self, name: str, at_ns: int) -> bool:
        """Whether files of a day were begun, finished or removed; or one is not written any more by whoever died."""
        if self._seen is None or self._seen.get(name) != at_ns:
            return True
        return any(finished_clip(self._folder, path) is not None for path in self._open.get(name, ()))

    def _bring_up_to_date(self, day: str) -> tuple[int, int]:
        files = files_of_day(self._folder, day)
        with self._database.read() as connection:
            listed = Clips(connection).of_day(day)
        unlisted = [path for path in files if path not in listed]
        found = {path: finished_clip(self._folder, path) for path in unlisted}
        new = [clip for clip in found.values() if clip is not None]
        gone = [listed[path] for path in listed.keys() - set(files)]
        for start in range(0, max(len(new), len(gone)), _AT_ONCE):
            self._write(new[start : start + _AT_ONCE], gone[start : start + _AT_ONCE])
        self._open[day] = frozenset(path for path, clip in found.items() if clip is None)
        return len(new), len(gone)

    def _write(self, new: list[Clip], gone: list[str]) -> None:
        with self._database.begin() as connection:
            clips = Clips(connection)
            for clip in new:
                if clips.at(clip.path) is None:
                    clips.add(clip)
            clips.remove(gone)


class ClipThread:
    """Looks while its context is open, and joins within a deadline.

    Args:
        register: nobody else looks with it.
        look_s: seconds between two looks.
    """

    def __init__(self, register: ClipRegister, look_s: float = _LOOK_S) -> None:
        self._register = register
        self._look_s = look_s
        self._stopping = threading.Event()
        self._trouble = ""
        self._thread = threading.Thread(target=self._run, name="clips", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._thread.join(_JOIN_S)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._register.look()
            except (NigohError, OSError) as error:
                self._note(str(error))
            else:
                self._note("")
            self._stopping.wait(self._look_s)

    def _note(self, trouble: str) -> None:
        if trouble and not self._trouble:
            _log.error("clips are recorded and not listed: %s", trouble)
        self._trouble = trouble
