"""What recording costs: CPU of the recorder's thread while hundreds of cameras are recorded, and of being offered.

    .venv/bin/python benchmarks/recording.py [--cameras 200] [--seconds 15] [--runs 3] [--folder FOLDER]

One process, with a thread that offers the pictures of a simulated clip (640x360, 15 fps, 600 kbit/s, a keyframe a
second) as fast as cameras would send them, each camera at its own moment; nothing is received or decoded.

Beginning a file costs some milliseconds, as its first keyframe is looked at. Where all is recorded, which begins a
file every five minutes, that is over before the measurement begins; of clips it is counted. Files go to a temporary
folder, or to the disk that is to be measured; what the kernel does later to write them is not counted.
"""

import argparse
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, astuple, dataclass
from itertools import chain
from pathlib import Path

import av
import psutil
from av.bitstream import BitStreamFilterContext

from nigoh.domain.camera import Camera, Record
from nigoh.domain.camera_url import CameraUrl
from nigoh.domain.sighting import CameraId
from nigoh.engine.recording import Recorder
from nigoh.engine.recording_plan import RecordingOptions
from nigoh.engine.recording_seam import RecordingCounts
from nigoh.evaluation.machine import describe_machine
from nigoh.storage.recordings import RecordingFolder, list_recordings
from nigoh.storage.retention import RetentionLimits
from nigoh.testing.farm import FarmOptions, prepare_footage
from nigoh.video.access_unit import AccessUnit
from nigoh.video.ring import PacketRing, RingLimits, StoredUnit
from nigoh.video.stream import StreamInfo
from nigoh.vision.detector import Detector
from results import console, save_result, show_table

FPS = 15
SLICES = 5  # of the time between two pictures: cameras send at their own moments
WARM_UP_S = 3.0  # in which all cameras that are always recorded begin their first files
OPTIONS = RecordingOptions()


@dataclass(frozen=True, slots=True)
class Case:
    """One way to record: its name, what is recorded, and the share of cameras that have a sighting in the run."""

    name: str
    record: Record
    sighted: float = 0.0


