"""Sightings as JSON lines, written and read: one object a line, in UTF-8."""

from dataclasses import replace
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from nigoh.domain.sighting import Candidate, Sighting
from nigoh.errors import OutputError, SourceError

# Decimal places.
_SECONDS, _PIXELS, _SCORES = 3, 1, 4
_READ_WHAT = "Give a file that nigoh watch --out has written."


def encode_sighting(sighting: Sighting) -> bytes:
    """One line without its newline; times to the millisecond, boxes to a tenth of a pixel."""
    return msgspec.json.encode(round_sighting(sighting))


def round_sighting(sighting: Sighting) -> Sighting:
    """With times to the millisecond, boxes to a tenth of a pixel, scores and qualities to four places."""
    best = sighting.best
    x1, y1, x2, y2 = (round(value, _PIXELS) for value in best.box)
    return replace(
        sighting,
        score=round(sighting.score, _SCORES),
        first_s=round(sighting.first_s, _SECONDS),
        last_s=round(sighting.last_s, _SECONDS),
        best=replace(best, t_s=round(best.t_s, _SECONDS), box=(x1, y1, x2, y2), quality=round(best.quality, _SCORES)),
        candidates=tuple(Candidate(each.person, round(each.score, _SCORES)) for each in sighting.candidates),
    )


class SightingFile:
    """A file of sightings, opened before the work begins; a line is on its way to the disk when `write` returns.

    An existing file keeps its lines, and new ones follow, unless `clear` is called.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: FileIO
        try:
            # Without a buffer nothing is left over that closing the file could fail on.
            self._file = FileIO(path, "ab")
        except OSError as error:
            raise OutputError.of(path, error) from error

    def clear(self) -> None:
        """Drop the lines that the file held before. A pipe or a terminal has none."""
        if self._path.is_file():
            self._file.truncate(0)

    def write(self, sighting: Sighting) -> None:
        """Add a line. Raises OutputError, e.g. when the disk is full."""
        line = encode_sighting(sighting) + b"\n"
        try:
            while line:
                line = line[self._file.write(line) :]
        except OSError as error:
            raise OutputError.of(self._path, error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()


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
        raise SourceError(f"{path}: {error.strerror or error}", _READ_WHAT) from error
    return tuple(
        sighting
        for number, line in enumerate(lines, start=1)
        if line.strip() and (sighting := _decode_sighting(line, f"{path}, line {number}"))
    )


def _decode_sighting(line: bytes, place: str) -> Sighting | None:
    try:
        if msgspec.json.decode(line, type=_Kind).type != "sighting":
            return None
        return msgspec.json.decode(line, type=Sighting)
    except msgspec.DecodeError as error:
        raise SourceError(f"{place}: {error}", _READ_WHAT) from error
