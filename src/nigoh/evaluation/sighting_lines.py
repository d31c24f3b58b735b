"""Sightings as `nigoh watch --out` writes them: JSON lines."""

from pathlib import Path

import msgspec

from nigoh.domain.sighting import Sighting
from nigoh.errors import SourceError


class _Kind(msgspec.Struct):
    type: str


def read_sightings(path: Path) -> tuple[Sighting, ...]:
    """The sightings of a file, in its order; lines of another `type` are passed over.

    Raises:
        SourceError: names the file and the line that cannot be understood.
    """
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise SourceError(
            f"{path}: {error.strerror or error}", "Give a file that nigoh watch --out has written."
        ) from error
    return tuple(
        sighting
        for number, line in enumerate(lines, start=1)
        if line.strip() and (sighting := _sighting(line, f"{path}, line {number}"))
    )


def _sighting(line: bytes, place: str) -> Sighting | None:
    try:
        if msgspec.json.decode(line, type=_Kind).type != "sighting":
            return None
        return msgspec.json.decode(line, type=Sighting)
    except msgspec.DecodeError as error:
        raise SourceError(f"{place}: {error}", "Give a file that nigoh watch --out has written.") from error
