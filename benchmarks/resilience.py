"""What the engine does when things go wrong: cut off, flapping, overloaded, a shard killed; its memory over time.

    .venv/bin/python benchmarks/resilience.py [cut flap overload kill soak] [--runs 3]

Cameras and engine run in processes of their own. Each scenario prints its runs and writes a file. The soak runs once.
"""

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace

from camera_options import Effort, add_effort, medians, read_effort
from nigoh.errors import NigohError
from nigoh.evaluation.machine import describe_machine
from resilience_runs import Figures, cut, flap, kill, overload, soak
from results import console, save_result


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is done, in a line, and the run."""

    title: str
    run: Callable[[Effort], Figures]


def main() -> None:
    """Run what is asked for; everything by default."""
    parser = argparse.ArgumentParser(description="Measure how the engine behaves when things go wrong.")
    parser.add_argument("--flaps", type=int, default=1000, help="connections that come and go (default 1000)")
    parser.add_argument(
        "--flapping", type=int, default=40, help="cameras that share them; with 1 they take hours (default 40)"
    )
    parser.add_argument("--factor", type=float, default=3, help="of overload (default 3)")
    parser.add_argument("--minutes", type=float, default=60, help="of the soak (default 60)")
    add_effort(parser, seconds=30)
    scenarios = {
        "cut": Scenario("200 cameras are refused for 15 s", cut),
        "flap": Scenario(
            "cameras come and go", lambda effort: flap(effort, flaps=chosen.flaps, flapping=chosen.flapping)
        ),
        "overload": Scenario("more work than fits", lambda effort: overload(effort, chosen.factor)),
        "kill": Scenario("a shard is killed", kill),
        "soak": Scenario("100 cameras for long", lambda effort: soak(effort, chosen.minutes)),
    }
    parser.add_argument("scenario", nargs="*", choices=[*scenarios, []], help="which (default: all)")
    chosen = parser.parse_args()
    console.print(str(describe_machine()))
    try:
        effort = read_effort(chosen)
        for name in chosen.scenario or scenarios:
            measure(name, scenarios[name], replace(effort, runs=1) if name == "soak" else effort)
    except NigohError as error:
        sys.exit(f"error: {error}")


def measure(name: str, scenario: Scenario, effort: Effort) -> None:
    """Run a scenario a few times, print and write what came out."""
    runs = []
    for number in range(1, effort.runs + 1):
        console.print(f"{name}: {scenario.title}, run {number} of {effort.runs}")
        runs.append(scenario.run(effort))
        for figure, value in runs[-1].items():
            console.print(f"  {figure:32} {value:.3f}" if isinstance(value, float) else f"  {figure:32} {value}")
    result = {
        "machine": describe_machine().as_json(),
        "scenario": scenario.title,
        "scale": effort.scale,
        "median": medians(runs),
        "runs": runs,
    }
    console.print(f"written: {os.path.relpath(save_result(f'resilience_{name}', result, effort.results))}")


if __name__ == "__main__":
    main()
