"""Simulated cameras, watched by FFmpeg and by nigoh's own receiver."""

import shutil
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from pathlib import Path

import av
import numpy as np
import pytest

from nigoh.config.settings import VisionSettings
from nigoh.domain.farm_truth import FarmTruth
from nigoh.engine.analysis import FaceAnalyser
from nigoh.errors import ConfigError, OutputError, SourceError
from nigoh.storage.farm_truth_file import read_farm_truth
from nigoh.testing.clip_options import ClipOptions, VideoCodec
from nigoh.testing.farm import (
    Account,
    AuthScheme,
    Farm,
    FarmOptions,
    Footage,
    ServingOptions,
    prepare_footage,
)
from nigoh.video.opening import open_source
from nigoh.video.options import SourceOptions
from nigoh.vision.detector import Detector
from nigoh.wiring import build_analyser

PICTURE = ClipOptions(width_px=320, height_px=180, fps=20, gop=10, bitrate=300_000, noise=0.01, face_px=(30, 60))
OPTIONS = FarmOptions(cameras=4, picture=PICTURE)
PASSWORD = "hu/sh#1 o@ʻ"  # noqa: S105 - of cameras that live for one test


def no_detector() -> Detector:
    raise AssertionError("no face has to be found")


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def footage(cache: Path) -> dict[VideoCodec, Footage]:
    """Empty scenes, which a detector has nothing to do with."""
    return {
        codec: prepare_footage(None, no_detector, replace(OPTIONS, picture=replace(PICTURE, codec=codec)), cache)
        for codec in VideoCodec
    }


def farm_of(footage: Footage, serving: ServingOptions | None = None) -> Farm:
    return Farm(footage, OPTIONS, serving)


def seen_by_ffmpeg(url: str, transport: str, pictures: int) -> list[tuple[int, int, float]]:
    """Width, height and time of each picture; FFmpeg gives the very first no time."""
    # Without `fpsprobesize` FFmpeg watches for a second and a half before it gives the first picture.
    options = {"rtsp_transport": transport, "fpsprobesize": "0"}
    with av.open(url, options=options, timeout=(10, 10)) as container:
        frames = islice(container.decode(video=0), pictures)
        return [(frame.width, frame.height, frame.time) for frame in frames if frame.time is not None]


@pytest.mark.parametrize("codec", list(VideoCodec))
@pytest.mark.parametrize("transport", ["tcp", "udp"])
@pytest.mark.parametrize("scheme", [AuthScheme.NONE, AuthScheme.BASIC, AuthScheme.DIGEST])
def test_ffmpeg_sees_every_camera(
    footage: dict[VideoCodec, Footage], codec: VideoCodec, transport: str, scheme: AuthScheme
) -> None:
    account = Account() if scheme is AuthScheme.NONE else Account(scheme, "guard", PASSWORD)
    with farm_of(footage[codec], ServingOptions(account=account)) as farm, ThreadPoolExecutor() as viewers:
        urls = [url.reveal() for url in farm.urls]
        for seen in viewers.map(lambda url: seen_by_ffmpeg(url, transport, 9), urls):
            assert {(width, height) for width, height, _ in seen} == {(320, 180)}
            assert np.allclose(np.diff([time_s for _, _, time_s in seen]), 0.05, atol=1e-3)


@pytest.mark.parametrize(
    ("scheme", "codec"), [*((scheme, VideoCodec.H264) for scheme in AuthScheme), (AuthScheme.NONE, VideoCodec.H265)]
)
def test_nigohs_own_receiver_sees_them(
    footage: dict[VideoCodec, Footage], scheme: AuthScheme, codec: VideoCodec
) -> None:
    account = Account() if scheme is AuthScheme.NONE else Account(scheme, "guard", PASSWORD)
    with farm_of(footage[codec], ServingOptions(account=account)) as farm:
        with open_source(farm.urls[1].reveal()) as source:
            frames = list(islice(source.frames(), 12))
        if scheme is not AuthScheme.NONE:
            stranger = f"rtsp://guard:wr0ng@127.0.0.1:{farm.port}/cam002"
            with pytest.raises(SourceError, match="refuses this user and password"):
                open_source(stranger)
        assert PASSWORD not in repr(farm.urls)
    assert {(frame.width_px, frame.height_px) for frame in frames} == {(320, 180)}
    assert np.allclose(np.diff([frame.t_s for frame in frames]), 0.05, atol=0.02)


