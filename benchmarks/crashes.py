"""What is lost, and what is told twice, when something is killed or the disk is full while sightings flow.

    .venv/bin/python benchmarks/crashes.py [--scenario server ...] [--events 10000] [--kills 50] [--full-s 60]

A shard is a process that spools numbered sightings with templates and pictures, and says of each when it is safe.
The server is `nigoh up`, or the intake that it runs. Whatever is killed (SIGKILL, at moments drawn at random) is
started again at once. At the end all sightings that were safe are looked for by their identifiers: in the stream of
events, in its order, among sightings, templates and pictures, and in the outbox. PostgreSQL forces its transactions
to the disk (fsync is on). The full disk is one in memory, filled to its last byte by a file, under spools, pictures
and database; where this process may not mount one, files of the shard may not grow instead.
"""

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from crash_books import Figures
from crash_runs import Effort, disk_full, kill_postgresql, kill_server, kill_shard
from nigoh.errors import NigohError
from nigoh.evaluation.machine import describe_machine
from results import console, save_result, show_table

SCENARIOS: Mapping[str, Callable[[Effort], Figures]] = {
    "server": kill_server,
    "shard": kill_shard,
    "postgresql": kill_postgresql,
    "disk": lambda effort: disk_full(effort, "sqlite"),
    "disk-postgresql": lambda effort: disk_full(effort, "postgresql"),
}
TITLES = {
    "server": "`nigoh up` killed, SQLite",
    "shard": "a shard killed, PostgreSQL",
    "postgresql": "PostgreSQL killed",
    "disk": "the disk full, SQLite",
    "disk-postgresql": "the disk full, PostgreSQL",
}
COLUMNS = ("kills", "safe", "lost", "twice", "out_of_order", "incomplete", "took_s")


def main() -> None:
    """Run what is asked for; everything by default. Exit code 1 if anything was lost or told twice."""
    parser = argparse.ArgumentParser(description="Kill everything, and count what is there afterwards.")
    parser.add_argument("--scenario", nargs="+", choices=tuple(SCENARIOS), help="which (default: all)")
    parser.add_argument("--events", type=int, default=10_000, help="sightings that flow in each (default 10000)")
    parser.add_argument("--kills", type=int, default=50, help="of each process (default 50)")
    parser.add_argument("--full-s", type=float, default=60.0, help="how long the disk is full (default 60)")
    parser.add_argument("--seed", type=int, default=1, help="of the moments (default 1)")
    parser.add_argument("--results", type=Path, help="folder for the figures (default benchmarks/results)")
    chosen = parser.parse_args()
    effort = Effort(events=chosen.events, kills=chosen.kills, full_s=chosen.full_s, seed=chosen.seed)
    console.print(str(describe_machine()))
    found: dict[str, Figures] = {}
    try:
        for name in chosen.scenario or SCENARIOS:
            console.print(f"{TITLES[name]} ...")
            found[name] = SCENARIOS[name](effort)
            save(name, effort, found[name], chosen.results)
    except NigohError as error:
        sys.exit(f"error: {error}")
    rows = [[TITLES[name], *(figures[key] for key in COLUMNS)] for name, figures in found.items()]
    show_table("crashes", ["", *COLUMNS], rows)
    if any(row["lost"] or row["twice"] or row["out_of_order"] or row["incomplete"] for row in found.values()):
        sys.exit("error: something was lost or told twice: see the table")


def save(name: str, effort: Effort, figures: Figures, folder: Path | None) -> None:
    """Write what came out."""
    machine = describe_machine().as_json()
    result = {"machine": machine, "scenario": TITLES[name], "effort": effort.as_json(), "figures": figures}
    console.print(f"written: {save_result(f'crashes_{name}', result, folder)}")


if __name__ == "__main__":
    main()
