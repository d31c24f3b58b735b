"""What was seen before, as rules ask for it."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import ColumnElement, Connection, select

from nigoh.domain.records import Verdict
from nigoh.domain.rule import Where
from nigoh.domain.sighting import CameraId, PersonId
from nigoh.storage.database.tables import CAMERA_GROUPS, CAMERAS, LISTED, SIGHTINGS

_MOST_VISITS = 5_000


class SeenBefore:
    """Sightings of people within one transaction: a history for rules.

    Attributes:
        until_unix_s: what was first seen after it has not happened yet; None: everything has.
    """

    def __init__(self, connection: Connection, until_unix_s: float | None = None) -> None:
        self._connection = connection
        self.until_unix_s = until_unix_s

    def visits(self, person: PersonId, where: Where, since_unix_s: float, apart_s: float) -> int:
        """How many times somebody was there since then: times that are less than `apart_s` apart are one."""
        times = select(SIGHTINGS.c.first_unix_s, SIGHTINGS.c.last_unix_s).where(
            *self._there(person, where), SIGHTINGS.c.first_unix_s >= since_unix_s
        )
        count, ended = 0, float("-inf")
        for row in self._connection.execute(times.order_by(SIGHTINGS.c.first_unix_s).limit(_MOST_VISITS)):
            count += row.first_unix_s - ended > apart_s
            ended = max(ended, row.last_unix_s)
        return count

    def was_seen(self, person: PersonId, where: Where, since_unix_s: float) -> bool:
        """Whether somebody was there since then."""
        chosen = select(SIGHTINGS.c.id).where(*self._there(person, where), SIGHTINGS.c.last_unix_s >= since_unix_s)
        return self._connection.execute(chosen.limit(1)).first() is not None

    def _there(self, person: PersonId, where: Where) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = [SIGHTINGS.c.person_id == person, SIGHTINGS.c.verdict != Verdict.REJECTED]
        if self.until_unix_s is not None:
            found.append(SIGHTINGS.c.first_unix_s <= self.until_unix_s)
        if not where.is_everywhere:
            named = SIGHTINGS.c.camera.in_(sorted(where.cameras))
            grouped = select(CAMERAS.c.name).join(CAMERA_GROUPS, CAMERA_GROUPS.c.id == CAMERAS.c.group_id)
            in_groups = SIGHTINGS.c.camera.in_(grouped.where(CAMERA_GROUPS.c.id.in_(sorted(where.groups))))
            found.append(named | in_groups)
        return found


def lists_of(connection: Connection, people: Collection[PersonId]) -> dict[PersonId, frozenset[str]]:
    """The watch lists that people stand on; who stands on none is left out."""
    found: dict[PersonId, frozenset[str]] = {}
    if people:
        chosen = select(LISTED.c.person_id, LISTED.c.list_id).where(LISTED.c.person_id.in_(sorted(people)))
        for row in connection.execute(chosen):
            person = PersonId(row.person_id)
            found[person] = found.get(person, frozenset()) | {row.list_id}
    return found


def members_of(connection: Connection, lists: Collection[str]) -> Mapping[str, Sequence[PersonId]]:
    """Who stands on lists."""
    found: dict[str, list[PersonId]] = {}
    if lists:
        chosen = select(LISTED.c.list_id, LISTED.c.person_id).where(LISTED.c.list_id.in_(sorted(lists)))
        for row in connection.execute(chosen.order_by(LISTED.c.person_id)):
            found.setdefault(row.list_id, []).append(PersonId(row.person_id))
    return found


def groups_of(connection: Connection, cameras: Collection[CameraId]) -> dict[CameraId, frozenset[str]]:
    """The camera groups that cameras belong to, by identifier; who belongs to none is left out."""
    found: dict[CameraId, frozenset[str]] = {}
    if cameras:
        chosen = select(CAMERAS.c.name, CAMERAS.c.group_id).where(
            CAMERAS.c.name.in_(sorted(cameras)), CAMERAS.c.group_id.is_not(None)
        )
        for row in connection.execute(chosen):
            found[CameraId(row.name)] = frozenset({row.group_id})
    return found
