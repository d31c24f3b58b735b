"""Whatever is killed, and whenever: what a spool has taken gets into the database, once and in its order."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from nigoh.config.deployment_settings import DeploymentSettings
from nigoh.config.master_key import KeyFile
from nigoh.deployment_wiring import open_deployment
from nigoh.errors import NigohError
from nigoh.storage.database.database import Database
from nigoh.storage.database.events import Events
from nigoh.storage.database.outbox import Outbox
from nigoh.storage.database.tables import MEDIA, SIGHTINGS, TRACKS
from nigoh.storage.spool_room import SPOOLS
from nigoh.testing.postgresql_server import PostgresqlServer

PROCESSES = Path(__file__).with_name("delivery_processes.py")
COUNT = 400
PICTURED = 4
"""Each sighting whose number this divides has a picture."""

WAIT_S = 120.0


class Ends:
    """The processes of both ends of the spools in a folder."""

    def __init__(self, folder: Path, database: str) -> None:
        self.folder = folder
        self.database = database
        self.running: list[subprocess.Popen[str]] = []

    def intake(self) -> "subprocess.Popen[str]":
        return self.start("intake", self.folder / "spools", self.database, self.folder / "media")

    def spool(self, first: int, *options: object, count: int = COUNT) -> "subprocess.Popen[str]":
        return self.start("spool", self.folder / "spools", "shard", first, count, *options)

    def stop(self) -> None:
        for process in self.running:
            with contextlib.suppress(OSError):
                process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()

    def start(self, *arguments: object) -> "subprocess.Popen[str]":
        command = [sys.executable, str(PROCESSES), *map(str, arguments)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.running.append(process)
        return process


@pytest.fixture
def ends(tmp_path: Path) -> Iterator[Ends]:
    found = Ends(tmp_path, f"sqlite:///{tmp_path / 'nigoh.sqlite'}")
    yield found
    found.stop()


def safe_up_to(process: "subprocess.Popen[str]") -> int:
    """The number of sightings of which a writer that is gone said that they are on the disk."""
    assert process.stdout is not None
    lines = [line for line in process.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
    return int(lines[-1]) if lines else 0


def wait_until_delivered(database: Database, count: int) -> None:
    end_s = time.monotonic() + WAIT_S
    while time.monotonic() < end_s:
        with contextlib.suppress(NigohError), database.read() as connection:
            if Events(connection).newest() and len(Events(connection).after(0, count + 1)) >= count:
                return
        time.sleep(0.05)


def delivered(database: Database) -> list[str]:
    with database.read() as connection:
        return [event.subject for event in Events(connection).after(0, 10 * COUNT)]


def assert_each_once_in_order(database: Database, sinks: tuple[str, ...] = ("broker",)) -> None:
    wait_until_delivered(database, COUNT)
    assert delivered(database) == [f"shard-{number:06d}" for number in range(COUNT)]
    with database.read() as connection:
        assert len(connection.execute(select(SIGHTINGS.c.id)).all()) == COUNT
        assert len(connection.execute(select(TRACKS.c.id)).all()) == COUNT
        assert len(connection.execute(select(MEDIA.c.id)).all()) == COUNT // PICTURED
        assert [(each.sink, each.rows) for each in Outbox(connection).waiting()] == [(sink, COUNT) for sink in sinks]


def kill_after(process: "subprocess.Popen[str]", seconds: float) -> None:
    """Once it is at work, let it work for so long, and kill it."""
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    process.wait()


def test_killing_the_writer_loses_nothing_that_it_said_was_safe(ends: Ends, sqlite_database: Database) -> None:
    ends.intake()
    first = 0
    for seconds in (0.05, 0.13):
        writer = ends.spool(first, "--pause-s", 0.002)
        kill_after(writer, seconds)
        first = max(safe_up_to(writer), first)
    assert 0 < first < COUNT
    ends.spool(first)
    assert_each_once_in_order(sqlite_database)


def test_killing_the_intake_writes_nothing_twice(ends: Ends, sqlite_database: Database) -> None:
    ends.spool(0, "--pause-s", 0.01)
    for seconds in (0.03, 0.11):
        kill_after(ends.intake(), seconds)
    ends.intake()
    assert_each_once_in_order(sqlite_database)


def test_killing_nigoh_up_loses_nothing_and_writes_nothing_twice(ends: Ends, tmp_path: Path) -> None:
    data, key = tmp_path / "data", tmp_path / "keys" / "master.key"
    settings = DeploymentSettings(
        data=data,
        database=f"sqlite:///{data}/nigoh.db",
        master_key=KeyFile(key),
        destroyed_keys=key.parent / "destroyed-keys",
    )
    permit, spool_key = tmp_path / "permit", tmp_path / "spool.key"
    with open_deployment(settings) as deployment:
        with deployment.database.begin() as connection:
            spool_key.write_bytes(deployment.vault.secret(connection, "spool"))
        permit.write_text(str(COUNT // 2))
        ends.start("spool", data / SPOOLS, "shard", 0, COUNT, "--key", spool_key, "--permit", permit)
        with nigoh_up(data, key):
            wait_until_delivered(deployment.database, 1)
            # It is killed while the second half is on its way.
            (tmp_path / "more").write_text(str(COUNT))
            (tmp_path / "more").replace(permit)
        with nigoh_up(data, key):
            assert_each_once_in_order(deployment.database, sinks=())


@contextlib.contextmanager
def nigoh_up(data: Path, key: Path) -> Iterator[None]:
    """`nigoh up`, killed at the end of the block, with all processes that it has started."""
    command = [sys.executable, "-m", "nigoh", "up", "--data", str(data), "--port", "0", "--quiet"]
    command += ["--master-key-file", str(key)]
    process = subprocess.Popen(command, cwd=data, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_a_full_disk_holds_sightings_up_and_loses_none(ends: Ends, sqlite_database: Database) -> None:
    ends.intake()
    ends.spool(0, "--pause-s", 0.002, "--full-at", 100, "--full-s", 0.5)
    assert_each_once_in_order(sqlite_database)


def test_killing_postgresql_loses_nothing_and_writes_nothing_twice(
    tmp_path: Path, postgresql_server: PostgresqlServer, postgresql_database: Database
) -> None:
    ends = Ends(tmp_path, postgresql_database.engine.url.render_as_string(hide_password=False))
    try:
        intake = ends.intake()
        assert intake.stdout is not None
        intake.stdout.readline()  # it is ready: who starts while the server is away is told so
        writer = ends.spool(0, "--pause-s", 0.02)
        assert writer.stdout is not None
        for _ in range(2):
            for _ in range(20):
                writer.stdout.readline()
            postgresql_server.kill()
            postgresql_server.start()
        assert_each_once_in_order(postgresql_database)
    finally:
        ends.stop()
