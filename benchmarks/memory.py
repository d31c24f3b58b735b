"""Resident memory of `nigoh watch` over a long file.

    .venv/bin/python benchmarks/memory.py [--clip FILE] [--known FOLDER] [--minutes 60]

Repeats a clip's packets to a file of the wanted length, watches it with every output that lasts, and samples the
process's memory. After a warm-up (the first fifth of the run) a line is fitted: its slope is what a leak would show.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from material import CLIP, loop_clip, obtain_gallery, require_clip
from nigoh.evaluation.machine import describe_machine, resident_mib
from results import console, save_result, show_table

WARM_UP = 0.2
LEAST_SAMPLES = 10
KEPT_SAMPLES = 120


@dataclass(frozen=True, slots=True)
class Usage:
    """Memory over time: seconds since the start, resident MiB, a pair a sample."""

    samples: tuple[tuple[float, float], ...]

    @property
    def settled(self) -> tuple[tuple[float, float], ...]:
        """The samples after the warm-up, without the last one, which may see a process that is already going."""
        return self.samples[int(len(self.samples) * WARM_UP) : -1]

    @property
    def growth_mib(self) -> float:
        """What the fitted line gains from the end of the warm-up to the end of the run."""
        seconds, mib = np.array(self.settled).T
        slope = float(np.polyfit(seconds, mib, 1)[0])
        return slope * float(seconds[-1] - seconds[0])

    @property
    def range_mib(self) -> tuple[float, float]:
        """Least and most after the warm-up."""
        values = [mib for _, mib in self.settled]
        return min(values), max(values)


def watch_memory(command: list[str], every_s: float) -> Usage:
    """Run the command to its end and sample its memory; the end of the program if it fails."""
    samples, start = [], time.perf_counter()
    with tempfile.TemporaryFile("w+") as errors:
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors) as process:
            while process.poll() is None:
                if (mib := resident_mib(process.pid)) is not None:
                    samples.append((round(time.perf_counter() - start, 2), round(mib, 2)))
                time.sleep(every_s)
        errors.seek(0)
        if process.returncode:
            sys.exit(f"error: {' '.join(command)} failed:\n{errors.read()[-2000:]}")
    if len(samples) < LEAST_SAMPLES:
        sys.exit(f"error: the run was over after {len(samples)} samples. Give a longer one: --minutes")
    return Usage(tuple(samples))


def main() -> None:
    """Make the long file, watch it, print and write what it took."""
    parser = argparse.ArgumentParser(description="Sample the memory of nigoh watch over a long file.")
    parser.add_argument("--clip", type=Path, default=CLIP)
    parser.add_argument("--known", type=Path)
    parser.add_argument("--minutes", type=float, default=60.0, help="length of the file (default 60)")
    parser.add_argument("--fps", type=float, default=2.0, help="analysed frames a second of video (default 2)")
    parser.add_argument("--every-s", type=float, default=0.5, help="seconds between samples (default 0.5)")
    parser.add_argument("--results", type=Path)
    arguments = parser.parse_args()
    clip, machine = require_clip(arguments.clip), describe_machine()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        known = obtain_gallery(arguments.known, folder / "known")
        long = loop_clip(clip, arguments.minutes, folder / f"looped{clip.suffix}")
        command = [str(Path(sys.executable).with_name("nigoh")), "watch", str(long), "--known", str(known)]
        command += ["--fps", str(arguments.fps), "--out", str(folder / "sightings.jsonl")]
        usage = watch_memory(command, arguments.every_s)
        sightings = len((folder / "sightings.jsonl").read_text("utf-8").splitlines())
    least, most = usage.range_mib
    took_s = usage.samples[-1][0]
    console.print(f"{machine}; {clip.name} repeated to {arguments.minutes:g} minutes")
    columns = ("", "run s", "sightings", "least MiB", "most MiB", "growth MiB")
    show_table("memory after warm-up", columns, [("nigoh watch", took_s, sightings, least, most, usage.growth_mib)])
    figures = {
        "machine": machine.as_json(),
        "settings": {"clip": clip.name, "minutes": arguments.minutes, "fps": arguments.fps, "warm_up": WARM_UP},
        "least_mib": least,
        "most_mib": most,
        "growth_mib": round(usage.growth_mib, 2),
        "sightings": sightings,
        "samples": usage.samples[:: 1 + len(usage.samples) // KEPT_SAMPLES],
    }
    console.print(f"written: {os.path.relpath(save_result('memory', figures, arguments.results))}")


if __name__ == "__main__":
    main()
