"""People with their photos, handed out: biometric data that leaves the vault, which is written down."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from sqlalchemy import Connection

from nigoh.domain.audit import AuditAction
from nigoh.domain.import_plan import PlannedPerson
from nigoh.domain.page import PageQuery
from nigoh.domain.people import Person
from nigoh.errors import Missing, VaultError
from nigoh.office.actor import Actor
from nigoh.storage.audit import Audit
from nigoh.storage.database.database import Database
from nigoh.storage.database.people import EVERYBODY, People, PeopleFilter, PeopleOrder
from nigoh.storage.database.photos import Photos
from nigoh.storage.database.watch_lists import WatchLists
from nigoh.storage.media import MediaStore
from nigoh.storage.people_export import PeopleZip

_PAGE = 200


@dataclass(frozen=True, slots=True)
class Export:
    """What was handed out.

    Attributes:
        people, photos: how many.
        lost: photos that do not open, as their file is missing or was changed.
    """

    people: int
    photos: int
    lost: tuple[str, ...] = ()


class ExportOffice:
    """Exports people. Any thread.

    Args:
        database: transactions.
        media: where their pictures are.
        now: seconds since 1970.
    """

    def __init__(self, database: Database, media: MediaStore, *, now: Callable[[], float]) -> None:
        self._database = database
        self._media = media
        self._now = now

    def export(
        self,
        actor: Actor,
        target: BinaryIO,
        wanted: PeopleFilter = EVERYBODY,
        *,
        on_progress: Callable[[int], None] = lambda _: None,
    ) -> Export:
        """Write people and their photos as a ZIP that `nigoh people import` reads.

        It is written down before anything is handed out, so that an export that breaks off is known too.

        Args:
            actor: who asks.
            target: a file, open for writing and seeking.
            wanted: who is exported.
            on_progress: told how many people are done.

        Raises:
            OSError: the target cannot be written.
        """
        with self._database.begin() as connection:
            count = People(connection).count(wanted)
            Audit(connection).write(actor.event(AuditAction.EXPORT, "people", "", {"people": count}), self._now())
            lists = _list_names(connection)
        done, photos, lost = 0, 0, list[str]()
        with PeopleZip(target) as archive:
            for person in self._people(wanted):
                pictures = self._pictures(person, lost)
                archive.add(_planned(person, lists), pictures)
                done, photos = done + 1, photos + len(pictures)
                on_progress(done)
        return Export(done, photos, tuple(lost))

    def _people(self, wanted: PeopleFilter) -> Iterator[Person]:
        """In short transactions: a long one would hold up the clean-up of the database."""
        cursor: str | None = None
        while True:
            with self._database.read() as connection:
                page = People(connection).page(wanted, PageQuery(_PAGE, cursor), PeopleOrder.CREATED)
            yield from page.items
            cursor = page.next_cursor
            if cursor is None:
                return

    def _pictures(self, person: Person, lost: list[str]) -> list[tuple[str, bytes]]:
        found = []
        with self._database.read() as connection:
            for photo in Photos(connection).of_person(person.id):
                try:
                    found.append((photo.id, self._media.get(connection, photo.media_id)[1]))
                except (VaultError, Missing):
                    lost.append(photo.id)
        return found


def _list_names(connection: Connection) -> dict[str, str]:
    names: dict[str, str] = {}
    cursor: str | None = None
    while True:
        page = WatchLists(connection).page(PageQuery(_PAGE, cursor))
        names |= {each.id: each.name for each in page.items}
        cursor = page.next_cursor
        if cursor is None:
            return names


def _planned(person: Person, lists: Mapping[str, str]) -> PlannedPerson:
    stands_on = sorted(lists[each] for each in person.lists if each in lists)
    return PlannedPerson(
        id=person.id, name=person.name, other_names=person.other_names, external_id=person.external_id,
        notes=person.notes, group=person.group, legal_basis=person.legal_basis,
        expires_unix_s=person.expires_unix_s, lists=tuple(stands_on),
        by_table=True,
    )  # fmt: skip
