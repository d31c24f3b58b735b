"""Watch lists in the database, and what an engine has to know of the people on them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Connection, RowMapping, Select, func, select

from nigoh.domain.page import Page, PageQuery
from nigoh.domain.people import PersonTerms, WatchList
from nigoh.domain.sighting import PersonId
from nigoh.storage.database.gallery_changes import GalleryChanges
from nigoh.storage.database.keyset import Order, read_page
from nigoh.storage.database.nouns import WATCH_LIST
from nigoh.storage.database.rows import Rows
from nigoh.storage.database.tables import LISTED, PEOPLE, WATCH_LISTS


class WatchListOrder(StrEnum):
    """How watch lists are sorted: by the name, by their priority, or by when they were added."""

    NAME = "name"
    PRIORITY = "priority"
    CREATED = "created"


_COLUMNS = WATCH_LISTS.c
_ORDERS: Mapping[WatchListOrder, tuple[Column[Any], ...]] = {
    WatchListOrder.NAME: (_COLUMNS.name,),
    WatchListOrder.PRIORITY: (_COLUMNS.priority, _COLUMNS.id),
    WatchListOrder.CREATED: (_COLUMNS.created_unix_s, _COLUMNS.id),
}


class WatchLists:
    """The watch lists within one transaction. Engines are told of everybody on a changed one."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows = Rows(connection, WATCH_LIST)
        self._changes = GalleryChanges(connection)

    def add(self, watch_list: WatchList) -> None:
        """Add a list, with the times and the version that it carries.

        Raises:
            Conflict: its identifier or its name is taken.
        """
        values = {"id": watch_list.id, "created_unix_s": watch_list.created_unix_s, "version": watch_list.version}
        self._rows.add(values | _values(watch_list, watch_list.updated_unix_s))

    def get(self, list_id: str) -> WatchList | None:
        """The list of this identifier, or None."""
        return next(iter(self._read(select(WATCH_LISTS).where(WATCH_LISTS.c.id == list_id))), None)

    def find_name(self, name: str) -> WatchList | None:
        """The list of this name, or None."""
        return next(iter(self._read(select(WATCH_LISTS).where(WATCH_LISTS.c.name == name))), None)

    def update(self, watch_list: WatchList, now_unix_s: float) -> WatchList:
        """Change a list that is still as it was read; gives it as it is now, with the next version.

        Raises:
            Stale: somebody else changed it since.
            Missing: it is not there.
            Conflict: another list has its name.
        """
        self._rows.change(watch_list.id, _values(watch_list, now_unix_s), version=watch_list.version)
        self._changes.append_chosen(_on(watch_list.id), now_unix_s)
        return replace(watch_list, updated_unix_s=now_unix_s, version=watch_list.version + 1)

    def remove(self, list_id: str, now_unix_s: float, *, version: int | None = None) -> None:
        """Remove a list; the people who stand on it stay.

        Raises:
            Missing: it is not there.
            Stale: it no longer has this version.
        """
        self._changes.append_chosen(_on(list_id), now_unix_s)
        self._rows.remove(list_id, version=version)

    def page(
        self,
        query: PageQuery,
        sort: WatchListOrder = WatchListOrder.NAME,
        *,
        descending: bool = False,
        text: str = "",
    ) -> Page[WatchList]:
        """A part of the lists whose name holds this text. Raises BadCursor: it is none of this list in this order."""
        order = Order(f"watch-lists-{sort}", _ORDERS[sort], descending)
        chosen = select(WATCH_LISTS).where(WATCH_LISTS.c.name.icontains(text, autoescape=True))
        return read_page(self._connection, chosen, order, query, _watch_lists)

    def sizes(self) -> dict[str, int]:
        """How many people stand on each list, by its identifier; an empty list is not there."""
        counted = select(LISTED.c.list_id, func.count().label("size")).group_by(LISTED.c.list_id)
        return {row.list_id: row.size for row in self._connection.execute(counted)}

    def terms(self, people: Sequence[PersonId]) -> dict[PersonId, PersonTerms]:
        """What an engine has to know of those of these people who are there, at most 1000 of them."""
        named = select(PEOPLE.c.id, PEOPLE.c.name).where(PEOPLE.c.id.in_(people))
        names = {PersonId(person): name for person, name in self._connection.execute(named)}
        lists = self._lists_of(list(names))
        return {person: _terms(person, name, lists.get(person, [])) for person, name in names.items()}

    def _lists_of(self, people: list[PersonId]) -> dict[PersonId, list[WatchList]]:
        """Those of the highest priority first."""
        on = select(LISTED.c.person_id, WATCH_LISTS).join(WATCH_LISTS, WATCH_LISTS.c.id == LISTED.c.list_id)
        by_priority = on.order_by(WATCH_LISTS.c.priority.desc(), WATCH_LISTS.c.name)
        found: dict[PersonId, list[WatchList]] = {}
        for row in self._connection.execute(by_priority.where(LISTED.c.person_id.in_(people))).mappings():
            found.setdefault(PersonId(row["person_id"]), []).extend(_watch_lists([row]))
        return found

    def _read(self, chosen: Select[Any]) -> list[WatchList]:
        return _watch_lists(self._connection.execute(chosen).mappings().all())


def _terms(person: PersonId, name: str, lists: list[WatchList]) -> PersonTerms:
    own = [each.threshold for each in lists if each.threshold is not None]
    return PersonTerms(
        person=person,
        name=name,
        wanted=any(each.wanted for each in lists),
        threshold=min(own, default=None),
        colour=lists[0].colour if lists else "",
        lists=tuple(each.name for each in lists),
    )


def _on(list_id: str) -> Select[tuple[str]]:
    return select(LISTED.c.person_id).where(LISTED.c.list_id == list_id)


def _values(watch_list: WatchList, updated_unix_s: float) -> dict[str, object]:
    return {
        "name": watch_list.name,
        "wanted": watch_list.wanted,
        "threshold": watch_list.threshold,
        "colour": watch_list.colour,
        "priority": watch_list.priority,
        "updated_unix_s": updated_unix_s,
    }


def _watch_lists(rows: Sequence[RowMapping]) -> list[WatchList]:
    return [WatchList(**{column.name: row[column] for column in WATCH_LISTS.columns}) for row in rows]
