"""How long `nigoh audit verify` takes, and how much memory: SQLite and PostgreSQL.

    .venv/bin/python benchmarks/audit.py [--entries 1000000] [--runs 3]

Entries are logins, views of faces, searches and enrolments, chained as nigoh chains them and put into an empty
database at once. Then the command is run as anybody would run it, in a process of its own; its time is from starting
it to its end.
"""

import argparse
import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from camera_options import medians
from database import DATABASES, open_place, version_of
from nigoh.domain.audit import AuditAction, AuditEvent
from nigoh.errors import NigohError
from nigoh.evaluation.machine import describe_machine
from nigoh.storage.audit.encoding import FIRST_PREVIOUS, StoredEntry, chained
from nigoh.storage.database.bulk import insert_rows
from nigoh.storage.database.database import Database
from nigoh.storage.database.tables import AUDIT
from results import console, save_result, show_table

_BATCH = 5_000
_FIRST_UNIX_S = 1_790_000_000.0
_ACTIONS = (AuditAction.LOGIN, AuditAction.VIEW_FACE, AuditAction.SEARCH, AuditAction.ENROL)


def main() -> None:
    """Measure what is asked for; everything by default."""
    parser = argparse.ArgumentParser(description="Measure nigoh audit verify.")
    parser.add_argument("--databases", nargs="+", choices=DATABASES, default=DATABASES, help="which (default: both)")
    parser.add_argument("--entries", type=int, default=1_000_000, help="in the audit (default 1000000)")
    parser.add_argument("--runs", type=int, default=3, help="of the command (default 3)")
    parser.add_argument("--results", type=Path, help="folder for the figures (default benchmarks/results)")
    chosen = parser.parse_args()
    console.print(str(describe_machine()))
    found: dict[str, object] = {}
    try:
        for kind in chosen.databases:
            with open_place(kind) as place:
                fill(place.database, chosen.entries)
                runs = [verify_once(place.database, chosen.entries) for _ in range(chosen.runs)]
                found[kind] = {"version": version_of(place.database), "median": medians(runs), "runs": runs}
                show_table(f"{kind}: {chosen.entries} entries", [*runs[0]], [[*medians(runs).values()]])
    except NigohError as error:
        sys.exit(f"error: {error}")
    result = {"machine": describe_machine().as_json(), "entries": chosen.entries, "databases": found}
    console.print(f"written: {save_result('audit', result, chosen.results)}")


def fill(database: Database, count: int) -> None:
    """Put so many entries into an empty audit."""
    rows = map(_row, itertools.islice(_entries(), count))
    while batch := list(itertools.islice(rows, _BATCH)):
        with database.begin() as connection:
            insert_rows(connection, AUDIT, batch)


def _row(entry: StoredEntry) -> dict[str, object]:
    values = asdict(entry)
    values["previous_hash"] = values.pop("previous")
    return {**values, "detail": json.loads(entry.detail)}


def _entries() -> Iterator[StoredEntry]:
    previous = FIRST_PREVIOUS
    for number in itertools.count(1):
        event = AuditEvent(
            action=_ACTIONS[number % len(_ACTIONS)],
            actor=f"user-{number % 40:02d}",
            address="10.0.0.5",
            target_kind="sighting",
            target_id=f"01k0a{number:021d}",
            reason="case 4711" if number % 3 else "",
            detail={"camera": f"camera-{number % 200:03d}", "score": number % 1000 / 1000},
        )
        entry = chained(event, number, previous, _FIRST_UNIX_S + number)
        previous = entry.hash
        yield entry


def verify_once(database: Database, count: int) -> dict[str, object]:
    """Run the command once."""
    address = database.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "nigoh", "audit", "verify", "--database", address]
    began_s = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    with process:
        said = process.stdout.read() if process.stdout else b""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    took_s = time.perf_counter() - began_s
    if process.returncode or f"whole    {count} entries".encode() not in said:
        sys.exit(f"error: the audit is not whole: {said.decode()}")
    return {
        "seconds": took_s,
        "entries_per_s": count / took_s,
        "cpu_s": usage.ru_utime + usage.ru_stime,
        "resident_mib": usage.ru_maxrss / 1024,
    }


if __name__ == "__main__":
    main()
