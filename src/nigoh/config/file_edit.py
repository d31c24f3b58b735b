"""Changes a text file so that readers see the old one or the new one, and two who change it lose nothing."""

import fcntl
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from nigoh.config.engine_file import read_text
from nigoh.errors import OutputError

_PRIVATE = 0o600
"""Of a new file: it may hold passwords."""


def edit_text(path: Path, edit: Callable[[str], str], new: str | None = None) -> None:
    """Replace a file's text by what `edit` makes of it; permissions, owner and a link that leads to it stay.

    Args:
        path: the file.
        edit: old text to new; what it raises leaves the file as it was.
        new: the text to begin with where there is no file; None: there has to be one.

    Raises:
        ConfigError: it cannot be read.
        OutputError: it cannot be written.
    """
    try:
        place = path.resolve()
        if new is not None:
            place.parent.mkdir(parents=True, exist_ok=True)
        with _alone(place.parent):
            _replace(place, edit(read_text(path) if new is None or place.exists() else new))
    except (OSError, RuntimeError) as error:
        raise OutputError.of(path, error if isinstance(error, OSError) else OSError(str(error))) from error


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Nobody else edits a file in this folder in the meantime, where its file system knows locks."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _replace(place: Path, text: str) -> None:
    handle, temporary = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name[:40]}-", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            _take_over(place, handle)
            file.write(text.encode())
            file.flush()
            os.fsync(handle)
        Path(temporary).replace(place)
    finally:
        Path(temporary).unlink(missing_ok=True)


def _take_over(place: Path, handle: int) -> None:
    """Give a new file the old one's permissions and, where one may, its owner."""
    try:
        with place.open("r+b") as old:
            status = os.fstat(old.fileno())
    except FileNotFoundError:
        os.fchmod(handle, _PRIVATE)
        return
    with suppress(PermissionError):
        os.fchown(handle, status.st_uid, status.st_gid)
    os.fchmod(handle, status.st_mode & 0o7777)
