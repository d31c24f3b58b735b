"""The whole product once: first start, a camera and a person over the API, and the sighting that follows."""

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypedDict, Unpack

import httpx
import pytest

from nigoh.testing.farm.process import FarmProcess
from nigoh.testing.stolen_files import pictures_in

PATIENCE_S = 120.0
FARM = ("--cameras", "1", "--people", "1", "--face-share", "0.6", "--size", "640x360", "--fps", "10", "--gop", "10")
PASSWORD = "seven quiet lanterns 41"  # noqa: S105 - of a server that lives for one test
CANARY = "canary-9f2c61"


@pytest.fixture(scope="module")
def farm(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FarmProcess]:
    faces = tmp_path_factory.mktemp("faces")
    shutil.copy(shared_data / "photos/portraits/obama3.jpg", faces / "Somebody.jpg")
    with FarmProcess([*FARM, "--faces", str(faces)]) as running:
        yield running


class Sent(TypedDict, total=False):
    json: Mapping[str, object]
    params: Mapping[str, str]
    files: Mapping[str, tuple[str, bytes, str]]


class Product:
    """`nigoh up` on an empty folder, and an administrator who asks it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.client = httpx.Client(timeout=30)
        self.process: subprocess.Popen[bytes]

    @contextmanager
    def running(self) -> Iterator[None]:
        said = self.folder / "said"
        command = [sys.executable, "-m", "nigoh", "up", "--data", str(self.folder / "data"), "--port", "0"]
        command += ["--master-key-file", str(self.folder / "keys" / "master.key")]
        with (
            said.open("wb") as output,
            subprocess.Popen(command, cwd=self.folder, stdout=output, stderr=subprocess.STDOUT) as self.process,
        ):
            try:
                found = self.until(lambda: re.search(r"(http://127\.0\.0\.1:\d+)/api/v1", self.said()))
                self.client.base_url = httpx.URL(f"{found[1]}/api/v1/")
                yield
            finally:
                self.client.close()
                self.process.kill()

    def said(self) -> str:
        return (self.folder / "said").read_text("utf-8")

    def until(self, found: Callable[[], re.Match[str] | None]) -> re.Match[str]:
        end_s = time.monotonic() + PATIENCE_S
        while (match := found()) is None:
            assert time.monotonic() < end_s, self.said()
            assert self.process.poll() is None, self.said()
            time.sleep(0.1)
        return match

    def ask(self, method: str, path: str, status: int, **values: Unpack[Sent]) -> httpx.Response:
        answer = self.client.request(method, path, **values)
        assert answer.status_code == status, (method, path, answer.status_code, answer.text)
        return answer


def test_from_the_first_start_to_the_first_name(farm: FarmProcess, shared_data: Path, tmp_path: Path) -> None:
    product = Product(tmp_path)
    with product.running():
        link = product.until(lambda: re.search(r"/setup#token=(\S+)", product.said()))
        who = {"name": "aziz", "password": PASSWORD}
        product.ask("POST", "setup", 201, json={**who, "token": link[1]})
        product.ask("POST", "setup", 403, json={**who, "token": link[1]})
        product.ask("GET", "people", 401)
        session = product.ask("POST", "session", 200, json=who).json()
        product.client.headers["X-CSRF-Token"] = session["csrf_token"]

        camera = {"name": "gate", "url": farm.place.urls[0].replace("rtsp://", f"rtsp://admin:{CANARY}@")}
        product.ask("POST", "cameras", 201, json=camera)
        assert CANARY not in product.ask("GET", "cameras", 200).text
        photo = {"photos": ("1.jpg", (shared_data / "photos/portraits/obama.jpg").read_bytes(), "image/jpeg")}
        person = product.ask("POST", "people", 201, json={"name": "Oʻktam Karimov"}).json()["id"]
        product.ask("POST", f"people/{person}/photos", 201, files=photo)
        found = product.ask("GET", "people", 200, params={"search": "ўктам"}).json()["items"]
        assert [each["id"] for each in found] == [person]

        end_s = time.monotonic() + PATIENCE_S
        while not (seen := product.ask("GET", "sightings", 200, params={"person": person}).json()["items"]):
            assert time.monotonic() < end_s, product.said()
            time.sleep(0.5)
        assert (seen[0]["camera"], seen[0]["status"]) == ("gate", "known")
        picture = product.ask("GET", f"sightings/{seen[0]['id']}/picture", 200)
        assert picture.content.startswith(b"\xff\xd8")
    everything = b"".join(path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file())
    assert CANARY.encode() not in everything + product.said().encode()
    assert pictures_in(everything) == [], "no picture lies there readable"
