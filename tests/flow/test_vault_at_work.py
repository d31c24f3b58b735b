"""A running nigoh whose master key changes while faces are looked at, and which forgets somebody for good."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from nigoh.config.deployment_settings import DeploymentSettings, deployment_settings
from nigoh.config.environment import DeploymentEnvironment
from nigoh.deployment_wiring import open_deployment, restore_deployment
from nigoh.domain.sighting import PersonId
from nigoh.storage.database.people import People
from nigoh.testing.running_product import RunningProduct

PASSWORD = "seven quiet lanterns 41"  # noqa: S105 - of a server that lives for these tests


@dataclass
class Place:
    """A running nigoh with one person, and the photo of them."""

    product: RunningProduct
    person: str
    photo: str

    @property
    def folder(self) -> Path:
        return self.product.folder

    @property
    def key(self) -> Path:
        return self.folder / "keys" / "master.key"

    def face(self) -> tuple[int, bytes]:
        answer = self.product.client.get(f"photos/{self.photo}/picture")
        return answer.status_code, answer.content

    def run(self, *words: str) -> str:
        place = ["--data", str(self.folder / "data"), "--master-key-file", str(self.key)]
        done = subprocess.run(
            [sys.executable, "-m", "nigoh", *words, *place], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def settings(self, data: str) -> DeploymentSettings:
        return deployment_settings(DeploymentEnvironment(), data=self.folder / data, master_key_file=self.key)


@pytest.fixture(scope="module")
def place(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    product = RunningProduct(tmp_path_factory.mktemp("product"))
    with product.running(), product.client:
        product.set_up("aziz", PASSWORD)
        person = product.ask("POST", "people", 201, json={"name": "Joe"}).json()["id"]
        photo = (shared_data / "photos/portraits/biden.jpg").read_bytes()
        product.ask("POST", f"people/{person}/photos", 201, files={"photos": ("1.jpg", photo, "image/jpeg")})
        (kept,) = product.ask("GET", f"people/{person}/photos").json()["items"]
        yield Place(product, person, kept["id"])


def test_faces_are_seen_all_the_time_while_the_master_key_changes(place: Place) -> None:
    before, (status, face) = place.key.read_text(), place.face()
    assert (status, face[:3]) == (200, b"\xff\xd8\xff")
    is_over = threading.Event()

    def look() -> set[tuple[int, bytes]]:
        seen = {place.face()}
        while not is_over.wait(0.02):
            seen.add(place.face())
        return seen

    with ThreadPoolExecutor(1) as looking:
        seen = looking.submit(look)
        try:
            assert "data keys are wrapped under the new master key" in place.run("vault", "rotate")
        finally:
            is_over.set()
        assert seen.result() == {(200, face)}
    assert place.key.read_text() != before
    assert [path.name for path in place.key.parent.glob("master.key*")] == ["master.key"]
    assert place.face() == (200, face)
    place.product.ask("POST", "cameras", 201, json={"name": "gate", "url": "rtsp://u:p@127.0.0.1:9/s"})
    place.run("vault", "status")


def test_who_is_erased_is_in_no_backup_any_more(place: Place) -> None:
    keys, backup = place.folder / "keys.json", place.folder / "before.tar"
    place.run("backup", str(backup), "--keys-to", str(keys))
    assert place.face()[0] == 200
    report = place.product.ask("DELETE", f"people/{place.person}").json()
    assert report["keys"] >= 1
    assert place.face()[0] == 404
    place.run("backup", str(place.folder / "after.tar"), "--keys-to", str(keys))
    settings = place.settings("restored")
    restore_deployment(settings, backup, keys, now_unix_s=1.8e9)
    with open_deployment(settings) as restored, restored.database.read() as connection:
        assert People(connection).get(PersonId(place.person)) is None
    files = [path for path in (place.folder / "restored").rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if b"Joe" in path.read_bytes() and path.name != "nigoh.db-wal"]
