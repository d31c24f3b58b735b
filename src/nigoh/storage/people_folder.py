"""People in a folder on this machine, named by photos or by a table; and what opens a folder, a ZIP or a table."""

import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Self

from nigoh.domain.import_plan import ImportPlan
from nigoh.errors import ConfigError, PhotoError
from nigoh.storage.people_archive import TABLE, ZipPhotos, plan_by_names
from nigoh.storage.people_table import MOST_BYTES, read_table
from nigoh.storage.readable_names import readable
from nigoh.storage.zip_directory import ArchiveLimits, member_key
from nigoh.video.photo import PHOTO_SUFFIXES

_GIVE = "Give a folder or a ZIP with a photo or a folder a person, or a CSV file."


class FolderPhotos:
    """A folder as a source of people and photos.

    Args:
        folder: where photos are; none outside it is read, whatever a table says.
        table: the CSV that names people and their photos; without one the photos' names and folders do.
        most_photo_bytes: a photo's size.

    Raises:
        ConfigError: the folder or the table cannot be read.
        EnrolmentError: the table is no table.
    """

    def __init__(self, folder: Path, table: Path | None = None, *, most_photo_bytes: int = 32 << 20) -> None:
        self._folder = folder
        self._most_photo_bytes = most_photo_bytes
        try:
            if table is None:
                found = {"/".join(path.relative_to(folder).parts): path for path in _photos_in(folder)}
                self._plan = plan_by_names(found)
            else:
                self._plan = read_table(_read(table, MOST_BYTES + 1), table.name)
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise ConfigError(f"{table or folder} cannot be read: {reason}", _GIVE) from error

    @property
    def plan(self) -> ImportPlan:
        """Whom it names, and what of it is refused."""
        return self._plan

    def read(self, photo: str) -> bytes:
        """The file of a photo of the plan. Any thread. Raises PhotoError."""
        shown = readable(photo)
        place = PurePosixPath(photo.replace("\\", "/"))
        if place.is_absolute() or ".." in place.parts or "\0" in photo:
            raise PhotoError(f"{shown} lies outside {self._folder}", "Put the photo beside the table.")
        path = self._folder / place
        try:
            data = _read(path if path.is_file() else self._spelt_otherwise(place), self._most_photo_bytes + 1)
        except OSError as error:
            raise PhotoError(f"{shown} cannot be read: {error.strerror}", "Check its name and folder.") from error
        if len(data) > self._most_photo_bytes:
            raise PhotoError(f"{shown} has more than {self._most_photo_bytes >> 20} MB", "Save it smaller.")
        return data

    def _spelt_otherwise(self, place: PurePosixPath) -> Path:
        """The file whose name is the same text in another Unicode form, as macOS writes it; else the name itself."""
        wanted, parent = member_key(place.name), self._folder / place.parent
        beside = parent.iterdir() if parent.is_dir() else iter(())
        return next(
            (each for each in beside if member_key(each.name) == wanted and each.is_file()), parent / place.name
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """There is nothing to close."""


def open_photo_source(path: Path, limits: ArchiveLimits | None = None) -> FolderPhotos | ZipPhotos:
    """A folder, a ZIP or a CSV whose photos lie beside it.

    Raises:
        ConfigError: it is missing, or is none of these.
        EnrolmentError: it is damaged, or made to harm.
    """
    try:
        if path.is_dir():
            table = path / TABLE
            return FolderPhotos(path, table if table.is_file() else None)
        if not path.is_file():
            raise ConfigError(f"{path} {'is no file' if path.exists() else 'does not exist'}", _GIVE)
        if path.suffix.lower() in {".csv", ".tsv", ".txt"}:
            return FolderPhotos(path.parent, path)
        if path.suffix.lower() == ".zip" or zipfile.is_zipfile(path):
            return ZipPhotos(path, limits)
    except OSError as error:
        raise ConfigError(f"{path} may not be read: {error.strerror}", "Allow reading it: chmod u+rX.") from error
    raise ConfigError(f"{path} is no folder, ZIP or CSV", _GIVE)


def _photos_in(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        if path.is_dir():
            yield from (each for each in sorted(path.iterdir()) if each.is_file() and _is_photo(each))
        # A link that leads nowhere is meant as a photo, and reported; a pipe would be waited for.
        elif _is_photo(path) and (path.is_file() or path.is_symlink()):
            yield path


def _is_photo(path: Path) -> bool:
    return path.suffix.lower() in PHOTO_SUFFIXES and not path.name.startswith(".")


def _read(path: Path, most_bytes: int) -> bytes:
    with path.open("rb") as file:
        return file.read(most_bytes)
