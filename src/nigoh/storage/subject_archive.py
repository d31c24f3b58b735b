"""The archive that holds a copy of all data on a person: a ZIP that anybody can open, with a list of what is in it.

Names of its files are numbers and words of our own: nothing that somebody typed becomes a path.
"""

import hashlib
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, BinaryIO, Self, cast

import msgspec

from nigoh.storage.safe_csv import safe_csv

_NO_TIME = (1980, 1, 1, 0, 0, 0)
_PRIVATE = 0o600 << 16
_SUFFIXES = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp"}


class ArchivedFile(msgspec.Struct, frozen=True):
    """One file of the archive, as its list names it."""

    name: str
    bytes: int
    sha256: str


class SubjectArchive:
    """Writes the archive; whole at the end of a with statement. One thread.

    Args:
        target: what to write to, from its beginning.

    Attributes:
        files: what was written so far.
    """

    def __init__(self, target: BinaryIO) -> None:
        # Pictures and video are packed already, and are nearly all of it.
        self._archive = zipfile.ZipFile(target, "w", zipfile.ZIP_STORED)
        self.files: list[ArchivedFile] = []

    def add_json(self, name: str, value: object) -> None:
        """A value as JSON that people can read."""
        self._add(name, [msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"])

    def add_lines(self, name: str, values: Iterable[object]) -> None:
        """Values as JSON, a line each."""
        self._add(name, (msgspec.json.encode(value) + b"\n" for value in values))

    def add_table(self, name: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """A table as CSV, of which a spreadsheet obeys no cell."""
        self._add(name, safe_csv(columns, rows))

    def add_text(self, name: str, text: str) -> None:
        """A text."""
        self._add(name, [text.encode()])

    def add_picture(self, folder: str, number: int, content_type: str, data: bytes) -> str:
        """A picture; its name in the archive."""
        name = f"{folder}/{number:06d}{_SUFFIXES.get(content_type, '.bin')}"
        self._add(name, [data])
        return name

    def add_file(self, name: str, path: Path) -> None:
        """A file as it is. Raises OSError: it cannot be read."""
        with path.open("rb") as source, self._member(name) as target:
            shutil.copyfileobj(source, cast("IO[bytes]", target))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self._archive.close()
        finally:
            # What has failed is not completed when it is collected.
            self._archive.fp = None

    def _add(self, name: str, pieces: Iterable[bytes]) -> None:
        with self._member(name) as target:
            for piece in pieces:
                target.write(piece)

    @contextmanager
    def _member(self, name: str) -> Iterator["_Measured"]:
        # Without the time: when each was written says nothing.
        info = zipfile.ZipInfo(name, _NO_TIME)
        info.external_attr = _PRIVATE
        with self._archive.open(info, "w", force_zip64=True) as member:
            measured = _Measured(member)
            yield measured
        self.files.append(ArchivedFile(name, measured.size, measured.digest.hexdigest()))


class _Measured:
    """A file that knows how much was written into it, and what."""

    def __init__(self, target: IO[bytes]) -> None:
        self._target = target
        self.size = 0
        self.digest = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.size += len(data)
        self.digest.update(data)
        return self._target.write(data)
