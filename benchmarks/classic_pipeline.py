"""The classic script's loop and nigoh on the same clips with the same sampling, in one run.

    make bench-setup
    .venv/bin/python benchmarks/classic_pipeline.py [--clip FILE ...] [--known FOLDER]

Each side runs in a process of its own, on the same core, in turns; figures are medians. CPU seconds are user and
system time of the whole process from the first frame to the last: loading libraries, models and known faces is left
out on both sides.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import av

from material import CLIP, ROOT, obtain_gallery, require_clip, simulate_camera
from nigoh.evaluation.machine import describe_machine
from results import console, save_result, show_table

CLASSIC_PYTHON = ROOT / ".venv-classic" / "bin" / "python"
STAGES = ("decode", "detect", "align", "embed", "decide")
FULL_SIZE = "classic, full size"
FULL_SIZE_PX = 640 * 360  # larger ones would take it seconds a frame
CORES = 1  # where two cores share one, work on the other one counts as CPU seconds that nobody used


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One pass over a clip.

    Attributes:
        cpu_s, wall_s: from the first frame to the last.
        frames_analysed: how many; all frames between them were decoded.
        faces: faces found, over all analysed frames.
        people: in how many analysed frames each known person was named.
        stage_cpu_s: CPU seconds by stage.
        versions: of what did it, where the parent cannot see them.
    """

    cpu_s: float
    wall_s: float
    frames_analysed: int
    faces: int
    people: Mapping[str, int]
    stage_cpu_s: Mapping[str, float]
    versions: Mapping[str, str] | None = None

    def per_frame_ms(self, seconds: float) -> float:
        """Seconds of the run as milliseconds for each analysed frame."""
        return 1000 * seconds / self.frames_analysed


@dataclass(frozen=True, slots=True)
class Side:
    """One side's runs over one clip; what it reports is the median."""

    runs: tuple[Run, ...]

    @property
    def last(self) -> Run:
        """What was found, which is the same in each run."""
        return self.runs[-1]

    @property
    def cpu_ms(self) -> float:
        """CPU milliseconds for each analysed frame."""
        return statistics.median(run.per_frame_ms(run.cpu_s) for run in self.runs)

    @property
    def wall_ms(self) -> float:
        """Milliseconds for each analysed frame."""
        return statistics.median(run.per_frame_ms(run.wall_s) for run in self.runs)

    def stage_ms(self, stage: str) -> float:
        """CPU milliseconds of a stage for each analysed frame."""
        return statistics.median(run.per_frame_ms(run.stage_cpu_s.get(stage, 0.0)) for run in self.runs)

    def as_json(self) -> dict[str, object]:
        """The medians and the runs behind them."""
        return {
            "cpu_ms_per_frame": round(self.cpu_ms, 3),
            "wall_ms_per_frame": round(self.wall_ms, 3),
            "stage_cpu_ms_per_frame": {stage: round(self.stage_ms(stage), 3) for stage in STAGES},
            "faces": self.last.faces,
            "people": dict(self.last.people),
            "runs": [asdict(run) for run in self.runs],
        }


