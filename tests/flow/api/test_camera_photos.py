"""Whoever stands before a camera is enrolled by a picture of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx
import pytest
from prometheus_client import CollectorRegistry

from nigoh.domain.access import Role
from nigoh.domain.audit import AuditAction
from nigoh.domain.sighting import CameraId
from nigoh.errors import SourceUnavailable
from nigoh.identity.gallery import ExactGallery
from nigoh.office.camera_frames import CameraFrames
from nigoh.office.people_desks import open_people_desks
from nigoh.server.app import build_app
from nigoh.server.web_server import WebOptions, WebServer
from nigoh.storage.audit import Audit
from nigoh.storage.safe_pictures import PictureReader

if TYPE_CHECKING:
    from pathlib import Path

    from tests.flow.api.conftest import House

    from nigoh.domain.camera import Camera
    from nigoh.domain.frame import Pixels
    from nigoh.engine.analysis import FaceAnalyser


@pytest.fixture
def address(house: House, shared_data: Path, analyser: FaceAnalyser) -> Iterator[str]:
    """A server whose gate shows a known face, and whose door is out of order."""
    photo = (shared_data / "photos" / "portraits" / "obama.jpg").read_bytes()

    def take(camera: Camera) -> Pixels:
        if camera.name != house.gate:
            raise SourceUnavailable(f"the camera {camera.name} is away", "Look at its cable.")
        assert house.canary in camera.url.reveal(), "with its password"
        return PictureReader().read(photo, "frame")

    frames = CameraFrames(house.parts.cameras.opened, (), take)
    parts = house.parts
    search = ExactGallery(analyser.model).search
    people = open_people_desks(parts.database, parts.media, analyser, search, now=parts.unix_s)
    app = build_app(replace(parts, frames=frames.take, people=people, metrics=CollectorRegistry()))
    with WebServer(app, WebOptions(port=0)) as server:
        yield server.address


def test_a_picture_of_a_camera_becomes_a_photo(address: str, house: House) -> None:
    path = f"/api/v1/people/{house.ids['person']}/photos"
    with httpx.Client(base_url=address, headers=house.headers(), timeout=30) as client:
        frame = client.get("/api/v1/cameras/gate/frame")
        assert frame.status_code == 200
        assert client.post("/api/v1/photos/check", files={"photo": frame.content}).json()["outcome"] == "usable"
        added = client.post(f"{path}/camera", json={"camera": "gate"}, headers={"Audit-Reason": "at the counter"})
        assert (added.status_code, added.json()["outcome"], added.json()["name"]) == (201, "enrolled", "camera gate")
        again = client.post(f"{path}/camera", json={"camera": "gate"})
        assert (again.status_code, again.json()["photos"][0]["outcome"]) == (422, "duplicate")
        assert len(client.get(path).json()["items"]) == 1
        away = client.post(f"{path}/camera", json={"camera": house.door})
        assert (away.status_code, house.canary in away.text) == (503, False)
        assert client.get("/api/v1/cameras/roof/frame").status_code == 404
        client.delete(f"/api/v1/photos/{added.json()['photo_id']}")
    with house.parts.database.read() as connection:
        looks = [entry.event for entry in Audit(connection).entries() if entry.event.action is AuditAction.VIEW_LIVE]
    assert looks[-1].target_id == "gate"


def test_who_may_not_see_a_camera_takes_no_picture_of_it(address: str, house: House) -> None:
    path = f"/api/v1/people/{house.ids['person']}/photos/camera"
    with httpx.Client(base_url=address, headers=house.headers(Role.OPERATOR, scoped=True), timeout=30) as client:
        assert client.get(f"/api/v1/cameras/{house.door}/frame").status_code == 404
        assert client.post(path, json={"camera": house.door}).status_code == 404
    with httpx.Client(base_url=address, headers=house.headers(Role.VIEWER), timeout=30) as client:
        assert client.post(path, json={"camera": "gate"}).status_code == 403


def test_a_camera_of_the_file_holds_before_one_of_the_database(house: House) -> None:
    named: list[str] = []
    of_file = replace(house.parts.cameras.opened(house.gate), fps=9.0)

    def take(camera: Camera) -> Pixels:
        named.append(f"{camera.name} {camera.fps}")
        raise SourceUnavailable("away", "Look.")

    frames = CameraFrames(house.parts.cameras.opened, [of_file], take)
    for name in ("gate", "secret door"):
        with pytest.raises(SourceUnavailable):
            frames.take(CameraId(name))
    assert named == ["gate 9.0", "secret door 1.0"]
