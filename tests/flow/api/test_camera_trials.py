"""Trying a camera over the API: what it sends, a picture, advice; no way into the server's own network or files."""

from __future__ import annotations

from base64 import b64decode
from typing import TYPE_CHECKING

import pytest

from nigoh.domain.access import Role
from nigoh.testing.mjpeg_camera import MjpegCamera

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.flow.api.conftest import House

PASSWORD = "s3cr3t"  # noqa: S105 - of a camera that lives for these tests


@pytest.fixture(scope="module")
def camera(shared_data: Path) -> Iterator[MjpegCamera]:
    picture = (shared_data / "photos" / "portraits" / "obama-240p.jpg").read_bytes()
    with MjpegCamera([picture], fps=10, user="admin", password=PASSWORD) as running:
        yield running


def test_an_address_is_tried_with_a_picture_and_advice(house: House, camera: MjpegCamera) -> None:
    body = {"url": f"http://admin:{PASSWORD}@{camera.address}", "seconds": 1}
    with house.client() as client:
        answer = client.post("/api/v1/cameras/test", json=body)
    assert answer.status_code == 200
    found = answer.json()
    assert found["stream"]["codec"] == "mjpeg"
    assert found["stream"]["height_px"] == 240
    assert found["faces"] >= 1
    assert {"small_faces", "costly_codec"} & {each["kind"] for each in found["advice"]}
    assert b64decode(found["picture"]).startswith(b"\xff\xd8")
    assert PASSWORD not in answer.text
    assert "***@" in found["url"]


def test_a_wrong_password_is_told_without_it(house: House, camera: MjpegCamera) -> None:
    with house.client() as client:
        answer = client.post("/api/v1/cameras/test", json={"url": f"http://admin:wr0ng@{camera.address}"})
    assert answer.status_code in {422, 502, 503, 400, 409}
    assert "user and password" in answer.json()["detail"]
    assert "wr0ng" not in answer.text


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("file:///etc/passwd", "begins with one of"),
        ("concat:/etc/passwd://x", "begins with one of"),
        ("http://169.254.169.254/latest/meta-data", "not connected to"),
        ("rtsp://", "names no host"),
    ],
)
def test_nobody_looks_into_the_server_by_a_cameras_address(house: House, url: str, said: str) -> None:
    with house.client() as client:
        answer = client.post("/api/v1/cameras/test", json={"url": url, "seconds": 1})
    assert 400 <= answer.status_code < 500
    assert said in answer.text


def test_a_camera_outside_ones_scope_is_not_tried(house: House) -> None:
    with house.client(Role.ADMINISTRATOR, scoped=True) as client:
        assert client.post("/api/v1/cameras/test", json={"camera": house.door}).status_code == 404


@pytest.mark.parametrize("body", [{}, {"camera": "gate", "url": "rtsp://10.0.0.5/x"}])
def test_one_thing_is_tried_at_a_time(house: House, body: dict[str, str]) -> None:
    with house.client() as client:
        assert client.post("/api/v1/cameras/test", json=body).status_code == 422
