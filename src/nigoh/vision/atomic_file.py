"""Writes files that others see whole or not at all."""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from nigoh.errors import OutputError


def write_atomically(path: Path, chunks: Iterable[bytes]) -> None:
    """Write a file beside its final place, flush it to disk, and rename it into place.

    Readers and other writers of the same path, in any process, see the old file or the new one. Whatever `chunks`
    raises leaves the old file as it was.

    Raises:
        OutputError: the folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}-", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.writelines(chunks)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        finally:
            Path(temporary).unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written: {error.strerror or error}",
            "Set NIGOH_CACHE (files) and NIGOH_CONFIG (decisions) to folders that you may write.",
        ) from error
