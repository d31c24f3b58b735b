"""Streams of coded pictures from simulated cameras, with their faults, and from files."""

import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Literal

import av
import cv2
import numpy as np
import pytest

from nigoh.domain.camera_url import CameraUrl
from nigoh.errors import NigohError, SourceError, SourceUnavailable
from nigoh.testing.clip_options import ClipOptions, VideoCodec
from nigoh.testing.farm import (
    Account,
    AuthScheme,
    Farm,
    FarmOptions,
    Fault,
    FaultKind,
    Footage,
    ServingOptions,
    prepare_footage,
)
from nigoh.testing.mjpeg_camera import MjpegCamera
from nigoh.testing.stream_contract import StreamRecorder
from nigoh.video.access_unit import AccessUnit
from nigoh.video.stream import StreamOptions
from nigoh.video.stream_clock import StreamClock
from nigoh.video.streams import Streams
from nigoh.video.writer import VideoWriter
from nigoh.vision.detector import Detector

PICTURE = ClipOptions(width_px=320, height_px=180, fps=20, gop=5, bitrate=300_000, noise=0.01, face_px=(30, 60))
OPTIONS = FarmOptions(cameras=3, picture=PICTURE)
QUICK = StreamOptions(read_timeout_s=0.5, open_timeout_s=2)
PASSWORD = "hu/sh#1 o@ʻ"  # noqa: S105 - of cameras that live for one test
SYSTEM_PYTHON = "/usr/bin/python3"
GST_SERVER = Path(__file__).with_name("gst_server.py")
DESCRIPTORS = Path("/proc/self/fd")
DEADLINE_S = 20.0


def no_detector() -> Detector:
    raise AssertionError("no face has to be found")


@pytest.fixture(scope="module")
def footage(tmp_path_factory: pytest.TempPathFactory) -> dict[VideoCodec, Footage]:
    cache = tmp_path_factory.mktemp("cache")
    return {
        codec: prepare_footage(None, no_detector, replace(OPTIONS, picture=replace(PICTURE, codec=codec)), cache)
        for codec in VideoCodec
    }


@pytest.fixture
def farm(footage: dict[VideoCodec, Footage]) -> Iterator[Farm]:
    with Farm(footage[VideoCodec.H264], OPTIONS) as running:
        yield running


@pytest.fixture
def streams() -> Iterator[Streams]:
    with Streams() as running:
        yield running


def watched(streams: Streams, url: CameraUrl, options: StreamOptions = QUICK) -> StreamRecorder:
    """A camera from which two pictures have come."""
    recorder = StreamRecorder()
    streams.open(url, options, recorder)
    recorder.wait_for_units(2)
    return recorder


def watched_at_last(streams: Streams, url: CameraUrl, options: StreamOptions) -> StreamRecorder:
    """A camera from which two pictures have come, though it may refuse the first few who ask."""
    for _ in range(20):
        recorder = StreamRecorder()
        streams.open(url, options, recorder)
        recorder.wait_until(lambda told: len(told.units) >= 2 or bool(told.ends), "two pictures or an end")
        if not recorder.ends:
            return recorder
        threading.Event().wait(0.1)
    raise AssertionError(f"the camera refuses for good: {recorder.ends}")


def refused(streams: Streams, url: CameraUrl) -> NigohError | None:
    recorder = StreamRecorder()
    streams.open(url, QUICK, recorder)
    return recorder.wait_for_end()


def wait_until(holds: Callable[[], bool], otherwise: str) -> None:
    end_s = time.monotonic() + DEADLINE_S
    pause = threading.Event()
    while not holds():
        assert time.monotonic() < end_s, otherwise
        pause.wait(0.01)


def sizes(units: Sequence[AccessUnit], codec: str = "h264") -> list[tuple[int, int]]:
    decoder = av.CodecContext.create(codec, "r")
    assert isinstance(decoder, av.VideoCodecContext)
    frames = [frame for unit in units for frame in decoder.decode(av.Packet(unit.data))]
    return [(frame.width, frame.height) for frame in [*frames, *decoder.decode(None)]]


