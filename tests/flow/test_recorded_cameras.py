"""A camera of the farm, received and recorded: what a player shows is what the camera sent."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import av
import pytest

from nigoh.domain.camera import Camera, Record
from nigoh.domain.sighting import CameraId
from nigoh.engine.recording import Recorder
from nigoh.engine.recording_plan import RecordingOptions
from nigoh.errors import NigohError
from nigoh.storage.recordings import RecordingFolder, find_recordings, list_recordings
from nigoh.storage.retention import RetentionLimits
from nigoh.testing.clip_options import ClipOptions, VideoCodec
from nigoh.testing.farm import Farm, FarmOptions, Fault, FaultKind, prepare_footage
from nigoh.video.access_unit import AccessUnit
from nigoh.video.ring import PacketRing, RingLimits, StoredUnit
from nigoh.video.stream import StreamInfo, StreamOptions
from nigoh.video.streams import Streams
from nigoh.vision.detector import Detector

PICTURE = ClipOptions(width_px=320, height_px=180, fps=20, gop=10, bitrate=300_000, noise=0.01, face_px=(30, 60))
OPTIONS = FarmOptions(cameras=1, picture=PICTURE)
RECORDING = RecordingOptions(pre_roll_s=1, post_roll_s=1, step_s=0.02)
DOOR = CameraId("door")
DEADLINE_S = 30.0


def no_detector() -> Detector:
    raise AssertionError("no face has to be found")


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


class Feed:
    """Keeps a camera's pictures, and offers them to the recorder."""

    def __init__(self, recorder: Recorder) -> None:
        self.ring = PacketRing(RingLimits(keep_s=RECORDING.ring_s))
        self.sent: list[AccessUnit] = []
        self.over = threading.Event()
        self._recorder = recorder

    def opened(self, info: StreamInfo) -> None:
        self._recorder.opened(DOOR, info)

    def put(self, unit: AccessUnit) -> None:
        stored = StoredUnit(len(self.sent), time.monotonic(), unit)
        self.sent.append(unit)
        self.ring.add(stored)
        self._recorder.offer(DOOR, stored)

    def ended(self, error: NigohError | None) -> None:
        del error
        self.over.set()


def wait_until(holds: Callable[[], bool]) -> None:
    end_s = time.monotonic() + DEADLINE_S
    while not holds():
        assert time.monotonic() < end_s, "it never came true"
        time.sleep(0.01)


def pictures(path: Path) -> list[tuple[int, int]]:
    with av.open(str(path)) as container:
        return [(frame.width, frame.height) for frame in container.decode(video=0)]


@pytest.mark.parametrize("codec", list(VideoCodec))
def test_a_clip_of_a_camera_shows_what_came_before_and_after(codec: VideoCodec, cache: Path, tmp_path: Path) -> None:
    options = replace(OPTIONS, picture=replace(PICTURE, codec=codec))
    footage = prepare_footage(None, no_detector, options, cache)
    folder = tmp_path / "recordings"
    with (
        RecordingFolder(folder, RetentionLimits(least_free_bytes=0)) as store,
        Recorder(store, RECORDING) as recorder,
        Farm(footage, options) as farm,
        Streams() as streams,
    ):
        feed = Feed(recorder)
        recorder.add(Camera(name=DOOR, url=farm.urls[0], record=Record.SIGHTINGS), feed.ring)
        streams.open(farm.urls[0], StreamOptions(), feed)
        wait_until(lambda: len(feed.sent) >= 50)
        recorder.sighting(DOOR, "s1", time.monotonic())
        wait_until(lambda: recorder.state(DOOR) == "clip")
        wait_until(lambda: recorder.state(DOOR) == "")
    ((path, about),) = find_recordings(folder, "s1")
    # A second before, at most a group more, and a second after; one picture either way is the network's.
    assert 39 <= about.pictures <= 52
    assert pictures(path) == [(320, 180)] * about.pictures


def test_a_camera_that_changes_its_size_and_is_lost_is_recorded_in_files_of_their_own(
    cache: Path, tmp_path: Path
) -> None:
    footage = prepare_footage(None, no_detector, OPTIONS, cache)
    folder = tmp_path / "recordings"
    with (
        RecordingFolder(folder, RetentionLimits(least_free_bytes=0)) as store,
        Recorder(store, RECORDING) as recorder,
        Farm(footage, OPTIONS) as farm,
        Streams() as streams,
    ):
        feed = Feed(recorder)
        recorder.add(Camera(name=DOOR, url=farm.urls[0], record=Record.ALWAYS), feed.ring)
        streams.open(farm.urls[0], StreamOptions(), feed)
        wait_until(lambda: len(feed.sent) >= 30)
        farm.disturb(Fault(FaultKind.RESIZE))
        wait_until(lambda: len(list(list_recordings(folder))) == 2)
        seen = len(feed.sent)
        wait_until(lambda: len(feed.sent) >= seen + 30)
        farm.disturb(Fault(FaultKind.DROP))
        assert feed.over.wait(DEADLINE_S)
    before, after = (pictures(path) for path, _ in list_recordings(folder))
    assert len(set(before)) == len(set(after)) == 1
    assert before[0] != after[0]
    assert len(before) + len(after) == len(feed.sent)
