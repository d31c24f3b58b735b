"""Which people are listed, and how: as an address says it, and as the API is asked."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from nigoh.ui.client.api import Scalar
from nigoh.ui.view import Place, place

ROUTE = "/people"
SORTS = ("name", "-name", "-created", "created")
"""By name, or by when they were enrolled; "-" is the other way round."""

NO_GROUP = "-"
"""Stands in an address for those who are in no group."""


@dataclass(frozen=True, slots=True)
class PeopleQuery:
    """What is wanted of the list.

    Attributes:
        search: parts of names.
        list_id: a watch list, or "".
        group: a group, `NO_GROUP`, or "" for all.
        sort: one of `SORTS`.
        as_list: rows and no grid.
        merge: identifier of somebody with whom another entry is to become one, or "".
    """

    search: str = ""
    list_id: str = ""
    group: str = ""
    sort: str = SORTS[0]
    as_list: bool = False
    merge: str = ""

    @staticmethod
    def of(here: Place) -> "PeopleQuery":
        """As an address says."""
        asked = here.query
        sort = asked.get("sort", "")
        return PeopleQuery(
            search=asked.get("search", ""),
            list_id=asked.get("list", ""),
            group=asked.get("group", ""),
            sort=sort if sort in SORTS else SORTS[0],
            as_list=asked.get("as") == "list",
            merge=asked.get("merge", ""),
        )

    @property
    def route(self) -> str:
        """The address that says so."""
        return place(
            ROUTE,
            search=self.search,
            list=self.list_id,
            group=self.group,
            sort="" if self.sort == SORTS[0] else self.sort,
            merge=self.merge,
            **{"as": "list" if self.as_list else ""},
        )

    @property
    def is_filtered(self) -> bool:
        """Whether not all are wanted."""
        return bool(self.search or self.list_id or self.group)

    def everybody(self) -> "PeopleQuery":
        """The same without filters."""
        return replace(self, search="", list_id="", group="")

    def filters(self) -> Mapping[str, Scalar | None]:
        """What the API is asked to filter by."""
        group = "" if self.group == NO_GROUP else self.group or None
        return {"search": self.search or None, "list": self.list_id or None, "group": group}

    def order(self) -> Mapping[str, Scalar]:
        """How the API is asked to sort."""
        return {"sort": self.sort.lstrip("-"), "descending": self.sort.startswith("-")}
