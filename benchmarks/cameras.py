"""What watching hundreds of simulated cameras costs, finds and misses; and how many this machine sustains.

    .venv/bin/python benchmarks/cameras.py [A B B400 C D find-max] [--runs 3] [--seconds 60]
    .venv/bin/python benchmarks/cameras.py find-max --classic           # after: make bench-setup

Cameras, engine and classic script run in processes of their own, on the same cores. A file a scenario is written.
"""

import argparse
import json
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from camera_options import LARGE, SMALL, Effort, Load, add_effort, medians, read_effort, say
from material import ROOT
from nigoh.cli.bench_plan import BenchPlan, farm_arguments
from nigoh.cli.bench_search import find_most_cameras
from nigoh.cli.bench_trial import run_trial
from nigoh.errors import NigohError
from nigoh.evaluation.cameras_report import CamerasReport
from nigoh.evaluation.largest import find_largest
from nigoh.evaluation.machine import describe_machine
from nigoh.testing.farm.process import FarmProcess
from results import console, save_result, show_table

CLASSIC_PYTHON = ROOT / ".venv-classic" / "bin" / "python"
CLASSIC_LOOP = Path(__file__).with_name("classic_camera.py")
CLASSIC_EVERY, CLASSIC_SHRINK = 2, 0.25
CLASSIC_MOST = 64
KEEPS_UP = 0.95
"""A classic process keeps up when it reads this share of its camera's frames."""
CLASSIC_WARM_UP_S = 10.0

FIND_MAX = "find-max"
LARGE_FACES = replace(LARGE, face_px=(200.0, 300.0))
"""Faces so large that the classic script finds them in a quarter of the picture."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A load, and what it is called in the table."""

    title: str
    load: Load


SCENARIOS = {
    "A": Scenario("200 x 640x360p15, all moving", Load()),
    "B": Scenario("200 x 640x360p15, 90 % still", Load(still=0.9)),
    "B400": Scenario("400 x 640x360p15, 90 % still", Load(cameras=400, still=0.9)),
    "C": Scenario("as A, a keyframe every 4 s", Load(picture=replace(SMALL, gop=60))),
    "D": Scenario("200 x 1280x720p25, 90 % still", Load(picture=LARGE, still=0.9)),
}
SHOWN = {
    "engine_cores": "engine cores",
    "farm_cores": "farm cores",
    "engine_rss_mb": "MB",
    "analysed_fps_median": "analysed/s",
    "looked_fps_min": "least looked/s",
    "coverage": "coverage",
    "appearances": "appear",
    "found": "found",
    "wrong_names": "wrong",
    "latency_p50_s": "p50 s",
    "latency_p95_s": "p95 s",
}


def measure(name: str, scenario: Scenario, effort: Effort) -> tuple[object, ...]:
    """Run a scenario, write its file; its row of the table."""
    plan = effort.plan(scenario.load)
    runs = []
    for number in range(1, effort.runs + 1):
        console.print(f"{name}: {scenario.title}, run {number} of {effort.runs}")
        runs.append(msgspec.to_builtins(run_trial(plan, say)))
    median = medians(runs)
    result = {"machine": describe_machine().as_json(), "scenario": scenario.title, "median": median, "runs": runs}
    save_result(f"cameras_{name}", result, effort.results)
    return (f"{name}: {scenario.title}", *(median.get(figure, "-") for figure in SHOWN))


def find_max(effort: Effort, chosen: argparse.Namespace) -> None:
    """Search for the largest number of cameras, with the classic script beside it if asked; write the file."""
    load = Load(cameras=chosen.begin, picture=LARGE_FACES, still=chosen.still)
    plan = effort.plan(load)
    console.print(f"the largest number of 1280x720p25 cameras, {load.still:.0%} still")
    found = find_most_cameras(plan, chosen.most, chosen.minutes, say)
    sustained = found.best.cameras if found.best else 0
    figures: dict[str, object] = {
        "machine": describe_machine().as_json(),
        "options": plan.as_json(),
        "cameras": sustained,
        "trials": [_brief(trial) for trial in found.trials],
    }
    console.print(f"this machine sustains {sustained} cameras")
    if chosen.classic:
        classic, trials = find_most_classic(replace(plan, farm=replace(plan.farm, cameras=CLASSIC_MOST)))
        ratio = sustained / classic if classic else None
        figures |= {"classic": classic, "classic_trials": trials, "times_as_many": ratio}
        shown = f"{ratio:.0f} times as many" if ratio else "the classic script keeps up with none"
        console.print(f"the classic script: {classic}; {shown}")
    console.print(f"written: {os.path.relpath(save_result('cameras_find_max', figures, effort.results))}")


