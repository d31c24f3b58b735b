"""The recorder: what was seen before and after a sighting, nothing twice, nothing left out, whatever fails."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain, pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from nigoh.domain.camera import Camera, Record
from nigoh.domain.camera_url import CameraUrl
from nigoh.domain.recording import Recording, RecordingKind
from nigoh.domain.sighting import CameraId
from nigoh.engine.recording import Recorder, RecordingClock
from nigoh.engine.recording_plan import RecordingOptions
from nigoh.engine.recording_seam import RecordingCounts
from nigoh.storage.recordings import RecordingFolder, find_recordings, list_recordings
from nigoh.storage.retention import RetentionLimits
from nigoh.testing.coded_pictures import SHADES, code_pictures, shade_of
from nigoh.video.access_unit import AccessUnit
from nigoh.video.ring import PacketRing, RingLimits, StoredUnit
from nigoh.video.stream import StreamInfo

FPS = 8  # so that times are exact
GOP = 8
DEADLINE_S = 20.0
UNIX_S = 1_795_000_000
ROOMY = RetentionLimits(least_free_bytes=0)
OPTIONS = RecordingOptions(pre_roll_s=2, post_roll_s=3, retry_s=0.1, step_s=0.01)
DOOR = CameraId("door")
H264 = StreamInfo(codec="h264")


@pytest.fixture(scope="module")
def units() -> list[AccessUnit]:
    return code_pictures("h264", 400, fps=FPS, gop=GOP)


class Clock:
    """Goes on when pictures come, and when it is told to."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def recording(self) -> RecordingClock:
        return RecordingClock(lambda: self.now_s, lambda: self.now_s + UNIX_S)


class Feed:
    """What a camera's feed does: the ring first, then the recorder. Picture n is taken at (n + 1) / 8 s."""

    def __init__(self, recorder: Recorder, clock: Clock, record: Record, name: str = "door") -> None:
        self.camera = Camera(name=CameraId(name), url=CameraUrl("rtsp://127.0.0.1/door"), record=record)
        self.ring = PacketRing(RingLimits(keep_s=OPTIONS.ring_s))
        self.t_s = 0.0
        self._recorder, self._clock, self._number = recorder, clock, 0
        recorder.add(self.camera, self.ring)
        self.connect()

    def connect(self, info: StreamInfo = H264) -> None:
        self._number = 0
        self._recorder.opened(self.camera.name, info)
        self.ring.clear()

    def play(self, units: list[AccessUnit]) -> None:
        for unit in units:
            self.t_s += 1 / FPS
            self._clock.now_s = max(self._clock.now_s, self.t_s)
            stored = StoredUnit(self._number, self.t_s, unit)
            self._number += 1
            self.ring.add(stored)
            self._recorder.offer(self.camera.name, stored)

    def sight(self, name: str, before_s: float = 0) -> None:
        """Word of a sighting at the last picture or before it, and the recorder has taken it up."""
        self._recorder.sighting(self.camera.name, name, self.t_s - before_s)
        self.settle()

    def settle(self) -> None:
        """The recorder has been round since: once to the end, and a second time has begun."""
        for _ in range(2):
            self._clock.now_s += 1e-6
            wait_until(lambda: self._recorder.silent_s <= 0)

    @property
    def state(self) -> str:
        return self._recorder.state(self.camera.name)


@contextmanager
def recording(
    folder: Path, clock: Clock, options: RecordingOptions = OPTIONS, limits: RetentionLimits = ROOMY
) -> Iterator[Recorder]:
    with RecordingFolder(folder, limits) as store, Recorder(store, options, clock.recording()) as recorder:
        yield recorder


def wait_until(holds: Callable[[], bool]) -> None:
    end_s = time.monotonic() + DEADLINE_S
    while not holds():
        assert time.monotonic() < end_s, "it never came true"
        time.sleep(0.01)


def shown(path: Path) -> list[int]:
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
    return [shade_of(np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)) for frame in frames]


