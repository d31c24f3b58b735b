"""What `nigoh doctor` says of sightings on their way: into the database, and out to whoever is told of them."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from nigoh.cli.machine_checks import Check, Outcome
from nigoh.storage.database.database import Database
from nigoh.storage.database.health import LEAST_FREE_BYTES
from nigoh.storage.database.migrations import revision_of
from nigoh.storage.database.outbox import Outbox
from nigoh.storage.spool_backlog import spool_backlog

_LONG_S = 300.0
"""What waits for longer is stuck: a running intake needs less than a second."""

_MANY_ROWS = 100_000


def check_spools(root: Path, now_unix_s: float) -> Check:
    """What waits in the spools of a folder; seconds since 1970."""
    found = spool_backlog(root)
    if found.foreign:
        detail = f"{found.foreign} segments in {root} were written under another key (*.foreign). Restore their key."
        return _check("sightings to store", detail, is_well=False)
    if found.since_unix_s is None:
        return _check("sightings to store", f"none wait in {root}", is_well=True)
    waits_s = max(now_unix_s - found.since_unix_s, 0.0)
    detail = f"{found.bytes / 1e6:.1f} MB wait in {root}, for {waits_s:.0f} s at most"
    if waits_s > _LONG_S:
        detail += ". nigoh up takes them in: is it running, and what does its log say of the database?"
    return _check("sightings to store", detail, is_well=waits_s <= _LONG_S)


def check_outbox(database: Database) -> Iterator[Check]:
    """What waits for whoever is to be told, a line each. Raises DatabaseUnavailable, DatabaseError."""
    if not revision_of(database).is_newest:
        return
    with database.read() as connection:
        waiting = Outbox(connection).waiting()
    if not waiting:
        yield _check("events to tell", "none wait", is_well=True)
    for each in waiting:
        detail = f"{each.rows} wait for {each.sink}"
        if each.last_error:
            detail += f", which failed: {each.last_error}"
        yield _check("events to tell", detail, is_well=each.rows < _MANY_ROWS)


def check_room(data: Path, least_free_bytes: int = LEAST_FREE_BYTES) -> Check:
    """Whether the disk of the data folder has room: spools refuse, and pictures fail, where it has none."""
    free = shutil.disk_usage(data).free
    detail = f"{free / 1e9:.1f} GB free at {data}"
    if free < least_free_bytes:
        detail += f", and {least_free_bytes / 1e9:.1f} GB are wanted. Make room."
    return _check("data disk", detail, is_well=free >= least_free_bytes)


def _check(name: str, detail: str, *, is_well: bool) -> Check:
    return Check(name=name, outcome=Outcome.OK if is_well else Outcome.FAILED, detail=detail, needed=True)
