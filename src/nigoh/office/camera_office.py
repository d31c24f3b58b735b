"""Cameras and their groups: added, changed and removed, with what others have to be told."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import msgspec
from sqlalchemy import Connection

from nigoh.domain.audit import AuditAction
from nigoh.domain.camera import Camera
from nigoh.domain.camera_record import CameraGroup, CameraRecord
from nigoh.domain.camera_url import CameraUrl
from nigoh.domain.identifiers import new_id
from nigoh.domain.records import Event, EventKind
from nigoh.domain.sighting import CameraId
from nigoh.errors import Invalid, Missing, Stale
from nigoh.office.actor import Actor
from nigoh.outbound import Outbound, Purpose
from nigoh.storage.audit import Audit
from nigoh.storage.database.camera_groups import CameraGroups
from nigoh.storage.database.camera_records import CameraRecords
from nigoh.storage.database.database import Database
from nigoh.storage.database.events import Events
from nigoh.storage.database.tables import CAMERAS
from nigoh.storage.vault.scopes import CAMERA
from nigoh.storage.vault.sealed import Sealed
from nigoh.storage.vault.sealed_columns import row_binding
from nigoh.storage.vault.vault import Vault

NETWORK_SCHEMES = ("rtsp", "rtsps", "rtmp", "rtmps", "srt", "http", "https")
"""Where cameras may be that are added from afar: a file of the server is nothing that an operator may name."""

_PORTS = {"rtsp": 554, "rtsps": 322, "rtmp": 1935, "rtmps": 443, "srt": 9710, "http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraOrder:
    """How a camera is to be.

    Attributes:
        camera: how it is watched; its address may hold user and password.
        group: identifier of its group, or None.
        enabled: it is watched at all.
    """

    camera: Camera
    group: str | None = None
    enabled: bool = True


class CameraOffice:
    """Keeps cameras, their sealed addresses and their groups. Any thread.

    Args:
        database: transactions.
        vault: seals addresses.
        outbound: says which hosts may be connected to.
        usual: a camera of which nothing else is said, as the settings are now.
        now: seconds since 1970.
    """

    def __init__(
        self,
        database: Database,
        vault: Vault,
        *,
        now: Callable[[], float],
        outbound: Outbound | None = None,
        usual: Callable[[CameraId, CameraUrl], Camera] = lambda name, url: Camera(name=name, url=url),
    ) -> None:
        self._database = database
        self._vault = vault
        self._now = now
        self._outbound = outbound or Outbound()
        self._usual = usual

    def usual(self, name: CameraId, url: CameraUrl) -> Camera:
        """A camera of which nothing else is said."""
        return self._usual(name, url)

    def watched(self) -> tuple[Camera, ...]:
        """All cameras that are to be watched, with their whole addresses, by name.

        Raises:
            VaultError: an address does not open.
        """
        with self._database.read() as connection:
            records = CameraRecords(connection).enabled()
            return tuple(self._opened(connection, record) for record in records)

    def stamp(self) -> tuple[object, ...]:
        """Another one after each change of a camera."""
        with self._database.read() as connection:
            return CameraRecords(connection).stamp()

    def get(self, name: CameraId) -> CameraRecord:
        """A camera, without user and password. Raises Missing."""
        with self._database.read() as connection:
            return _named(connection, name)

    def opened(self, name: CameraId) -> Camera:
        """A camera with its whole address, for whoever connects to it. Raises Missing, VaultError."""
        with self._database.read() as connection:
            return self._opened(connection, _named(connection, name))

    def add(self, actor: Actor, order: CameraOrder) -> CameraRecord:
        """Add a camera.

        Raises:
            Invalid: its address is none that may be added.
            OutboundRefused: its host may not be connected to.
            Conflict: another camera has its name.
            Missing: its group is not there.
        """
        self.require_reachable(order.camera.url)
        now = self._now()
        record = CameraRecord(
            id=new_id(now), camera=order.camera, group=order.group, enabled=order.enabled,
            created_unix_s=now, updated_unix_s=now,
        )  # fmt: skip
        with self._database.begin() as connection:
            CameraRecords(connection).add(record, self._sealed(connection, record))
            self._tell(connection, actor, record, "added")
            return _named(connection, order.camera.name)

    def change(
        self,
        actor: Actor,
        name: CameraId,
        edit: Callable[[CameraOrder], CameraOrder],
        *,
        url: CameraUrl | None = None,
        version: int | None = None,
    ) -> CameraRecord:
        """Change a camera; its name stays, as sightings go by it.

        Args:
            actor: who does.
            name: which camera.
            edit: gives how it is to be, of how it is; the address that it sees is without user and password.
            url: another address; None: it stays, with its user and password.
            version: as it was read; None: whatever it is.

        Raises:
            Missing: it or the group is not there.
            Stale: it has another version.
            Invalid, OutboundRefused: as of `add`.
        """
        if url is not None:
            self.require_reachable(url)
        now = self._now()
        with self._database.begin() as connection:
            before = _named(connection, name)
            if version is not None and version != before.version:
                raise Stale("camera", name)
            wanted = edit(CameraOrder(camera=before.camera, group=before.group, enabled=before.enabled))
            camera = replace(wanted.camera, name=name, url=url or before.camera.url)
            after = replace(before, camera=camera, group=wanted.group, enabled=wanted.enabled)
            sealed = self._sealed(connection, after) if url is not None else None
            CameraRecords(connection).update(after, now, sealed)
            self._tell(connection, actor, after, "changed")
            return _named(connection, name)

    def remove(self, actor: Actor, name: CameraId, *, version: int | None = None) -> None:
        """Remove a camera; its sightings stay. Raises Missing, Stale."""
        with self._database.begin() as connection:
            record = _named(connection, name)
            CameraRecords(connection).remove(record.id, version=version)
            self._tell(connection, actor, record, "removed")

    def add_group(self, actor: Actor, name: str) -> CameraGroup:
        """Add a group. Raises Conflict: another has its name."""
        now = self._now()
        group = CameraGroup(id=new_id(now), name=name, created_unix_s=now, updated_unix_s=now)
        with self._database.begin() as connection:
            CameraGroups(connection).add(group)
            self._tell_group(connection, actor, group.id, "added")
        return group

    def rename_group(self, actor: Actor, group_id: str, name: str, *, version: int | None = None) -> CameraGroup:
        """Rename a group. Raises Missing; Stale; Conflict: another has its name."""
        with self._database.begin() as connection:
            before = CameraGroups(connection).get(group_id)
            if before is None:
                raise Missing("camera group", group_id)
            wanted = replace(before, name=name, version=before.version if version is None else version)
            after = CameraGroups(connection).update(wanted, self._now())
            self._tell_group(connection, actor, group_id, "changed")
        return after

    def remove_group(self, actor: Actor, group_id: str, *, version: int | None = None) -> None:
        """Remove a group; its cameras stay, in none. Raises Missing, Stale."""
        with self._database.begin() as connection:
            CameraGroups(connection).remove(group_id, version=version)
            self._tell_group(connection, actor, group_id, "removed")

    def require_reachable(self, url: CameraUrl) -> None:
        """Whether a camera may be at this address. Raises Invalid, OutboundRefused."""
        if url.scheme not in NETWORK_SCHEMES:
            known = ", ".join(NETWORK_SCHEMES)
            raise Invalid("url", f"a camera's address begins with one of {known}, followed by ://")
        if not url.host:
            raise Invalid("url", "the address names no host", "Write it like rtsp://10.0.0.5/stream.")
        try:
            port = urlsplit(f"//{url.name}").port or _PORTS[url.scheme]
        except ValueError as error:
            raise Invalid("url", "the address's port is a number from 1 to 65535") from error
        if self._outbound.knows_by_heart(url.host):
            self._outbound.check(url.host, port, Purpose.CAMERA)
        else:
            # The name is looked up when it is connected to, and judged again: it may be another's by then.
            self._outbound.check_name(url.host, port, Purpose.CAMERA)

    def _sealed(self, connection: Connection, record: CameraRecord) -> Sealed:
        plain = record.camera.url.reveal().encode()
        return self._vault.seal(connection, CAMERA, plain, row_binding(CAMERAS, record.id))

    def _opened(self, connection: Connection, record: CameraRecord) -> Camera:
        sealed = CameraRecords(connection).sealed_url(record.id)
        if sealed is None:
            raise Missing("camera", record.camera.name)
        url = self._vault.open(connection, sealed, row_binding(CAMERAS, record.id)).decode()
        return replace(record.camera, url=CameraUrl(url))

    def _tell(self, connection: Connection, actor: Actor, record: CameraRecord, change: str) -> None:
        now, name = self._now(), record.camera.name
        body = msgspec.json.encode({"id": record.id, "name": name, "change": change}).decode()
        event = Event(kind=EventKind.CAMERA_CHANGED, camera=name, subject=record.id, unix_s=now, body=body)
        Events(connection).add(event)
        Audit(connection).write(actor.event(AuditAction.SETTING, "camera", name, {"change": change}), now)

    def _tell_group(self, connection: Connection, actor: Actor, group_id: str, change: str) -> None:
        now = self._now()
        body = msgspec.json.encode({"id": group_id, "change": change}).decode()
        Events(connection).add(Event(kind=EventKind.SETTING_CHANGED, subject=group_id, unix_s=now, body=body))
        Audit(connection).write(actor.event(AuditAction.SETTING, "camera-group", group_id, {"change": change}), now)


def _named(connection: Connection, name: CameraId) -> CameraRecord:
    found = CameraRecords(connection).find_name(name)
    if found is None:
        raise Missing("camera", name)
    return found
