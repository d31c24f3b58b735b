"""What the benchmarks with cameras share: who walks past, how long, how often, and a scenario's plan."""

import argparse
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from material import obtain_walkers
from nigoh.cli.bench_people import obtain_people
from nigoh.cli.bench_plan import BenchPlan, People, Watching
from nigoh.config.environment import read_folders
from nigoh.testing.clip_options import ClipOptions, RateControl
from nigoh.testing.farm.options import PICTURE, FarmOptions
from results import console

SMALL = replace(PICTURE, rate_control=RateControl.VARIABLE, noise=0.0035)
"""A camera of 360p at 15 fps that is set up to save bits: it smooths the noise away and sends at a variable rate (see
docs/farm.md)."""

LARGE = replace(SMALL, width_px=1280, height_px=720, fps=25, gop=25, bitrate=1_000_000)
"""A camera of 720p at 25 fps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What cameras show: how many, their picture, and the share of them that look at a still scene."""

    cameras: int = 200
    picture: ClipOptions = SMALL
    still: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How much is measured.

    Attributes:
        people: who walks past, and who is known.
        runs: of each scenario.
        seconds, warmup_s: of each run.
        scale: share of the scenarios' cameras that are used: 1 is what is published.
        results: folder of the result files; None is the usual one.
    """

    people: People
    runs: int
    seconds: float
    warmup_s: float
    scale: float
    results: Path | None

    def plan(self, load: Load, watching: Watching | None = None) -> BenchPlan:
        """A run of a load."""
        farm = FarmOptions(
            cameras=max(round(load.cameras * self.scale), 1), picture=load.picture, still_share=load.still
        )
        return BenchPlan(
            farm=farm,
            people=self.people,
            watching=watching or Watching(),
            warmup_s=self.warmup_s,
            seconds=self.seconds,
        )


def add_effort(parser: argparse.ArgumentParser, *, seconds: float) -> None:
    """Add the options that `read_effort` reads."""
    parser.add_argument("--runs", type=int, default=3, help="of each scenario (default 3)")
    parser.add_argument("--seconds", type=float, default=seconds, help=f"of each run (default {seconds:g})")
    parser.add_argument("--warmup", type=float, default=15, help="seconds before that (default 15)")
    parser.add_argument("--scale", type=float, default=1, help="share of the cameras, for a quick look (default 1)")
    parser.add_argument("--faces", type=Path, help="portraits that walk past (default: the team's, or samples)")
    parser.add_argument("--known", type=Path, help="known faces, a photo a person")
    parser.add_argument("--results", type=Path, help="folder of the result files (default benchmarks/results)")


def read_effort(chosen: argparse.Namespace) -> Effort:
    """What was chosen of those options."""
    return Effort(
        people=_people(chosen),
        runs=chosen.runs,
        seconds=chosen.seconds,
        warmup_s=chosen.warmup,
        scale=chosen.scale,
        results=chosen.results,
    )


def _people(chosen: argparse.Namespace) -> People:
    """Those that were named; else the team's, else the public-domain samples."""
    walkers = None if chosen.faces else obtain_walkers(read_folders().cache / "bench" / "people")
    if walkers is None:
        return obtain_people(chosen.faces, chosen.known)
    return People(walkers[0], chosen.known or walkers[1])


def say(line: str) -> None:
    """Tell what is being done."""
    console.print(f"  {line}", style="dim", markup=False)


def medians(runs: Sequence[Mapping[str, object]]) -> dict[str, float]:
    """The median over the runs of each figure that is a number in all of them."""
    found = {}
    for name in runs[0]:
        values = [run[name] for run in runs]
        numbers = [float(value) for value in values if isinstance(value, int | float)]
        if len(numbers) == len(values):
            found[name] = statistics.median(numbers)
    return found