def find_most_classic(plan: BenchPlan) -> tuple[int, list[dict[str, object]]]:
    """With how many cameras the classic script keeps up, a process each; and all trials.

    The cameras are the same as the engine's: the first of them are watched.
    """
    trials: list[dict[str, object]] = []
    with (
        TemporaryDirectory(prefix="nigoh-bench-") as folder,
        FarmProcess(farm_arguments(plan, Path(folder) / "truth.jsonl")) as farm,
    ):

        def keeps_up(processes: int) -> bool:
            runs = run_classic(plan, farm.place.urls[:processes])
            least = min(float(str(run["read_fps"])) for run in runs) / plan.farm.picture.fps
            trials.append({"processes": processes, "least_share": least, "runs": runs})
            say(f"classic, {processes} processes: the slowest reads {100 * least:.0f} % of its frames")
            return least >= KEEPS_UP

        return find_largest(keeps_up, 1, CLASSIC_MOST, precision=0), trials


def run_classic(plan: BenchPlan, urls: tuple[str, ...]) -> list[dict[str, object]]:
    """The classic loop on each of these cameras at the same time; the end of the program if it fails."""
    window = [str(CLASSIC_WARM_UP_S), str(plan.seconds)]
    loop = [str(CLASSIC_PYTHON), "-W", "ignore", str(CLASSIC_LOOP)]
    options = [str(plan.people.known), str(CLASSIC_EVERY), str(CLASSIC_SHRINK), *window]
    children = [
        subprocess.Popen([*loop, url, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for url in urls
    ]
    said = [child.communicate() for child in children]
    for child, (_, complaint) in zip(children, said, strict=True):
        if child.returncode:
            sys.exit(f"error: the classic script failed: {complaint[-1000:]}")
    return [json.loads(result) for result, _ in said]


def _brief(trial: CamerasReport) -> object:
    return msgspec.to_builtins(msgspec.structs.replace(trial, machine={}, options={}, missed=(), wrong=()))


def main() -> None:
    """Measure what is asked for; everything by default."""
    parser = argparse.ArgumentParser(description="Measure the engine on hundreds of simulated cameras.")
    parser.add_argument("scenario", nargs="*", choices=[*SCENARIOS, FIND_MAX, []], help="which (default: all)")
    parser.add_argument("--classic", action="store_true", help=f"measure the classic script beside {FIND_MAX}")
    parser.add_argument("--begin", type=int, default=200, help=f"cameras that {FIND_MAX} begins with (default 200)")
    parser.add_argument("--most", type=int, default=3200, help="and the most it tries (default 3200)")
    parser.add_argument("--minutes", type=float, default=40, help="after which it begins no more trials (default 40)")
    parser.add_argument("--still", type=float, default=0.9, help="share of its cameras that are still (default 0.9)")
    add_effort(parser, seconds=60)
    chosen = parser.parse_args()
    if chosen.classic and not CLASSIC_PYTHON.exists():
        sys.exit("error: the classic side is not set up. Run: make bench-setup")
    try:
        effort = read_effort(chosen)
        asked = chosen.scenario or [*SCENARIOS, FIND_MAX]
        console.print(str(describe_machine()))
        rows = [measure(name, SCENARIOS[name], effort) for name in asked if name != FIND_MAX]
        if rows:
            show_table("medians", ("cameras", *SHOWN.values()), rows)
        if FIND_MAX in asked:
            find_max(effort, chosen)
    except NigohError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
