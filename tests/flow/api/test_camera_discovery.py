"""Looking for cameras in the network: who answers, what they offer, and what strangers may not do to who looks."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from nigoh.domain.access import Role
from nigoh.errors import SourceError
from nigoh.testing.onvif_camera import BOMB, OnvifCamera, OnvifOptions
from nigoh.video.onvif.probe import read_answer
from nigoh.video.onvif.safe_xml import read_xml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.flow.api.conftest import House

STREAM = "rtsp://127.0.0.1:8554/main"
PASSWORD = "s3cr3t & more"  # noqa: S105 - of a camera that lives for one test


@contextmanager
def listening(house: House, *options: OnvifOptions) -> Iterator[None]:
    cameras = [OnvifCamera(each) for each in options]
    for camera in cameras:
        camera.__enter__()
    house.asked_for_cameras[:] = [camera.probed_at for camera in cameras]
    try:
        yield
    finally:
        house.asked_for_cameras.clear()
        for camera in cameras:
            camera.__exit__(None, None, None)


def look(house: House, **body: object) -> list[dict[str, Any]]:
    with house.client() as client:
        answer = client.post("/api/v1/cameras/discovery", json={"seconds": 0.5} | body)
    assert answer.status_code == 200, answer.text
    assert PASSWORD not in answer.text
    found = answer.json()["items"]
    assert isinstance(found, list)
    return found


def test_a_camera_that_answers_tells_its_streams_to_its_user(house: House) -> None:
    with listening(house, OnvifOptions(STREAM, user="admin", password=PASSWORD)):
        (found,) = look(house, user="admin", password=PASSWORD)
    assert (found["host"], found["name"], found["hardware"]) == ("127.0.0.1", "Front door", "SIM-1")
    (stream,) = found["streams"]
    assert stream == {
        "name": "Main stream", "codec": "H264", "width_px": 1920, "height_px": 1080, "fps": 15.0, "url": STREAM,
    }  # fmt: skip


def test_one_that_wants_a_password_is_found_all_the_same(house: House) -> None:
    with listening(house, OnvifOptions(STREAM, user="admin", password=PASSWORD), OnvifOptions(STREAM)):
        found = look(house)
    assert sorted(len(each["streams"]) for each in found) == [0, 1]
    (closed,) = [each for each in found if not each["streams"]]
    assert "wants its user and password" in closed["problem"]


def test_a_stream_with_a_password_in_it_is_told_without(house: House) -> None:
    with listening(house, OnvifOptions(f"rtsp://admin:{PASSWORD.replace(' ', '')}@127.0.0.1/x")):
        (found,) = look(house)
    assert found["streams"][0]["url"] == "rtsp://127.0.0.1/x"


def test_who_answers_sends_nobody_elsewhere(house: House) -> None:
    with listening(house, OnvifOptions(STREAM, service="http://169.254.169.254/latest")):
        assert look(house) == []


def test_xml_that_would_grow_is_not_read(house: House) -> None:
    with listening(house, OnvifOptions(STREAM, is_bomb=True)):
        assert look(house) == []
    for encoding in ("utf-8", "utf-16"):
        with pytest.raises(SourceError, match="document type"):
            read_xml(BOMB.encode(encoding))
    with pytest.raises(SourceError, match="nested"):
        read_xml(b"<a>" * 1000 + b"</a>" * 1000)
    with pytest.raises(SourceError, match="too large"):
        read_xml(b"<a>" + b" " * 2**21 + b"</a>")
    assert read_answer(b"\xff\xfe nonsense", "10.0.0.5") == []


def test_who_sees_some_cameras_alone_looks_for_no_others(house: House) -> None:
    with house.client(Role.ADMINISTRATOR, scoped=True) as client:
        assert client.post("/api/v1/cameras/discovery", json={}).status_code == 403
