"""`nigoh up` in processes of its own, as a benchmark starts, watches and ends it."""

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from nigoh.cli.bench_plan import Watching, cameras_at, engine_file
from nigoh.domain.camera_status import EngineStatus, LinkState
from nigoh.errors import Fatal, SourceUnavailable
from nigoh.server.control_client import ControlClient

_POLL_S = 0.25
_STOP_S = 30.0
_SAID_LINES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What the engine's processes use, all together.

    Attributes:
        cpu_s: CPU seconds since they began, those of ended ones included once their parent knows.
        resident_bytes: sum over the processes; pages that they share count in each.
        pids: of the processes.
        threads, descriptors: open now.
    """

    cpu_s: float
    resident_bytes: int
    pids: tuple[int, ...]
    threads: int
    descriptors: int


class EngineProcess:
    """Runs the engine on cameras, from the beginning of a with statement to its end.

    Attributes:
        pid: of its supervisor.
        sightings: the file that it appends sightings to.
    """

    def __init__(self, folder: Path, known: Path, urls: Sequence[str], watching: Watching) -> None:
        """Write its configuration.

        Args:
            folder: an empty one, which it may fill.
            known: the known faces.
            urls: of the cameras, whose last parts are their names.
            watching: how they are watched.
        """
        self.sightings = folder / "sightings.jsonl"
        self._cameras = len(urls)
        self._said = folder / "engine.log"
        self._config = folder / "nigoh.toml"
        data_dir = folder / "data"
        data_dir.mkdir()
        cameras = cameras_at(urls, watching)
        self._config.write_text(engine_file(data_dir, self.sightings, known, watching, cameras), "utf-8")
        self._control = ControlClient(data_dir)
        self._process: subprocess.Popen[bytes]

    def __enter__(self) -> Self:
        """Start it; it may not answer yet."""
        command = [sys.executable, "-m", "nigoh", "up", "--config", str(self._config)]
        with self._said.open("wb") as said:
            self._process = subprocess.Popen(  # noqa: S603 - nigoh itself, no shell
                command, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it and its shards: asked first, killed if they have not ended after 30 s."""
        family = self._family()
        self._process.terminate()
        try:
            self._process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for left in family[1:]:
            if left.is_running():  # psutil knows a process from another one that got its number
                left.kill()

    @property
    def pid(self) -> int:
        """Of its supervisor."""
        return self._process.pid

    def status(self) -> EngineStatus:
        """How it is. Raises Fatal: it has ended. SourceUnavailable: it does not answer."""
        self.require_alive()
        return self._control.status()

    def wait_until(self, holds: Callable[[EngineStatus], bool], patience_s: float, what: str) -> EngineStatus:
        """Wait for a status of which something holds. Raises Fatal: it ends, or that takes too long."""
        end_s = time.monotonic() + patience_s
        while time.monotonic() < end_s:
            try:
                status = self.status()
            except SourceUnavailable:
                pass  # it loads its models before it answers
            else:
                if holds(status):
                    return status
            time.sleep(_POLL_S)
        raise Fatal(f"after {patience_s:.0f} s {what}", f"What the engine said: {self._last_words()}")

    def wait_until_watching(self, patience_s: float) -> EngineStatus:
        """Wait until pictures come from every camera. Raises Fatal."""
        return self.wait_until(
            lambda status: watching(status) == self._cameras,
            patience_s,
            f"not all of the {self._cameras} cameras are watched",
        )

    def usage(self) -> Usage:
        """What it uses now. Raises Fatal: it has ended."""
        self.require_alive()
        cpu_s, resident, pids, threads, descriptors = 0.0, 0, [], 0, 0
        for process in self._family():
            try:
                with process.oneshot():
                    times = process.cpu_times()
                    cpu_s += times.user + times.system + times.children_user + times.children_system
                    resident += process.memory_info().rss
                    threads += process.num_threads()
                    descriptors += process.num_fds()
            except psutil.NoSuchProcess:
                continue  # it has ended since it was listed: its time is its parent's children's now
            pids.append(process.pid)
        return Usage(cpu_s=cpu_s, resident_bytes=resident, pids=tuple(pids), threads=threads, descriptors=descriptors)

    def proportional_bytes(self) -> int:
        """Memory of its processes, pages that several share divided among them. Slow for large processes."""
        sizes = 0
        for process in self._family():
            try:
                sizes += process.memory_full_info().pss
            except psutil.NoSuchProcess:
                continue
        return sizes

    def require_alive(self) -> None:
        """Raise Fatal if it has ended."""
        code = self._process.poll()
        if code is not None:
            raise Fatal(f"the engine has ended with exit code {code}", f"It said: {self._last_words()}")

    def _family(self) -> list[psutil.Process]:
        """Its processes, the supervisor first."""
        try:
            root = psutil.Process(self._process.pid)
            return [root, *root.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def _last_words(self) -> str:
        lines = self._said.read_text("utf-8", "replace").splitlines()
        return " | ".join(lines[-_SAID_LINES:]) or "nothing"


def watching(status: EngineStatus) -> int:
    """From how many cameras pictures come."""
    return sum(camera.state is LinkState.WATCHING for shard in status.shards for camera in shard.cameras)
