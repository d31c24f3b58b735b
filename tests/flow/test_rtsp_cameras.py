"""RTSP cameras, played by an independent server: Debian's GStreamer."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal

import av
import numpy as np
import pytest

from nigoh.cli.main import main
from nigoh.domain.camera_url import CameraUrl
from nigoh.domain.frame import Pixels
from nigoh.errors import NigohError, SourceError, SourceUnavailable
from nigoh.testing.clip_options import ClipOptions, VideoCodec
from nigoh.testing.encoder import encode_clip
from nigoh.testing.source_contract import SOURCE_CONTRACT, Opener
from nigoh.video.container import ContainerSource
from nigoh.video.network import network_medium
from nigoh.video.opening import open_source
from nigoh.video.options import SourceOptions
from nigoh.video.rtsp.errors import NotSpoken
from nigoh.video.rtsp.lean_source import LeanRtspSource
from nigoh.video.rtsp.receiver import Receiver
from nigoh.video.source import Source
from nigoh.video.writer import VideoWriter

SYSTEM_PYTHON = "/usr/bin/python3"
SERVER = Path(__file__).with_name("gst_server.py")
START_DEADLINE_S = 20.0
WIDTH, HEIGHT = 320, 240
PASSWORD = "hu/sh#1 o@ʻ"  # noqa: S105 - of a camera that lives for one test
ENCODED = "hu%2Fsh%231%20o%40%CA%BB"


@dataclass(frozen=True, slots=True)
class GstCamera:
    """A running camera: where it is, and its process."""

    address: str
    process: subprocess.Popen[str]

    def url(self, credentials: str = "") -> str:
        return f"rtsp://{credentials}{self.address}"


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the camera sees: no B-frames, a keyframe every two seconds, as cameras send."""
    path = tmp_path_factory.mktemp("camera") / "clip.mp4"
    with VideoWriter(path, WIDTH, HEIGHT, 25) as writer:
        for number in range(100):
            writer.write(np.full((HEIGHT, WIDTH, 3), number * 2, np.uint8), number / 25)
    return path


@pytest.fixture(scope="module")
def gstreamer() -> None:
    """Skips where the server's packages are missing."""
    check = "import gi; gi.require_version('GstRtspServer', '1.0'); from gi.repository import GstRtspServer"
    try:
        found = subprocess.run([SYSTEM_PYTHON, "-c", check], capture_output=True, text=True, timeout=30, check=False)
    except OSError as error:
        pytest.skip(f"no system Python: {error}")
    if found.returncode:
        pytest.skip(f"gst-rtsp-server is not installed: {found.stderr.strip().splitlines()[-1]}")


@contextmanager
def camera(clip: Path, *guard: str, codec: str = "h264") -> Iterator[GstCamera]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [SYSTEM_PYTHON, str(SERVER), str(clip), str(port), codec, *guard]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        wait_for_port(port)
        yield GstCamera(f"127.0.0.1:{port}/cam", process)
    finally:
        process.kill()
        process.communicate()


def wait_for_port(port: int) -> None:
    deadline = time.monotonic() + START_DEADLINE_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except ConnectionRefusedError:
            assert time.monotonic() < deadline, "the server does not listen"
        else:
            return


@pytest.fixture(scope="module")
def open_camera(clip: Path, gstreamer: None) -> Iterator[GstCamera]:
    """A camera without a password, for all tests that do it no harm."""
    del gstreamer
    with camera(clip) as running:
        yield running


@pytest.mark.parametrize("check", SOURCE_CONTRACT, ids=lambda check: check.__name__)
def test_an_rtsp_camera_holds_the_contract(check: Callable[[Opener], None], open_camera: GstCamera) -> None:
    def opened(options: SourceOptions) -> Source:
        return open_source(open_camera.url(), options)

    check(opened)


@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_time_runs_as_the_camera_says(transport: Literal["tcp", "udp"], open_camera: GstCamera) -> None:
    with open_source(open_camera.url(), SourceOptions(transport=transport)) as source:
        frames = list(islice(source.frames(), 30))
        assert source.info.live
        assert source.info.name == open_camera.address
    steps = np.diff([frame.t_s for frame in frames[2:]])
    assert np.median(steps) == pytest.approx(0.04, abs=0.002)
    assert {(frame.width_px, frame.height_px) for frame in frames} == {(WIDTH, HEIGHT)}


