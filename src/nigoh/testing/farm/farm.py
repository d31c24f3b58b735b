"""The farm: simulated cameras that run in a thread of their own."""

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar
from urllib.parse import quote

from nigoh.domain.camera_url import CameraUrl
from nigoh.domain.farm_truth import FarmStart, FarmTruth
from nigoh.errors import Fatal
from nigoh.testing.farm.authentication import AuthScheme
from nigoh.testing.farm.clock import FarmClock
from nigoh.testing.farm.control import ControlPort
from nigoh.testing.farm.faults import Fault
from nigoh.testing.farm.footage import Footage
from nigoh.testing.farm.journal import Journal
from nigoh.testing.farm.options import FarmOptions, ServingOptions
from nigoh.testing.farm.plan import plan_farm
from nigoh.testing.farm.server import FarmServer
from nigoh.testing.farm.simulated_camera import SimulatedCamera
from nigoh.testing.farm.status import FarmStatus

R = TypeVar("R")

_PATIENCE_S = 10.0


@dataclass(frozen=True, slots=True)
class _Running:
    """What a farm has while it runs."""

    server: FarmServer
    journal: Journal
    clock: FarmClock
    control_port: int
    loop: asyncio.AbstractEventLoop
    stop: asyncio.Event


class Farm:
    """Simulated cameras. A context manager: they run, in one thread, from its beginning to its end.

    Attributes:
        plan: the cameras, and who appears on them.
    """

    def __init__(
        self,
        footage: Footage,
        options: FarmOptions,
        serving: ServingOptions | None = None,
        *,
        truth: Path | None = None,
    ) -> None:
        """Plan a farm.

        Args:
            footage: what the cameras send, see `prepare_footage`.
            options: those that the footage was prepared with.
            serving: how the cameras are reached; by default on a free port of 127.0.0.1 without a password.
            truth: a file that gets who appears, as it happens; see `nigoh.storage.farm_truth_file`.
        """
        self.plan = plan_farm(options, footage.outlines)
        self._footage, self._options = footage, options
        self._serving = serving or ServingOptions()
        self._truth_path = truth
        self._running: _Running | None = None
        self._begun = threading.Event()
        self._done: Future[None]

    def __enter__(self) -> Self:
        """Begin. Raises ConfigError when a port is taken, OutputError when the truth cannot be written."""
        self._pool = ThreadPoolExecutor(1, "nigoh-farm")
        self._done = self._pool.submit(lambda: asyncio.run(self._run()))
        self._begun.wait(_PATIENCE_S)
        if self._running is None:
            self._pool.shutdown(wait=False)
            self._done.result(_PATIENCE_S)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it within ten seconds. Raises what ended it before, if something did."""
        if self._running is not None and not self._done.done():
            self._running.loop.call_soon_threadsafe(self._running.stop.set)
        wait([self._done], _PATIENCE_S)
        self._pool.shutdown(wait=self._done.done())
        if kind is None:
            self._done.result(timeout=0)

    @property
    def port(self) -> int:
        """Where RTSP is spoken."""
        return self._now.server.port

    @property
    def control_port(self) -> int:
        """Where faults can be asked for, on 127.0.0.1; see `ask_farm`."""
        return self._now.control_port

    @property
    def urls(self) -> tuple[CameraUrl, ...]:
        """Where the cameras are, with user and password if they ask for them."""
        account = self._serving.account
        credentials = ""
        if account.scheme is not AuthScheme.NONE:
            credentials = f"{quote(account.user, safe='')}:{quote(account.password, safe='')}@"
        place = f"{credentials}{self._serving.reached_at}:{self.port}"
        return tuple(CameraUrl(f"rtsp://{place}/{camera.name}") for camera in self.plan.cameras)

    def disturb(self, fault: Fault) -> None:
        """Let something go wrong. Raises ConfigError: there is no such camera."""
        self._in_loop(self._now.server.disturb(fault))

    def clear(self, camera: int | None = None) -> None:
        """Let a camera (by its number from 1), or all, be well again. Raises ConfigError: there is no such camera."""
        self._in_loop(self._now.server.clear(camera))

    def status(self) -> FarmStatus:
        """What was done so far."""
        server = self._now.server

        async def ask() -> FarmStatus:
            return server.status()

        return self._in_loop(ask())

    def truth(self) -> FarmTruth:
        """Who has appeared until now."""
        return self._now.journal.truth(self._now.clock.now_unix_s(), ended=self._done.done())

    def raise_failure(self) -> None:
        """Raise what ended the farm, if something did."""
        if self._done.done():
            self._done.result()

    @property
    def _now(self) -> "_Running":
        if self._running is None:
            raise RuntimeError("a farm runs inside its with statement")
        return self._running

    def _in_loop(self, action: Coroutine[object, object, R]) -> R:
        """Run something in the farm's thread and wait for it."""
        if self._done.done():
            action.close()
            raise Fatal("the farm has ended", "Start it again.")
        return asyncio.run_coroutine_threadsafe(action, self._now.loop).result(_PATIENCE_S)

    async def _run(self) -> None:
        """Everything that happens in the farm's thread."""
        try:
            with ExitStack() as at_the_end:
                running = await self._open(at_the_end)
                self._running = running
                self._begun.set()
                await _first_of(running.stop.wait(), running.server.send_pictures(), running.server.tend())
        finally:
            self._begun.set()

    async def _open(self, at_the_end: ExitStack) -> _Running:
        clock = FarmClock()
        names = tuple(camera.name for camera in self.plan.cameras)
        start = FarmStart(unix_s=clock.unix_s, monotonic_s=clock.monotonic_s, cameras=names)
        journal = Journal(self.plan, start, self._truth_path)
        at_the_end.callback(lambda: journal.end(clock.now_unix_s()))
        rate = self._options.picture.frame_rate
        cameras = [SimulatedCamera(plan, self._footage, rate) for plan in self.plan.cameras]
        server = FarmServer(cameras, self._serving, clock, journal)
        await server.open()
        at_the_end.callback(server.close)
        control = ControlPort(server)
        control_port = await control.open(self._serving.control_port)
        at_the_end.callback(control.close)
        return _Running(server, journal, clock, control_port, asyncio.get_running_loop(), asyncio.Event())


async def _first_of(*activities: Coroutine[object, object, object]) -> None:
    """Wait for the first to end, end the others, and raise what it raised."""
    tasks = [asyncio.create_task(activity) for activity in activities]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()
