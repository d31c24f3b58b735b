"""What database.py measures, one run each."""

import itertools
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import psutil
from sqlalchemy import text

from nigoh.domain.camera_sighting import CameraSighting, Stage
from nigoh.domain.master_key import MasterKey
from nigoh.domain.records import Verdict
from nigoh.domain.sighting import PersonId
from nigoh.office.sighting_intake import SightingIntake
from nigoh.office.sighting_writing import SightingWriter, WritingOptions
from nigoh.storage.database.bulk import insert_rows
from nigoh.storage.database.database import Database
from nigoh.storage.database.sighting_rows import Values, new_values
from nigoh.storage.database.tables import SIGHTINGS
from nigoh.storage.media import MediaStore
from nigoh.storage.spool_room import SpoolRoom
from nigoh.storage.vault.scopes import person_scope
from nigoh.storage.vault.vault import Vault
from sighting_material import FILLED_PER_S, Crowd, fill_spools, sightings

CROWD = Crowd()
_KEY = bytes(32)
_MASTER = MasterKey(bytes(range(32)))
_BATCH = 5_000

Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Place:
    """A database, a folder beside it, and the process of its server, None if it has none."""

    database: Database
    folder: Path
    server_pid: int | None


def fill(database: Database, count: int) -> None:
    """Put sightings into the table: of a month, of every status, one in 400 judged."""
    rows = itertools.starmap(_row, enumerate(sightings(replace(CROWD, per_s=FILLED_PER_S), count, seed=7)))
    while batch := list(itertools.islice(rows, _BATCH)):
        with database.begin() as connection:
            insert_rows(connection, SIGHTINGS, batch)
    if database.dialect == "postgresql":
        # As autovacuum does a minute later. SQLite is not told anything that nigoh does not tell it.
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def _row(number: int, told: CameraSighting) -> Values:
    row = new_values(replace(told, stage=Stage.LEFT), "")
    if number % 400 == 0:
        row["verdict"] = (Verdict.REJECTED if number % 1200 == 0 else Verdict.CONFIRMED).value
    return row


def ingest(place: Place, crowd: Crowd, count: int, *, seed: int) -> Figures:
    """Take in so many sightings of a crowd."""
    spools = place.folder / f"spools-{seed}"
    vault = Vault(_MASTER, place.database)
    writer = SightingWriter(
        vault, MediaStore(place.folder / "media", vault), WritingOptions(sinks=lambda: ("broker",))
    )
    with place.database.begin() as connection:
        # Who is enrolled has a key.
        for number in range(crowd.people):
            vault.seal(connection, person_scope(PersonId(f"person-{number:05d}")), b"x", "x")
    words = fill_spools(spools, _KEY, crowd, count, seed=seed)
    with SpoolRoom(spools, _KEY) as room:
        intake = SightingIntake(room, place.database, writer)
        began_s, own_s, server_s = time.perf_counter(), time.process_time(), _cpu_s(place.server_pid)
        while intake.step() is None:
            pass
        took_s = time.perf_counter() - began_s
    counts = intake.state.counts
    if counts.stored != words:
        raise SystemExit(f"of {words} words {counts.stored} were stored")
    shutil.rmtree(spools)
    return {
        "words_per_s": words / took_s,
        "sightings_per_s": count / took_s,
        "intake_cores": (time.process_time() - own_s) / took_s,
        "server_cores": (_cpu_s(place.server_pid) - server_s) / took_s,
        "templates": counts.templates,
        "pictures": counts.pictures,
    }


def _cpu_s(pid: int | None) -> float:
    """CPU seconds of a server's processes."""
    if pid is None:
        return 0.0
    server = psutil.Process(pid)
    total = 0.0
    for process in (server, *server.children(recursive=True)):
        with suppress(psutil.Error):
            times = process.cpu_times()
            total += times.user + times.system
    return total
