"""Room for recordings: one limit for all processes that write into a folder, never exceeded.

Each process is granted room before it writes, under a lock of the folder: what all files hold, what the others have
been granted, and the new grant stay within the limit together; else old files go first, or the grant is refused.
Fixed shares would need no lock, but cameras move between processes, and the share of a process that has died would
stay full. Grants of dead processes are void by themselves: a grant is a file that its owner keeps locked.
"""

import errno
import fcntl
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from nigoh.errors import OutputError
from nigoh.storage.recording_names import NOTE_SUFFIX, begin_label, recording_of
from nigoh.storage.retention import KeptFile, RetentionLimits, expired, oldest_first

_LOCK = ".lock"
_GRANTS = ".grants"
_MOST_GRANT = 1024**3
_LEAST_GRANT = 256 * 1024
_GRANTS_IN_LIMIT = 100
_AGE_CHECK_S = 60.0


class RecordingRoom:
    """Owns this process's grant. One thread."""

    def __init__(self, folder: Path, limits: RetentionLimits, unix_s: Callable[[], float]) -> None:
        """Take part in the folder, which is there.

        Raises:
            OutputError: it cannot be written.
        """
        self._folder = folder
        self._limits = limits
        self._unix_s = unix_s
        self._left = 0
        self._age_checked_s = 0.0
        self._own = folder / _GRANTS / f"{os.getpid()}-{secrets.token_hex(4)}"
        # Under the lock: a grant that its owner has not locked yet looks like that of a dead process.
        with self.locked():
            self._own.parent.mkdir(mode=0o700, exist_ok=True)
            self._grant = os.open(self._own, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._grant, fcntl.LOCK_EX)

    def close(self) -> None:
        """Give back what was granted."""
        self._own.unlink(missing_ok=True)
        os.close(self._grant)

    def spend(self, size: int) -> None:
        """So many bytes are about to be written. Raises OutputError: there is no room for them."""
        if size > self._left:
            self._renew(size)
        self._left -= size

    def tend(self) -> None:
        """Remove what is too old; raises OutputError while the disk is too full, or the limit leaves no room."""
        now_s = self._unix_s()
        if abs(now_s - self._age_checked_s) >= _AGE_CHECK_S:
            self._age_checked_s = now_s
            with self.locked():
                for file in expired(self._files(), self._limits, now_s):
                    remove_finished(file.path)
        self._require_free(0)
        if not self._left:
            self._renew(1)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """No other process begins or removes files meanwhile. Raises OutputError."""
        try:
            handle = os.open(self._folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX)
                yield
            finally:
                os.close(handle)
        except OSError as error:
            raise OutputError.of(self._folder, error) from error

    def _renew(self, size: int) -> None:
        """Be granted room for this and for what comes next."""
        wanted = self._usual_grant()
        with self.locked():
            self._left = 0
            self._write_grant(0)
            if self._limits.most_bytes is not None:
                wanted = self._make_room(self._limits.most_bytes, size, max(size, wanted))
            self._require_free(size)
            self._write_grant(wanted)
            self._left = max(size, wanted)

    def _usual_grant(self) -> int:
        if self._limits.most_bytes is None:
            return _MOST_GRANT
        return min(_MOST_GRANT, max(_LEAST_GRANT, self._limits.most_bytes // _GRANTS_IN_LIMIT))

    def _make_room(self, limit: int, least: int, wanted: int) -> int:
        """Remove the oldest files until `wanted` fits, or at least `least`; how much does. Raises OutputError."""
        files = self._files()
        room = limit - self._others() - sum(file.size_bytes for file in files)
        for file in oldest_first(files):
            if room >= wanted:
                break
            if remove_finished(file.path):
                room += file.size_bytes
        if room < least:
            raise OutputError(
                f"the recordings' limit of {limit / 1e6:.0f} MB is reached by what is being written",
                "Allow more, or record fewer cameras.",
            )
        return min(room, wanted)

    def _require_free(self, size: int) -> None:
        least = self._limits.least_free_bytes
        try:
            stat = os.statvfs(self._folder)
        except OSError as error:
            raise OutputError.of(self._folder, error) from error
        free = stat.f_bavail * stat.f_frsize
        if free < least + size:
            raise OutputError(
                f"the disk is full: {free / 1e6:.0f} MB are free, and {least / 1e6:.0f} MB are to stay free",
                "Make room, or record elsewhere.",
            )

    def _write_grant(self, size: int) -> None:
        os.pwrite(self._grant, b"%020d" % size, 0)

    def _others(self) -> int:
        """What other processes have been granted; forgets those of dead ones."""
        total = 0
        for path in (self._folder / _GRANTS).iterdir():
            if path == self._own:
                continue
            handle = _lock_if_free(path)
            if handle is None:
                total += int(path.read_bytes() or b"0")
            else:
                path.unlink(missing_ok=True)
                os.close(handle)
        return total

    def _files(self) -> list[KeptFile]:
        """All recordings with what is beside them; removes notes whose recording is gone."""
        found = []
        for folder in _folders(self._folder):
            for day in _folders(folder):
                found += _files_of(Path(day))
        return found


def _folders(folder: str | Path) -> list[str]:
    with os.scandir(folder) as entries:
        return [
            entry.path for entry in entries if not entry.name.startswith(".") and entry.is_dir(follow_symlinks=False)
        ]


def _files_of(day: Path) -> list[KeptFile]:
    with os.scandir(day) as entries:
        stats = {Path(entry.path): entry.stat(follow_symlinks=False) for entry in entries if entry.is_file()}
    found = []
    for path, stat in stats.items():
        begin = begin_label(path)
        if begin is not None:
            note = stats.get(path.with_suffix(NOTE_SUFFIX))
            found.append(KeptFile(path, stat.st_size + (note.st_size if note else 0), begin, stat.st_mtime))
        elif (recording := recording_of(path)) is not None and recording not in stats:
            path.unlink(missing_ok=True)
    return found


def _lock_if_free(path: Path) -> int | None:
    """A handle that holds its lock; None while somebody else does, or if it is gone."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(handle)
        if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
            raise
        return None
    return handle


def is_being_written(path: Path) -> bool:
    """Whether a process writes this recording; one that is gone is not written."""
    handle = _lock_if_free(path)
    if handle is None:
        return path.exists()
    os.close(handle)
    return False


def remove_finished(path: Path) -> bool:
    """Remove a recording, unless it is being written; whether it is gone."""
    handle = _lock_if_free(path)
    if handle is None:
        return not path.exists()
    path.unlink(missing_ok=True)
    path.with_suffix(NOTE_SUFFIX).unlink(missing_ok=True)
    os.close(handle)
    for folder in (path.parent, path.parent.parent):
        try:
            folder.rmdir()
        except OSError:
            # There is more in it.
            break
    return True
