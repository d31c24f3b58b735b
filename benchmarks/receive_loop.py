"""Receives cameras and does nothing with their pictures: what `receive.py` measures, in a process of its own.

    .venv/bin/python benchmarks/receive_loop.py RECEIVER TRANSPORT SECONDS < addresses

RECEIVER is `lean` (pictures put together), `lean-sizes` (only measured) or `ffmpeg` (PyAV's demuxer, a thread a
camera). Prints one line of JSON.
"""

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import av

from nigoh.domain.camera_url import CameraUrl
from nigoh.errors import NigohError
from nigoh.evaluation.machine import resident_mib
from nigoh.video.access_unit import AccessUnit, Assemble
from nigoh.video.network import network_medium
from nigoh.video.options import SourceOptions
from nigoh.video.probe import choose_stream, open_container
from nigoh.video.rtsp.receiver import Receiver, Reception
from nigoh.video.rtsp.reception import ReceptionOptions
from nigoh.video.rtsp.session_description import VideoTrack

Transport = Literal["tcp", "udp"]

WARM_UP_S = 3.0
START_DEADLINE_S = 120.0
BETWEEN_CONNECTS_S = 0.02
JOIN_S = 10.0


@dataclass(frozen=True, slots=True)
class Tally:
    """What has come of all cameras.

    Attributes:
        pictures: coded pictures.
        packets: RTP packets, 0 where the receiver does not tell.
        lost: packets or pictures that did not come whole.
    """

    pictures: int
    packets: int
    lost: int


class Counter:
    """A sink that counts pictures."""

    def __init__(self) -> None:
        self.pictures = 0
        self.failure: NigohError | None = None

    def opened(self, track: VideoTrack) -> None:
        """Nothing is made of it."""

    def put(self, unit: AccessUnit) -> None:
        """One more."""
        del unit
        self.pictures += 1

    def ended(self, error: NigohError | None) -> None:
        """Remember why."""
        self.failure = error


@contextmanager
def lean(urls: Sequence[CameraUrl], transport: Transport, assemble: Assemble) -> Iterator[Callable[[], list[Tally]]]:
    """The lean receiver: all cameras in one thread."""
    with Receiver() as receiver:
        cameras: list[tuple[Reception, Counter]] = []
        for url in urls:
            counter = Counter()
            reception = receiver.add(url, ReceptionOptions(transport=transport), counter)
            reception.assemble(assemble)
            cameras.append((reception, counter))
            time.sleep(BETWEEN_CONNECTS_S)

        def tallies() -> list[Tally]:
            failures = [counter.failure for _, counter in cameras if counter.failure is not None]
            if failures:
                sys.exit(f"error: {failures[0]}")
            counts = [reception.counts for reception, _ in cameras]
            return [Tally(each.units, each.packets, each.lost_packets) for each in counts]

        yield tallies


@contextmanager
def ffmpeg(urls: Sequence[CameraUrl], transport: Transport) -> Iterator[Callable[[], list[Tally]]]:
    """PyAV's demuxer, which reads one camera in each thread."""
    pictures = [0] * len(urls)
    leaving = threading.Event()

    def read(row: int, url: CameraUrl) -> None:
        medium = network_medium(url, SourceOptions(transport=transport, open_timeout_s=60))
        with open_container(medium) as container:
            for packet in container.demux(choose_stream(container, medium)):
                pictures[row] += packet.size > 0
                if leaving.is_set():
                    return

    with ExitStack() as threads:
        for row, url in enumerate(urls):
            thread = threading.Thread(target=read, args=(row, url), daemon=True)
            thread.start()
            threads.callback(thread.join, JOIN_S)
            time.sleep(BETWEEN_CONNECTS_S)
        threads.callback(leaving.set)
        yield lambda: [Tally(count, 0, 0) for count in pictures]


def measure(tallies: Callable[[], list[Tally]], seconds: float) -> dict[str, float]:
    """CPU and what came, from when every camera sends."""
    deadline_s = time.monotonic() + START_DEADLINE_S
    while min(tally.pictures for tally in tallies()) < 1:
        if time.monotonic() > deadline_s:
            sys.exit("error: not every camera sends")
        time.sleep(0.2)
    time.sleep(WARM_UP_S)
    before, cpu_s, wall_s = tallies(), time.process_time(), time.monotonic()
    time.sleep(seconds)
    took_s = time.monotonic() - wall_s
    cores = (time.process_time() - cpu_s) / took_s
    after = tallies()
    gained = {
        name: sum(asdict(late)[name] - asdict(early)[name] for late, early in zip(after, before, strict=True))
        / took_s
        for name in ("pictures", "packets", "lost")
    }
    least = min(late.pictures - early.pictures for late, early in zip(after, before, strict=True)) / took_s
    memory = resident_mib(int(Path("/proc/self").resolve().name)) or 0.0
    return {"cores": cores, **gained, "least_pictures": least, "resident_mib": memory}


def main() -> None:
    """Receive what is named on standard input."""
    kind, transport, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
    if transport not in ("tcp", "udp"):
        sys.exit(f"error: {transport} is neither tcp nor udp")
    by: Transport = "tcp" if transport == "tcp" else "udp"
    urls = [CameraUrl(line.strip()) for line in sys.stdin if line.strip()]
    av.logging.set_level(av.logging.PANIC)
    if kind == "ffmpeg":
        receiving = ffmpeg(urls, by)
    else:
        receiving = lean(urls, by, Assemble.NONE if kind == "lean-sizes" else Assemble.ALL)
    with receiving as tallies:
        print(json.dumps(measure(tallies, seconds)), flush=True)


if __name__ == "__main__":
    main()
