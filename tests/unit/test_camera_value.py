"""A camera as a value: its defaults, and rates that are none."""

from collections.abc import Callable

import pytest

from nigoh.domain.camera import Camera, Mode, Priority, Record
from nigoh.domain.camera_url import CameraUrl
from nigoh.domain.sighting import CameraId

URL = CameraUrl("rtsp://admin:s3cr3t@10.0.0.5/stream")


def test_a_camera_needs_a_name_and_an_address_alone() -> None:
    camera = Camera(name=CameraId("gate"), url=URL)
    assert (camera.mode, camera.priority, camera.record) == (Mode.ADAPTIVE, Priority.NORMAL, Record.NEVER)
    assert camera.regions.is_everything
    assert camera.schedule.is_on(0)
    assert camera == Camera(name=CameraId("gate"), url=CameraUrl(URL.reveal()))
    assert "s3cr3t" not in repr(camera)


RATES: dict[str, Callable[[float], Camera]] = {
    "fps": lambda value: Camera(name=CameraId("gate"), url=URL, fps=value),
    "burst_fps": lambda value: Camera(name=CameraId("gate"), url=URL, burst_fps=value),
    "still_s": lambda value: Camera(name=CameraId("gate"), url=URL, still_s=value),
    "least_fps": lambda value: Camera(name=CameraId("gate"), url=URL, least_fps=value),
}


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("value", [0, -1, 1000.5, float("nan"), float("inf")])
def test_a_rate_that_is_none_is_named(rate: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"{rate} is above 0 and at most 1000, not {value:g}"):
        RATES[rate](value)


@pytest.mark.parametrize(
    ("url", "user", "password", "expected"),
    [
        ("rtsp://h/s", "admin", "p@/#:", "rtsp://admin:p%40%2F%23%3A@h/s"),
        ("rtsp://own@h/s", "admin", "pw", "rtsp://own:pw@h/s"),
        ("rtsp://own:word@h/s", "admin", "pw", "rtsp://own:word@h/s"),
        ("rtsp://h/a@b", "admin", "", "rtsp://admin@h/a@b"),
        ("rtsp://h/s", "", "", "rtsp://h/s"),
    ],
)
def test_a_login_is_added_where_the_address_has_none(url: str, user: str, password: str, expected: str) -> None:
    address = CameraUrl(url)
    assert address.with_login(user, password).reveal() == expected
    assert (address.has_user, address.has_password) == ("own" in url, "word" in url)