@pytest.mark.parametrize("transport", ["tcp", "udp"])
@pytest.mark.parametrize("scheme", list(AuthScheme))
@pytest.mark.parametrize("codec", list(VideoCodec))
def test_cameras_of_all_kinds_are_received_in_one_thread(
    footage: dict[VideoCodec, Footage], codec: VideoCodec, scheme: AuthScheme, transport: Literal["tcp", "udp"]
) -> None:
    account = Account() if scheme is AuthScheme.NONE else Account(scheme, "guard", PASSWORD)
    threads = threading.active_count()
    with Farm(footage[codec], OPTIONS, ServingOptions(account=account)) as farm, Streams() as streams:
        running = threading.active_count()
        recorders = [watched(streams, url, StreamOptions(transport=transport)) for url in farm.urls]
        assert threading.active_count() == running
        for recorder in recorders:
            units = recorder.wait_for_units(10)
            assert np.allclose(np.diff([unit.t_s for unit in units]), 0.05, atol=1e-3)
            assert sizes(units, {"h265": "hevc"}.get(codec.value, codec.value))[0] == (320, 180)
    wait_until(lambda: threading.active_count() <= threads, "threads are left")


def test_a_dropped_camera_can_be_opened_again_and_others_notice_nothing(farm: Farm, streams: Streams) -> None:
    first, second = (watched(streams, url) for url in farm.urls[:2])
    farm.disturb(Fault(FaultKind.DROP, camera=1))
    error = first.wait_for_end()
    assert isinstance(error, SourceUnavailable)
    assert "has stopped sending" in str(error)
    second.wait_for_units(len(second.units) + 5)
    watched(streams, farm.urls[0])


@pytest.mark.parametrize(("camera", "message"), [(None, "refuses connections"), (1, "")])
def test_refusals_are_told(farm: Farm, streams: Streams, camera: int | None, message: str) -> None:
    farm.disturb(Fault(FaultKind.REFUSE, camera=camera))
    error = refused(streams, farm.urls[0])
    assert isinstance(error, SourceUnavailable)
    assert message in str(error)
    farm.clear()
    watched(streams, farm.urls[0])


@pytest.mark.parametrize("transport", ["tcp", "udp"])
@pytest.mark.parametrize("kind", [FaultKind.FREEZE, FaultKind.HANG])
def test_a_camera_that_falls_silent_has_ended(
    farm: Farm, streams: Streams, kind: FaultKind, transport: Literal["tcp", "udp"]
) -> None:
    recorder = watched(streams, farm.urls[0], replace(QUICK, transport=transport))
    farm.disturb(Fault(kind, camera=1))
    assert isinstance(recorder.wait_for_end(), SourceUnavailable)
    silent = refused(streams, farm.urls[0])
    assert isinstance(silent, SourceUnavailable)
    assert re_message(silent) in ("sends no picture", "does not answer")
    farm.clear()
    watched(streams, farm.urls[0])


def re_message(error: NigohError) -> str:
    """What is said of the camera, without its address."""
    return error.what.partition(" ")[2]


def test_a_password_that_is_not_right_any_more(footage: dict[VideoCodec, Footage], streams: Streams) -> None:
    account = Account(AuthScheme.DIGEST, "guard", PASSWORD)
    with Farm(footage[VideoCodec.H264], OPTIONS, ServingOptions(account=account)) as farm:
        farm.disturb(Fault(FaultKind.UNAUTHORIZED, camera=1))
        error = refused(streams, farm.urls[0])
        assert isinstance(error, SourceError)
        assert "refuses this user and password" in str(error)
        assert "guard" not in str(error)
        assert PASSWORD not in str(error)
        farm.clear()
        watched(streams, farm.urls[0])


