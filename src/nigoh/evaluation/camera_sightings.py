"""Reads the sightings that an engine has written."""

from pathlib import Path

import msgspec

from nigoh.domain.camera_sighting import CameraSighting
from nigoh.errors import SourceError

_READ_WHAT = "Give a file that nigoh up has written."


def read_camera_sightings(path: Path) -> tuple[CameraSighting, ...]:
    """The words of a file in its order, also while it grows: a last line that is not whole yet is passed over.

    A file that is not there yet is one without sightings.

    Raises:
        SourceError: it cannot be read, or a line cannot be understood; the message names it.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror or error}", _READ_WHAT) from error
    return tuple(
        _decode(path, number, line) for number, line in enumerate(content.split(b"\n")[:-1], start=1) if line
    )


def _decode(path: Path, number: int, line: bytes) -> CameraSighting:
    try:
        return msgspec.json.decode(line, type=CameraSighting)
    except msgspec.DecodeError as error:
        raise SourceError(f"{path}, line {number}: {error}", _READ_WHAT) from error
