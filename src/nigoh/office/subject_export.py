"""A copy of all data on a person, for themselves or for another controller (GDPR, articles 15 and 20)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import msgspec

from nigoh.domain.audit import AuditAction, AuditEntry
from nigoh.domain.page import PageQuery
from nigoh.domain.records import SightingRecord
from nigoh.domain.sighting import PersonId
from nigoh.domain.sighting_filter import SightingFilter
from nigoh.domain.subject_copy import CopyOptions, SubjectCopy
from nigoh.errors import Missing, VaultError
from nigoh.office import subject_lines as lines
from nigoh.office.actor import Actor
from nigoh.storage.audit import Audit
from nigoh.storage.audit.lines import time_text
from nigoh.storage.database.database import Database
from nigoh.storage.database.merged_people import MergedPeople
from nigoh.storage.database.negatives import Negatives
from nigoh.storage.database.people import People
from nigoh.storage.database.photos import Photos
from nigoh.storage.database.sightings import Sightings
from nigoh.storage.database.templates import TemplateRows
from nigoh.storage.database.watch_lists import WatchLists
from nigoh.storage.media import MediaStore
from nigoh.storage.recordings import recording_at
from nigoh.storage.recordings_during import Span, recordings_during
from nigoh.storage.subject_archive import ArchivedFile, SubjectArchive

_PAGE = 200

_README = """\
This is a copy of all data that nigoh holds on one person.

person.json          who they are, why they are enrolled, and until when
photos.json, photos  the photos that they are recognised by
templates.json       that templates were computed of the photos, when and by which model. The numbers themselves
                     are not handed out: whoever has them could look for the person elsewhere. They are of no other
                     use, and are computed again from the photos.
negatives.json       sightings of which somebody said that it was not this person
sightings.jsonl/csv  when and where they were recognised, with the pictures in crops
recordings.jsonl     video of these cameras at these times; other people may be seen in it
audit.jsonl/csv      what was done with their data; who did it is a number, unless names were asked for
manifest.json        all files with their SHA-256, and what could not be read any more

Times are UTC. jsonl files hold a JSON object a line.
"""


class _Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What manifest.json says."""

    person: str
    made: str
    lost: tuple[str, ...]
    files: tuple[ArchivedFile, ...]


@dataclass(slots=True)
class _Work:
    """One copy in the making."""

    person: PersonId
    archive: SubjectArchive
    crops: dict[str, str] = field(default_factory=dict)
    spans: list[Span] = field(default_factory=list)
    about: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


