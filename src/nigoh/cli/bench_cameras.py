"""`nigoh bench cameras`: simulated cameras, the engine on them, and what it costs, finds and misses."""

import sys
from dataclasses import replace
from enum import StrEnum
from pathlib import Path

import click
import msgspec

from nigoh.cli.bench_output import cameras_table
from nigoh.cli.bench_people import obtain_people
from nigoh.cli.bench_plan import BenchPlan, Watching
from nigoh.cli.bench_search import find_most_cameras
from nigoh.cli.bench_trial import run_trial
from nigoh.cli.eval_output import require_writable, write_json
from nigoh.cli.picture_options import farm_options
from nigoh.cli.terminal import errors, output, report_note
from nigoh.domain.camera import Mode
from nigoh.evaluation.cameras_report import CamerasReport
from nigoh.testing.farm.options import FarmOptions

_PATH = click.Path(path_type=Path)
_STDOUT = Path("-")
_WATCHING = Watching()


def _values(kind: type[StrEnum]) -> list[str]:
    return [each.value for each in kind]


@click.command("cameras", short_help="Simulated cameras: what watching them costs, finds and misses.")
@click.option(
    "--faces", type=_PATH, metavar="DIR", help="Portraits that walk past.  [default: public-domain samples]"
)
@click.option("--known", type=_PATH, metavar="DIR", help="Known faces.  [default: those of --faces, or the samples']")
@click.option("--seconds", type=float, default=60.0, show_default=True, help="Length of the measured window.")
@click.option("--warmup", type=float, default=15.0, show_default=True, help="Seconds before it.")
@farm_options(cameras=200)
@click.option(
    "--mode",
    type=click.Choice(_values(Mode)),
    default=_WATCHING.mode.value,
    show_default=True,
    help="What is analysed.",
)
@click.option(
    "--detect-size", type=int, help="Long side, pixels, of what the detector sees.  [default: the engine chooses]"
)
@click.option(
    "--analyse-fps", type=float, default=_WATCHING.fps, show_default=True, help="Analysed frames a second, a camera."
)
@click.option("--shards", type=int, default=0, help="Processes of the engine.  [default: the engine chooses]")
@click.option("--find-max", is_flag=True, help="Find the largest number of cameras that this machine sustains.")
@click.option("--most", type=int, default=3200, show_default=True, help="The largest number that --find-max tries.")
@click.option(
    "--minutes", type=float, default=40.0, show_default=True, help="After which --find-max begins no more trials."
)
@click.option("--json", "json_path", type=_PATH, metavar="FILE", help='Write the result as JSON; "-": to stdout.')
def cameras(
    *,
    faces: Path | None,
    known: Path | None,
    seconds: float,
    warmup: float,
    farm: FarmOptions,
    mode: str,
    detect_size: int | None,
    analyse_fps: float,
    shards: int,
    find_max: bool,
    most: int,
    minutes: float,
    json_path: Path | None,
) -> None:
    """Measure the engine on simulated cameras.

    Cameras and engine run in processes of their own, so that their CPU is told apart. After all cameras are watched
    and a warm-up, a window is measured: cores, memory, analysed frames, coverage, and how many of the people who
    appeared were named, how soon, and who was named wrongly.
    """
    if json_path != _STDOUT:
        require_writable(json_path)
    watching = replace(_WATCHING, mode=Mode(mode), fps=analyse_fps, shards=shards, detect_size_px=detect_size)
    plan = BenchPlan(
        farm=farm, people=obtain_people(faces, known), watching=watching, warmup_s=warmup, seconds=seconds
    )
    report = _search(plan, most, minutes) if find_max else run_trial(plan, report_note)
    if json_path == _STDOUT:
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")
        errors.print(cameras_table(report))
        return
    output.print(cameras_table(report))
    write_json(report, json_path)


def _search(plan: BenchPlan, most: int, minutes: float) -> CamerasReport:
    """The largest sustained trial; if none was sustained, the smallest. Raises NigohError."""
    found = find_most_cameras(plan, most, minutes, report_note)
    if found.best is not None:
        report_note(f"this machine sustains {found.best.cameras} such cameras")
        return found.best
    report_note("not even the smallest number that was tried is sustained")
    return min(found.trials, key=lambda report: report.cameras)
