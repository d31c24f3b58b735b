"""What database.py measures, one run each."""

import itertools
import random
import shutil
import statistics
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import psutil
from sqlalchemy import text

from nigoh.domain.camera_sighting import CameraSighting, Stage
from nigoh.domain.master_key import MasterKey
from nigoh.domain.page import PageQuery
from nigoh.domain.records import Verdict
from nigoh.domain.sighting import CameraId, PersonId, Status
from nigoh.domain.sighting_filter import SightingFilter
from nigoh.office.sighting_intake import SightingIntake
from nigoh.office.sighting_writing import SightingWriter, WritingOptions
from nigoh.storage.database.bulk import insert_rows
from nigoh.storage.database.database import Database
from nigoh.storage.database.sighting_rows import Values, new_values
from nigoh.storage.database.sightings import Sightings
from nigoh.storage.database.tables import SIGHTINGS
from nigoh.storage.media import MediaStore
from nigoh.storage.spool_room import SpoolRoom
from nigoh.storage.vault.scopes import person_scope
from nigoh.storage.vault.vault import Vault
from sighting_material import FIRST_UNIX_S, Crowd, fill_spools, sightings

CROWD = Crowd()
_FILLED_PER_S = 0.4
_KEY = bytes(32)
_MASTER = MasterKey(bytes(range(32)))
_BATCH = 5_000
_DAY_S = 86_400.0
_NAMED = frozenset({Status.KNOWN, Status.WANTED})
_PAGE = 50

Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Place:
    """A database, a folder beside it, and the process of its server, None if it has none."""

    database: Database
    folder: Path
    server_pid: int | None


def fill(database: Database, count: int) -> None:
    """Put sightings into the table: of a month, of every status, one in 400 judged."""
    rows = itertools.starmap(_row, enumerate(sightings(replace(CROWD, per_s=_FILLED_PER_S), count, seed=7)))
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


def ingest(place: Place, count: int, *, seed: int, picture_bytes: int = 0) -> Figures:
    """Take in the words of so many sightings."""
    spools = place.folder / f"spools-{seed}"
    vault = Vault(_MASTER, place.database)
    writer = SightingWriter(
        vault, MediaStore(place.folder / "media", vault), WritingOptions(sinks=lambda: ("broker",))
    )
    with place.database.begin() as connection:
        # Who is enrolled has a key.
        for number in range(CROWD.people):
            vault.seal(connection, person_scope(PersonId(f"person-{number:05d}")), b"x", "x")
    words = fill_spools(spools, _KEY, replace(CROWD, picture_bytes=picture_bytes), count, seed=seed)
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


def list_many(database: Database, count: int, rows: int, *, seed: int) -> Figures:
    """Read the first page of many lists, and the second of those that have one; filters are drawn at random."""
    chance = random.Random(seed)  # noqa: S311 - filters
    last_unix_s = FIRST_UNIX_S + rows / _FILLED_PER_S
    times_ms: list[float] = []
    for wanted in itertools.islice(_filters(chance, last_unix_s), count):
        cursor: str | None = None
        for _ in range(2):
            began_s = time.perf_counter()
            with database.read() as connection:
                cursor = Sightings(connection).page(wanted, PageQuery(_PAGE, cursor)).next_cursor
            times_ms.append((time.perf_counter() - began_s) * 1000)
            if cursor is None:
                break
    times_ms.sort()
    return {
        "pages": len(times_ms),
        "median_ms": statistics.median(times_ms),
        "p95_ms": times_ms[int(0.95 * len(times_ms))],
        "p99_ms": times_ms[int(0.99 * len(times_ms))],
        "max_ms": times_ms[-1],
    }


def _filters(chance: random.Random, last_unix_s: float) -> Iterator[SightingFilter]:
    """Any combination of filters."""
    cameras = [CameraId(f"camera-{number:03d}") for number in range(CROWD.cameras)]
    statuses = [None, None, _NAMED, *(frozenset({status}) for status in Status)]
    while True:
        person = PersonId(f"person-{int(CROWD.people * chance.random() ** 3):05d}")
        yield SightingFilter(
            cameras=chance.choice([None, None, *(frozenset(chance.sample(cameras, some)) for some in (1, 5, 40))]),
            person=chance.choice([None, None, None, person]),
            statuses=chance.choice(statuses),
            verdict=chance.choice([None, None, None, *Verdict]),
            least_score=chance.choice([None, None, 0.3, 0.5, 0.8, 0.95]),
            since_unix_s=chance.choice([None, None, *(last_unix_s - days * _DAY_S for days in (1, 7, 20))]),
            until_unix_s=chance.choice([None, None, *(last_unix_s - days * _DAY_S for days in (0.5, 10))]),
            newest_first=chance.random() < 0.7,
        )


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
