"""People in a ZIP archive that nobody vouches for: which photo belongs to whom. Nothing is ever unpacked to disk.

Either `people.csv` names the people and their photos, or the photos lie as in a folder of known faces: a folder a
person, or a photo named after its person. A folder around all of that is looked through.

Against archives made to harm: names that lead out of the archive, links, encrypted files and archives in archives are
refused; the directory's size, the number of files, each file's size and ratio and their sum are judged before
anything is read, and no more than a picture's limit is ever unpacked.
"""

import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Protocol, Self

from nigoh.domain.import_plan import ImportPlan, PlannedPerson, Refusal
from nigoh.domain.person_name import clean_name
from nigoh.errors import EnrolmentError, PhotoError
from nigoh.storage.people_table import MOST_BYTES, read_table
from nigoh.storage.readable_names import readable
from nigoh.storage.zip_directory import ArchiveLimits, judge_directory, member_key, true_name, why_refused
from nigoh.video.photo import PHOTO_SUFFIXES

TABLE = "people.csv"

_DAMAGED = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError, RuntimeError)
"""What zipfile raises on damaged archives."""


class PhotoSource(Protocol):
    """Whom to enrol, and their photos."""

    @property
    def plan(self) -> ImportPlan:
        """Whom it names, and what of it is refused."""
        ...

    def read(self, photo: str) -> bytes:
        """The file of a photo of the plan. Any thread. Raises PhotoError: missing, damaged, too large."""
        ...


class ZipPhotos:
    """A ZIP archive as a source of people and photos. Open until the end of a with statement.

    Raises:
        EnrolmentError: it cannot be read, or is made to harm.
    """

    def __init__(self, path: Path, limits: ArchiveLimits | None = None) -> None:
        self._limits = limits or ArchiveLimits()
        self._name = path.name
        try:
            judge_directory(path, self._limits)
            self._archive = zipfile.ZipFile(path)
        except _DAMAGED as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is no whole ZIP archive"
            raise EnrolmentError(f"{readable(path.name)} cannot be read: {reason}", "Make it again.") from error
        try:
            self._members, refusals = self._list()
            self._plan = self._make_plan(refusals)
        except BaseException:
            self._archive.close()
            raise

    @property
    def plan(self) -> ImportPlan:
        """Whom it names, and what of it is refused."""
        return self._plan

    def read(self, photo: str) -> bytes:
        """The file of a photo of the plan. Any thread. Raises PhotoError."""
        info = self._members.get(member_key(photo))
        if info is None:
            raise PhotoError(
                f"{readable(photo)} is not in {readable(self._name)}", "Put it there, or correct the name."
            )
        return self._unpack(info, self._limits.most_photo_bytes)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._archive.close()

    def _unpack(self, info: zipfile.ZipInfo, most_bytes: int) -> bytes:
        name = readable(info.filename)
        if info.file_size > most_bytes:
            raise PhotoError(f"{name} has more than {most_bytes >> 20} MB", "Save it smaller.")
        try:
            with self._archive.open(info) as member:
                data = member.read(most_bytes + 1)
        except _DAMAGED as error:
            raise PhotoError(f"{name} is damaged in the archive", "Make the archive again.") from error
        if len(data) != info.file_size:
            raise PhotoError(f"{name} has another size than the archive says", "Make the archive again.")
        return data

    def _list(self) -> tuple[dict[str, zipfile.ZipInfo], list[Refusal]]:
        """Files by their name, NFC and with slashes, and those that are not read."""
        infos = [info for info in self._archive.infolist() if not info.is_dir()]
        total = sum(info.file_size for info in infos)
        if len(infos) > self._limits.most_members or total > self._limits.most_total_bytes:
            size = f"{len(infos)} files of {total / 1e9:.1f} GB"
            raise EnrolmentError(f"{readable(self._name)} holds {size}, which is too much", "Split it.")
        members: dict[str, zipfile.ZipInfo] = {}
        refusals = []
        for info in infos:
            name = true_name(info)
            reason = why_refused(info, name, self._limits) or (
                "it is in the archive twice" if name in members else ""
            )
            if reason:
                refusals.append(Refusal(readable(name), reason))
            elif not _is_of_no_interest(name):
                members[name] = info
        return members, refusals

    def _make_plan(self, refusals: list[Refusal]) -> ImportPlan:
        table = next((name for name in self._members if PurePosixPath(name).name.casefold() == TABLE), None)
        if table is not None:
            return self._plan_by_table(table, refusals)
        plan = plan_by_names(name for name in self._members if _is_photo(name))
        return ImportPlan(plan.people, (*refusals, *plan.refusals, *_other_files(self._members)))

    def _plan_by_table(self, table: str, refusals: list[Refusal]) -> ImportPlan:
        plan = read_table(self._unpack(self._members[table], MOST_BYTES), table)
        folder = str(PurePosixPath(table).parent)
        people = tuple(_within(person, folder) for person in plan.people)
        named = {member_key(photo) for person in people for photo in person.photos}
        unnamed = [name for name in self._members if _is_photo(name) and name not in named]
        lost = [Refusal(readable(name), f"no row of {TABLE} names it") for name in unnamed]
        rest = {name: info for name, info in self._members.items() if name != table}
        return ImportPlan(people, (*refusals, *plan.refusals, *lost, *_other_files(rest)))


def plan_by_names(names: Iterable[str]) -> ImportPlan:
    """People from names of photos, `Person/1.jpg` or `Person.jpg`, in a folder of their own or not."""
    whole = [(PurePosixPath(name), name) for name in names]
    skipped = _around([path for path, _ in whole])
    photos: dict[str, list[str]] = {}
    refusals = []
    for path, name in whole:
        parts = path.parts[skipped:]
        if len(parts) > 2:
            refusals.append(Refusal(readable(name), "it lies too deep: put it into a folder named after its person"))
            continue
        try:
            person = clean_name(parts[0] if len(parts) == 2 else path.stem)
        except ValueError as error:
            refusals.append(Refusal(readable(name), str(error)))
            continue
        photos.setdefault(person, []).append(name)
    people = (
        PlannedPerson(name=person, photos=tuple(sorted(found)), source=readable(found[0]))
        for person, found in sorted(photos.items())
    )
    return ImportPlan(tuple(people), tuple(refusals))


def _around(paths: list[PurePosixPath]) -> int:
    """How many folders stand around all of it: one that is called known_faces, or that has people's folders in it."""
    tops = {path.parts[0] for path in paths if len(path.parts) > 1}
    if len(tops) != 1 or any(len(path.parts) == 1 for path in paths):
        return 0
    return int("known_faces" in tops or any(len(path.parts) > 2 for path in paths))


def _within(person: PlannedPerson, folder: str) -> PlannedPerson:
    """Photos that a table names are meant from where the table is."""
    return replace(person, photos=tuple(member_key(f"{folder}/{photo}") for photo in person.photos))


def _is_photo(name: str) -> bool:
    return PurePosixPath(name).suffix.lower() in PHOTO_SUFFIXES


def _is_of_no_interest(name: str) -> bool:
    """What systems put beside files: hidden ones, macOS's second halves, Windows' previews."""
    parts = PurePosixPath(name).parts
    return "__MACOSX" in parts or parts[-1].startswith(".") or parts[-1].casefold() in {"thumbs.db", "desktop.ini"}


def _other_files(members: Mapping[str, zipfile.ZipInfo]) -> list[Refusal]:
    return [Refusal(readable(name), "it is no photo") for name in members if not _is_photo(name)]
