"""From typing `nigoh watch` to the first analysed frame, in wall seconds.

    .venv/bin/python benchmarks/startup.py [--clip FILE] [--known FOLDER]

Times the whole command with `--max-frames 1`: the interpreter, the models, the known faces, the first frame, and the
end of the process, so that the figure is an upper bound. One run before the timed ones fills the caches.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from material import CLIP, obtain_gallery, require_clip
from nigoh.evaluation.machine import describe_machine
from results import console, save_result, show_table


def time_command(command: list[str]) -> tuple[float, float]:
    """Wall and CPU seconds of one run; the end of the program if it fails."""
    before, start = os.times(), time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    wall_s, after = time.perf_counter() - start, os.times()
    if done.returncode:
        sys.exit(f"error: {' '.join(command)} failed:\n{done.stderr[-2000:]}")
    cpu_s = after.children_user + after.children_system - before.children_user - before.children_system
    return wall_s, cpu_s


def main() -> None:
    """Time the start with and without known faces."""
    parser = argparse.ArgumentParser(description="Time the start of nigoh watch to its first analysed frame.")
    parser.add_argument("--clip", type=Path, default=CLIP)
    parser.add_argument("--known", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--results", type=Path)
    arguments = parser.parse_args()
    clip, machine = require_clip(arguments.clip), describe_machine()
    rows, figures = [], {}
    with tempfile.TemporaryDirectory() as folder:
        known = obtain_gallery(arguments.known, Path(folder) / "known")
        watch = [str(Path(sys.executable).with_name("nigoh")), "watch", str(clip), "--max-frames", "1"]
        for label, command in (("nobody known", watch), ("a folder of known faces", [*watch, "--known", str(known)])):
            time_command(command)
            runs = [time_command(command) for _ in range(arguments.runs)]
            wall_s, cpu_s = (statistics.median(each) for each in zip(*runs, strict=True))
            rows.append((label, wall_s, max(run[0] for run in runs), cpu_s))
            figures[label] = {"wall_s": round(wall_s, 3), "cpu_s": round(cpu_s, 3), "runs": runs}
    console.print(str(machine))
    show_table("start of nigoh watch to the end of its first frame", ("", "median s", "worst s", "CPU s"), rows)
    target = save_result("startup", {"machine": machine.as_json(), "starts": figures}, arguments.results)
    console.print(f"written: {os.path.relpath(target)}")


if __name__ == "__main__":
    main()