def recorded(folder: Path, camera: CameraId | None = None) -> list[tuple[list[int], Recording]]:
    return [(shown(path), about) for path, about in list_recordings(folder, camera)]


def numbered(begin: int, end: int) -> list[int]:
    return [number % SHADES for number in range(begin, end)]


def test_a_clip_begins_before_its_sighting_and_ends_after_the_last_word(
    units: list[AccessUnit], tmp_path: Path
) -> None:
    clock = Clock()
    with recording(tmp_path, clock) as recorder:
        feed = Feed(recorder, clock, Record.SIGHTINGS)
        feed.play(units[:58])
        assert feed.state == ""
        feed.sight("s1")
        assert feed.state == "clip"
        feed.play(units[58:70])
        feed.sight("s1")
        feed.play(units[70:150])
        feed.settle()
        assert feed.state == ""
        assert recorder.counts(DOOR) == RecordingCounts(written=54, dropped=0, files=1)
    ((numbers, about),) = recorded(tmp_path)
    assert numbers == numbered(40, 94), "from the keyframe at or before 7.25 - 2 s to 8.75 + 3 s"
    assert (about.camera, about.kind, about.codec) == ("door", RecordingKind.CLIP, "h264")
    assert (about.pictures, about.sightings) == (54, ("s1",))
    assert (about.begin_unix_s, about.end_unix_s) == pytest.approx((UNIX_S + 41 / FPS, UNIX_S + 94 / FPS), abs=1e-3)


def test_sightings_that_overlap_share_a_clip_and_others_do_not(units: list[AccessUnit], tmp_path: Path) -> None:
    clock = Clock()
    with recording(tmp_path, clock) as recorder:
        feed = Feed(recorder, clock, Record.SIGHTINGS)
        for begin, end, name in ((0, 50, "s1"), (50, 70, "s2"), (70, 250, "s3")):
            feed.play(units[begin:end])
            feed.sight(name)
        feed.play(units[250:350])
    (first, both), (second, alone) = recorded(tmp_path)
    assert (first, both.sightings) == (numbered(32, 94), ("s1", "s2"))
    assert (second, alone.sightings) == (numbered(232, 274), ("s3",))
    assert len(find_recordings(tmp_path, "s2")) == 1


def test_a_word_that_comes_late_still_shows_its_moment(units: list[AccessUnit], tmp_path: Path) -> None:
    clock = Clock()
    with recording(tmp_path, clock, replace(OPTIONS, post_roll_s=1)) as recorder:
        feed = Feed(recorder, clock, Record.SIGHTINGS)
        feed.play(units[:96])
        feed.sight("s1", before_s=2.5)
        assert feed.state == "clip"
        feed.play(units[96:100])
        feed.settle()
        assert feed.state == ""
        feed.sight("s1", before_s=3.2)
        feed.sight("of long ago", before_s=100)
    ((numbers, about),) = recorded(tmp_path)
    assert numbers == numbered(56, 84)
    assert about.sightings == ("s1",)


def test_a_long_sighting_goes_on_in_another_file(units: list[AccessUnit], tmp_path: Path) -> None:
    clock = Clock()
    with recording(tmp_path, clock, replace(OPTIONS, most_clip_s=10)) as recorder:
        feed = Feed(recorder, clock, Record.SIGHTINGS)
        for begin in range(0, 240, 16):
            feed.play(units[begin : begin + 16])
            feed.sight("s1")
    files = recorded(tmp_path)
    assert [len(numbers) for numbers, _ in files] == [80, 80, 80]
    assert list(chain.from_iterable(numbers for numbers, _ in files)) == numbered(0, 240)
    assert {about.sightings for _, about in files} == {("s1",)}


