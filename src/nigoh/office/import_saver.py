"""A batch of an import, judged and kept within one transaction."""

from dataclasses import dataclass, replace

from sqlalchemy import Connection

from nigoh.domain.audit import AuditAction
from nigoh.domain.photo_check import PhotoCheck, PhotoOutcome
from nigoh.domain.records import EventKind
from nigoh.domain.sighting import PersonId
from nigoh.office.actor import Actor
from nigoh.office.import_entries import Entry, Unclear, enrol_entry, update_entry
from nigoh.office.import_report import ImportedPhoto
from nigoh.office.newcomers import Newcomers
from nigoh.office.news import tell
from nigoh.office.photo_desk import JudgedPhoto, PhotoDesk
from nigoh.office.photo_keeper import PhotoKeeper
from nigoh.storage.audit import Audit
from nigoh.storage.readable_names import readable

_MOST_UNCLEAR = 50
"""Photos of several people that wait for the person's others, each with its picture in memory."""


@dataclass(frozen=True, slots=True)
class SavingParts:
    """What a batch is saved with.

    Attributes:
        desk: judges photos.
        keeper: keeps them.
        newcomers: remembers who was enrolled by this import.
        allow_look_alikes, update: as of `ImportOptions`.
    """

    desk: PhotoDesk
    keeper: PhotoKeeper
    newcomers: Newcomers
    allow_look_alikes: bool
    update: bool


class ImportSaver:
    """Keeps a batch. Owner: the thread that saves.

    Args:
        connection: the transaction.
        parts: what it works with.
        now_unix_s: when.
    """

    def __init__(self, connection: Connection, parts: SavingParts, now_unix_s: float) -> None:
        self._connection = connection
        self._parts = parts
        self._now_unix_s = now_unix_s
        self._enrolled: dict[PersonId, int] = {}
        self._added: set[PersonId] = set()
        self._changed: set[PersonId] = set()

    def take(
        self, entry: Entry, photo: str | None, seen: JudgedPhoto | Unclear | None, *, last: bool
    ) -> list[ImportedPhoto]:
        """One photo of somebody, and with their last one what had to wait for it; what became of each."""
        self._greet(entry)
        told = []
        if isinstance(seen, JudgedPhoto):
            told.append(_told(entry, seen.check))
        elif seen is not None and not entry.refusal and self._has_to_wait(entry, seen):
            entry.unclear.append((seen[0].without_pixels(), seen[1]))
        elif photo is not None:
            told.append(self._settle(entry, photo, seen))
        if last:
            told += self._settle_unclear(entry)
            self._finish(entry)
        return told

    def write_down(self, actor: Actor) -> None:
        """Tell followers and the audit, once a person."""
        for person in sorted(self._added | self._changed | set(self._enrolled)):
            kind = EventKind.PERSON_ENROLLED if person in self._added else EventKind.PERSON_CHANGED
            tell(self._connection, kind, person, self._now_unix_s)
            action = AuditAction.CHANGE if person in self._changed else AuditAction.ENROL
            detail = {"photos": self._enrolled.get(person, 0), "import": True}
            Audit(self._connection).write(actor.event(action, "person", person, detail), self._now_unix_s)

    def _greet(self, entry: Entry) -> None:
        if entry.greeted or entry.refusal:
            return
        entry.greeted = True
        if self._parts.update and update_entry(self._connection, entry, self._now_unix_s) and entry.person:
            self._changed.add(entry.person.id)

    def _settle_unclear(self, entry: Entry) -> list[ImportedPhoto]:
        """Photos of several people, again and again while that makes the person better known."""
        told: list[ImportedPhoto] = []
        waiting = entry.unclear
        while waiting:
            settled = [(each, self._settle(entry, each[0].name, each)) for each in waiting]
            left = [each for each, photo in settled if photo.check.outcome is PhotoOutcome.SEVERAL_FACES]
            if len(left) == len(waiting):
                return told + [photo for _, photo in settled]
            told += [photo for _, photo in settled if photo.check.outcome is not PhotoOutcome.SEVERAL_FACES]
            waiting = left
        return told

    def _finish(self, entry: Entry) -> None:
        if entry.person is None and not entry.refusal:
            if entry.planned.photos:
                entry.refuse("none of their photos could be enrolled")
            else:
                self._enrol(entry)
        entry.close()

    def _has_to_wait(self, entry: Entry, seen: Unclear) -> bool:
        several = seen[1].outcome is PhotoOutcome.SEVERAL_FACES
        return several and len(entry.unclear) < _MOST_UNCLEAR and len(entry.planned.photos) > 1

    def _settle(self, entry: Entry, photo: str, seen: Unclear | None) -> ImportedPhoto:
        if seen is None or entry.refusal or entry.so_far is None:
            check = PhotoCheck(name=readable(photo), outcome=PhotoOutcome.PERSON_REFUSED, detail=entry.refusal)
            return _told(entry, check)
        allow = self._parts.allow_look_alikes
        judged = self._parts.desk.judge(*seen, entry.so_far, allow_look_alike=allow)
        if judged.template is None or judged.stored is None:
            return _told(entry, judged.check)
        person = self._enrol(entry)
        if person is None:
            return self._settle(entry, photo, None)
        kept = self._parts.keeper.add(self._connection, person, judged.stored, judged.check, judged.template)
        entry.so_far.add(judged.template, kept.id)
        self._parts.newcomers.add(person, judged.template)
        self._enrolled[person] = self._enrolled.get(person, 0) + 1
        return _told(entry, replace(judged.check, outcome=PhotoOutcome.ENROLLED, person=person, photo_id=kept.id))

    def _enrol(self, entry: Entry) -> PersonId | None:
        """See to it that somebody is enrolled; None: they are refused."""
        if entry.person is None and enrol_entry(self._connection, entry, self._parts.keeper, self._now_unix_s):
            self._added |= {person for person in (entry.person_id,) if person}
        return entry.person_id


def _told(entry: Entry, check: PhotoCheck) -> ImportedPhoto:
    """A photo as the report has it: of its faces the chosen one alone."""
    if check.chosen is not None:
        check = replace(check, faces=(check.faces[check.chosen],), chosen=0)
    else:
        check = replace(check, faces=())
    return ImportedPhoto(entry.planned.name, check)
