"""The list of destroyed data keys. It lies outside the database and its backups, so that none brings one back.

A line a key: its identifier, which is random and says nothing about a person but when the key was made.
"""

import fcntl
import os
import re
from collections.abc import Iterable
from pathlib import Path

from nigoh.errors import ConfigError, OutputError

_IDENTIFIER = re.compile(r"[0-9a-z]{1,64}")
_MOST_BYTES = 256 * 1024 * 1024
"""Nine million keys."""


class DestroyedKeys:
    """A file of identifiers that only grows. Any thread and process may add; nothing is ever taken out."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def path(self) -> Path:
        """The file; there is none before the first key was destroyed."""
        return self._path

    def read(self) -> frozenset[str]:
        """All identifiers. A line that a crash cut short is left out. Raises ConfigError."""
        try:
            with self._path.open("rb") as file:
                lines = file.read(_MOST_BYTES).decode(errors="replace").split("\n")
        except FileNotFoundError:
            return frozenset()
        except OSError as error:
            raise ConfigError(
                f"{self._path} cannot be read: {error.strerror or error}", "Let the user of nigoh read it."
            ) from error
        return frozenset(line for line in lines[:-1] if _IDENTIFIER.fullmatch(line))

    def add(self, identifiers: Iterable[str]) -> None:
        """Add those that are not there; they are on the disk when this returns. Raises ConfigError, OutputError."""
        added = sorted(set(identifiers) - self.read())
        if not added:
            return
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
            with os.fdopen(os.open(self._path, flags, 0o600), "ab+") as file:
                fcntl.flock(file.fileno(), fcntl.LOCK_EX)
                file.write((_line_end(file.fileno()) + "".join(f"{each}\n" for each in added)).encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise OutputError.of(self._path, error) from error


def _line_end(handle: int) -> str:
    """What ends the line that a crash cut short, if there is one."""
    size = os.fstat(handle).st_size
    return "\n" if size and os.pread(handle, 1, size - 1) != b"\n" else ""
