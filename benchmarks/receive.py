"""What receiving cameras costs, without decoding anything: nigoh's lean receiver beside FFmpeg's demuxer.

    .venv/bin/python benchmarks/receive.py [--cameras 200] [--seconds 10] [--runs 3]

Farm and receiver run in processes of their own, on the same two cores; the receivers take turns within each run, on
the same farm. Microseconds a packet are the receiver's CPU seconds over the RTP packets that came.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nigoh.evaluation.machine import describe_machine
from nigoh.testing.farm.process import FarmProcess
from results import console, save_result, show_table

LOOP = Path(__file__).with_name("receive_loop.py")
RECEIVERS = ("lean", "lean-sizes", "ffmpeg")
NAMES = {"lean": "nigoh", "lean-sizes": "nigoh, sizes alone", "ffmpeg": "FFmpeg's demuxer"}


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of cameras: its name in the table, how packets travel, the options of `nigoh farm`."""

    name: str
    transport: str
    options: tuple[str, ...]


LARGE = ("--size", "1280x720", "--fps", "25", "--gop", "25", "--bitrate", "1M")
CASES = (
    Case("640x360, 15 fps, 600 kbit/s", "tcp", ()),
    Case("1280x720, 25 fps, 1 Mbit/s", "tcp", LARGE),
    Case("640x360, 15 fps, 600 kbit/s", "udp", ()),
)

Figures = dict[str, float]


def receive(kind: str, transport: str, seconds: float, urls: Sequence[str]) -> Figures:
    """One receiver's figures over one window."""
    command = [sys.executable, str(LOOP), kind, transport, str(seconds)]
    done = subprocess.run(command, input="\n".join(urls), stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        sys.exit(f"error: the receiver {kind} failed")
    return dict(json.loads(done.stdout))


def measure(case: Case, cameras: int, seconds: float) -> dict[str, Figures]:
    """One run: a farm, and each receiver on it in turn."""
    with FarmProcess(["--cameras", str(cameras), *case.options]) as farm:
        found = {kind: receive(kind, case.transport, seconds, farm.place.urls) for kind in RECEIVERS}
    packets = found["lean"]["packets"]
    for figures in found.values():
        # FFmpeg does not count packets; it was sent as many.
        figures["us_a_packet"] = figures["cores"] * 1e6 / packets
    return found


def main() -> None:
    """Measure each case a few times; medians to the table and the file."""
    parser = argparse.ArgumentParser(description="Measure the CPU of receiving cameras without decoding them.")
    parser.add_argument("--cameras", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--results", type=Path)
    chosen = parser.parse_args()
    machine, rows, cases = describe_machine(), [], []
    for case in CASES:
        runs = [measure(case, chosen.cameras, chosen.seconds) for _ in range(chosen.runs)]
        medians = {
            kind: {name: statistics.median(run[kind][name] for run in runs) for name in runs[0][kind]}
            for kind in RECEIVERS
        }
        for kind, median in medians.items():
            shown = (median[name] for name in ("cores", "us_a_packet", "pictures", "least_pictures", "resident_mib"))
            rows.append((f"{chosen.cameras} x {case.name}", case.transport, NAMES[kind], *shown))
        cases.append({"name": case.name, "transport": case.transport, "median": medians, "runs": runs})
    console.print(str(machine))
    columns = ("cameras", "by", "receiver", "cores", "us/packet", "pictures/s", "least a camera", "MiB")
    show_table("receiving without decoding", columns, rows)
    figures = {"machine": machine.as_json(), "cameras": chosen.cameras, "seconds": chosen.seconds, "cases": cases}
    console.print(f"written: {os.path.relpath(save_result('receive', figures, chosen.results))}")


if __name__ == "__main__":
    main()
