"""How the commands for people show people and photos: tables for people, JSON for programs."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec
from rich.box import SIMPLE
from rich.table import Table
from rich.text import Text

from nigoh.cli.terminal import output
from nigoh.domain.people import Person, Photo
from nigoh.domain.photo_check import PhotoCheck, PhotoOutcome
from nigoh.domain.sighting import PersonId
from nigoh.storage.audit.lines import time_text

STYLES = {
    PhotoOutcome.ENROLLED: "green",
    PhotoOutcome.USABLE: "green",
    PhotoOutcome.DUPLICATE: "dim",
    PhotoOutcome.LOOK_ALIKE: "bold yellow",
}


class ListedPhoto(msgspec.Struct, frozen=True, kw_only=True):
    """An enrolled photo, as JSON; times in RFC 3339, box in pixels of the stored picture."""

    id: str
    box: tuple[float, float, float, float]
    quality: float
    advice: tuple[str, ...]
    created: str


class ListedPerson(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody, as JSON; times in RFC 3339, lists by name."""

    id: str
    name: str
    other_names: tuple[str, ...]
    external_id: str | None
    group: str
    lists: tuple[str, ...]
    legal_basis: str
    expires: str | None
    notes: str
    created: str
    updated: str
    version: int
    photos: tuple[ListedPhoto, ...]


class ListedCheck(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a photo, as JSON."""

    photo: str
    outcome: str
    quality: float | None
    advice: tuple[str, ...]
    look_alikes: tuple[tuple[str, str, float], ...]
    faces: int
    photo_id: str
    detail: str


def listed(person: Person, lists: Mapping[str, str], photos: Iterable[Photo]) -> ListedPerson:
    """Somebody with the names of their lists and their photos."""
    return ListedPerson(
        id=person.id,
        name=person.name,
        other_names=person.other_names,
        external_id=person.external_id,
        group=person.group,
        lists=tuple(sorted(lists.get(each, each) for each in person.lists)),
        legal_basis=person.legal_basis.value,
        expires=None if person.expires_unix_s is None else time_text(person.expires_unix_s),
        notes=person.notes,
        created=time_text(person.created_unix_s),
        updated=time_text(person.updated_unix_s),
        version=person.version,
        photos=tuple(_photo(photo) for photo in photos),
    )


def listed_check(check: PhotoCheck, names: Mapping[PersonId, str]) -> ListedCheck:
    """What became of a photo, with the names of those who look alike."""
    return ListedCheck(
        photo=check.name,
        outcome=check.outcome.value,
        quality=check.quality,
        advice=tuple(each.value for each in check.advice),
        look_alikes=tuple((each.person, names.get(each.person, ""), each.score) for each in check.look_alikes),
        faces=len(check.faces),
        photo_id=check.photo_id,
        detail=check.detail,
    )


def print_json(value: object) -> None:
    """Indented JSON on stdout."""
    output.print(msgspec.json.format(msgspec.json.encode(value), indent=2).decode(), markup=False)


def people_table(people: Sequence[ListedPerson]) -> Table:
    """A row a person."""
    table = Table("name", "group", "lists", "photos", "external id", "expires", "id", box=SIMPLE)
    for person in people:
        expires = (person.expires or "")[:10]
        cells = (person.name, person.group, ", ".join(person.lists), str(len(person.photos)))
        table.add_row(*map(one_line, (*cells, person.external_id or "", expires, person.id)))
    return table


def checks_table(checks: Sequence[ListedCheck]) -> Table:
    """A row a photo: what became of it, and what would make it better."""
    table = Table("photo", "outcome", "quality", "advice", "to do", box=SIMPLE)
    for check in checks:
        alike = ", ".join(f"{name or person} ({score:.2f})" for person, name, score in check.look_alikes)
        detail = check.detail.removeprefix(f"{check.photo} ")
        todo = f"{detail}: {alike}" if alike and detail else detail or (f"looks like {alike}" if alike else "")
        style = STYLES.get(PhotoOutcome(check.outcome), "red")
        quality = "-" if check.quality is None else f"{check.quality:.2f}"
        table.add_row(
            one_line(check.photo),
            Text(check.outcome, style),
            quality,
            Text(", ".join(check.advice)),
            one_line(todo),
        )
    return table


def one_line(text: str) -> Text:
    """What somebody typed, without what would move a terminal's cursor."""
    return Text("".join(each if each.isprintable() or each in "\u200c\u200d" else "\ufffd" for each in text))


def _photo(photo: Photo) -> ListedPhoto:
    return ListedPhoto(
        id=photo.id,
        box=photo.box,
        quality=photo.quality,
        advice=photo.advice,
        created=time_text(photo.created_unix_s),
    )
