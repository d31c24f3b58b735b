"""How many sightings a second the intake writes, and how quickly lists of a million are read: SQLite and PostgreSQL.

    .venv/bin/python benchmarks/database.py [--databases sqlite postgresql] [--rows 1000000] [--runs 3]

The intake is the one of `nigoh up`: it reads sealed records from four spools and writes, in transactions of 500
words, sightings, sealed templates (128 numbers), events and an outbox row for one sink. A sighting is two words: it
appears, and later it leaves, which changes its row. Both databases force each transaction to the disk. The table has
`--rows` sightings before. Spools are filled first: what is measured is the intake and the database.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from camera_options import medians
from database_runs import Figures, Place, fill, ingest, list_many
from nigoh.errors import NigohError
from nigoh.evaluation.machine import describe_machine
from nigoh.storage.database.database import Database
from nigoh.storage.database.migrations import migrate
from nigoh.testing.postgresql_server import PostgresqlServer
from results import console, save_result, show_table

KINDS = ("sqlite", "postgresql")
_PARTS = ("lists", "intake", "intake with pictures")
_PICTURE_BYTES = 8_000

Measured = dict[str, dict[str, object]]


def main() -> None:
    """Measure what is asked for; everything by default."""
    parser = argparse.ArgumentParser(description="Measure the intake, and lists of sightings.")
    parser.add_argument("--databases", nargs="+", choices=KINDS, default=KINDS, help="which (default: both)")
    parser.add_argument("--rows", type=int, default=1_000_000, help="sightings in the table (default 1000000)")
    parser.add_argument(
        "--sightings", type=int, default=20_000, help="that are taken in, in each run (default 20000)"
    )
    parser.add_argument("--lists", type=int, default=1_000, help="that are read, in each run (default 1000)")
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
        for part in _PARTS:
            runs = [run(part, place, chosen, number) for number in range(1, chosen.runs + 1)]
            median = medians(runs)
            show_table(f"{kind}: {part}", ["", *median], [["median", *median.values()]])
            found[part] = {"median": median, "runs": runs}
        return found


def run(part: str, place: Place, chosen: argparse.Namespace, number: int) -> Figures:
    """One run of one measurement."""
    match part:
        case "lists":
            figures = list_many(place.database, chosen.lists, chosen.rows, seed=number)
        case "intake":
            figures = ingest(place, chosen.sightings, seed=number)
        case _:
            figures = ingest(place, chosen.sightings // 4, seed=100 + number, picture_bytes=_PICTURE_BYTES)
    told = ", ".join(f"{name} {value:.2f}" for name, value in figures.items())
    console.print(f"  {part}, run {number} of {chosen.runs}: {told}")
    return figures


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