@pytest.mark.parametrize("method", ["basic", "digest"])
def test_a_password_opens_and_is_never_shown(
    method: str, clip: Path, gstreamer: None, capfd: pytest.CaptureFixture[str]
) -> None:
    del gstreamer
    with camera(clip, method, "guard", PASSWORD) as guarded:
        with open_source(guarded.url(f"guard:{ENCODED}@")) as source:
            assert next(source.frames()).index == 0
            assert_hides(repr(source.info) + repr(source), "guard", PASSWORD, ENCODED)
        for credentials in ("guard:wr0ng-secret@", "stranger:wr0ng-secret@", ""):
            with pytest.raises(SourceError, match="refuses this user and password") as caught:
                open_source(guarded.url(credentials))
            assert_hides(everything_said_by(caught.value), "wr0ng", "guard:", "stranger")
    assert_hides("".join(capfd.readouterr()), "wr0ng", PASSWORD, ENCODED)


@pytest.mark.parametrize("check", SOURCE_CONTRACT, ids=lambda check: check.__name__)
def test_ffmpegs_receiver_holds_the_contract(check: Callable[[Opener], None], open_camera: GstCamera) -> None:
    def opened(options: SourceOptions) -> Source:
        return ContainerSource(network_medium(CameraUrl(open_camera.url()), options), options)

    check(opened)


@pytest.fixture(scope="module", params=[VideoCodec.H264, VideoCodec.H265], ids=str)
def textured(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, VideoCodec]:
    """A clip of which no two pictures are alike."""
    path, codec = tmp_path_factory.mktemp("textured") / "clip.mp4", VideoCodec(request.param)
    noise = np.random.default_rng(5)
    pictures = (noise.integers(0, 255, (HEIGHT, WIDTH, 3), np.uint8) // 4 + number for number in range(75))
    encode_clip(
        pictures, path, ClipOptions(width_px=WIDTH, height_px=HEIGHT, fps=25, gop=25, face_px=(20, 60), codec=codec)
    )
    return path, codec


@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_both_receivers_see_the_pictures_that_are_sent(
    textured: tuple[Path, VideoCodec], transport: Literal["tcp", "udp"], gstreamer: None
) -> None:
    del gstreamer
    path, codec = textured
    options = SourceOptions(transport=transport)
    with open_source(path) as clip:
        sent = [frame.pixels for frame in clip.frames()]
    with camera(path, codec=codec.value) as running:
        url = CameraUrl(running.url())
        with ContainerSource(network_medium(url, options), options) as other, LeanRtspSource(url, options) as lean:
            assert (lean.info.width_px, lean.info.height_px, lean.info.fps) == (WIDTH, HEIGHT, 25)
            theirs = list(islice(other.frames(), 30))
            assert_shows([frame.pixels for frame in islice(lean.frames(), 60)], sent)
            assert lean.faults.damaged_packets == lean.dropped_units == 0
    # GStreamer repeats the parameter sets before each slice of an H.264 keyframe. There FFmpeg cuts it in two.
    if codec is VideoCodec.H265:
        assert_shows([frame.pixels for frame in theirs], sent)


def assert_shows(pictures: list[Pixels], sent: list[Pixels]) -> None:
    """The camera has begun anywhere in the clip, and at its end from the front again."""
    first = next(at for at, pixels in enumerate(sent) if np.array_equal(pixels, pictures[0]))
    for at, pixels in enumerate(pictures):
        assert np.array_equal(pixels, sent[(first + at) % len(sent)]), f"picture {at} is another"


def motion_jpeg(path: Path) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mjpeg", rate=25)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuvj420p"
        for number in range(50):
            picture = np.full((HEIGHT, WIDTH, 3), number * 4, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "bgr24")))
        container.mux(stream.encode(None))
    return path


