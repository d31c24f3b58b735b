"""People with their photos as a ZIP that can be imported again: `people.csv`, and the photos that it names."""

import io
import os
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from nigoh.domain.import_plan import PlannedPerson
from nigoh.errors import OutputError
from nigoh.storage.people_archive import TABLE
from nigoh.storage.people_table import write_table

_NO_TIME = (1980, 1, 1, 0, 0, 0)


class PeopleZip:
    """Writes an archive; whole at the end of a with statement, nothing if it raises. One thread.

    Args:
        target: what to write to, from its beginning.
    """

    def __init__(self, target: BinaryIO) -> None:
        # Photos are packed already.
        self._archive = zipfile.ZipFile(target, "w", zipfile.ZIP_STORED)
        self._people: list[PlannedPerson] = []

    def add(self, person: PlannedPerson, pictures: Sequence[tuple[str, bytes]]) -> None:
        """Somebody with an identifier, and their pictures as JPEG, each with a name that no other has."""
        names = []
        for name, data in pictures:
            names.append(f"photos/{person.id}/{name}.jpg")
            self._write(names[-1], data)
        self._people.append(replace(person, photos=tuple(names)))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                table = io.StringIO(newline="")
                write_table(self._people, table)
                # With a byte order mark: spreadsheets take it for another encoding otherwise.
                self._write(TABLE, table.getvalue().encode("utf-8-sig"))
                self._archive.close()
        finally:
            # What has failed is not completed when it is collected.
            self._archive.fp = None

    def _write(self, name: str, data: bytes) -> None:
        # Without the time: who was exported says enough.
        info = zipfile.ZipInfo(name, _NO_TIME)
        info.external_attr = 0o600 << 16
        self._archive.writestr(info, data)


class PrivateFile:
    """A file for its owner alone that appears whole at the end of a with statement, or not at all.

    Args:
        path: where; what is there is replaced.

    Raises:
        OutputError: it cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}", suffix=".part")
        except OSError as error:
            raise OutputError.of(path, error) from error
        self._temporary = Path(name)
        self._file = os.fdopen(handle, "w+b")

    def __enter__(self) -> BinaryIO:
        return self._file

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            with self._file as file:
                file.flush()
                os.fsync(file.fileno())
            if error is None:
                self._temporary.replace(self._path)
        except OSError as failed:
            raise OutputError.of(self._path, failed) from failed
        finally:
            self._temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise OutputError.of(self._path, error) from error
