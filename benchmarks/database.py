"""How many sightings a second the intake writes, and how quickly lists of a million are read: SQLite and PostgreSQL.

    .venv/bin/python benchmarks/database.py [--databases sqlite postgresql] [--rows 1000000] [--runs 3]

The intake is the one of `nigoh up`: it reads sealed records from four spools and writes, in transactions of 1,000
words, sightings, sealed templates (128 numbers), events and an outbox row for one sink. "told once": each sighting is
one word, and so a new row of each table. "told twice": it appears, and later it leaves, which changes its row. Both
databases force each transaction to the disk; PostgreSQL has its own defaults otherwise. The table has `--rows`
sightings before. Spools are filled first: what is measured is the intake and the database.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from camera_options import medians
from database_runs import Figures, Place, fill, ingest
from nigoh.errors import NigohError
from nigoh.evaluation.machine import describe_machine
from nigoh.storage.database.database import Database
from nigoh.storage.database.migrations import migrate
from nigoh.testing.postgresql_server import PostgresqlServer
from results import console, save_result, show_table
from sighting_lists import KINDS, Draw, count_many, list_many
from sighting_material import Crowd

DATABASES = ("sqlite", "postgresql")
_TWICE = Crowd(stay=1_000)
_WITH_PICTURES = Crowd(picture_bytes=8_000)

Run = Callable[[int], Figures]
"""One run of a measurement, by its seed."""


def main() -> None:
    """Measure what is asked for; everything by default."""
    parser = argparse.ArgumentParser(description="Measure the intake, and lists of sightings.")
    parser.add_argument("--databases", nargs="+", choices=DATABASES, default=DATABASES, help="which (default: both)")
    parser.add_argument("--rows", type=int, default=1_000_000, help="sightings in the table (default 1000000)")
    parser.add_argument("--sightings", type=int, default=40_000, help="that are told, in each run (default 40000)")
    parser.add_argument(
        "--lists", type=int, default=200, help="of each kind that are read, in each run (default 200)"
    )
    parser.add_argument("--runs", type=int, default=3, help="of each measurement (default 3)")
    parser.add_argument("--results", type=Path, help="folder for the figures (default benchmarks/results)")
    chosen = parser.parse_args()
    console.print(str(describe_machine()))
    found: dict[str, object] = {}
    try:
        for kind in chosen.databases:
            found[kind] = measure(kind, chosen)
    except NigohError as error:
        sys.exit(f"error: {error}")
    result = {"machine": describe_machine().as_json(), "rows": chosen.rows, "databases": found}
    console.print(f"written: {save_result('database', result, chosen.results)}")


def measure(kind: str, chosen: argparse.Namespace) -> dict[str, object]:
    """All figures of one database, printed as they come."""
    with open_place(kind) as place:
        version = version_of(place.database)
        console.print(f"{kind} {version}: {chosen.rows} sightings are put into the table")
        fill(place.database, chosen.rows)
        found: dict[str, object] = {"version": version}
        for title, parts in (("lists", lists(place, chosen)), ("intake", intakes(place, chosen))):
            figures = {name: [run(seed) for seed in range(1, chosen.runs + 1)] for name, run in parts.items()}
            table = {name: medians(runs) for name, runs in figures.items()}
            columns = next(iter(table.values()))
            show_table(f"{kind}: {title}", ["", *columns], [[name, *row.values()] for name, row in table.items()])
            found[title] = {name: {"median": table[name], "runs": runs} for name, runs in figures.items()}
        return found


def lists(place: Place, chosen: argparse.Namespace) -> dict[str, Run]:
    """Reading pages, and counting."""

    def listing(draw: Draw) -> Run:
        return lambda seed: list_many(place.database, draw, chosen.lists, chosen.rows, seed=seed)

    def counting(seed: int) -> Figures:
        return count_many(place.database, KINDS["by all of these"], chosen.lists, chosen.rows, seed=seed)

    return {name: listing(draw) for name, draw in KINDS.items()} | {"counted, by all of these": counting}


def intakes(place: Place, chosen: argparse.Namespace) -> dict[str, Run]:
    """Taking in."""

    def taking(crowd: Crowd, count: int, first_seed: int) -> Run:
        return lambda seed: ingest(place, crowd, count, seed=first_seed + seed)

    return {
        "told once": taking(Crowd(), chosen.sightings, 0),
        "told twice": taking(_TWICE, chosen.sightings // 2, 100),
        "told once, with pictures of 8 kB": taking(_WITH_PICTURES, chosen.sightings // 8, 200),
    }


@contextmanager
def open_place(kind: str) -> Iterator[Place]:
    """A new database of a kind, with a folder beside it."""
    with tempfile.TemporaryDirectory(prefix="nigoh-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        if kind == "sqlite":
            with Database(f"sqlite:///{folder}/nigoh.sqlite") as database:
                migrate(database)
                yield Place(database, folder, None)
            return
        with PostgresqlServer(folder / "server", durable=True) as server, Database(server.url()) as database:
            migrate(database)
            yield Place(database, folder, server.pid)


def version_of(database: Database) -> str:
    """What the database calls itself."""
    asked = "SELECT sqlite_version()" if database.dialect == "sqlite" else "SHOW server_version"
    with database.read() as connection:
        return str(connection.execute(text(asked)).scalar_one())


if __name__ == "__main__":
    main()
