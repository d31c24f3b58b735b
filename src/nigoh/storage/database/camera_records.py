"""Cameras in the database. Their addresses lie there twice: sealed as a whole, and readable without the password."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, RowMapping, Select, func, select

from nigoh.domain.camera import Camera
from nigoh.domain.camera_record import CameraRecord
from nigoh.domain.page import ListOrder, Page, PageQuery
from nigoh.domain.sighting import CameraId
from nigoh.errors import DatabaseError
from nigoh.storage.database.keyset import Order, named_orders, read_page
from nigoh.storage.database.nouns import CAMERA, CAMERA_GROUP, DATA_KEY
from nigoh.storage.database.rows import Rows
from nigoh.storage.database.tables import CAMERAS
from nigoh.storage.vault.sealed import Sealed

_ORDERS = named_orders(CAMERAS)
_OPTIONS = tuple(field.name for field in fields(Camera) if field.name not in {"name", "url"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraFilter:
    """Which cameras are listed: those that fit all that is given.

    Attributes:
        text: a part of the name, as it is written.
        group: identifier of their group; "" for those in none.
        enabled: whether they are watched.
        names: the only ones that may be seen; None: all.
    """

    text: str = ""
    group: str | None = None
    enabled: bool | None = None
    names: frozenset[CameraId] | None = None


ALL_CAMERAS = CameraFilter()


class CameraRecords:
    """The cameras within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows = Rows(connection, CAMERA)

    def add(self, record: CameraRecord, url: Sealed) -> None:
        """Add a camera, with the times and the version that it carries; `url` is its whole address, sealed.

        Raises:
            Conflict: its identifier or its name is taken.
            Missing: its group or the data key is not there.
        """
        values = {"id": record.id, "created_unix_s": record.created_unix_s, "version": record.version}
        values |= _values(record, record.updated_unix_s) | _address(record, url)
        self._rows.add(values, {CAMERA_GROUP: record.group, DATA_KEY: url.key_id})

    def get(self, camera_id: str) -> CameraRecord | None:
        """The camera of this identifier, or None."""
        return next(iter(self._read(select(CAMERAS).where(CAMERAS.c.id == camera_id))), None)

    def find_name(self, name: CameraId) -> CameraRecord | None:
        """The camera of this name, or None."""
        return next(iter(self._read(select(CAMERAS).where(CAMERAS.c.name == name))), None)

    def sealed_url(self, camera_id: str) -> Sealed | None:
        """A camera's whole address, sealed, or None if there is no such camera."""
        return self.sealed_urls([camera_id]).get(camera_id)

    def sealed_urls(self, camera_ids: Sequence[str]) -> dict[str, Sealed]:
        """The whole addresses of those of these cameras that are there, at most 1000 of them."""
        chosen = select(CAMERAS.c.id, CAMERAS.c.key_id, CAMERAS.c.sealed_url).where(CAMERAS.c.id.in_(camera_ids))
        return {row.id: Sealed(row.key_id, row.sealed_url) for row in self._connection.execute(chosen)}

    def update(self, record: CameraRecord, now_unix_s: float, url: Sealed | None = None) -> CameraRecord:
        """Change a camera that is still as it was read; gives it as it is now, with the next version.

        Without `url` its address stays, whatever `record.camera.url` is.

        Raises:
            Stale: somebody else changed it since.
            Missing: it is not there, or its group is not.
            Conflict: another camera has its name.
        """
        values = _values(record, now_unix_s) | (_address(record, url) if url else {})
        refers = {CAMERA_GROUP: record.group, DATA_KEY: url.key_id if url else None}
        self._rows.change(record.id, values, version=record.version, refers=refers)
        return replace(record, updated_unix_s=now_unix_s, version=record.version + 1)

    def remove(self, camera_id: str, *, version: int | None = None) -> None:
        """Remove a camera; its sightings stay.

        Raises:
            Missing: it is not there.
            Stale: it no longer has this version.
        """
        self._rows.remove(camera_id, version=version)

    def page(
        self,
        wanted: CameraFilter,
        query: PageQuery,
        sort: ListOrder = ListOrder.NAME,
        *,
        descending: bool = False,
    ) -> Page[CameraRecord]:
        """A part of the cameras that are wanted. Raises BadCursor: the cursor is none of this list in this order."""
        order = Order(f"cameras-{sort}", _ORDERS[sort], descending)
        return read_page(self._connection, select(CAMERAS).where(*_fits(wanted)), order, query, _records)

    def enabled(self) -> tuple[CameraRecord, ...]:
        """All cameras that are watched, by name."""
        return tuple(self._read(select(CAMERAS).where(CAMERAS.c.enabled).order_by(CAMERAS.c.name)))

    def stamp(self) -> tuple[object, ...]:
        """Another one after each change of a camera: whoever follows them looks at this first."""
        chosen = select(func.count(), func.sum(CAMERAS.c.version), func.max(CAMERAS.c.created_unix_s))
        return tuple(self._connection.execute(chosen).one())

    def count(self, wanted: CameraFilter = ALL_CAMERAS) -> int:
        """How many fit."""
        counted = select(func.count()).select_from(CAMERAS).where(*_fits(wanted))
        return self._connection.execute(counted).scalar_one()

    def _read(self, chosen: Select[Any]) -> list[CameraRecord]:
        return _records(self._connection.execute(chosen).mappings().all())


def _fits(wanted: CameraFilter) -> list[ColumnElement[bool]]:
    fits: list[ColumnElement[bool]] = []
    if wanted.text:
        fits.append(CAMERAS.c.name.icontains(wanted.text, autoescape=True))
    if wanted.group is not None:
        fits.append(CAMERAS.c.group_id == wanted.group if wanted.group else CAMERAS.c.group_id.is_(None))
    if wanted.enabled is not None:
        fits.append(CAMERAS.c.enabled.is_(wanted.enabled))
    if wanted.names is not None:
        fits.append(CAMERAS.c.name.in_(sorted(wanted.names)))
    return fits


def _values(record: CameraRecord, updated_unix_s: float) -> dict[str, object]:
    return {
        "name": record.camera.name,
        "group_id": record.group,
        "options": msgspec.to_builtins({name: getattr(record.camera, name) for name in _OPTIONS}),
        "enabled": record.enabled,
        "updated_unix_s": updated_unix_s,
    }


def _address(record: CameraRecord, url: Sealed) -> dict[str, object]:
    return {"key_id": url.key_id, "sealed_url": url.blob, "shown_url": str(record.camera.url)}


def _records(rows: Sequence[RowMapping]) -> list[CameraRecord]:
    return [
        CameraRecord(
            id=row["id"],
            camera=_camera(row["name"], row["shown_url"], row["options"]),
            group=row["group_id"],
            enabled=row["enabled"],
            created_unix_s=row["created_unix_s"],
            updated_unix_s=row["updated_unix_s"],
            version=row["version"],
        )
        for row in rows
    ]


def _camera(name: str, shown_url: str, options: Mapping[str, object]) -> Camera:
    """An option that was not there when the row was written has its default."""
    kept = {option: options[option] for option in _OPTIONS if option in options}
    try:
        return msgspec.convert({**kept, "name": name, "url": {"_url": shown_url}}, Camera)
    except msgspec.ValidationError as error:
        raise DatabaseError(
            f"the camera {name} holds what it cannot be: {error}", "Remove it, and add it anew."
        ) from error
