"""`nigoh doctor` finds what is wrong with what is kept, and says what to do."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import insert

from nigoh.cli.deployment_checks import check_deployment
from nigoh.cli.machine_checks import Outcome
from nigoh.config.deployment_settings import DeploymentSettings
from nigoh.config.master_key import KeyFile
from nigoh.deployment_wiring import open_deployment
from nigoh.storage.database.database import Database
from nigoh.storage.database.migrations import migrate
from nigoh.storage.database.tables import EVENTS
from nigoh.storage.spool import Spool, SpoolLimits
from nigoh.storage.spool_format import segment_path, segments
from nigoh.storage.spool_room import SPOOLS

DAY_S = 86_400.0


@pytest.fixture
def settings(tmp_path: Path) -> DeploymentSettings:
    """Something is kept, and all is well."""
    data, conf = tmp_path / "data", tmp_path / "conf"
    found = DeploymentSettings(
        data=data,
        database=f"sqlite:///{data}/nigoh.db",
        master_key=KeyFile(conf / "master.key"),
        destroyed_keys=conf / "destroyed-keys",
    )
    open_deployment(found).close()
    assert failures(found) == {}
    return found


def failures(settings: DeploymentSettings) -> dict[str, str]:
    return {each.name: each.detail for each in check_deployment(settings) if each.outcome is not Outcome.OK}


def database_file(settings: DeploymentSettings) -> Path:
    return settings.data / "nigoh.db"


def clock_set_back(settings: DeploymentSettings) -> None:
    with Database(settings.database) as database, database.begin() as connection:
        later = {"kind": "k", "subject": "s", "unix_s": time.time() + DAY_S, "body": "{}"}
        connection.execute(insert(EVENTS).values(**later))


def an_older_database(settings: DeploymentSettings) -> None:
    for path in settings.data.glob("nigoh.db*"):
        path.unlink()
    with Database(settings.database) as database:
        migrate(database, "0003")


def a_key_that_is_gone(settings: DeploymentSettings) -> None:
    assert isinstance(settings.master_key, KeyFile)
    settings.master_key.path.unlink()


def a_key_that_others_read(settings: DeploymentSettings) -> None:
    assert isinstance(settings.master_key, KeyFile)
    settings.master_key.path.chmod(0o644)


def a_damaged_file(settings: DeploymentSettings) -> None:
    with database_file(settings).open("r+b") as file:
        file.seek(3 * 4096)
        file.write(bytes(8 * 4096))


def sightings_that_wait(settings: DeploymentSettings) -> None:
    folder = settings.data / SPOOLS / "engine"
    with Spool(folder, bytes(32), SpoolLimits(least_free_bytes=0)) as spool:
        spool.append([b"news"])
    os.utime(segment_path(folder, max(segments(folder))), (time.time() - DAY_S,) * 2)


@pytest.mark.parametrize(
    ("happens", "name", "said"),
    [
        (clock_set_back, "clock", "Set it, best by NTP"),
        (an_older_database, "migrations", "nigoh up migrates when it starts"),
        (a_key_that_is_gone, "master key", "master.key"),
        (a_key_that_others_read, "master key", "chmod 600"),
        (a_damaged_file, "database file", "Restore a backup"),
        (sightings_that_wait, "sightings to store", "nigoh up takes them in"),
    ],
    ids=lambda given: given.__name__ if callable(given) else "",
)
def test_it_finds_what_is_wrong(
    settings: DeploymentSettings, happens: Callable[[DeploymentSettings], None], name: str, said: str
) -> None:
    happens(settings)
    found = failures(settings)
    assert said in found.get(name, ""), found