def test_time_goes_on_when_a_clip_begins_again(footage: dict[VideoCodec, Footage]) -> None:
    (scene,) = footage[VideoCodec.H264].scenes.values()
    short = replace(scene.empty, pictures=scene.empty.pictures[:20])
    looping = Footage({False: replace(scene, empty=short)}, footage[VideoCodec.H264].other_size)
    with farm_of(looping) as farm:
        seen = seen_by_ffmpeg(farm.urls[0].reveal(), "tcp", 50)
    times = [time_s for _, _, time_s in seen]
    assert times[-1] - times[0] > 2, "the clip lasts a second"
    assert np.allclose(np.diff(times), 0.05, atol=1e-3)


@pytest.mark.parametrize("allowed", ["tcp", "udp"])
def test_a_transport_that_is_not_allowed_is_refused(footage: dict[VideoCodec, Footage], allowed: str) -> None:
    serving = ServingOptions(tcp=allowed == "tcp", udp=allowed == "udp")
    with farm_of(footage[VideoCodec.H264], serving) as farm:
        assert seen_by_ffmpeg(farm.urls[0].reveal(), allowed, 3)
        assert "461 Unsupported Transport" in ask(farm, f"SETUP {farm.urls[0].reveal()}/trackID=1", other_of(allowed))


def other_of(allowed: str) -> str:
    tcp, udp = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1", "Transport: RTP/AVP;unicast;client_port=5000-5001"
    return udp if allowed == "tcp" else tcp


def ask(farm: Farm, request: str, *headers: str) -> str:
    """One request and its answer."""
    with socket.create_connection(("127.0.0.1", farm.port), timeout=5) as connection:
        text = "".join(f"{line}\r\n" for line in (f"{request} RTSP/1.0", "CSeq: 1", *headers, ""))
        connection.sendall(text.encode())
        return connection.recv(4096).decode()


@pytest.mark.parametrize(
    ("request_line", "answer"),
    [
        ("OPTIONS *", "200 OK"),
        ("DESCRIBE rtsp://127.0.0.1/cam009", "404 Not Found"),
        ("DESCRIBE rtsp://127.0.0.1/", "404 Not Found"),
        ("PLAY rtsp://127.0.0.1/cam001", "455 Method Not Valid in This State"),
        ("SETUP rtsp://127.0.0.1/cam001/trackID=7", "404 Not Found"),
        ("SETUP rtsp://127.0.0.1/cam001/trackID=1", "461 Unsupported Transport"),
        ("RECORD rtsp://127.0.0.1/cam001", "501 Not Implemented"),
        ("nonsense", "400 Bad Request"),
    ],
)
def test_requests_that_cannot_be_met_are_answered_and_others_go_on(
    footage: dict[VideoCodec, Footage], request_line: str, answer: str
) -> None:
    with farm_of(footage[VideoCodec.H264]) as farm:
        assert f"RTSP/1.0 {answer}" in ask(farm, request_line)
        assert seen_by_ffmpeg(farm.urls[0].reveal(), "tcp", 3)


def test_who_shows_no_sign_of_life_is_cut_off_and_who_does_is_not(footage: dict[VideoCodec, Footage]) -> None:
    serving = ServingOptions(session_timeout_s=1.0)
    with farm_of(footage[VideoCodec.H264], serving) as farm:
        url = farm.urls[0].reveal()
        with socket.create_connection(("127.0.0.1", farm.port), timeout=5) as silent:
            silent.sendall(f"OPTIONS {url} RTSP/1.0\r\nCSeq: 1\r\n\r\n".encode())
            assert b"200 OK" in silent.recv(4096)
            assert silent.recv(4096) == b""
        # FFmpeg asks after half of the time that the camera has announced.
        seen = seen_by_ffmpeg(url, "tcp", 45)
    assert seen[-1][2] > 2


def test_the_counters_tell_what_was_sent(footage: dict[VideoCodec, Footage]) -> None:
    with farm_of(footage[VideoCodec.H264]) as farm:
        seen_by_ffmpeg(farm.urls[0].reveal(), "tcp", 12)
        status = farm.status()
        assert (status.cameras, status.skipped) == (4, 0)
        assert status.pictures >= 12
        assert status.packets >= status.pictures
        assert status.cpu_s > 0


