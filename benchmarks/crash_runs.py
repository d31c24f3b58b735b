"""What crashes.py does, one run each."""

import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from crash_books import Figures, balance
from crash_processes import Ballast, IntakeProcess, Mounted, ShardProcess, UpProcess, may_mount
from nigoh.errors import NigohError, OutputError
from nigoh.storage.database.database import Database
from nigoh.storage.database.events import Events
from nigoh.storage.database.migrations import migrate
from nigoh.testing.postgresql_server import PostgresqlServer

_PATIENCE_S = 180.0
_POLL_S = 0.05
_DISK = "96m"
_DISK_POSTGRESQL = "512m"


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is done.

    Attributes:
        events: sightings that flow.
        kills: of the process.
        full_s: how long the disk is full.
        seed: of the moments.
    """

    events: int
    kills: int
    full_s: float
    seed: int

    def as_json(self) -> dict[str, object]:
        """Its fields, for a result file."""
        return asdict(self)

    @property
    def moments(self) -> random.Random:
        """Where moments are drawn from."""
        return random.Random(self.seed)  # noqa: S311 - moments

    def due(self, kill: int) -> int:
        """How many sightings may have been spooled before the kill of this number, from 1."""
        return self.events * kill // max(self.kills, 1)


def kill_server(effort: Effort) -> Figures:
    """`nigoh up`, while a shard spools into its folder: at moments while it works, one in five while it starts."""
    chance, began_s = effort.moments, time.monotonic()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nigoh-crash-")))
        up = UpProcess(folder)
        first_s = up.make_ready()
        shard = stack.enter_context(
            ShardProcess(up.spools, effort.events, key=up.spool_key(), permit=folder / "permit")
        )
        stack.callback(up.kill)
        for kill in range(1, effort.kills + 1):
            up.start()
            if kill % 5 == 0:
                shard.permit(effort.due(kill))
                time.sleep(chance.uniform(0.5, 1.0) * first_s)
            else:
                up.wait_until_it_serves()
                shard.permit(effort.due(kill))
                time.sleep(chance.uniform(0.0, 0.45))
            up.kill()
        up.start()
        shard.finish(_PATIENCE_S)
        with Database(up.database) as database:
            _wait_for(database, effort.events)
            up.wait_until_it_serves()
            code = up.stop()
            figures = balance(database, up.media, shard.safe, sink=None)
    return {**figures, "kills": effort.kills, "stopped_with": code, "took_s": time.monotonic() - began_s}


def kill_shard(effort: Effort) -> Figures:
    """The process that spools; it goes on after the last sighting of which it had said that it is safe."""
    chance, began_s = effort.moments, time.monotonic()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nigoh-crash-")))
        server, database = stack.enter_context(_postgresql(folder))
        intake = stack.enter_context(IntakeProcess(folder, server.url()))
        intake.start()
        shard = stack.enter_context(ShardProcess(folder / "spools", effort.events, permit=folder / "permit"))
        for kill in range(1, effort.kills + 1):
            shard.permit(effort.due(kill))
            shard.wait_until_it_spools()
            time.sleep(chance.uniform(0.0, 0.3))
            shard.kill()
            shard.start()
        shard.finish(_PATIENCE_S)
        _wait_for(database, effort.events)
        figures = balance(database, folder / "media", shard.safe, sink="broker")
    return {**figures, "kills": effort.kills, "took_s": time.monotonic() - began_s}


def kill_postgresql(effort: Effort) -> Figures:
    """The server that the intake writes to."""
    chance, began_s = effort.moments, time.monotonic()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nigoh-crash-")))
        server, database = stack.enter_context(_postgresql(folder))
        intake = stack.enter_context(IntakeProcess(folder, server.url()))
        intake.start()
        shard = stack.enter_context(ShardProcess(folder / "spools", effort.events, permit=folder / "permit"))
        for kill in range(1, effort.kills + 1):
            shard.permit(effort.due(kill))
            time.sleep(chance.uniform(0.0, 0.6))
            server.kill()
            server.start()
        shard.finish(_PATIENCE_S)
        _wait_for(database, effort.events)
        figures = balance(database, folder / "media", shard.safe, sink="broker")
    return {**figures, "kills": effort.kills, "took_s": time.monotonic() - began_s}


def disk_full(effort: Effort, kind: str) -> Figures:
    """The disk under spools, pictures and database is full for a while in the midst of it."""
    began_s = time.monotonic()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nigoh-crash-")))
        mounts = may_mount(folder)
        if mounts:
            stack.enter_context(Mounted(folder, _DISK if kind == "sqlite" else _DISK_POSTGRESQL))
        server: PostgresqlServer | None = None
        if kind == "sqlite":
            url = f"sqlite:///{folder / 'nigoh.db'}"
            database = stack.enter_context(Database(url))
            migrate(database)
        else:
            server, database = stack.enter_context(_postgresql(folder))
            url = server.url()
        intake = stack.enter_context(IntakeProcess(folder, url))
        intake.start()
        full_s = None if mounts else effort.full_s
        shard = stack.enter_context(
            ShardProcess(folder / "spools", effort.events, permit=folder / "permit", full_s=full_s)
        )
        shard.permit(effort.events // 4)
        shard.wait_until_safe(effort.events // 4, _PATIENCE_S)
        shard.permit(effort.events)
        if mounts:
            with Ballast(folder / "ballast") as ballast:
                ballast.fill_for(effort.full_s)
        refused_at = shard.safe
        if server is not None:
            _bring_back(server)
        shard.finish(_PATIENCE_S + effort.full_s)
        _wait_for(database, effort.events)
        figures = balance(database, folder / "media", shard.safe, sink="broker")
    way = "tmpfs, filled to its last byte" if mounts else "RLIMIT_FSIZE of the shard"
    return {
        **figures,
        "kills": 0,
        "full_s": effort.full_s,
        "way": way,
        "safe_when_there_was_room": refused_at,
        "took_s": time.monotonic() - began_s,
    }


@contextmanager
def _postgresql(folder: Path) -> Iterator[tuple[PostgresqlServer, Database]]:
    # Its processes belong to somebody else, who has to get to their folder.
    folder.chmod(0o755)
    with PostgresqlServer(folder / "server", durable=True) as server, Database(server.url()) as database:
        migrate(database)
        yield server, database


def _bring_back(server: PostgresqlServer) -> None:
    """A server that could not write its log has ended, as it should; whoever minds it starts it again."""
    end_s = time.monotonic() + _PATIENCE_S
    while time.monotonic() < end_s:
        with suppress(OutputError), Database(server.url()) as database, suppress(NigohError):
            database.ping()
            return
        with suppress(OutputError):
            server.start()


def _wait_for(database: Database, events: int) -> None:
    """Until so many events are there, or one more is, or nothing comes any more."""
    end_s, newest = time.monotonic() + _PATIENCE_S, -1
    while time.monotonic() < end_s:
        with suppress(NigohError), database.read() as connection:
            found = Events(connection).newest()
            if found >= events:
                return
            if found > newest:
                newest, end_s = found, time.monotonic() + _PATIENCE_S
        time.sleep(_POLL_S)
