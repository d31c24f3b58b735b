"""The cameras of the configuration and of the database, as one."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from nigoh.domain.camera import Camera
from nigoh.domain.camera_url import CameraUrl
from nigoh.domain.master_key import MasterKey
from nigoh.domain.sighting import CameraId
from nigoh.office.actor import Actor
from nigoh.office.camera_office import CameraOffice, CameraOrder
from nigoh.office.camera_roster import CameraRoster
from nigoh.storage.database.database import Database
from nigoh.storage.database.migrations import migrate
from nigoh.storage.vault.vault import Vault

ROOT = Actor("root")


def camera(name: str, host: str = "10.0.0.5") -> Camera:
    return Camera(name=CameraId(name), url=CameraUrl(f"rtsp://admin:secret@{host}/stream"))


class Watched:
    def __init__(self) -> None:
        self.cameras: dict[str, str] = {}
        self.times = 0

    def __call__(self, cameras: Sequence[Camera]) -> None:
        self.cameras = {each.name: each.url.host for each in cameras}
        self.times += 1


def test_cameras_of_the_file_and_of_the_database_are_watched_together_as_they_change(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    watched = Watched()
    with Database(f"sqlite:///{tmp_path / 'nigoh.db'}") as database:
        migrate(database)
        office = CameraOffice(database, Vault(MasterKey.generate(), database), now=lambda: 1e9)
        roster = CameraRoster(office, watched)
        roster.configure([camera("gate")])
        roster.step(0.0)
        assert watched.cameras == {"gate": "10.0.0.5"}
        office.add(ROOT, CameraOrder(camera=camera("yard")))
        office.add(ROOT, CameraOrder(camera=camera("Gate", "10.0.0.9")))
        roster.step(0.1)
        assert set(watched.cameras) == {"gate"}, "it looks twice a second"
        roster.step(1.0)
        assert watched.cameras == {"gate": "10.0.0.5", "yard": "10.0.0.5"}
        assert "in the configuration and in the database" in caplog.text
        times = watched.times
        roster.step(2.0)
        assert watched.times == times, "nothing has changed"
        office.change(ROOT, CameraId("yard"), lambda order: CameraOrder(camera=order.camera, enabled=False))
        roster.step(3.0)
        assert set(watched.cameras) == {"gate"}
        roster.configure([])
        assert watched.cameras == {"Gate": "10.0.0.9"}


def test_a_database_that_cannot_be_read_leaves_the_cameras_as_they_are(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    watched = Watched()
    with Database(f"sqlite:///{tmp_path / 'nigoh.db'}") as database:
        migrate(database)
        roster = CameraRoster(CameraOffice(database, Vault(MasterKey.generate(), database), now=lambda: 1e9), watched)
        roster.configure([camera("gate")])
        roster.step(0.0)
        with database.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE camera RENAME TO gone")
        for second in range(1, 20):
            roster.step(float(second))
        assert watched.cameras == {"gate": "10.0.0.5"}
        assert caplog.text.count("The cameras stay as they are") == 1