def test_clips_are_made_once(footage: dict[VideoCodec, Footage], cache: Path) -> None:
    del footage
    before = {path: path.stat().st_mtime_ns for path in cache.rglob("*.mp4")}
    again = prepare_footage(None, no_detector, OPTIONS, cache)
    assert {path: path.stat().st_mtime_ns for path in cache.rglob("*.mp4")} == before
    assert not [path for path in cache.rglob("*") if "unfinished" in path.name]
    assert len(again.scenes) == 1


def test_two_who_make_the_same_clips_at_once_both_have_them(tmp_path: Path) -> None:
    with ThreadPoolExecutor() as makers:
        made = list(makers.map(lambda _: prepare_footage(None, no_detector, OPTIONS, tmp_path), range(2)))
    assert made[0] == made[1]
    assert len(list((tmp_path / "farm").iterdir())) == 1


def test_a_taken_port_is_said_and_nothing_is_left_behind(footage: dict[VideoCodec, Footage]) -> None:
    with farm_of(footage[VideoCodec.H264]) as first:
        for serving in (ServingOptions(port=first.port), ServingOptions(control_port=first.control_port)):
            with (
                pytest.raises(ConfigError, match="cannot be listened on"),
                farm_of(footage[VideoCodec.H264], serving),
            ):
                pass
        assert seen_by_ffmpeg(first.urls[0].reveal(), "udp", 3)


def test_a_truth_that_cannot_be_written_is_said(footage: dict[VideoCodec, Footage], tmp_path: Path) -> None:
    farm = Farm(footage[VideoCodec.H264], OPTIONS, truth=tmp_path / "none" / "truth.jsonl")
    with pytest.raises(OutputError, match="No such file"), farm:
        pass


OBAMA, BIDEN = "Barack Obama", "Joe Biden"


@pytest.fixture(scope="module")
def analyser() -> FaceAnalyser:
    return build_analyser(VisionSettings())


@pytest.fixture(scope="module")
def faces(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("faces")
    (folder / OBAMA).mkdir()
    shutil.copy(shared_data / "photos/portraits/obama3.jpg", folder / OBAMA / "1.jpg")
    shutil.copy(shared_data / "photos/portraits/biden.jpg", folder / f"{BIDEN}.jpg")
    return folder


@pytest.mark.parametrize("still", [0.0, 1.0])
def test_the_truth_agrees_with_what_a_detector_sees_at_that_time(
    faces: Path, analyser: FaceAnalyser, cache: Path, tmp_path: Path, still: float
) -> None:
    picture = ClipOptions(width_px=480, height_px=270, fps=10, gop=10, bitrate=600_000, noise=0.01, face_px=(40, 80))
    options = FarmOptions(cameras=2, picture=picture, face_share=0.6, still_share=still)
    footage = prepare_footage(faces, lambda: analyser, options, cache)
    file = tmp_path / "truth.jsonl"
    with Farm(footage, options, truth=file) as farm:
        seen = faces_by_time(farm, analyser, seconds=10)
        truth = farm.truth()
    written = read_farm_truth(file)
    assert written.appearances[: len(truth.appearances)] == truth.appearances
    assert written.ended_unix_s is not None
    assert {each.person for each in truth.appearances} == {OBAMA, BIDEN}
    inside = [count for unix_s, count in seen if is_there(truth, unix_s) is True]
    outside = [count for unix_s, count in seen if is_there(truth, unix_s) is False]
    assert len(inside) > 12
    assert len(outside) > 5
    assert np.mean([count == 1 for count in inside]) > 0.9
    assert sum(outside) == 0


def faces_by_time(farm: Farm, analyser: FaceAnalyser, seconds: float) -> list[tuple[float, int]]:
    """When a picture of the first camera came, and how many faces are in it."""
    found = []
    with open_source(farm.urls[0].reveal(), SourceOptions(read_timeout_s=5)) as source:
        for frame in source.frames():
            arrived_s = time.time()
            if frame.index % 3 == 0:
                found.append((arrived_s, len(analyser.detect([frame.pixels])[0])))
            if frame.t_s > seconds:
                return found
    return found


def is_there(truth: FarmTruth, unix_s: float) -> bool | None:
    """Whether the first camera shows somebody; None around entering and leaving, as pictures take time to arrive."""
    there = [bool(truth.present(truth.start.cameras[0], unix_s + shift)) for shift in (-0.7, -0.35, 0, 0.35)]
    return there[0] if len(set(there)) == 1 else None
