"""People and the lists that they stand on: changed, with what others have to be told."""

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import Connection

from nigoh.domain.audit import AuditAction
from nigoh.domain.identifiers import new_id
from nigoh.domain.people import Person, WatchList
from nigoh.domain.person_name import clean_name
from nigoh.domain.records import EventKind
from nigoh.domain.sighting import PersonId
from nigoh.errors import Invalid, Missing
from nigoh.office.actor import Actor
from nigoh.office.news import tell
from nigoh.office.person_draft import PersonDraft
from nigoh.storage.audit import Audit
from nigoh.storage.database.database import Database
from nigoh.storage.database.people import People
from nigoh.storage.database.watch_lists import WatchLists

_COLOUR_DIGITS = frozenset("0123456789abcdef")


class PeopleOffice:
    """Changes people, keeps their lists. Any thread. Whoever is to be erased goes to `nigoh.office.erasure.Eraser`.

    Args:
        database: transactions.
        now: seconds since 1970.
    """

    def __init__(self, database: Database, *, now: Callable[[], float]) -> None:
        self._database = database
        self._now = now

    def change(self, actor: Actor, person: PersonId, draft: PersonDraft, *, version: int | None = None) -> Person:
        """Change what is said of somebody.

        Args:
            actor: who does.
            person: whom.
            draft: how they are to be, all of it.
            version: as it was read; None: whatever it is.

        Raises:
            Missing: they or one of the watch lists are not there.
            Stale: they have another version.
            Invalid: a name is none.
            Conflict: somebody else has the external_id.
        """
        draft = draft.checked()
        now = self._now()
        with self._database.begin() as connection:
            before = People(connection).get(person)
            if before is None:
                raise Missing("person", person)
            wanted = draft.applied_to(before if version is None else replace(before, version=version))
            if version is None and wanted == before:
                return before
            after = People(connection).update(wanted, now)
            tell(connection, EventKind.PERSON_CHANGED, person, now)
            detail = {"changed": ", ".join(_changed(before, after))}
            Audit(connection).write(actor.event(AuditAction.CHANGE, "person", person, detail), now)
        return after

    def add_list(self, actor: Actor, watch_list: WatchList) -> WatchList:
        """Add a watch list; its identifier and times are given to it here.

        Raises:
            Invalid: its name or colour is none.
            Conflict: another list has this name.
        """
        now = self._now()
        made = _checked(replace(watch_list, id=new_id(now), created_unix_s=now, updated_unix_s=now, version=1))
        with self._database.begin() as connection:
            WatchLists(connection).add(made)
            tell(connection, EventKind.SETTING_CHANGED, made.id, now)
            Audit(connection).write(actor.event(AuditAction.SETTING, "list", made.id, {"change": "added"}), now)
        return made

    def change_list(self, actor: Actor, watch_list: WatchList) -> WatchList:
        """Change a watch list that still has the version that it carries; engines follow within two seconds.

        Raises:
            Missing: it is not there.
            Stale: it has another version.
            Invalid: its name or colour is none.
            Conflict: another list has this name.
        """
        now = self._now()
        wanted = _checked(watch_list)
        with self._database.begin() as connection:
            changed = WatchLists(connection).update(wanted, now)
            tell(connection, EventKind.SETTING_CHANGED, changed.id, now)
            Audit(connection).write(actor.event(AuditAction.SETTING, "list", changed.id, {"change": "changed"}), now)
        return changed

    def remove_list(self, actor: Actor, list_id: str, *, version: int | None = None) -> None:
        """Remove a watch list; the people who stand on it stay.

        Raises:
            Missing: it is not there.
            Stale: it has another version.
        """
        now = self._now()
        with self._database.begin() as connection:
            WatchLists(connection).remove(list_id, now, version=version)
            tell(connection, EventKind.SETTING_CHANGED, list_id, now)
            Audit(connection).write(actor.event(AuditAction.SETTING, "list", list_id, {"change": "removed"}), now)


def find_list(connection: Connection, text: str) -> WatchList:
    """The watch list of this name or identifier. Raises Missing."""
    lists = WatchLists(connection)
    found = lists.find_name(text) or lists.get(text)
    if found is None:
        raise Missing("watch list", text)
    return found


def _checked(watch_list: WatchList) -> WatchList:
    try:
        name = clean_name(watch_list.name)
    except ValueError as error:
        raise Invalid("name", f"name: {error}") from error
    colour = watch_list.colour.casefold()
    if len(colour) != 7 or colour[0] != "#" or not _COLOUR_DIGITS.issuperset(colour[1:]):
        raise Invalid("colour", "a colour is #rrggbb", "Write, for example, #2e7d32.")
    return replace(watch_list, name=name, colour=colour)


def _changed(before: Person, after: Person) -> list[str]:
    """The names of the fields that differ: their values would be personal data."""
    fields = ("name", "other_names", "external_id", "notes", "group", "legal_basis", "expires_unix_s", "lists")
    return [field for field in fields if getattr(before, field) != getattr(after, field)]
