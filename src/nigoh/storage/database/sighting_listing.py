"""Lists of sightings: any combination of filters over any number of rows, in time.

A filter is taken apart into ranges of an index whose rows lie in the order of the list, so that each gives its first
rows without sorting: a range a status, or a camera and status, or the ones of a person. Other conditions are checked
in the index itself, which holds what they need, and only the rows of the page are fetched. Two conditions have no
such order: a least score that hardly any row of a status has, and a watch list whose people were hardly seen. Whether
it is so is asked first, and those few are sorted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Double,
    Select,
    Subquery,
    and_,
    func,
    literal,
    literal_column,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.sql.expression import ColumnCollection

from nigoh.domain.page import Key, Page, PageQuery, read_cursor, write_cursor
from nigoh.domain.records import SightingRecord, Verdict
from nigoh.domain.sighting import Status
from nigoh.domain.sighting_filter import Count, SightingFilter
from nigoh.storage.database.bulk import is_one_of
from nigoh.storage.database.sighting_rows import read_sighting
from nigoh.storage.database.tables import LISTED, SIGHTINGS

Condition = ColumnElement[bool]
Columns = ColumnCollection[str, ColumnElement[Any]]

MOST_SPLIT_CAMERAS = 16
"""More cameras than these are filtered: so many ranges would take longer to plan than to read."""

FEW = 1_000
"""So many rows are sorted in a few ms."""

_KEY = (SIGHTINGS.c.first_unix_s, SIGHTINGS.c.id)
_ORDER = "sightings"
_NAMED = frozenset({Status.KNOWN, Status.WANTED})
"""The statuses that name a person."""

_SCORE = literal_column("+ score", Double)
"""With its sign, so that no database takes the index over the score, and then has to sort."""


@dataclass(frozen=True, slots=True)
class Sorting:
    """How many rows are sorted where no index has them in order.

    Attributes:
        most_of_status: of those of a status that have the least score.
        most_of_list: sightings of the people of a watch list: so many take about 10 ms. Where there are more, one in
            a hundred rows of a million is of them, and a page is full after some thousand rows.
    """

    most_of_status: int = FEW
    most_of_list: int = 10_000


@dataclass(frozen=True, slots=True, eq=False)
class Ranges:
    """Where rows that fit are looked for.

    Attributes:
        ordered: conditions that exclude each other; each begins an index that goes on in the list's order.
        few: statuses of which hardly any row has the least score: they are sorted rather than looked for in order.
        most_few: so many at most.
    """

    ordered: tuple[Condition, ...]
    few: tuple[Status, ...] = ()
    most_few: int = FEW


def read_sightings(
    connection: Connection, wanted: SightingFilter, query: PageQuery, sorting: Sorting | None = None
) -> Page[SightingRecord]:
    """The part of a list that is asked for. Raises BadCursor."""
    after = None if query.cursor is None else read_cursor(query.cursor, _cursor_name(wanted), [float, str])
    parts = _parts(wanted, _ranges(connection, wanted, sorting or Sorting()), query.limit + 1, after)
    if not parts:
        return Page(())
    united = union_all(*(select(part.c.first_unix_s, part.c.id) for part in parts)).subquery()
    in_order = select(united).order_by(*_directed((united.c.first_unix_s, united.c.id), wanted))
    keys = connection.execute(in_order.limit(query.limit + 1)).all()
    shown = keys[: query.limit]
    found = connection.execute(select(SIGHTINGS).where(SIGHTINGS.c.id.in_([key.id for key in shown]))).mappings()
    by_id = {row["id"]: read_sighting(row) for row in found}
    cursor = write_cursor(_cursor_name(wanted), tuple(shown[-1])) if len(keys) > len(shown) else None
    return Page(tuple(by_id[key.id] for key in shown), cursor)


def count_sightings(connection: Connection, wanted: SightingFilter, most: int) -> Count:
    """How many fit; counting stops at `most`."""
    parts = _parts(wanted, _ranges(connection, wanted, Sorting()), most + 1, None)
    if not parts:
        return Count(0, exact=True)
    some = union_all(*(select(part.c.id) for part in parts)).limit(most + 1).subquery()
    number = connection.execute(select(func.count()).select_from(some)).scalar_one()
    return Count(min(number, most), exact=number <= most)


def _parts(wanted: SightingFilter, places: Ranges, limit: int, after: Key | None) -> list[Subquery]:
    """The keys of the first rows of each range, of which the list is put together."""
    of_all = [*_filters(wanted, SIGHTINGS.c, _SCORE), *_beyond(wanted, SIGHTINGS.c, after)]
    ordered = [
        select(*_KEY).where(each, *of_all).order_by(*_directed(_KEY, wanted)).limit(limit) for each in places.ordered
    ]
    few = [_sorted_part(wanted, status, places.most_few, after) for status in places.few]
    return [part.subquery() for part in (*ordered, *few)]


def _sorted_part(wanted: SightingFilter, status: Status, most: int, after: Key | None) -> Select[Any]:
    """The few rows of a status that have the least score, found by that, and filtered afterwards."""
    table = SIGHTINGS.c
    scored = select(*_KEY, table.camera, table.verdict, table.person_id).where(
        table.status == status, table.score >= wanted.least_score
    )
    # Order and limit keep databases from mixing the conditions, and then choosing another index.
    some = scored.order_by(table.score).limit(2 * most).subquery()
    of_few = [*_filters(wanted, some.c, None), *_beyond(wanted, some.c, after)]
    if wanted.cameras is not None:
        of_few.append(some.c.camera.in_(sorted(wanted.cameras)))
    return select(some.c.first_unix_s, some.c.id).where(*of_few)


def _ranges(connection: Connection, wanted: SightingFilter, sorting: Sorting) -> Ranges:
    if (wanted.cameras is not None and not wanted.cameras) or not _statuses(wanted):
        return Ranges(())
    table, statuses = SIGHTINGS.c, _statuses(wanted)
    in_cameras = [] if wanted.cameras is None else [table.camera.in_(sorted(wanted.cameras))]
    if (narrow := _narrow(connection, wanted, sorting)) is not None:
        in_statuses = [] if wanted.statuses is None else [table.status.in_(statuses)]
        return Ranges((and_(narrow, *in_cameras, *in_statuses),))
    few = _with_few(connection, statuses, wanted.least_score, sorting.most_of_status)
    rest = [table.status == status for status in statuses if status not in few]
    if wanted.cameras is None or len(wanted.cameras) > MOST_SPLIT_CAMERAS:
        return Ranges(tuple(and_(status, *in_cameras) for status in rest), few, sorting.most_of_status)
    cameras = sorted(wanted.cameras)
    return Ranges(
        tuple((table.camera == camera) & status for camera in cameras for status in rest), few, sorting.most_of_status
    )


def _narrow(connection: Connection, wanted: SightingFilter, sorting: Sorting) -> Condition | None:
    """The one condition to begin with, where it leaves few rows or has an index of its own; None: none does."""
    table = SIGHTINGS.c
    if wanted.chosen is not None:
        return is_one_of(connection, table.id, wanted.chosen)
    if wanted.person is not None:
        return table.person_id == wanted.person
    if wanted.watch_list is not None:
        of_list = table.person_id.in_(_people_on(wanted.watch_list))
        if _are_few(connection, of_list, sorting.most_of_list):
            return of_list
    if wanted.verdict not in (None, Verdict.NONE):
        # In words, not as a parameter: so the databases see that the partial index has all rows that fit.
        return table.verdict != literal_column("'none'")
    return None


def _statuses(wanted: SightingFilter) -> list[Status]:
    """Those that sightings that fit can have."""
    possible = frozenset(Status) if wanted.person is None and wanted.watch_list is None else _NAMED
    return sorted(possible if wanted.statuses is None else possible & wanted.statuses)


def _filters(wanted: SightingFilter, columns: Columns, score: ColumnElement[float] | None) -> list[Condition]:
    """Conditions on the person, the verdict, the time, and on the score if it is given."""
    found: list[Condition] = []
    if wanted.person is not None:
        found.append(columns.person_id == wanted.person)
    if wanted.watch_list is not None:
        # Of an expression, so that no database takes the index over people, and then has to sort.
        found.append((columns.person_id + "").in_(_people_on(wanted.watch_list)))
    if wanted.verdict is not None:
        found.append(columns.verdict == wanted.verdict)
    if score is not None and wanted.least_score is not None:
        found.append(score >= wanted.least_score)
    if wanted.since_unix_s is not None:
        found.append(columns.first_unix_s >= wanted.since_unix_s)
    if wanted.until_unix_s is not None:
        found.append(columns.first_unix_s < wanted.until_unix_s)
    return found


def _people_on(watch_list: str) -> Select[Any]:
    return select(LISTED.c.person_id).where(LISTED.c.list_id == watch_list)


def _are_few(connection: Connection, fits: Condition, most: int) -> bool:
    some = select(SIGHTINGS.c.id).where(fits).limit(most + 1).subquery()
    return connection.execute(select(func.count()).select_from(some)).scalar_one() <= most


def _with_few(
    connection: Connection, statuses: Sequence[Status], least_score: float | None, most: int
) -> tuple[Status, ...]:
    """The statuses of which few rows have that score."""
    if least_score is None:
        return ()
    counts = []
    for status in statuses:
        fits = (SIGHTINGS.c.status == status) & (SIGHTINGS.c.score >= least_score)
        # The order makes PostgreSQL take the index over the score, however many rows it guesses.
        some = select(SIGHTINGS.c.score).where(fits).order_by(SIGHTINGS.c.score).limit(most + 1).subquery()
        counts.append(select(func.count()).select_from(some).scalar_subquery())
    numbers = connection.execute(select(*counts)).one()
    return tuple(status for status, number in zip(statuses, numbers, strict=True) if number <= most)


def _beyond(wanted: SightingFilter, columns: Columns, after: Key | None) -> list[Condition]:
    if after is None:
        return []
    key = tuple_(columns.first_unix_s, columns.id)
    place = tuple_(*(literal(part, column.type) for part, column in zip(after, _KEY, strict=True)))
    return [key < place if wanted.newest_first else key > place]


def _directed(columns: Sequence[ColumnElement[Any]], wanted: SightingFilter) -> list[ColumnElement[Any]]:
    return [column.desc() if wanted.newest_first else column.asc() for column in columns]


def _cursor_name(wanted: SightingFilter) -> str:
    return f"-{_ORDER}" if wanted.newest_first else _ORDER