def test_what_is_always_recorded_is_complete_in_segments(units: list[AccessUnit], tmp_path: Path) -> None:
    clock = Clock()
    with recording(tmp_path, clock, replace(OPTIONS, segment_s=12)) as recorder:
        feed = Feed(recorder, clock, Record.ALWAYS)
        feed.play(units[:300])
        feed.sight("s1")
        assert feed.state == "always"
        feed.play(units[300:400])
    files = recorded(tmp_path)
    assert [len(numbers) for numbers, _ in files] == [96, 96, 96, 96, 16]
    assert list(chain.from_iterable(numbers for numbers, _ in files)) == numbered(0, 400)
    assert [about.sightings for _, about in files] == [(), (), (), ("s1",), ()]
    assert {about.kind for _, about in files} == {RecordingKind.ALWAYS}


def test_a_camera_that_is_lost_ends_its_file_and_begins_another(units: list[AccessUnit], tmp_path: Path) -> None:
    clock = Clock()
    with recording(tmp_path, clock) as recorder:
        feed = Feed(recorder, clock, Record.SIGHTINGS)
        feed.play(units[:56])
        feed.sight("s1")
        feed.connect()
        feed.play(units[100:150])
        feed.settle()
        feed.sight("s2")
        clock.now_s += 60
        feed.settle()
        assert feed.state == "", "nothing has come for a minute"
    assert [(numbers, about.sightings) for numbers, about in recorded(tmp_path)] == [
        (numbered(32, 56), ("s1",)),
        (numbered(104, 124), ("s1",)),
        (numbered(128, 150), ("s2",)),
    ]


def test_a_camera_that_falls_silent_ends_its_segment(units: list[AccessUnit], tmp_path: Path) -> None:
    clock = Clock()
    with recording(tmp_path, clock) as recorder:
        feed = Feed(recorder, clock, Record.ALWAYS)
        feed.play(units[:20])
        feed.settle()
        clock.now_s += 60
        feed.settle()
        assert [about.pictures for _, about in list_recordings(tmp_path)] == [20]
        feed.t_s = clock.now_s
        feed.play(units[20:40])
    assert [numbers for numbers, _ in recorded(tmp_path)] == [numbered(0, 20), numbered(24, 40)]


def test_pictures_of_another_size_begin_another_file(units: list[AccessUnit], tmp_path: Path) -> None:
    clock = Clock()
    with recording(tmp_path, clock) as recorder:
        feed = Feed(recorder, clock, Record.ALWAYS)
        feed.play(units[:20])
        feed.play(code_pictures("h264", 20, fps=FPS, gop=GOP, size=(192, 128)))
    files = [path for path, _ in list_recordings(tmp_path)]
    assert [size_of(path) for path in files] == [(160, 96), (192, 128)]
    assert [len(shown(path)) for path in files] == [20, 20]


def size_of(path: Path) -> tuple[int, int]:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        return stream.width, stream.height


def test_pictures_that_cannot_be_read_are_said_and_others_go_on(units: list[AccessUnit], tmp_path: Path) -> None:
    clock = Clock()
    with recording(tmp_path, clock) as recorder:
        sick, well, odd = (Feed(recorder, clock, Record.ALWAYS, name) for name in ("sick", "well", "odd"))
        odd.connect(StreamInfo(codec="vp9"))
        garbage = [AccessUnit(os.urandom(500), at / FPS, None, at % GOP == 0, 500) for at in range(30)]
        sick.play(garbage)
        odd.play(units[:30])
        well.play(units[:30])
        well.settle()
        assert sick.state == "paused: a keyframe (h264) has no size that could be read"
        assert odd.state == "paused: vp9 video cannot be recorded"
        assert well.state == "always"
        sick.play(units[:30])
        sick.settle()
        assert sick.state == "always"
    assert [numbers for numbers, _ in recorded(tmp_path, sick.camera.name)] == [numbered(0, 30)]
    assert [numbers for numbers, _ in recorded(tmp_path, well.camera.name)] == [numbered(0, 30)]
    assert recorded(tmp_path, odd.camera.name) == []
    assert not list((tmp_path / "odd").rglob("*.mp4"))


