"""What a copy of all data on a person says of each thing, as JSON and as rows of a table."""

import msgspec

from nigoh.domain.audit import AuditEntry
from nigoh.domain.people import Person, Photo
from nigoh.domain.records import SightingRecord
from nigoh.domain.sighting import Box
from nigoh.storage.audit.lines import time_text
from nigoh.storage.database.negatives import Negative
from nigoh.storage.database.templates import TemplateRow


class PersonLine(msgspec.Struct, frozen=True, kw_only=True):
    """Who they are. Times are RFC 3339, UTC."""

    id: str
    name: str
    other_names: tuple[str, ...]
    external_id: str | None
    notes: str
    group: str
    legal_basis: str
    expires: str | None
    lists: tuple[str, ...]
    created: str
    updated: str


class PhotoLine(msgspec.Struct, frozen=True, kw_only=True):
    """A photo; `file` is its name in the archive, null if it is lost."""

    id: str
    file: str | None
    box: Box
    quality: float
    advice: tuple[str, ...]
    created: str


class TemplateLine(msgspec.Struct, frozen=True, kw_only=True):
    """That there is a template, and what it was made of and by."""

    id: str
    photo: str | None
    model: str
    dimension: int
    created: str


class NegativeLine(msgspec.Struct, frozen=True, kw_only=True):
    """That somebody said of a sighting that it was not them."""

    id: str
    sighting: str
    created: str


class SightingLine(msgspec.Struct, frozen=True, kw_only=True):
    """A sighting of them; `file` is its picture in the archive, null if there is none."""

    id: str
    camera: str
    status: str
    score: float
    threshold: float
    first: str
    last: str
    quality: float
    box: Box
    verdict: str
    comment: str
    file: str | None


class RecordingLine(msgspec.Struct, frozen=True, kw_only=True):
    """A recording that shows them; `file` is its name in the archive, null if it is left out."""

    camera: str
    begin: str
    end: str | None
    file: str | None


class EntryLine(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody did with their data."""

    number: int
    time: str
    action: str
    actor: str
    address: str
    target_kind: str
    target_id: str
    reason: str


SIGHTING_COLUMNS = ("id", "camera", "status", "score", "first", "last", "verdict", "comment", "file")
ENTRY_COLUMNS = ("number", "time", "action", "actor", "address", "target_kind", "target_id", "reason")


def person_line(person: Person, lists: tuple[str, ...]) -> PersonLine:
    """Somebody, with the names of their lists."""
    return PersonLine(
        id=person.id,
        name=person.name,
        other_names=person.other_names,
        external_id=person.external_id,
        notes=person.notes,
        group=person.group,
        legal_basis=person.legal_basis.value,
        expires=None if person.expires_unix_s is None else time_text(person.expires_unix_s),
        lists=lists,
        created=time_text(person.created_unix_s),
        updated=time_text(person.updated_unix_s),
    )


def photo_line(photo: Photo, file: str | None) -> PhotoLine:
    """A photo."""
    return PhotoLine(
        id=photo.id,
        file=file,
        box=photo.box,
        quality=photo.quality,
        advice=photo.advice,
        created=time_text(photo.created_unix_s),
    )


def template_line(template: TemplateRow) -> TemplateLine:
    """A template without its numbers."""
    return TemplateLine(
        id=template.id,
        photo=template.photo,
        model=str(template.model),
        dimension=template.model.dimension,
        created=time_text(template.created_unix_s),
    )


def negative_line(negative: Negative) -> NegativeLine:
    """A negative."""
    return NegativeLine(id=negative.id, sighting=negative.sighting, created=time_text(negative.created_unix_s))


def sighting_line(sighting: SightingRecord, file: str | None) -> SightingLine:
    """A sighting."""
    return SightingLine(
        id=sighting.id,
        camera=sighting.camera,
        status=sighting.status.value,
        score=round(sighting.score, 4),
        threshold=round(sighting.threshold, 4),
        first=time_text(sighting.first_unix_s),
        last=time_text(sighting.last_unix_s),
        quality=round(sighting.quality, 3),
        box=sighting.box,
        verdict=sighting.verdict.value,
        comment=sighting.comment,
        file=file,
    )


def sighting_row(line: SightingLine) -> tuple[str, ...]:
    """A sighting as a row of SIGHTING_COLUMNS."""
    place = (line.id, line.camera, line.status, f"{line.score:g}", line.first, line.last)
    return *place, line.verdict, line.comment, line.file or ""


def entry_line(entry: AuditEntry, actor: str, address: str) -> EntryLine:
    """An entry of the audit, with who is to be named and from where."""
    event = entry.event
    return EntryLine(
        number=entry.number,
        time=time_text(entry.unix_s),
        action=event.action.value,
        actor=actor,
        address=address,
        target_kind=event.target_kind,
        target_id=event.target_id,
        reason=event.reason,
    )


def entry_row(line: EntryLine) -> tuple[str, ...]:
    """An entry as a row of ENTRY_COLUMNS."""
    target = (line.target_kind, line.target_id)
    return str(line.number), line.time, line.action, line.actor, line.address, *target, line.reason
