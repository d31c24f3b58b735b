"""Every source holds the one contract of sources."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from nigoh.domain.camera_url import CameraUrl
from nigoh.domain.frame import Pixels
from nigoh.testing.clip_options import ClipOptions
from nigoh.testing.farm import Farm, FarmOptions, prepare_footage
from nigoh.testing.mjpeg_camera import MjpegCamera
from nigoh.testing.source_contract import SOURCE_CONTRACT, Opener
from nigoh.video.container import ContainerSource
from nigoh.video.network import network_medium
from nigoh.video.opening import open_source
from nigoh.video.options import SourceOptions
from nigoh.video.rtsp.lean_source import LeanRtspSource
from nigoh.video.source import Source
from nigoh.video.writer import VideoWriter
from nigoh.vision.detector import Detector

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


def no_detector() -> Detector:
    raise AssertionError("nobody appears, so no face has to be found")


@pytest.fixture(scope="module")
def rtsp_camera(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CameraUrl]:
    small = ClipOptions(width_px=WIDTH, height_px=HEIGHT, fps=25, gop=10, bitrate=200_000, face_px=(20, 40))
    options = FarmOptions(cameras=1, picture=small)
    with Farm(prepare_footage(None, no_detector, options, tmp_path_factory.mktemp("footage")), options) as farm:
        yield farm.urls[0]


@pytest.fixture
def lean_by_tcp(rtsp_camera: CameraUrl) -> Opener:
    return lambda options: LeanRtspSource(rtsp_camera, options)


@pytest.fixture
def lean_by_udp(rtsp_camera: CameraUrl) -> Opener:
    return lambda options: LeanRtspSource(rtsp_camera, replace(options, transport="udp"))


@pytest.fixture
def ffmpegs_receiver(rtsp_camera: CameraUrl) -> Opener:
    return lambda options: ContainerSource(network_medium(rtsp_camera, options), options)


@pytest.mark.parametrize(
    "kind", ["video_file", "picture_folder", "mjpeg_camera", "lean_by_tcp", "lean_by_udp", "ffmpegs_receiver"]
)
@pytest.mark.parametrize("check", SOURCE_CONTRACT, ids=lambda check: check.__name__)
def test_a_source_holds_its_contract(
    kind: str, check: Callable[[Opener], None], request: pytest.FixtureRequest
) -> None:
    check(request.getfixturevalue(kind))