def test_garbage_ends_a_stream_and_the_mended_camera_is_received_as_before(farm: Farm, streams: Streams) -> None:
    recorder = watched(streams, farm.urls[0])
    farm.disturb(Fault(FaultKind.GARBAGE, camera=1))
    assert isinstance(recorder.wait_for_end(), SourceUnavailable)
    for _ in range(2):
        assert isinstance(refused(streams, farm.urls[0]), NigohError)
    farm.clear()
    threads = threading.active_count()
    watched(streams, farm.urls[0])
    assert threading.active_count() == threads, "no thread of FFmpeg"


def test_a_camera_that_sends_garbage_for_long_is_tried_with_ffmpeg(farm: Farm) -> None:
    now_s = [0.0]
    with Streams(clock=lambda: now_s[0]) as streams:
        watched(streams, farm.urls[0])
        farm.disturb(Fault(FaultKind.GARBAGE, camera=1))
        assert isinstance(refused(streams, farm.urls[0]), SourceUnavailable)
        now_s[0] += 900
        assert isinstance(refused(streams, farm.urls[0]), SourceUnavailable)
        farm.clear()
        threads = threading.active_count()
        watched(streams, farm.urls[0])
        assert threading.active_count() == threads + 1, "a thread of FFmpeg"


def test_pictures_of_another_size_are_announced_and_decodable(farm: Farm, streams: Streams) -> None:
    recorder = watched(streams, farm.urls[0])
    farm.disturb(Fault(FaultKind.RESIZE, camera=1))
    recorder.wait_until(
        lambda told: any(unit.parameter_sets_changed for unit in told.units) or bool(told.ends), "the other size"
    )
    units = recorder.wait_for_units(len(recorder.units) + 5)
    changed = next(at for at, unit in enumerate(units) if unit.parameter_sets_changed)
    assert units[changed].is_keyframe
    assert sizes(units)[0] == (320, 180)
    assert sizes(units)[-1] == (640, 360)


def test_a_clock_that_jumps_back_makes_no_picture_older(farm: Farm, streams: Streams) -> None:
    clock, captured_s, arrived_s = StreamClock(), [], []

    def place(told: StreamRecorder) -> None:
        arrived_s.append(time.monotonic())
        captured_s.append(clock.place(told.units[-1].t_s, arrived_s[-1]))

    recorder = StreamRecorder(then=place)
    streams.open(farm.urls[0], QUICK, recorder)
    recorder.wait_for_units(5)
    farm.disturb(Fault(FaultKind.BACKWARDS, camera=1, value=60))
    recorder.wait_until(lambda told: told.units[-1].t_s < -30, "the jump")
    recorder.wait_for_units(len(recorder.units) + 5)
    assert captured_s == sorted(captured_s)
    assert all(0 <= arrived - captured < 1 for arrived, captured in zip(arrived_s, captured_s, strict=False))


def test_a_camera_that_flaps_leaves_nothing_behind(farm: Farm, streams: Streams) -> None:
    begun = [watched(streams, url) for url in farm.urls[1:]]
    threads = threading.active_count()
    descriptors = len(list(DESCRIPTORS.iterdir()))
    for _ in range(200):
        recorder = StreamRecorder()
        stream = streams.open(farm.urls[0], QUICK, recorder)
        recorder.wait_until(lambda told: told.info is not None or bool(told.ends), "the opening")
        farm.disturb(Fault(FaultKind.DROP, camera=1))
        assert isinstance(recorder.wait_for_end(), SourceUnavailable)
        stream.close()
    wait_until(lambda: threading.active_count() <= threads, "threads are left")
    wait_until(lambda: len(list(DESCRIPTORS.iterdir())) <= descriptors, "descriptors are left")
    assert not any(recorder.ends for recorder in begun)


def jpegs(count: int = 6) -> list[bytes]:
    shades = [np.full((120, 160, 3), 20 + 30 * number, np.uint8) for number in range(count)]
    return [cv2.imencode(".jpg", shade)[1].tobytes() for shade in shades]


