"""The truth of simulated cameras as JSON lines, which grow while the cameras run.

    {"start": {"unix_s": 1790000000.0, "monotonic_s": 512.5, "cameras": ["cam001", "cam002"], "version": 1}}
    {"appearance": {"camera": "cam002", "person": "Aziz", "enter_unix_s": 1790000003.2, "leave_unix_s": 1790000006.4,
                    "face_px": [60.0, 118.5]}}
    {"disturbance": {"kind": "freeze", "camera": null, "unix_s": 1790000009.0}}
    {"ended_unix_s": 1790000060.0}

An appearance is written when it begins. A line is written whole or, when the machine goes down, cut; a cut last line
is passed over.
"""

from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from nigoh.domain.farm_truth import FarmAppearance, FarmDisturbance, FarmStart, FarmTruth
from nigoh.errors import OutputError, SourceError


class _Line(msgspec.Struct, omit_defaults=True, forbid_unknown_fields=True):
    start: FarmStart | None = None
    appearance: FarmAppearance | None = None
    disturbance: FarmDisturbance | None = None
    ended_unix_s: float | None = None


class FarmTruthFile:
    """Owns the file that it writes; a file of that name is replaced. A context manager."""

    def __init__(self, path: Path, start: FarmStart) -> None:
        """Begin the file. Raises OutputError."""
        self._path = path
        try:
            self._file = path.open("wb", buffering=0)
        except OSError as error:
            raise self._cannot_write(error) from error
        self._append(_Line(start=start))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def appeared(self, appearance: FarmAppearance) -> None:
        """Add an appearance. Raises OutputError."""
        self._append(_Line(appearance=appearance))

    def disturbed(self, disturbance: FarmDisturbance) -> None:
        """Add a fault that was asked for. Raises OutputError."""
        self._append(_Line(disturbance=disturbance))

    def ended(self, unix_s: float) -> None:
        """Add the end. Raises OutputError."""
        self._append(_Line(ended_unix_s=unix_s))

    def _append(self, line: _Line) -> None:
        try:
            self._file.write(msgspec.json.encode(line) + b"\n")
        except OSError as error:
            raise self._cannot_write(error) from error

    def _cannot_write(self, error: OSError) -> OutputError:
        return OutputError(f"{self._path}: {error.strerror or error}", "Choose a file that you can write to.")


def read_farm_truth(path: Path) -> FarmTruth:
    """The truth in a file, as far as it has been written.

    Raises:
        SourceError: it cannot be read, or is not such a file; the message names the line.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror or error}", "Give the truth file of a farm.") from error
    lines = [_decode(path, number, line) for number, line in enumerate(content.split(b"\n")[:-1], start=1)]
    if not lines or lines[0].start is None:
        raise SourceError(f"{path} does not begin as a farm's truth file", "Give the truth file of a farm.")
    return FarmTruth(
        start=lines[0].start,
        appearances=tuple(line.appearance for line in lines if line.appearance is not None),
        disturbances=tuple(line.disturbance for line in lines if line.disturbance is not None),
        ended_unix_s=lines[-1].ended_unix_s,
    )


def _decode(path: Path, number: int, line: bytes) -> _Line:
    try:
        return msgspec.json.decode(line, type=_Line)
    except msgspec.DecodeError as error:
        raise SourceError(f"{path}, line {number}: {error}", "docs/farm.md describes its fields.") from error