def test_damaged_pictures_are_left_out(units: list[AccessUnit], tmp_path: Path) -> None:
    clock = Clock()
    with recording(tmp_path, clock) as recorder:
        feed = Feed(recorder, clock, Record.ALWAYS)
        lost = [
            replace(unit, data=b"", damaged=True) if 12 <= at < 16 else unit for at, unit in enumerate(units[:40])
        ]
        feed.play(lost)
    assert [numbers for numbers, _ in recorded(tmp_path)] == [[*numbered(0, 12), *numbered(16, 40)]]


def test_nothing_is_recorded_of_who_is_not_to_be(units: list[AccessUnit], tmp_path: Path) -> None:
    clock = Clock()
    with recording(tmp_path, clock) as recorder:
        feed = Feed(recorder, clock, Record.NEVER)
        feed.play(units[:50])
        feed.sight("s1")
        recorder.sighting(CameraId("nobody"), "s1", 0)
        recorder.offer(CameraId("nobody"), StoredUnit(0, 0, units[0]))
        assert feed.state == ""
    assert recorded(tmp_path) == []


def test_what_had_come_of_a_camera_that_is_removed_is_written(units: list[AccessUnit], tmp_path: Path) -> None:
    clock = Clock()
    with recording(tmp_path, clock) as recorder:
        feed = Feed(recorder, clock, Record.ALWAYS)
        feed.play(units[:20])
        recorder.remove(DOOR)
        feed.play(units[20:30])
        feed.settle()
        assert [about.pictures for _, about in list_recordings(tmp_path)] == [20]
        again = Feed(recorder, clock, Record.ALWAYS)
        again.t_s = clock.now_s
        again.play(units[:10])
    assert [numbers for numbers, _ in recorded(tmp_path)] == [numbered(0, 20), numbered(0, 10)]


class HangingStore:
    """A disk that does not answer while it hangs."""

    def __init__(self, store: RecordingFolder) -> None:
        self.answers = threading.Event()
        self.answers.set()
        self.begin, self.describe, self.discard = store.begin, store.describe, store.discard
        self._store = store

    def tend(self) -> None:
        self.answers.wait(DEADLINE_S)
        self._store.tend()


def test_a_disk_that_hangs_costs_groups_of_pictures_and_nobody_waits(units: list[AccessUnit], tmp_path: Path) -> None:
    clock = Clock()
    size = sum(len(unit.data) for unit in units[:200])
    options = replace(OPTIONS, most_waiting_bytes=size)
    with RecordingFolder(tmp_path, ROOMY) as folder:
        store = HangingStore(folder)
        with Recorder(store, options, clock.recording()) as recorder:
            feed = Feed(recorder, clock, Record.ALWAYS)
            feed.play(units[:20])
            feed.settle()
            store.answers.clear()
            clock.now_s += 2
            wait_until(lambda: recorder.silent_s <= 0)
            feed.t_s = clock.now_s
            feed.play(units[20:400])
            assert recorder.silent_s > 30
            dropped = recorder.counts(DOOR).dropped
            assert 100 <= dropped <= 200
            store.answers.set()
            feed.settle()
            feed.play(units[:40])
        assert recorder.counts(DOOR).dropped == dropped
        assert recorder.counts(DOOR).written == 440 - dropped
    numbers = list(chain.from_iterable(shown(path) for path, _ in list_recordings(tmp_path)))
    assert len(numbers) == 440 - dropped
    cut = next(at for at, (one, two) in enumerate(pairwise(numbers)) if two != (one + 1) % SHADES)
    assert numbers[cut + 1] == 0, "it goes on with a keyframe"


def is_root_with_mounts(folder: Path) -> bool:
    command = ["/bin/mount", "-t", "tmpfs", "-o", "size=1m", "recordings", str(folder)]
    return os.geteuid() == 0 and subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if not is_root_with_mounts(folder):
        pytest.skip("only root can mount a small disk")
    yield folder
    subprocess.run(["/bin/umount", "--lazy", str(folder)], check=True)