def test_an_http_camera_sends_its_jpegs_as_they_are(streams: Streams) -> None:
    with MjpegCamera(jpegs(), user="guard", password="hush o@") as camera:  # noqa: S106 - lives for one test
        recorder = watched(streams, CameraUrl(f"http://guard:hush%20o%40@{camera.address}"))
        units = recorder.wait_for_units(20)
        assert recorder.info is not None
        assert recorder.info.codec == "mjpeg"
        assert {unit.data for unit in units} == set(jpegs())
        assert all(unit.is_keyframe for unit in units)
        # At the camera's 50 a second 19 take 0.38 s, however FFmpeg would count them (25 a second: 0.76 s).
        assert units[19].t_s - units[0].t_s > 0.3
        error = refused(streams, CameraUrl(f"http://guard:wr0ng@{camera.address}"))
        assert isinstance(error, SourceError)
        assert "wr0ng" not in repr(error)
        camera.switched_off.set()
        assert "has stopped sending" in str(recorder.wait_for_end())


def test_an_http_camera_that_freezes_or_flaps_leaves_nothing_behind(streams: Streams) -> None:
    with MjpegCamera(jpegs()) as camera:
        url = CameraUrl(camera.url)
        watched(streams, url)
        threads = threading.active_count()
        for _ in range(20):
            recorder = StreamRecorder()
            streams.open(url, QUICK, recorder).close()
            assert recorder.wait_for_end() is None
        frozen = watched(streams, url)
        camera.frozen.set()
        assert "has stopped sending" in str(frozen.wait_for_end())
        wait_until(lambda: threading.active_count() <= threads, "threads are left")