def test_a_camera_with_another_codec_is_left_to_ffmpeg(tmp_path: Path, gstreamer: None) -> None:
    del gstreamer
    with camera(motion_jpeg(tmp_path / "clip.mov"), codec="jpeg") as running:
        url, options = CameraUrl(running.url()), SourceOptions()
        # GStreamer refuses whoever comes while it puts a camera to sleep that the last viewer has left: one stays.
        with ContainerSource(network_medium(url, options), options), open_source(running.url()) as source:
            with pytest.raises(NotSpoken, match="sends JPEG"):
                LeanRtspSource(url, options)
            assert next(source.frames()).pixels.shape == (240, 320, 3)


def test_cameras_share_a_receiver_and_not_their_faults(clip: Path, gstreamer: None) -> None:
    del gstreamer
    options = SourceOptions()
    with Receiver() as receiver, camera(clip) as first, camera(clip) as second:
        healthy, failing = (LeanRtspSource(CameraUrl(each.url()), options, receiver) for each in (first, second))
        with healthy, failing:
            frames = failing.frames()
            next(frames)
            second.process.kill()
            with pytest.raises(SourceUnavailable, match="has stopped sending"):
                list(frames)
            assert len(list(islice(healthy.frames(), 30))) == 30


def test_a_camera_that_is_switched_off_is_unavailable(clip: Path, gstreamer: None) -> None:
    del gstreamer
    with camera(clip) as running, open_source(running.url("user:s3cret@")) as source:
        frames = source.frames()
        next(frames)
        running.process.kill()
        with pytest.raises(SourceUnavailable, match="has stopped sending") as caught:
            list(frames)
    assert_hides(everything_said_by(caught.value), "s3cret")


def test_a_camera_that_hangs_is_unavailable(clip: Path, gstreamer: None) -> None:
    del gstreamer
    options = SourceOptions(read_timeout_s=1)
    with camera(clip) as running, open_source(running.url(), options) as source:
        frames = source.frames()
        next(frames)
        os.kill(running.process.pid, signal.SIGSTOP)
        with pytest.raises(SourceUnavailable, match="has stopped sending"):
            list(frames)


def test_a_path_that_the_camera_does_not_have(open_camera: GstCamera) -> None:
    with pytest.raises(SourceError, match="no stream at this path"):
        open_source(open_camera.url() + "/other")


def test_nobody_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(SourceUnavailable, match="refuses connections") as caught:
            open_source(f"rtsp://user:s3cret@{address}/cam")
    assert address in str(caught.value)
    assert_hides(everything_said_by(caught.value), "s3cret")


def test_no_such_host() -> None:
    with pytest.raises(SourceUnavailable, match=r"there is no host nowhere\.invalid") as caught:
        open_source("rtsp://user:s3cret@nowhere.invalid/cam")
    assert_hides(everything_said_by(caught.value), "s3cret")


@pytest.mark.parametrize("scheme", ["rtsp", "http"])
def test_a_host_that_never_answers(scheme: str) -> None:
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen(1)
        with pytest.raises(SourceUnavailable, match="does not answer") as caught:
            open_source(
                f"{scheme}://user:s3cret@127.0.0.1:{mute.getsockname()[1]}/cam",
                SourceOptions(open_timeout_s=0.5, read_timeout_s=0.5),
            )
    assert_hides(everything_said_by(caught.value), "s3cret")


@pytest.mark.parametrize("url", ["ftp://host/clip.mp4", "rtsp:///cam", "rtsp://user:s3cret@/cam"])
def test_addresses_that_cannot_be_meant(url: str) -> None:
    with pytest.raises(SourceError) as caught:
        open_source(url)
    assert_hides(everything_said_by(caught.value), "s3cret")


@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_the_command_watches_a_camera(
    transport: str, open_camera: GstCamera, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["watch", open_camera.url(), "--transport", transport, "--max-frames", "5"])
    assert not ended.value.code
    assert "5 frames analysed, 0 sightings" in capsys.readouterr().err


def everything_said_by(error: BaseException) -> str:
    """An error in all its forms, with everything that hangs on it."""
    seen: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        each = waiting.pop()
        if each is not None and each not in seen:
            seen.append(each)
            waiting += [each.__cause__, each.__context__]
    assert isinstance(error, NigohError)
    return " ".join(f"{each} {each!r} {each.args} {vars(each)}" for each in seen)


def assert_hides(text: str, *secrets: str) -> None:
    assert [secret for secret in secrets if secret in text] == []