def test_a_full_disk_pauses_all_cameras_and_recording_goes_on_when_there_is_room(
    units: list[AccessUnit], small_disk: Path
) -> None:
    clock = Clock()
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(800_000))
    with recording(small_disk, clock) as recorder:
        one, two = (Feed(recorder, clock, Record.ALWAYS, name) for name in ("one", "two"))
        for _ in range(3):
            for feed in (one, two):
                feed.t_s = clock.now_s
                feed.play(units[:400])
                feed.settle()
        assert "the disk is full" in one.state
        assert one.state == two.state
        assert one.state.startswith("paused: ")
        for numbers, _ in recorded(small_disk):
            assert numbers
            assert numbers == [*numbered(0, 400), *numbered(0, 400), *numbered(0, 400)][: len(numbers)]
        dropped = recorder.counts(one.camera.name).dropped
        assert dropped > 0
        ballast.unlink()
        clock.now_s += 1
        one.settle()
        assert (one.state, two.state) == ("always", "always")
        one.t_s = clock.now_s
        one.play(units[:24])
        one.settle()
        assert recorder.counts(one.camera.name).dropped == dropped
    assert recorded(small_disk, one.camera.name)[-1][0] == numbered(0, 24)


def test_the_limit_is_never_exceeded_and_pauses_when_all_is_being_written(
    units: list[AccessUnit], tmp_path: Path
) -> None:
    clock = Clock()
    limits = RetentionLimits(most_bytes=300_000, least_free_bytes=0)
    with recording(tmp_path, clock, replace(OPTIONS, retry_s=1000), limits) as recorder:
        feed = Feed(recorder, clock, Record.ALWAYS)
        for _ in range(4):
            feed.play(units[:400])
            feed.settle()
            assert sum(path.stat().st_size for path in tmp_path.rglob("*.mp4")) <= 300_000
        assert feed.state == "paused: the recordings' limit of 0 MB is reached by what is being written"
    ((numbers, _),) = recorded(tmp_path)
    assert len(numbers) > 100


def test_a_killed_recorder_leaves_files_that_play_and_can_be_found(tmp_path: Path) -> None:
    script = (
        "import os, signal, sys, time; from pathlib import Path\n"
        "from nigoh.domain.camera import Camera, Record; from nigoh.domain.camera_url import CameraUrl\n"
        "from nigoh.engine.recording import Recorder; from nigoh.storage.recordings import RecordingFolder\n"
        "from nigoh.storage.retention import RetentionLimits\n"
        "from nigoh.testing.coded_pictures import code_pictures\n"
        "from nigoh.video.ring import PacketRing, RingLimits, StoredUnit; from nigoh.video.stream import StreamInfo\n"
        "limits = RetentionLimits(least_free_bytes=0)\n"
        "with RecordingFolder(Path(sys.argv[1]), limits) as store, Recorder(store) as recorder:\n"
        "    ring = PacketRing(RingLimits(keep_s=8))\n"
        "    recorder.add(Camera(name='door', url=CameraUrl('rtsp://x'), record=Record.SIGHTINGS), ring)\n"
        "    recorder.opened('door', StreamInfo(codec='h264'))\n"
        "    begin_s = time.monotonic() - 4\n"
        "    for at, unit in enumerate(code_pictures('h264', 60, fps=15)):\n"
        "        stored = StoredUnit(at, begin_s + at / 15, unit)\n"
        "        ring.add(stored); recorder.offer('door', stored)\n"
        "    recorder.sighting('door', 's1', begin_s + 3)\n"
        "    while recorder.counts('door').written < 60: time.sleep(0.01)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    assert subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False, timeout=60).returncode == -9
    ((path, about),) = find_recordings(tmp_path, "s1")
    assert shown(path) == numbered(0, 45)
    assert about.end_unix_s is None
