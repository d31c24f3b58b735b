"""Cameras, their groups and settings are kept in the same way in every database."""

from dataclasses import dataclass, replace

import pytest
from sqlalchemy import text

from nigoh.domain.camera import Camera, Mode, Priority, Record
from nigoh.domain.camera_record import CameraGroup, CameraRecord
from nigoh.domain.camera_url import CameraUrl
from nigoh.domain.page import PageQuery
from nigoh.domain.region import Regions
from nigoh.domain.schedule import Schedule, parse_hours
from nigoh.domain.sighting import CameraId
from nigoh.errors import Conflict, DatabaseError, Missing, Stale
from nigoh.storage.database.camera_groups import CameraGroups
from nigoh.storage.database.camera_records import CameraFilter, CameraRecords
from nigoh.storage.database.database import Database
from nigoh.storage.database.settings import StoredSettings
from nigoh.storage.vault.sealed import Sealed

GATE = CameraRecord(
    id="gate",
    camera=Camera(
        name=CameraId("Дарвоза 1"),
        url=CameraUrl("rtsp://admin:S3cr3t!@10.0.0.5:554/h264?token=abc"),
        transport="udp",
        mode=Mode.FULL,
        fps=2.5,
        priority=Priority.HIGH,
        regions=Regions(zones=(((0.0, 0.0), (1.0, 0.0), (0.5, 1.0)),)),
        schedule=Schedule((parse_hours("mon-fri 08:00-18:00"),)),
        record=Record.SIGHTINGS,
    ),
    enabled=False,
    created_unix_s=1.5,
    updated_unix_s=2.5,
)


def camera(name: str, group: str | None = None, *, enabled: bool = True) -> CameraRecord:
    plain = Camera(name=CameraId(name), url=CameraUrl("rtsp://10.0.0.6/a"))
    return CameraRecord(id=name, camera=plain, group=group, enabled=enabled)


def test_a_camera_is_read_back_without_its_password(database: Database, sealed: Sealed) -> None:
    with database.begin() as connection:
        cameras = CameraRecords(connection)
        cameras.add(GATE, sealed)
        found = cameras.get("gate")
        assert found == cameras.find_name(CameraId("Дарвоза 1"))
        assert found is not None
        assert str(found.camera.url) == "rtsp://***@10.0.0.5:554/h264?token=***"
        assert replace(found, camera=replace(found.camera, url=GATE.camera.url)) == GATE
        assert cameras.sealed_url("gate") == sealed
        assert (cameras.get("no"), cameras.find_name(CameraId("no")), cameras.sealed_url("no")) == (None, None, None)


def test_a_password_is_nowhere_in_the_readable_columns(sqlite_database: Database) -> None:
    with sqlite_database.begin() as connection:
        connection.execute(
            text("INSERT INTO data_key (id, scope, master_id, created_unix_s) VALUES ('key', 'camera', 'm', 0)")
        )
        CameraRecords(connection).add(GATE, Sealed("key", b"sealed"))
        row = str(connection.execute(text("SELECT * FROM camera")).all())
    assert "S3cr3t" not in row
    assert "abc" not in row


def test_a_changed_camera_keeps_its_address_unless_it_gets_another(database: Database, sealed: Sealed) -> None:
    with database.begin() as connection:
        cameras = CameraRecords(connection)
        cameras.add(GATE, sealed)
        read = cameras.get("gate")
        assert read is not None
        renamed = cameras.update(replace(read, camera=replace(read.camera, name=CameraId("gate"), fps=1.0)), 9.0)
        assert renamed == cameras.get("gate")
        assert (renamed.version, renamed.updated_unix_s) == (2, 9.0)
        assert cameras.sealed_url("gate") == sealed
        moved = replace(renamed, camera=replace(renamed.camera, url=CameraUrl("rtsp://u:p@10.9.9.9/b")))
        cameras.update(moved, 10.0, Sealed("key", b"another"))
        found = cameras.get("gate")
        assert found is not None
        assert str(found.camera.url) == "rtsp://***@10.9.9.9/b"
        assert cameras.sealed_url("gate") == Sealed("key", b"another")
        with pytest.raises(Stale):
            cameras.update(renamed, 11.0)


