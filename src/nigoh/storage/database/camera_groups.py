"""Camera groups in the database."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection, RowMapping, func, select

from nigoh.domain.camera_record import CameraGroup
from nigoh.domain.page import ListOrder, Page, PageQuery
from nigoh.storage.database.keyset import Order, named_orders, read_page
from nigoh.storage.database.nouns import CAMERA_GROUP
from nigoh.storage.database.rows import Rows
from nigoh.storage.database.tables import CAMERA_GROUPS, CAMERAS

_ORDERS = named_orders(CAMERA_GROUPS)


class CameraGroups:
    """The camera groups within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows = Rows(connection, CAMERA_GROUP)

    def add(self, group: CameraGroup) -> None:
        """Add a group, with the times and the version that it carries.

        Raises:
            Conflict: its identifier or its name is taken.
        """
        values = {"id": group.id, "name": group.name, "version": group.version}
        self._rows.add(values | {"created_unix_s": group.created_unix_s, "updated_unix_s": group.updated_unix_s})

    def get(self, group_id: str) -> CameraGroup | None:
        """The group of this identifier, or None."""
        rows = self._connection.execute(select(CAMERA_GROUPS).where(CAMERA_GROUPS.c.id == group_id)).mappings().all()
        return next(iter(_groups(rows)), None)

    def update(self, group: CameraGroup, now_unix_s: float) -> CameraGroup:
        """Rename a group that is still as it was read; gives it as it is now, with the next version.

        Raises:
            Stale: somebody else changed it since.
            Missing: it is not there.
            Conflict: another group has its name.
        """
        self._rows.change(group.id, {"name": group.name, "updated_unix_s": now_unix_s}, version=group.version)
        return replace(group, updated_unix_s=now_unix_s, version=group.version + 1)

    def remove(self, group_id: str, *, version: int | None = None) -> None:
        """Remove a group; its cameras stay, in none.

        Raises:
            Missing: it is not there.
            Stale: it no longer has this version.
        """
        self._rows.remove(group_id, version=version)

    def page(
        self, query: PageQuery, sort: ListOrder = ListOrder.NAME, *, descending: bool = False, text: str = ""
    ) -> Page[CameraGroup]:
        """A part of the groups whose name holds this text. Raises BadCursor: it is none of this list and order."""
        order = Order(f"camera-groups-{sort}", _ORDERS[sort], descending)
        chosen = select(CAMERA_GROUPS).where(CAMERA_GROUPS.c.name.icontains(text, autoescape=True))
        return read_page(self._connection, chosen, order, query, _groups)

    def sizes(self) -> dict[str, int]:
        """How many cameras are in each group, by its identifier; an empty group is not there."""
        counted = select(CAMERAS.c.group_id, func.count().label("size")).where(CAMERAS.c.group_id.is_not(None))
        return {row.group_id: row.size for row in self._connection.execute(counted.group_by(CAMERAS.c.group_id))}


def _groups(rows: Sequence[RowMapping]) -> list[CameraGroup]:
    return [CameraGroup(**{column.name: row[column] for column in CAMERA_GROUPS.columns}) for row in rows]
