"""HTTP cameras."""

from collections.abc import Iterator
from itertools import islice

import cv2
import numpy as np
import pytest

from nigoh.errors import SourceError, SourceUnavailable
from nigoh.testing.mjpeg_camera import MjpegCamera
from nigoh.video.opening import open_source
from nigoh.video.options import SourceOptions

PASSWORD = "hush o@ʻ"  # noqa: S105 - of a camera that lives for one test
SHADES = (20, 60, 100, 140, 180, 220)


def pictures() -> list[bytes]:
    return [cv2.imencode(".jpg", np.full((120, 160, 3), shade, np.uint8))[1].tobytes() for shade in SHADES]


@pytest.fixture
def camera() -> Iterator[MjpegCamera]:
    with MjpegCamera(pictures()) as running:
        yield running


def test_pictures_come_in_order_and_on_the_clock_of_their_arrival(camera: MjpegCamera) -> None:
    with open_source(camera.url) as source:
        frames = list(islice(source.frames(), 30))
        assert source.info.live
        assert source.info.fps == 0
        assert source.info.name == camera.address
    shades = [round(float(frame.pixels.mean()) / 40 - 0.5) for frame in frames]
    assert shades == [number % len(SHADES) for number in range(30)]
    # At the camera's 50 a second these 30 take 0.6 s, however FFmpeg would count them (25 a second: 1.2 s).
    assert frames[-1].t_s >= 0.4


def test_a_password_opens_and_is_never_shown(capfd: pytest.CaptureFixture[str]) -> None:
    with MjpegCamera(pictures(), user="guard", password=PASSWORD) as camera:
        with open_source(f"http://guard:hush%20o%40%CA%BB@{camera.address}") as source:
            assert next(source.frames()).index == 0
            assert "hush" not in repr(source.info)
        with pytest.raises(SourceError, match="refuses this user and password") as caught:
            open_source(f"http://guard:wr0ng@{camera.address}")
    assert "wr0ng" not in f"{caught.value!r} {caught.value.__cause__!r} {caught.value.__context__!r}"
    assert "guard" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


def test_a_camera_that_is_switched_off_is_unavailable(camera: MjpegCamera) -> None:
    with open_source(camera.url) as source:
        frames = source.frames()
        next(frames)
        camera.switched_off.set()
        with pytest.raises(SourceUnavailable, match="has stopped sending"):
            list(frames)


def test_a_camera_that_hangs_is_unavailable(camera: MjpegCamera) -> None:
    with open_source(camera.url, SourceOptions(read_timeout_s=0.5)) as source:
        frames = source.frames()
        next(frames)
        camera.frozen.set()
        with pytest.raises(SourceUnavailable, match="has stopped sending"):
            list(frames)


def test_a_damaged_picture_is_skipped_and_counted() -> None:
    good = pictures()
    with MjpegCamera([good[0], good[1][:40] + bytes(200), good[2]]) as camera, open_source(camera.url) as source:
        frames = list(islice(source.frames(), 8))
        assert source.faults.damaged_packets >= 3
    assert {round(float(frame.pixels.mean()) / 40 - 0.5) for frame in frames} == {0, 2}
