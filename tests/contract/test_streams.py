"""Every kind of stream holds the one contract of streams."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import av
import cv2
import numpy as np
import pytest

from nigoh.domain.camera_url import CameraUrl
from nigoh.domain.frame import Pixels
from nigoh.errors import NigohError
from nigoh.testing.clip_options import ClipOptions
from nigoh.testing.farm import Farm, FarmOptions, prepare_footage
from nigoh.testing.mjpeg_camera import MjpegCamera
from nigoh.testing.stream_contract import STREAM_CONTRACT, StreamRecorder, Subject
from nigoh.video.stream import StreamOpener, StreamOptions
from nigoh.video.streams import Streams
from nigoh.video.writer import VideoWriter
from nigoh.vision.detector import Detector

WIDTH, HEIGHT, COUNT = 160, 120, 30
KINDS = ["lean_by_tcp", "lean_by_udp", "ffmpegs_rtsp", "mjpeg_camera", "video_file"]


def picture(number: int) -> Pixels:
    return np.full((HEIGHT, WIDTH, 3), number * 8, np.uint8)


def no_detector() -> Detector:
    raise AssertionError("nobody appears, so no face has to be found")


@pytest.fixture(scope="module")
def rtsp_camera(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CameraUrl]:
    small = ClipOptions(width_px=WIDTH, height_px=HEIGHT, fps=25, gop=10, bitrate=200_000, face_px=(20, 40))
    options = FarmOptions(cameras=1, picture=small)
    with Farm(prepare_footage(None, no_detector, options, tmp_path_factory.mktemp("footage")), options) as farm:
        yield farm.urls[0]


def on_camera(url: CameraUrl, transport: Literal["tcp", "udp"] = "tcp") -> Subject:
    return Subject(Streams, url, StreamOptions(transport=transport, read_timeout_s=1))


@pytest.fixture
def lean_by_tcp(rtsp_camera: CameraUrl) -> Subject:
    return on_camera(rtsp_camera)


@pytest.fixture
def lean_by_udp(rtsp_camera: CameraUrl) -> Subject:
    return on_camera(rtsp_camera, "udp")


@pytest.fixture
def ffmpegs_rtsp(rtsp_camera: CameraUrl) -> Subject:
    def opener() -> StreamOpener:
        streams = Streams()
        streams.note_language(rtsp_camera, ffmpeg=True)
        return streams

    return Subject(opener, rtsp_camera, StreamOptions(read_timeout_s=1))


@pytest.fixture
def mjpeg_camera() -> Iterator[Subject]:
    jpegs = [cv2.imencode(".jpg", picture(number))[1].tobytes() for number in range(COUNT)]
    with MjpegCamera(jpegs) as camera:
        yield on_camera(CameraUrl(camera.url))


@pytest.fixture
def video_file(tmp_path: Path) -> Subject:
    path = tmp_path / "a clip.mp4"
    with VideoWriter(path, WIDTH, HEIGHT, 25) as writer:
        for number in range(COUNT):
            writer.write(picture(number), number / 25)
    return on_camera(CameraUrl(path.as_uri()))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("check", STREAM_CONTRACT, ids=lambda check: check.__name__)
def test_a_stream_holds_its_contract(
    kind: str, check: Callable[[Subject], None], request: pytest.FixtureRequest
) -> None:
    check(request.getfixturevalue(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_handed_on_can_be_decoded_from_the_first_keyframe_on(
    kind: str, request: pytest.FixtureRequest
) -> None:
    subject: Subject = request.getfixturevalue(kind)
    recorder = StreamRecorder()
    with subject.opener() as opener:
        opener.open(subject.url, subject.options, recorder)
        units = recorder.wait_for_units(40)
    info = recorder.info
    assert info is not None
    decoder = av.CodecContext.create(info.codec, "r")
    assert isinstance(decoder, av.VideoCodecContext)
    decoder.extradata = info.extradata or None
    decoder.thread_count = 1
    first = next(at for at, unit in enumerate(units) if unit.is_keyframe)
    frames = [frame for unit in units[first:40] for frame in decoder.decode(av.Packet(unit.data))]
    frames += decoder.decode(None)
    assert len(frames) == 40 - first
    assert {(frame.width, frame.height) for frame in frames} == {(WIDTH, HEIGHT)}
    assert not any(frame.is_corrupt for frame in frames)


@pytest.mark.parametrize(
    "url",
    [
        "rtsp://user:s3cret@127.0.0.1:1/cam",
        "rtsps://user:s3cret@127.0.0.1:1/cam",
        "http://user:s3cret@127.0.0.1:1/video.mjpg",
        "rtsp://user:s3cret@/cam",
        "gopher://user:s3cret@127.0.0.1/cam",
        "file:///nowhere/clip.mp4",
        "file:///dev/video99",
    ],
)
def test_what_cannot_be_opened_only_ends_and_says_no_secret(url: str) -> None:
    recorder = StreamRecorder()
    with Streams() as opener:
        opener.open(CameraUrl(url), StreamOptions(open_timeout_s=5), recorder)
        error = recorder.wait_for_end()
    assert isinstance(error, NigohError)
    assert list(recorder.told) == [error]
    assert error.next_step
    assert "s3cret" not in f"{error!r} {error.__cause__!r} {error.__context__!r}"


def test_streams_are_opened_within_the_context() -> None:
    with pytest.raises(RuntimeError, match="within the context"):
        Streams().open(CameraUrl("rtsp://127.0.0.1:1/cam"), StreamOptions(), StreamRecorder())
