"""The largest number of cameras that a machine sustains: trials of more and fewer."""

import time
from dataclasses import dataclass, replace

from nigoh.cli.bench_output import trial_line
from nigoh.cli.bench_plan import BenchPlan
from nigoh.cli.bench_trial import Say, run_trial
from nigoh.errors import ConfigError, NigohError
from nigoh.evaluation.cameras_report import CamerasReport, Limits, shortfalls
from nigoh.evaluation.largest import find_largest


@dataclass(frozen=True, slots=True)
class Search:
    """What a search found.

    Attributes:
        best: the trial with most cameras of those that were sustained; None when none was.
        trials: all, in their order; those in which the engine failed altogether are not among them.
    """

    best: CamerasReport | None
    trials: tuple[CamerasReport, ...]


def find_most_cameras(plan: BenchPlan, most: int, minutes: float, say: Say) -> Search:
    """Search from the plan's number of cameras on.

    Args:
        plan: one trial.
        most: no larger number is tried.
        minutes: after which no more trials begin.
        say: gets a line for each trial.

    Raises:
        ConfigError: the plan asks for more than `most`.
        NigohError: every trial failed; the last failure.
    """
    if plan.farm.cameras > most:
        raise ConfigError(f"cameras {plan.farm.cameras} is more than the most, {most}", "Begin with fewer.")
    end_s = time.monotonic() + 60 * minutes
    trials: list[CamerasReport] = []
    failures: list[NigohError] = []

    def sustains(cameras: int) -> bool:
        try:
            report = run_trial(replace(plan, farm=replace(plan.farm, cameras=cameras)), lambda _: None)
        except NigohError as error:
            failures.append(error)
            say(f"{cameras} cameras: no: {error}")
            return False
        trials.append(report)
        reasons = shortfalls(report, Limits())
        say(trial_line(report, reasons))
        return not reasons

    largest = find_largest(sustains, plan.farm.cameras, most, may_go_on=lambda: time.monotonic() < end_s)
    if failures and not trials:
        raise failures[-1]
    return Search(next((trial for trial in trials if trial.cameras == largest), None), tuple(trials))
