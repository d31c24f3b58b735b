"""The people of an import, matched with those who are enrolled."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from nigoh.domain.identifiers import new_person_id
from nigoh.domain.import_plan import PlannedPerson, Refusal
from nigoh.domain.people import Person
from nigoh.domain.sighting import PersonId
from nigoh.domain.template import ModelIdentity
from nigoh.errors import Conflict, Invalid, KeyDestroyed, Missing, Unstorable
from nigoh.office.person_draft import PersonDraft
from nigoh.office.photo_desk import DecodedPhoto, PersonSoFar
from nigoh.office.photo_examiner import ExaminedPhoto
from nigoh.office.photo_keeper import PhotoKeeper
from nigoh.storage.database.people import People

Unclear = tuple[DecodedPhoto, ExaminedPhoto]


class Entry:
    """Somebody whom an import names, and how far they are. Owner: the import.

    Attributes:
        planned: what the import says of them.
        draft: the same, checked; None: it is refused.
        person: who they are, once they are enrolled.
        so_far: their face, while their photos are looked at.
        unclear: photos of several people, kept until the person's others are done.
        refusal: why they are not followed, or "".
        resolved: whether it was looked up who they are.
        greeted: whether what the import says of them was compared with what is known.
        added, changed: what was done.
    """

    def __init__(self, planned: PlannedPerson) -> None:
        self.planned = planned
        self.draft: PersonDraft | None = None
        self.person: Person | None = None
        self.so_far: PersonSoFar | None = None
        self.unclear: list[Unclear] = []
        self.refusal = ""
        self.resolved = False
        self.greeted = False
        self.added = False
        self.changed = False

    @property
    def person_id(self) -> PersonId | None:
        """Who they are, if they are enrolled."""
        return self.person.id if self.person else None

    def refuse(self, reason: str) -> None:
        """Follow them no further."""
        self.refusal = reason
        self.so_far = None
        self.unclear = []

    def close(self) -> None:
        """All of their photos are done: their face need not be remembered."""
        self.so_far = None
        self.unclear = []

    def as_refusal(self) -> Refusal:
        """Why they are not followed, with where they stand in the import."""
        return Refusal(f"{self.planned.name} ({self.planned.source})", self.refusal)


def make_entries(people: Iterable[PlannedPerson]) -> list[Entry]:
    """An entry a person. Rows of one name are one person, unless they have numbers of their own."""
    merged: dict[tuple[str, str], PlannedPerson] = {}
    for planned in people:
        first = merged.get(_key(planned), planned)
        before = () if first is planned else first.photos
        merged[_key(planned)] = replace(first, photos=tuple(dict.fromkeys((*before, *planned.photos))))
    return [Entry(planned) for planned in merged.values()]


def _key(planned: PlannedPerson) -> tuple[str, str]:
    if planned.id:
        return "id", planned.id
    return ("external_id", planned.external_id) if planned.external_id else ("name", planned.name)


def resolve(
    connection: Connection,
    entries: Sequence[Entry],
    lists: Mapping[str, str],
    keeper: PhotoKeeper,
    model: ModelIdentity,
) -> None:
    """Find out who of these are enrolled already, and what is known of their faces.

    Args:
        connection: a transaction.
        entries: people who were not looked up yet.
        lists: identifiers of watch lists, by name.
        keeper: opens templates.
        model: of the templates.
    """
    for entry in entries:
        entry.resolved = True
        try:
            entry.draft = PersonDraft.planned(entry.planned, (lists[name] for name in entry.planned.lists)).checked()
        except Invalid as error:
            entry.refuse(str(error))
            continue
        _find(connection, entry)
    known = [entry.person.id for entry in entries if entry.person]
    own = keeper.own_templates(connection, known, model) if known else {}
    for entry in entries:
        if not entry.refusal:
            entry.so_far = PersonSoFar(entry.person_id, own.get(entry.person.id) if entry.person else None, model)


def _find(connection: Connection, entry: Entry) -> None:
    people, planned = People(connection), entry.planned
    if planned.id:
        entry.person = people.get(planned.id)
    elif planned.external_id:
        entry.person = people.find_external(planned.external_id)
    else:
        named = people.find_named(planned.name)
        if len(named) > 1:
            entry.refuse(f"{len(named)} people are called so: name the one who is meant by id or external_id")
        elif named:
            entry.person = named[0]


def enrol_entry(connection: Connection, entry: Entry, keeper: PhotoKeeper, now_unix_s: float) -> bool:
    """Enrol somebody new whom an import names; False: they are refused, with the reason in the entry."""
    if entry.draft is None:
        return False
    person = entry.draft.enrolled(entry.planned.id or new_person_id(now_unix_s), now_unix_s)
    try:
        if entry.planned.id:
            keeper.require_not_erased(connection, person.id)
        People(connection).add(person)
    except KeyDestroyed:
        entry.refuse("this person was erased here: to enrol them anew, take their id out of the row")
        return False
    except (Conflict, Missing, Unstorable) as error:
        entry.refuse(str(error))
        return False
    entry.person, entry.added = person, True
    if entry.so_far:
        entry.so_far.person = person.id
    return True


def update_entry(connection: Connection, entry: Entry, now_unix_s: float) -> bool:
    """Give somebody enrolled the details of the import, if they differ; whether they did."""
    if entry.draft is None or entry.person is None:
        return False
    wanted = entry.draft.applied_to(entry.person)
    if wanted == entry.person:
        return False
    try:
        entry.person = People(connection).update(wanted, now_unix_s)
    except (Conflict, Missing, Unstorable) as error:
        entry.refuse(str(error))
        return False
    entry.changed = True
    return True
