"""Sightings of live cameras as JSON lines: one object a line, in UTF-8."""

import os
from contextlib import suppress
from dataclasses import replace
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from nigoh.domain.camera_sighting import CameraSighting
from nigoh.errors import OutputError
from nigoh.messaging.json_lines import round_sighting

_SECONDS = 3
_STDOUT_DESCRIPTOR = 1


def encode_camera_sighting(told: CameraSighting) -> bytes:
    """One line without its newline; times to the millisecond, boxes to a tenth of a pixel."""
    return msgspec.json.encode(
        replace(
            told,
            sighting=round_sighting(told.sighting),
            first_unix_s=round(told.first_unix_s, _SECONDS),
            last_unix_s=round(told.last_unix_s, _SECONDS),
            told_unix_s=round(told.told_unix_s, _SECONDS),
        )
    )


class CameraSightingFile:
    """A file of sightings; a line is on its way to the disk when `write` returns. New lines follow those it has.

    Args:
        path: of the file; None is standard output.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path or Path("standard output")
        self._file: FileIO
        try:
            # Without a buffer nothing is left over that closing the file could fail on.
            self._file = FileIO(os.dup(_STDOUT_DESCRIPTOR) if path is None else path, "ab")
        except OSError as error:
            raise OutputError.of(self._path, error) from error

    def write(self, told: CameraSighting) -> None:
        """Add a line, whole or not at all. Raises OutputError, e.g. when the disk is full."""
        line = encode_camera_sighting(told) + b"\n"
        written = 0
        try:
            while written < len(line):
                written += self._file.write(line[written:])
        except OSError as error:
            self._take_back(written)
            raise OutputError.of(self._path, error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def _take_back(self, written: int) -> None:
        """Of a line that a full disk has cut nothing stays, so that it can be written again. A pipe keeps it."""
        if written and self._file.seekable():
            # A disk that does not even do this is told of by the write that failed.
            with suppress(OSError):
                self._file.truncate(os.fstat(self._file.fileno()).st_size - written)