def run_child(command: Sequence[str]) -> Run:
    """Start one side and read what it printed; the end of the program if it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"error: {' '.join(command)} failed:\n{done.stderr[-2000:]}")
    return Run(**json.loads(done.stdout.splitlines()[-1]))


def compare(clip: Path, known: Path, arguments: argparse.Namespace) -> dict[str, Side]:
    """The classic loop and nigoh at each analysis size over one clip, in turns. The classic side comes first.

    The script shrinks each frame to a quarter, at which small faces are invisible to it. On small clips the loop runs
    at full size too: that is what it costs the classic way to find what is there.
    """
    here, every = Path(__file__).parent, str(arguments.every)
    classic = [str(CLASSIC_PYTHON), "-W", "ignore", str(here / "classic_loop.py"), str(clip), str(known), every]
    sizes = {"classic": "0.25"} | ({FULL_SIZE: "1"} if pixels_of(clip) <= FULL_SIZE_PX else {})
    nigoh = [sys.executable, str(here / "nigoh_loop.py"), str(clip), str(known), every]
    commands = {label: [*classic, shrink] for label, shrink in sizes.items()}
    commands |= {f"nigoh {size} px": [*nigoh, str(size)] for size in arguments.detect_size}
    turns = [{label: run_child(command) for label, command in commands.items()} for _ in range(arguments.runs)]
    return {label: Side(tuple(turn[label] for turn in turns)) for label in commands}


def pixels_of(clip: Path) -> int:
    """Pixels of one frame."""
    with av.open(clip) as container:
        stream = container.streams.video[0]
        return stream.width * stream.height


def show(name: str, sides: Mapping[str, Side]) -> None:
    """Print one clip's table."""
    rows = [
        (
            label,
            side.cpu_ms,
            *(
                f"{sides[other].cpu_ms / side.cpu_ms:.1f}" if other in sides else "-"
                for other in ("classic", FULL_SIZE)
            ),
            side.wall_ms,
            *(side.stage_ms(stage) for stage in STAGES),
            side.last.frames_analysed,
            side.last.faces,
            ", ".join(f"{person} {frames}" for person, frames in side.last.people.items()) or "-",
        )
        for label, side in sides.items()
    ]
    columns = (
        "",
        "CPU ms",
        "times less",
        "than at full size",
        "wall ms",
        *STAGES,
        "frames",
        "faces",
        "people (frames)",
    )
    show_table(f"{name}: for each analysed frame", columns, rows)


def read_arguments() -> argparse.Namespace:
    """What the user asks for."""
    parser = argparse.ArgumentParser(description="Compare the classic script's loop with nigoh on the same clips.")
    parser.add_argument("--clip", type=Path, action="append", help="a video; may be repeated")
    parser.add_argument("--known", type=Path, help="a folder with a photo a person")
    parser.add_argument("--every", type=int, default=2, help="analyse every N-th frame (default 2)")
    parser.add_argument(
        "--detect-size", type=int, nargs="+", default=[640, 320], help="nigoh's analysis sizes (default 640 320)"
    )
    parser.add_argument("--runs", type=int, default=3, help="runs a side (default 3)")
    parser.add_argument("--results", type=Path, help="folder of the result file (default benchmarks/results)")
    return parser.parse_args()


def choose_clips(asked: Sequence[Path] | None, known: Path, folder: Path) -> list[Path]:
    """The clips asked for; else a stage with small faces, a simulated 1080p camera, and a close-up."""
    if asked:
        return [require_clip(clip) for clip in asked]
    stage, close_up = require_clip(CLIP), require_clip(CLIP.with_name("pyfeat_single_face.mp4"))
    return [stage, simulate_camera(known, folder / "simulated-1080p.mp4"), close_up]


def main() -> None:
    """Compare on each clip, print the tables, write the result file."""
    arguments = read_arguments()
    if not CLASSIC_PYTHON.exists():
        sys.exit("error: the classic side is not set up. Run: make bench-setup")
    machine = describe_machine()
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])  # inherited by both sides
    console.print(f"{machine}; every frame number {arguments.every}, median of {arguments.runs} runs\n")
    figures = {}
    with tempfile.TemporaryDirectory() as name:
        known = obtain_gallery(arguments.known, Path(name) / "known")
        for clip in choose_clips(arguments.clip, known, Path(name)):
            sides = compare(clip, known, arguments)
            show(clip.name, sides)
            figures[clip.name] = {label: side.as_json() for label, side in sides.items()}
    settings = {"every": arguments.every, "detect_size_px": arguments.detect_size, "cores": CORES}
    target = save_result(
        "classic_pipeline", {"machine": machine.as_json(), "settings": settings, "clips": figures}, arguments.results
    )
    console.print(f"written: {os.path.relpath(target)}")


if __name__ == "__main__":
    main()
