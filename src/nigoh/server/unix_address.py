"""Addresses of Unix sockets whose paths may be longer than the 107 bytes that the system takes."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_MOST_BYTES = 107


@contextmanager
def unix_address(path: Path) -> Iterator[str]:
    """An address of the socket at this path; a long one goes through its opened folder. Raises OSError."""
    if len(os.fsencode(path)) <= _MOST_BYTES:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