def written(path: Path, codec: str = "libx264", pictures: int = 10, **options: str) -> CameraUrl:
    """A short clip at 25 pictures a second."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=25, options=options)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuvj420p" if codec == "mjpeg" else "yuv420p"
        for number in range(pictures):
            picture = np.full((120, 160, 3), 20 * number % 256, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "bgr24")))
        container.mux(stream.encode(None))
    return CameraUrl(path.as_uri())


def test_a_file_plays_in_real_time_again_and_again_on_a_clock_that_goes_on(tmp_path: Path, streams: Streams) -> None:
    begun_s = time.monotonic()
    recorder = watched(streams, written(tmp_path / "a clip.mp4", bf="0"))
    units = recorder.wait_for_units(35)[:35]
    assert time.monotonic() - begun_s > 1.2, "35 pictures at 25 a second"
    assert np.allclose([unit.t_s for unit in units], np.arange(35) / 25, atol=1e-3)
    assert [at for at, unit in enumerate(units) if unit.is_keyframe] == [0, 10, 20, 30]
    assert sizes(units) == [(160, 120)] * 35
    assert not any(unit.parameter_sets_changed or unit.damaged for unit in units)


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "ts", "avi"])
@pytest.mark.parametrize(("codec", "name"), [("libx264", "h264"), ("libx265", "hevc")])
def test_files_of_all_containers_come_as_annex_b_with_parameter_sets(
    suffix: str, codec: str, name: str, tmp_path: Path, streams: Streams
) -> None:
    if (suffix, name) == ("avi", "hevc"):
        pytest.skip("no such files")
    quiet = {"x265-params": "log-level=none:bframes=2"} if name == "hevc" else {"bf": "2"}
    url = written(tmp_path / f"clip.{suffix}", codec, 12, **quiet)
    recorder = watched(streams, url)
    units = recorder.wait_for_units(30)[:30]
    assert recorder.info is not None
    assert (recorder.info.codec, recorder.info.extradata) == (name, b"")
    assert all(unit.data.startswith((b"\0\0\0\1", b"\0\0\1")) for unit in units)
    second = next(at for at, unit in enumerate(units) if at and unit.is_keyframe)
    assert sizes(units[second:24], name) == [(160, 120)] * (24 - second), "it can be decoded from any keyframe on"
    shown_s = sorted(unit.t_s for unit in units[:second])
    assert np.allclose(np.diff(shown_s), 0.04, atol=2e-3), "each picture has its own time"


def test_a_file_of_jpegs(tmp_path: Path, streams: Streams) -> None:
    recorder = watched(streams, written(tmp_path / "clip.avi", "mjpeg"))
    assert sizes(recorder.wait_for_units(12)[:12], "mjpeg") == [(160, 120)] * 12


def test_a_file_that_is_cut_off_plays_as_far_as_it_goes_again_and_again(tmp_path: Path, streams: Streams) -> None:
    whole = tmp_path / "clip.ts"
    written(whole, pictures=50, g="10", bf="0")
    cut = tmp_path / "cut.ts"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    units = watched(streams, CameraUrl(cut.as_uri())).wait_for_units(40)
    assert all(after.t_s > before.t_s for before, after in pairwise(units))


def test_a_file_that_goes_away_or_holds_nothing_ends_with_the_reason(tmp_path: Path, streams: Streams) -> None:
    path = tmp_path / "clip.mp4"
    recorder = watched(streams, written(path))
    path.unlink()
    assert "does not exist" in str(recorder.wait_for_end())
    text = tmp_path / "text.mp4"
    text.write_text("no video")
    assert isinstance(refused(streams, CameraUrl(text.as_uri())), SourceError)


@contextmanager
def jpeg_over_rtsp(clip: Path) -> Iterator[CameraUrl]:
    """A camera that speaks RTSP, and neither H.264 nor H.265: GStreamer's."""
    check = "import gi; gi.require_version('GstRtspServer', '1.0'); from gi.repository import GstRtspServer"
    if subprocess.run([SYSTEM_PYTHON, "-c", check], capture_output=True, timeout=30, check=False).returncode:
        pytest.skip("gst-rtsp-server is not installed")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [SYSTEM_PYTHON, str(GST_SERVER), str(clip), str(port), "jpeg"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        wait_until(lambda: listens(port), "the server does not listen")
        yield CameraUrl(f"rtsp://127.0.0.1:{port}/cam")
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except ConnectionRefusedError:
        return False
    return True


def test_a_camera_that_the_lean_receiver_does_not_speak_is_left_to_ffmpeg_for_some_hours(tmp_path: Path) -> None:
    now_s = [0.0]
    clip = tmp_path / "clip.mov"
    written(clip, "mjpeg", 50)
    asked: list[str] = []
    with jpeg_over_rtsp(clip) as url, Streams(clock=lambda: now_s[0]) as streams:
        threads = threading.active_count()
        # GStreamer refuses whoever comes while it puts a camera to sleep that the last viewer has left: one stays.
        patient = StreamOptions(read_timeout_s=5)
        stays = watched_at_last(streams, url, patient)
        assert threading.active_count() == threads + 1
        for later_s in (0.0, 3600.0, 12 * 3600.0):
            now_s[0] += later_s
            recorder = StreamRecorder()
            stream = streams.open(url, patient, recorder)
            asked.append("lean" if threading.active_count() == threads + 1 else "ffmpeg")
            recorder.wait_for_units(2)
            assert recorder.info is not None
            assert recorder.info.codec == "mjpeg"
            stream.close()
            assert recorder.wait_for_end() is None
            wait_until(lambda: threading.active_count() == threads + 1, "a thread is left")
        assert not stays.ends
    assert asked == ["lean", "ffmpeg", "lean"]


def test_a_simple_video_file_is_a_camera_too(tmp_path: Path, streams: Streams) -> None:
    path = tmp_path / "100% mine #1.mp4"
    with VideoWriter(path, 160, 120, 25) as writer:
        for number in range(25):
            writer.write(np.full((120, 160, 3), number * 8, np.uint8), number / 25)
    for url in (path.as_uri(), f"file://{path}"):
        assert watched(streams, CameraUrl(url)).units[0].is_keyframe
