"""The supervisor over real processes: killed, stopped, crashing, and asked to end."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from nigoh.domain.camera import Camera
from nigoh.domain.camera_status import CameraStatus, LinkState
from nigoh.domain.camera_url import CameraUrl
from nigoh.domain.sighting import CameraId
from nigoh.engine.kept_shard import SupervisionPolicy
from nigoh.engine.process_executor import ProcessExecutor
from nigoh.engine.shard_seam import SightingNews
from nigoh.engine.supervisor import EngineNews, Staffing, Supervisor
from nigoh.testing.scripted_shard import Script, ScriptedShards, Trouble

PATIENCE_S = 60.0
SIGHTINGS = 20
CAMERAS = [Camera(name=CameraId(f"camera-{number}"), url=CameraUrl("rtsp://10.0.0.5/stream")) for number in range(6)]


class Engine:
    """A supervisor that is stepped by its test, and what it told."""

    def __init__(self, script: Script, policy: SupervisionPolicy) -> None:
        self.told: list[EngineNews] = []
        self.woken = threading.Event()
        staffing = Staffing(
            executor=ProcessExecutor(), build=ScriptedShards(script), choose=lambda _: 2, policy=policy
        )
        self.supervisor = Supervisor(staffing, self.told.append, self.woken.set)
        self.supervisor.watch(CAMERAS)

    def until(self, done: Callable[[], bool]) -> None:
        end_s = time.monotonic() + PATIENCE_S
        while not done():
            assert time.monotonic() < end_s, self.supervisor.status()
            self.supervisor.step(time.monotonic())
            self.woken.wait(0.05)
            self.woken.clear()

    def cameras(self) -> list[CameraStatus]:
        return [camera for shard in self.supervisor.status().shards for camera in shard.cameras]

    def all_watch(self) -> bool:
        return [camera.state for camera in self.cameras()] == [LinkState.WATCHING] * len(CAMERAS)

    def sightings(self) -> int:
        return sum(isinstance(news, SightingNews) for news in self.told)

    def pids(self) -> list[int]:
        return [shard.pid for shard in self.supervisor.status().shards]

    def restarts(self) -> list[int]:
        return [shard.restarts for shard in self.supervisor.status().shards]


@contextmanager
def engine(script: Script, policy: SupervisionPolicy | None = None) -> Iterator[Engine]:
    running = Engine(script, policy or SupervisionPolicy())
    try:
        yield running
    finally:
        running.supervisor.end()
        running.until(lambda: running.supervisor.is_over)


def test_after_kill_9_the_cameras_run_again_and_no_sighting_is_missing() -> None:
    with engine(Script(sightings=SIGHTINGS)) as it:
        it.until(lambda: it.all_watch() and it.sightings() == len(CAMERAS) * SIGHTINGS)
        first = it.pids()
        os.kill(first[0], signal.SIGKILL)
        it.until(lambda: it.restarts() == [1, 0] and it.all_watch())
        assert it.pids()[0] != first[0]
        assert it.pids()[1] == first[1]
        # Its three cameras have begun anew, and told as many again.
        it.until(lambda: it.sightings() == 9 * SIGHTINGS)
        it.until(lambda: sum(camera.counts.sightings for camera in it.cameras()) == 9 * SIGHTINGS)


def test_a_process_that_is_stopped_is_replaced() -> None:
    with engine(Script(), SupervisionPolicy(silence_s=2.5)) as it:
        it.until(it.all_watch)
        stopped = it.pids()[1]
        os.kill(stopped, signal.SIGSTOP)
        it.until(lambda: it.restarts()[1] >= 1 and it.all_watch())
        assert stopped not in it.pids()


def test_a_shard_that_crashes_on_a_camera_rests_and_says_why() -> None:
    troubles = {CAMERAS[0].name: Trouble.DIE}
    policy = SupervisionPolicy(deaths=2, first_rest_s=600.0, most_rest_s=600.0)
    with engine(Script(troubles=troubles), policy) as it:
        it.until(lambda: any(camera.next_try_unix_s is not None for camera in it.cameras()))
        lost = next(camera for camera in it.cameras() if camera.next_try_unix_s is not None)
        assert lost.state is LinkState.LOST
        assert "its process was ended by SIGKILL" in lost.reason


def test_a_shard_that_does_not_end_is_killed() -> None:
    with engine(Script(stays_s=600.0), SupervisionPolicy(end_patience_s=0.5)) as it:
        it.until(it.all_watch)
        it.supervisor.end()
        it.until(lambda: it.supervisor.is_over)
        assert it.pids() == [0, 0]


def test_what_is_told_while_it_ends_is_not_lost() -> None:
    with engine(Script(parting_sightings=500)) as it:
        it.until(it.all_watch)
        it.supervisor.end()
        it.until(lambda: it.supervisor.is_over)
        assert it.sightings() == len(CAMERAS) * 500