CASES = (
    Case("always", Record.ALWAYS),
    Case("clips, a fifth of the cameras has a sighting", Record.SIGHTINGS, 0.2),
    Case("clips, nobody seen", Record.SIGHTINGS),
)


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run took.

    Attributes:
        recorder_cores: CPU seconds a second of the recorder's thread.
        written: pictures in files.
        us_a_picture: CPU microseconds of the recorder's thread for each of them.
        offer_us: microseconds that a receiver's thread spends on offering a picture.
        dropped: pictures that were to be recorded and were not.
        mbit_a_second: in files.
        grown_mib: resident memory, from before the first picture to the end.
    """

    recorder_cores: float
    written: int
    us_a_picture: float
    offer_us: float
    dropped: int
    mbit_a_second: float
    grown_mib: float


def no_detector() -> Detector:
    """Nobody appears on the clip."""
    raise AssertionError("no face has to be found")


def read_units(folder: Path) -> list[AccessUnit]:
    """The pictures of a clip of an empty lobby, which is made in this folder, as a camera sends them."""
    prepare_footage(None, no_detector, FarmOptions(), folder)
    (clip,) = (folder / "farm").glob("*/busy-empty.mp4")
    with av.open(str(clip)) as container:
        stream = container.streams.video[0]
        to_annex_b = BitStreamFilterContext("h264_mp4toannexb", stream)
        packets = [part for packet in container.demux(stream) if packet.size for part in to_annex_b.filter(packet)]
    return [
        AccessUnit(bytes(packet), at / FPS, None, packet.is_keyframe, packet.size)
        for at, packet in enumerate(packets)
    ]


class Cameras:
    """Owns the rings; offers the pictures of all cameras in real time, from the thread that calls it."""

    def __init__(self, recorder: Recorder, count: int, record: Record, units: Sequence[AccessUnit]) -> None:
        self.offering_s = 0.0
        self.offered = 0
        self._recorder = recorder
        self._units = units
        self._pictures = 0
        self._rings = {CameraId(f"cam{at:03d}"): PacketRing(RingLimits(keep_s=OPTIONS.ring_s)) for at in range(count)}
        for name, ring in self._rings.items():
            recorder.add(Camera(name=name, url=CameraUrl("rtsp://127.0.0.1/x"), record=record), ring)
            recorder.opened(name, StreamInfo(codec="h264"))

    def play(self, seconds: float, sighted: float) -> None:
        """Send for so long; the sightings of these cameras begin in turns."""
        self.offering_s, self.offered = 0.0, 0
        names, begin_s, seen = list(self._rings), time.monotonic(), 0
        slices = [names[at::SLICES] for at in range(SLICES)]
        for step in range(round(seconds * FPS * SLICES)):
            time.sleep(max(0.0, begin_s + step / (FPS * SLICES) - time.monotonic()))
            self._send(slices[step % SLICES], self._pictures + step // SLICES)
            due = round(len(names) * sighted * step / (seconds * FPS * SLICES))
            for name in names[seen:due]:
                self._recorder.sighting(name, f"{name}-1", time.monotonic())
            seen = due
        self._pictures += round(seconds * FPS)

    def _send(self, names: Sequence[CameraId], number: int) -> None:
        now_s = time.monotonic()
        # A keyframe of each camera at another moment: its clip is turned by some groups and pictures.
        stored = [
            StoredUnit(number, now_s, self._units[(number + at) % len(self._units)]) for at in range(len(names))
        ]
        for name, each in zip(names, stored, strict=True):
            self._rings[name].add(each)
        began_s = time.perf_counter()
        for name, each in zip(names, stored, strict=True):
            self._recorder.offer(name, each)
        self.offering_s += time.perf_counter() - began_s
        self.offered += len(names)


def thread_cpu_s(name: str) -> float:
    """CPU seconds of a thread of this process, in steps of 10 ms."""
    number = next(thread.native_id for thread in threading.enumerate() if thread.name == name)
    return next(each.user_time + each.system_time for each in psutil.Process().threads() if each.id == number)


def sum_counts(recorder: Recorder, count: int) -> RecordingCounts:
    """What has been done for all cameras."""
    counts = [recorder.counts(CameraId(f"cam{at:03d}")) for at in range(count)]
    return RecordingCounts(*(sum(column) for column in zip(*map(astuple, counts), strict=True)))


def measure(case: Case, count: int, seconds: float, units: Sequence[AccessUnit], folder: Path) -> Cost:
    """One run."""
    before = psutil.Process().memory_info().rss
    with RecordingFolder(folder, RetentionLimits()) as store, Recorder(store, OPTIONS) as recorder:
        cameras = Cameras(recorder, count, case.record, units)
        cameras.play(WARM_UP_S, 0)
        began_s, written = thread_cpu_s("recorder"), sum_counts(recorder, count).written
        cameras.play(seconds, case.sighted)
        used_s, counts = thread_cpu_s("recorder") - began_s, sum_counts(recorder, count)
        grown = psutil.Process().memory_info().rss - before
    written = counts.written - written
    size = sum(path.stat().st_size for path, _ in list_recordings(folder))
    return Cost(
        recorder_cores=used_s / seconds,
        written=written,
        us_a_picture=used_s / written * 1e6 if written else 0.0,
        offer_us=cameras.offering_s / cameras.offered * 1e6,
        dropped=counts.dropped,
        mbit_a_second=size * 8 / 1e6 / (seconds + WARM_UP_S),
        grown_mib=grown / 2**20,
    )


def main() -> None:
    """Measure each case a few times, in turns."""
    parser = argparse.ArgumentParser(description="Measure the CPU of recording cameras.")
    parser.add_argument("--cameras", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--results", type=Path)
    chosen = parser.parse_args()
    runs: dict[Case, list[Cost]] = {case: [] for case in CASES}
    with tempfile.TemporaryDirectory() as folder:
        units = read_units(Path(folder))
    for case in chain.from_iterable([CASES] * chosen.runs):
        with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
            runs[case].append(measure(case, chosen.cameras, chosen.seconds, units, Path(folder)))
    machine, rows, figures = describe_machine(), [], []
    for case, costs in runs.items():
        median = {name: statistics.median(asdict(cost)[name] for cost in costs) for name in asdict(costs[0])}
        rows.append((case.name, *median.values()))
        figures.append({"name": case.name, "median": median, "runs": [asdict(cost) for cost in costs]})
    console.print(str(machine))
    columns = (
        "what",
        "recorder's cores",
        "pictures",
        "us a picture",
        "us an offer",
        "dropped",
        "Mbit/s",
        "grown MiB",
    )
    show_table(f"Recording {chosen.cameras} x 640x360, 15 fps, 600 kbit/s", columns, rows)
    result = {"machine": machine.as_json(), "cameras": chosen.cameras, "seconds": chosen.seconds, "cases": figures}
    console.print(f"written: {os.path.relpath(save_result('recording', result, chosen.results))}")


if __name__ == "__main__":
    main()
