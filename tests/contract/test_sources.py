"""Every source holds the one contract of sources."""

from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from nigoh.domain.frame import Pixels
from nigoh.testing.mjpeg_camera import MjpegCamera
from nigoh.testing.source_contract import SOURCE_CONTRACT, Opener
from nigoh.video.opening import open_source
from nigoh.video.options import SourceOptions
from nigoh.video.source import Source
from nigoh.video.writer import VideoWriter

WIDTH, HEIGHT, COUNT = 160, 120, 60


def picture(number: int) -> Pixels:
    return np.full((HEIGHT, WIDTH, 3), number * 4, np.uint8)


def jpeg(number: int) -> bytes:
    return cv2.imencode(".jpg", picture(number))[1].tobytes()


def opener(spec: str | Path) -> Opener:
    def opened(options: SourceOptions) -> Source:
        return open_source(spec, options)

    return opened


@pytest.fixture
def video_file(tmp_path: Path) -> Opener:
    path = tmp_path / "clip.mp4"
    with VideoWriter(path, WIDTH, HEIGHT, 25) as writer:
        for number in range(COUNT):
            writer.write(picture(number), number / 25)
    return opener(path)


@pytest.fixture
def picture_folder(tmp_path: Path) -> Opener:
    for number in range(COUNT):
        (tmp_path / f"{number}.jpg").write_bytes(jpeg(number))
    return opener(tmp_path)


@pytest.fixture
def mjpeg_camera() -> Iterator[Opener]:
    with MjpegCamera([jpeg(number) for number in range(COUNT)]) as camera:
        yield opener(camera.url)


@pytest.mark.parametrize("kind", ["video_file", "picture_folder", "mjpeg_camera"])
@pytest.mark.parametrize("check", SOURCE_CONTRACT, ids=lambda check: check.__name__)
def test_a_source_holds_its_contract(
    kind: str, check: Callable[[Opener], None], request: pytest.FixtureRequest
) -> None:
    check(request.getfixturevalue(kind))
