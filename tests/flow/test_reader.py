"""Reading in a thread of its own: nothing of a file is lost, errors reach whoever takes, and the thread ends."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from nigoh.engine.reader import FrameReader
from nigoh.errors import SourceUnavailable
from nigoh.testing.mjpeg_camera import MjpegCamera
from nigoh.video.images import ImageSource
from nigoh.video.opening import open_source
from nigoh.video.options import SourceOptions

PICTURES = 7
DEADLINE_S = 20.0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in range(PICTURES):
        cv2.imwrite(str(tmp_path / f"{number}.png"), np.full((32, 48, 3), 30 * number, np.uint8))
    return tmp_path


@pytest.fixture
def picture() -> bytes:
    return cv2.imencode(".jpg", np.full((120, 160, 3), 90, np.uint8))[1].tobytes()


def reading(name: str) -> bool:
    """Whether the thread that reads the source of this name is alive."""
    return any(thread.name == f"read {name}" for thread in threading.enumerate())


def wait_until(holds: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + DEADLINE_S
    while not holds() and time.monotonic() < deadline_s:
        threading.Event().wait(0.005)
    assert holds()


def take_all(reader: FrameReader) -> int:
    count = 0
    while frames := reader.take(1):
        count += len(frames)
    return count


def test_every_picture_of_a_file_comes_once_in_order_and_then_nothing(folder: Path) -> None:
    with FrameReader(ImageSource(folder, SourceOptions()), capacity=2) as reader:
        taken = []
        while frames := reader.take(3):
            assert len(frames) <= 2, "no more than the mailbox holds"
            taken += frames
        assert reader.take(3) == []
    assert [frame.index for frame in taken] == list(range(PICTURES))
    assert (reader.frames.offered, reader.frames.dropped) == (PICTURES, 0)


def test_a_reader_that_waits_for_room_ends_when_it_is_left(folder: Path) -> None:
    with FrameReader(ImageSource(folder, SourceOptions()), capacity=1) as reader:
        wait_until(lambda: reader.frames.offered == 1)
        assert reading(folder.name)
    assert not reading(folder.name)
    assert reader.frames.offered == 1


def test_what_a_camera_raises_reaches_whoever_takes_after_its_last_frame(picture: bytes) -> None:
    with MjpegCamera([picture]) as camera, FrameReader(open_source(camera.url), capacity=1) as reader:
        assert len(reader.take(1)) == 1
        camera.switched_off.set()
        with pytest.raises(SourceUnavailable, match="has stopped sending"):
            take_all(reader)
        with pytest.raises(SourceUnavailable, match="has stopped sending"):
            reader.take(1)


def test_of_a_camera_that_is_too_fast_the_newest_frame_is_kept_and_the_others_are_counted(picture: bytes) -> None:
    with MjpegCamera([picture], fps=100) as camera, FrameReader(open_source(camera.url), capacity=1) as reader:
        wait_until(lambda: reader.frames.dropped >= 5)
        (newest,) = reader.take(1)
        assert newest.index >= 5, "the first ones were overtaken"


def test_an_open_connection_is_closed_when_the_reader_is_left(picture: bytes) -> None:
    with MjpegCamera([picture]) as camera:
        with FrameReader(open_source(camera.url), capacity=1) as reader:
            reader.take(1)
        assert not reading(camera.address)