class SubjectExporter:
    """Makes copies of all data on a person. Any thread.

    It reads in short transactions and a piece at a time: whoever was seen a hundred thousand times is no burden.

    Args:
        database: transactions.
        media: pictures.
        recordings: the folder of recordings, or None: there are none.
        now: seconds since 1970.
    """

    def __init__(
        self, database: Database, media: MediaStore, recordings: Path | None, *, now: Callable[[], float]
    ) -> None:
        self._database = database
        self._media = media
        self._recordings = recordings
        self._now = now

    def export(
        self, actor: Actor, person: PersonId, target: BinaryIO, options: CopyOptions | None = None
    ) -> SubjectCopy:
        """Write the copy as a ZIP. It is written down before anything is handed out.

        Args:
            actor: who asks.
            person: on whom.
            target: a file, open for writing and seeking.
            options: what goes into it.

        Raises:
            Missing: the person is not there.
            OSError: the target cannot be written.
        """
        chosen = options or CopyOptions()
        now = self._now()
        with self._database.begin() as connection:
            if People(connection).get(person) is None:
                raise Missing("person", person)
            detail = {"copy": True, "recordings": chosen.recordings, "users": chosen.users}
            Audit(connection).write(actor.event(AuditAction.EXPORT, "person", person, detail), now)
        with SubjectArchive(target) as archive:
            work = _Work(person, archive)
            archive.add_text("README.txt", _README)
            photos, templates, negatives = self._add_person(work)
            sightings = self._add_sightings(work)
            recordings = self._add_recordings(work, wanted=chosen.recordings)
            entries = self._add_audit(work, users=chosen.users)
            files, lost = tuple(archive.files), tuple(work.lost)
            archive.add_json("manifest.json", _Manifest(person=person, made=time_text(now), lost=lost, files=files))
        return SubjectCopy(
            person=person,
            photos=photos,
            templates=templates,
            negatives=negatives,
            sightings=sightings,
            crops=len(work.crops),
            recordings=recordings,
            entries=entries,
            lost=lost,
        )

    def _add_person(self, work: _Work) -> tuple[int, int, int]:
        """Who they are and their photos; how many photos, templates, negatives."""
        with self._database.read() as connection:
            person = People(connection).get(work.person)
            photos = Photos(connection).of_person(work.person)
            templates = TemplateRows(connection).of_person(work.person)
            negatives = Negatives(connection).of_person(work.person)
            found = [WatchLists(connection).get(each) for each in sorted(person.lists)] if person else []
            once = MergedPeople(connection).once_called(work.person)
        if person is None:
            raise Missing("person", work.person)
        lists = tuple(each.name for each in found if each is not None)
        work.about += [work.person, *once, *(photo.id for photo in photos)]
        archive = work.archive
        archive.add_json("person.json", lines.person_line(person, lists))
        files = [self._add_picture(work, "photos", at, photo.media_id) for at, photo in enumerate(photos, 1)]
        archive.add_json(
            "photos.json", [lines.photo_line(photo, file) for photo, file in zip(photos, files, strict=True)]
        )
        archive.add_json("templates.json", [lines.template_line(each) for each in templates])
        archive.add_json("negatives.json", [lines.negative_line(each) for each in negatives])
        return sum(file is not None for file in files), len(templates), len(negatives)

    def _add_sightings(self, work: _Work) -> int:
        count = 0
        for count, sighting in enumerate(self._sightings(work.person), 1):
            if sighting.media_id:
                file = self._add_picture(work, "crops", count, sighting.media_id)
                if file is not None:
                    work.crops[sighting.id] = file
            work.spans.append((sighting.camera, sighting.first_unix_s, sighting.last_unix_s))
            work.about.append(sighting.id)
        work.archive.add_lines("sightings.jsonl", self._sighting_lines(work))
        rows = (lines.sighting_row(line) for line in self._sighting_lines(work))
        work.archive.add_table("sightings.csv", lines.SIGHTING_COLUMNS, rows)
        return count

    def _sighting_lines(self, work: _Work) -> Iterator[lines.SightingLine]:
        return (lines.sighting_line(each, work.crops.get(each.id)) for each in self._sightings(work.person))

    def _sightings(self, person: PersonId) -> Iterator[SightingRecord]:
        """Those of somebody, the oldest first."""
        wanted = SightingFilter(person=person, newest_first=False)
        cursor: str | None = None
        while True:
            with self._database.read() as connection:
                page = Sightings(connection).page(wanted, PageQuery(_PAGE, cursor))
            yield from page.items
            cursor = page.next_cursor
            if cursor is None:
                return

    def _add_recordings(self, work: _Work, *, wanted: bool) -> int:
        """Recordings that show them; how many are in the archive."""
        told: list[lines.RecordingLine] = []
        added = 0
        paths = recordings_during(self._recordings, work.spans) if self._recordings else []
        for number, path in enumerate(paths, 1):
            about = recording_at(path)
            if about is None:
                continue
            name = f"recordings/{number:06d}{path.suffix}" if wanted else None
            if name is not None:
                try:
                    work.archive.add_file(name, path)
                    added += 1
                except FileNotFoundError:
                    work.lost.append(name)
                    name = None
            begin, end = time_text(about.begin_unix_s), about.end_unix_s
            told.append(
                lines.RecordingLine(
                    camera=about.camera, begin=begin, end=None if end is None else time_text(end), file=name
                )
            )
        work.archive.add_lines("recordings.jsonl", told)
        return added

    def _add_audit(self, work: _Work, *, users: bool) -> int:
        with self._database.read() as connection:
            numbers = Audit(connection).numbers_about(work.about)
            shown = _Shown(by_name=users)
            work.archive.add_lines("audit.jsonl", map(shown.line, Audit(connection).numbered(numbers)))
            rows = (lines.entry_row(shown.line(entry)) for entry in Audit(connection).numbered(numbers))
            work.archive.add_table("audit.csv", lines.ENTRY_COLUMNS, rows)
        return len(numbers)

    def _add_picture(self, work: _Work, folder: str, number: int, media_id: str) -> str | None:
        """Its name in the archive; None: it is lost."""
        try:
            with self._database.read() as connection:
                content_type, data = self._media.get(connection, media_id)
        except (Missing, VaultError):
            work.lost.append(f"{folder}/{number:06d}")
            return None
        return work.archive.add_picture(folder, number, content_type, data)


class _Shown:
    """Shows entries of the audit to the person whom they are about: users are numbers, unless they are to be named.

    Their names are personal data too; that somebody looked, when and why is what one has a right to know (European
    Court of Justice, C-579/21).
    """

    def __init__(self, *, by_name: bool) -> None:
        self._by_name = by_name
        self._numbers: dict[str, int] = {}

    def line(self, entry: AuditEntry) -> lines.EntryLine:
        event = entry.event
        if self._by_name:
            return lines.entry_line(entry, event.actor, event.address)
        if event.actor == "system":
            return lines.entry_line(entry, event.actor, "")
        number = self._numbers.setdefault(event.actor, len(self._numbers) + 1)
        return lines.entry_line(entry, f"user {number}", "")