def test_a_camera_needs_its_own_name_and_a_group_that_is_there(database: Database, sealed: Sealed) -> None:
    with database.begin() as connection:
        cameras = CameraRecords(connection)
        cameras.add(camera("a"), sealed)
        with pytest.raises(Conflict, match="another camera has this name"):
            cameras.add(replace(camera("a"), id="b"), sealed)
        with pytest.raises(Missing, match="no camera group hall"):
            cameras.add(camera("c", "hall"), sealed)
        with pytest.raises(Missing, match="no camera group hall"):
            cameras.update(replace(camera("a"), group="hall"), 1.0)
        cameras.remove("a", version=1)
        with pytest.raises(Missing, match="no camera a"):
            cameras.remove("a")


def test_cameras_are_listed_by_name_group_state_and_by_who_may_see_them(database: Database, sealed: Sealed) -> None:
    with database.begin() as connection:
        cameras = CameraRecords(connection)
        CameraGroups(connection).add(CameraGroup(id="hall", name="Hall"))
        for each in (camera("b_1", "hall"), camera("a%2", enabled=False), camera("c")):
            cameras.add(each, sealed)

        def names(wanted: CameraFilter) -> list[str]:
            found = [each.camera.name for each in cameras.page(wanted, PageQuery()).items]
            assert cameras.count(wanted) == len(found)
            return [str(name) for name in found]

        assert names(CameraFilter()) == ["a%2", "b_1", "c"]
        assert names(CameraFilter(text="B_")) == ["b_1"]
        assert names(CameraFilter(text="%")) == ["a%2"]
        assert names(CameraFilter(group="hall")) == ["b_1"]
        assert names(CameraFilter(group="")) == ["a%2", "c"]
        assert names(CameraFilter(enabled=False)) == ["a%2"]
        assert names(CameraFilter(names=frozenset({CameraId("c"), CameraId("x")}))) == ["c"]
        assert names(CameraFilter(names=frozenset())) == []
        assert [each.id for each in cameras.enabled()] == ["b_1", "c"]
        first = cameras.page(CameraFilter(), PageQuery(2))
        assert [each.id for each in cameras.page(CameraFilter(), PageQuery(2, first.next_cursor)).items] == ["c"]


def test_a_removed_group_leaves_its_cameras(database: Database, sealed: Sealed) -> None:
    with database.begin() as connection:
        groups, cameras = CameraGroups(connection), CameraRecords(connection)
        hall = CameraGroup(id="hall", name="Hall", created_unix_s=1.0, updated_unix_s=1.0)
        groups.add(hall)
        cameras.add(camera("a", "hall"), sealed)
        assert groups.sizes() == {"hall": 1}
        groups.remove("hall")
        found = cameras.get("a")
        assert found is not None
        assert found.group is None
        assert groups.sizes() == {}


def test_camera_groups_are_kept_and_renamed(database: Database) -> None:
    hall = CameraGroup(id="hall", name="Hall", created_unix_s=1.0, updated_unix_s=1.0)
    with database.begin() as connection:
        groups = CameraGroups(connection)
        groups.add(hall)
        assert groups.get("hall") == hall
        assert groups.update(replace(hall, name="Lobby"), 2.0) == groups.get("hall")
        with pytest.raises(Stale):
            groups.update(hall, 3.0)
        with pytest.raises(Conflict, match="another camera group has this name"):
            groups.add(CameraGroup(id="other", name="Lobby"))
        assert [each.name for each in groups.page(PageQuery()).items] == ["Lobby"]
        with pytest.raises(Missing):
            groups.remove("gate")


@dataclass(frozen=True, slots=True)
class Keep:
    days: int
    crops: bool = True


def test_settings_keep_values_of_their_type(database: Database) -> None:
    with database.begin() as connection:
        settings = StoredSettings(connection)
        assert settings.get("keep", Keep) is None
        first = settings.put("keep", Keep(30), 1.0, version=0)
        assert settings.get("keep", Keep) == first
        assert (first.value, first.version, first.updated_unix_s) == (Keep(30), 1, 1.0)
        assert settings.put("keep", Keep(60, crops=False), 2.0, version=1) == settings.get("keep", Keep)
        with pytest.raises(Stale):
            settings.put("keep", Keep(90), 3.0, version=1)
        with pytest.raises(Stale):
            settings.put("keep", Keep(90), 3.0, version=0)
        assert settings.put("keep", Keep(90), 3.0).version == 3
        settings.remove("keep")
        assert settings.get("keep", Keep) is None
        with pytest.raises(Missing):
            settings.remove("keep")


def test_a_setting_of_another_type_says_so(database: Database) -> None:
    with database.begin() as connection:
        StoredSettings(connection).put("keep", "for ever", 1.0)
        with pytest.raises(DatabaseError, match="the setting keep holds what it cannot be"):
            StoredSettings(connection).get("keep", Keep)
