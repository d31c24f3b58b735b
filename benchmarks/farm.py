"""What simulated cameras cost: CPU of the farm's process while every camera is watched.

    .venv/bin/python benchmarks/farm.py [--cameras 200] [--seconds 15] [--runs 3] [--faces FOLDER]

The farm runs in a process of its own. This program is the viewers: plain sockets whose bytes are thrown away, so that
what is measured is the sending side alone. By default nobody appears on the cameras; the cost does not depend on it.
"""

import argparse
import os
import selectors
import socket
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from nigoh.evaluation.machine import describe_machine, resident_mib
from nigoh.testing.farm.process import FarmProcess
from results import console, save_result, show_table

WARM_UP_S = 3.0
BUFFER = bytearray(1 << 20)


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of cameras: how they are called in the table, how packets are fetched, the options of `nigoh farm`."""

    name: str
    transport: str
    options: tuple[str, ...]


CASES = (
    Case("640x360, 15 fps, 600 kbit/s", "tcp", ()),
    Case(
        "1280x720, 25 fps, 1 Mbit/s", "tcp", ("--size", "1280x720", "--fps", "25", "--gop", "25", "--bitrate", "1M")
    ),
    Case("640x360, 15 fps, 600 kbit/s", "udp", ()),
)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a farm used and did in one run.

    Attributes:
        cores: CPU seconds a second.
        pictures_a_second: sent to all viewers.
        mbit_a_second: received by all viewers.
        skipped: pictures left out.
        resident_mib: memory of the farm's process at the end.
    """

    cores: float
    pictures_a_second: float
    mbit_a_second: float
    skipped: int
    resident_mib: float


def begin_watching(url: str, transport: str) -> socket.socket:
    """Connect to a camera, ask for its pictures, and leave everything that comes in the socket."""
    place = urlsplit(url)
    connection = socket.create_connection((place.hostname, place.port), timeout=10)
    wanted = f"SETUP {url}/trackID=1 RTSP/1.0\r\nCSeq: 1\r\nTransport: {transport}\r\n\r\n"
    connection.sendall(wanted.encode())
    answer = connection.recv(4096).decode()
    session = answer.partition("Session: ")[2].partition(";")[0]
    connection.sendall(f"PLAY {url} RTSP/1.0\r\nCSeq: 2\r\nSession: {session}\r\n\r\n".encode())
    connection.settimeout(0)
    return connection


@contextmanager
def viewers(urls: tuple[str, ...], transport: str) -> Iterator[selectors.BaseSelector]:
    """A viewer a camera; those by UDP share a port, as only the sending side is of interest."""
    with ExitStack() as sockets:
        selector = sockets.enter_context(selectors.DefaultSelector())
        wanted = "RTP/AVP/TCP;unicast;interleaved=0-1"
        if transport == "udp":
            port = sockets.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            port.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
            port.bind(("127.0.0.1", 0))
            port.settimeout(0)
            selector.register(port, selectors.EVENT_READ)
            number = port.getsockname()[1]
            wanted = f"RTP/AVP;unicast;client_port={number}-{number}"
        for url in urls:
            connection = sockets.enter_context(begin_watching(url, wanted))
            selector.register(connection, selectors.EVENT_READ)
        yield selector


def drain(port: socket.socket) -> int:
    """Read all that waits; how many bytes that was."""
    received = 0
    try:
        while size := port.recv_into(BUFFER):
            received += size
    except BlockingIOError:
        return received
    sys.exit("error: the farm has ended a connection")


def receive(selector: selectors.BaseSelector, seconds: float) -> int:
    """Throw away what comes in for so long; how many bytes that was."""
    received, end_s = 0, time.monotonic() + seconds
    while time.monotonic() < end_s:
        for key, _ in selector.select(timeout=0.1):
            port = key.fileobj
            if isinstance(port, socket.socket):
                received += drain(port)
        time.sleep(0.002)  # reading in larger pieces leaves the second core to the farm
    return received


def measure(case: Case, arguments: list[str], seconds: float) -> Cost:
    """Run one farm, watch all its cameras, and say what it cost."""
    with FarmProcess([*arguments, *case.options]) as farm, viewers(farm.place.urls, case.transport) as selector:
        receive(selector, WARM_UP_S)
        before, began_s = farm.status(), time.monotonic()
        received = receive(selector, seconds)
        after, took_s = farm.status(), time.monotonic() - began_s
        return Cost(
            cores=(after.cpu_s - before.cpu_s) / took_s,
            pictures_a_second=(after.pictures - before.pictures) / took_s,
            mbit_a_second=received * 8 / 1e6 / took_s,
            skipped=after.skipped,
            resident_mib=resident_mib(farm.place.pid) or 0.0,
        )


def main() -> None:
    """Measure each case a few times."""
    parser = argparse.ArgumentParser(description="Measure the CPU of simulated cameras that are all watched.")
    parser.add_argument("--cameras", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--faces", type=Path)
    parser.add_argument("--results", type=Path)
    chosen = parser.parse_args()
    arguments = ["--cameras", str(chosen.cameras)] + (["--faces", str(chosen.faces)] if chosen.faces else [])
    machine, rows, figures = describe_machine(), [], []
    for case in CASES:
        runs = [measure(case, arguments, chosen.seconds) for _ in range(chosen.runs)]
        median = {name: statistics.median(asdict(run)[name] for run in runs) for name in asdict(runs[0])}
        rows.append((f"{chosen.cameras} x {case.name}", case.transport, *median.values()))
        figures.append(
            {"name": case.name, "transport": case.transport, "median": median, "runs": [asdict(run) for run in runs]}
        )
    console.print(str(machine))
    columns = ("cameras", "by", "cores", "pictures/s", "Mbit/s", "skipped", "MiB")
    show_table("CPU of simulated cameras, all watched", columns, rows)
    result = {"machine": machine.as_json(), "cameras": chosen.cameras, "seconds": chosen.seconds, "cases": figures}
    console.print(f"written: {os.path.relpath(save_result('farm', result, chosen.results))}")


if __name__ == "__main__":
    main()
