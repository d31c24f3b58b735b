"""One run each of what can go wrong with hundreds of cameras, and what is measured of it."""

import math
import os
import signal
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from camera_options import Effort, Load, say
from nigoh.cli.bench_engine import EngineProcess
from nigoh.cli.bench_plan import Watching
from nigoh.cli.bench_trial import Bench, running
from nigoh.cli.engine_summary import latency_quantile
from nigoh.domain.camera import Mode
from nigoh.domain.camera_status import CameraStatus, EngineStatus, LinkState
from nigoh.domain.sighting import CameraId
from nigoh.errors import Fatal
from nigoh.evaluation.engine_window import between
from nigoh.testing.farm.faults import Fault, FaultKind
from nigoh.testing.farm.options import PICTURE

Figures = dict[str, float | int | str | bool | None]

CUT_S = 15.0
PRIORITY_CAMERAS = 10
ASKED_FPS = 5.0
"""Analysed frames a second that each camera asks for under overload: more cameras than fit in a batch."""
FLAP_S = 0.5
_SETTLE_S = 10.0
_POLL_S = 0.05
_SAMPLE_S = 5.0
_PATIENCE_S = 120.0
_CALM = Load(still=0.9)


def cut(effort: Effort) -> Figures:
    """All cameras are refused for 15 s: how soon they decode again, how many connections a second are asked for."""
    with running(effort.plan(_CALM), say) as bench:
        opened_by_others = Opened()
        time.sleep(effort.warmup_s)
        opened_by_others.note()
        pids = bench.engine.usage().pids
        opened = Opened()
        bench.farm.disturb(Fault(FaultKind.REFUSE, seconds=CUT_S))
        end_s = time.monotonic() + CUT_S
        while time.monotonic() < end_s:
            opened.note()
            time.sleep(_POLL_S)
        before = decoded(bench.engine.status())
        back = again(bench.engine, before, each=opened.note)
        return {
            **back,
            "connects_per_s_most": opened.most_a_second(),
            "connects_per_s_before": opened_by_others.most_a_second(),
            "no_process_restarted": bench.engine.usage().pids == pids,
        }


def kill(effort: Effort) -> Figures:
    """A shard gets SIGKILL: how soon its cameras decode again, and whether the other shards noticed."""
    with running(effort.plan(_CALM), say) as bench:
        time.sleep(effort.warmup_s)
        status = bench.engine.status()
        victim, others = status.shards[0], {shard.pid for shard in status.shards[1:]}
        os.kill(victim.pid, signal.SIGKILL)
        begun_s = time.monotonic()
        lost = bench.engine.wait_until(
            lambda now: all(shard.pid != victim.pid for shard in now.shards) or restarts(now) > restarts(status),
            _PATIENCE_S,
            "the dead shard was not noticed",
        )
        noticed_s = time.monotonic() - begun_s
        cameras = {camera.camera for camera in victim.cameras}
        before = {name: count for name, count in decoded(lost).items() if name in cameras}
        back = again(bench.engine, before, begun_s=begun_s)
        return {
            "cameras_of_the_shard": len(cameras),
            "noticed_s": noticed_s,
            **back,
            "other_shards_lived_on": others <= {shard.pid for shard in bench.engine.status().shards},
        }


def flap(effort: Effort, *, flaps: int, flapping: int) -> Figures:
    """Cameras lose their connection again and again; others beside them do not. What it leaves behind.

    A camera that flaps is tried again after seconds, so that some cameras share the flaps. A tenth of them comes
    first, uncounted: what is allocated once for a lost connection is no leak.
    """
    picture = replace(PICTURE, gop=3)  # a keyframe every 0.2 s: pictures come before the connection goes
    plan = effort.plan(Load(cameras=round((flapping + 10) / effort.scale), picture=picture, still=1.0))
    with running(plan, say) as bench:
        shaken = [CameraId(f"cam{number:03}") for number in range(1, flapping + 1)]
        for number in range(1, flapping + 1):
            bench.farm.disturb(Fault(FaultKind.FLAP, camera=number, value=FLAP_S))
        wait_for_flaps(bench, shaken, flaps // 10)
        before = settled(bench)
        for number in range(1, flapping + 1):
            bench.farm.disturb(Fault(FaultKind.FLAP, camera=number, value=FLAP_S))
        begun = total_reconnects(bench.engine.status(), shaken)
        wait_for_flaps(bench, shaken, begun + flaps)
        counted = total_reconnects(bench.engine.status(), shaken) - begun
        after = settled(bench)
        calm = [camera for camera in cameras_of(bench.engine.status()) if camera.camera not in shaken]
        return {
            "flaps": counted,
            "memory_growth_percent": 100 * (after.memory_mb / before.memory_mb - 1),
            "memory_mb": after.memory_mb,
            "descriptors_growth": after.descriptors - before.descriptors,
            "threads_growth": after.threads - before.threads,
            "reconnects_of_the_others": sum(camera.counts.reconnects for camera in calm),
        }


def overload(effort: Effort, factor: float) -> Figures:
    """More work than fits: how old the results of priority cameras are, whether queues grow, whether books balance.

    First the machine's capacity is found with a load that is surely too large; then as many cameras are watched as
    ask for `factor` times that.
    """
    watching = Watching(mode=Mode.FULL, fps=ASKED_FPS, burst_fps=ASKED_FPS, wanted_first=PRIORITY_CAMERAS)
    with running(effort.plan(Load(cameras=100), watching), say) as bench:
        time.sleep(effort.warmup_s)
        capacity = rates(bench, effort.seconds)[1]
    cameras = max(math.ceil(factor * capacity / ASKED_FPS / effort.scale), 2 * PRIORITY_CAMERAS)
    say(f"{capacity:.0f} frames a second fit; {cameras} cameras ask for {factor:g} times as many")
    with running(effort.plan(Load(cameras=cameras), watching), say) as bench:
        time.sleep(effort.warmup_s)
        before, memory = bench.engine.status(), memory_mb(bench.engine)
        most_waiting, end_s = 0, time.monotonic() + effort.seconds
        while time.monotonic() < end_s:
            time.sleep(1)
            now = cameras_of(bench.engine.status())
            most_waiting = max(most_waiting, *(camera.waiting for camera in now))
        after = bench.engine.status()
        window = between(before, after)
        wanted = {CameraId(f"cam{number:03}") for number in range(1, PRIORITY_CAMERAS + 1)}
        others = [each.analysed_fps for each in window.cameras if each.camera not in wanted]
        return {
            "cameras": len(window.cameras),
            "overload": window.offered / max(window.analysed + window.unchanged, 1),
            "priority_p99_s": frame_latency_s(before, after, wanted, 0.99),
            "others_p99_s": frame_latency_s(before, after, set(decoded(after)) - wanted, 0.99),
            "priority_analysed_fps_min": min(each.analysed_fps for each in window.cameras if each.camera in wanted),
            "others_analysed_fps_min": min(others),
            "others_analysed_fps_max": max(others),
            "waiting_of_a_camera_most": most_waiting,
            "memory_growth_percent": 100 * (memory_mb(bench.engine) / memory - 1),
            "books_balance": window.balanced,
        }


def soak(effort: Effort, minutes: float) -> Figures:
    """100 cameras for long: the slope of the memory after a warm-up of a sixth of the time."""
    with running(effort.plan(Load(cameras=100)), say) as bench:
        begun_s, samples = time.monotonic(), []
        while (passed_s := time.monotonic() - begun_s) < 60 * minutes:
            samples.append((passed_s, memory_mb(bench.engine)))
            time.sleep(_SAMPLE_S)
        kept = [sample for sample in samples if sample[0] >= 10 * minutes]
        hours, sizes = np.array([(at_s / 3600, size) for at_s, size in kept]).T
        slope = float(np.polyfit(hours, sizes, 1)[0])
        usage = bench.engine.usage()
        return {
            "minutes": minutes,
            "memory_mb_mean": float(sizes.mean()),
            "memory_slope_percent_an_hour": 100 * slope / float(sizes.mean()),
            "memory_mb_first": float(sizes[0]),
            "memory_mb_last": float(sizes[-1]),
            "threads": usage.threads,
            "descriptors": usage.descriptors,
            "restarts": restarts(bench.engine.status()),
        }


@dataclass(frozen=True, slots=True)
class Holdings:
    """What an engine holds when it has come to rest."""

    memory_mb: float
    descriptors: int
    threads: int


class Opened:
    """TCP connections that were begun on this machine: the engine's, also refused ones, and whatever else runs.

    It is an upper bound of the engine's own; what is counted while the engine opens none says how good a one.
    """

    def __init__(self) -> None:
        self._noted: list[tuple[float, int]] = []
        self.note()

    def note(self) -> None:
        """Take the count now."""
        lines = [line.split() for line in Path("/proc/net/snmp").read_text("utf-8").splitlines()]
        names, values = (line for line in lines if line[0] == "Tcp:")
        self._noted.append((time.monotonic(), int(values[names.index("ActiveOpens")])))

    def most_a_second(self) -> int:
        """The most between any two counts that are a second apart, or a little less as they are taken now and then.

        A longer stretch would not do: bursts that are a second apart would both lie in it.
        """
        most = first = 0
        for at_s, count in self._noted:
            while at_s - self._noted[first][0] > 1:
                first += 1
            most = max(most, count - self._noted[first][1])
        return most


def again(
    engine: EngineProcess,
    before: dict[CameraId, int],
    *,
    begun_s: float | None = None,
    each: Callable[[], None] = lambda: None,
) -> Figures:
    """Wait until each camera has decoded pictures since; after how long half, 95 % and all of them had.

    Statuses are up to a second old: so much too large are the times at most. Raises Fatal: it took two minutes.
    """
    start_s = time.monotonic() if begun_s is None else begun_s
    took_s: dict[CameraId, float] = {}
    while len(took_s) < len(before):
        if time.monotonic() - start_s > _PATIENCE_S:
            raise Fatal(f"after {_PATIENCE_S:.0f} s only {len(took_s)} of {len(before)} cameras decode again")
        for camera in cameras_of(engine.status()):
            decodes = camera.state is LinkState.WATCHING and camera.counts.decoded > before.get(camera.camera, 0)
            if camera.camera in before and decodes:
                took_s.setdefault(camera.camera, time.monotonic() - start_s)
        each()
        time.sleep(_POLL_S)
    ordered = sorted(took_s.values())
    return {
        name: ordered[math.ceil(share * len(ordered)) - 1]
        for name, share in (("half_s", 0.5), ("most_95_percent_s", 0.95), ("all_s", 1.0))
    }


def wait_for_flaps(bench: Bench, cameras: Collection[CameraId], count: int) -> None:
    """Wait until these cameras came back so often. Raises Fatal: it has ended, or none comes back any more."""
    came, since_s = -1, time.monotonic()
    while (now := total_reconnects(bench.engine.status(), cameras)) < count:
        if now > came:
            came, since_s = now, time.monotonic()
        if time.monotonic() - since_s > _PATIENCE_S:
            raise Fatal(f"no camera has come back for {_PATIENCE_S:.0f} s, after {now} of {count} flaps")
        time.sleep(1)


def settled(bench: Bench) -> Holdings:
    """Let all cameras be well, wait until they are, and say what the engine holds."""
    bench.farm.clear()
    bench.engine.wait_until_watching(_PATIENCE_S)
    time.sleep(_SETTLE_S)
    usage = bench.engine.usage()
    return Holdings(usage.resident_bytes / 1e6, usage.descriptors, usage.threads)


def rates(bench: Bench, seconds: float) -> tuple[float, float]:
    """Frames a second that are offered, and that are done."""
    before = bench.engine.status()
    time.sleep(seconds)
    window = between(before, bench.engine.status())
    return window.offered / window.seconds, (window.analysed + window.unchanged) / window.seconds


def frame_latency_s(
    before: EngineStatus, after: EngineStatus, names: Collection[CameraId], share: float
) -> float | None:
    """The time from a frame's arrival to its results that this share of these cameras' frames did not exceed."""
    earlier = {camera.camera: camera.counts.latency for camera in cameras_of(before)}
    grown = [
        np.array(camera.counts.latency) - np.array(earlier[camera.camera])
        for camera in cameras_of(after)
        if camera.camera in names
    ]
    return latency_quantile(np.sum(grown, axis=0).tolist(), share) if grown else None


def memory_mb(engine: EngineProcess) -> float:
    """Resident memory of all its processes, 10^6 bytes."""
    return engine.usage().resident_bytes / 1e6


def total_reconnects(status: EngineStatus, cameras: Collection[CameraId]) -> int:
    """How often these came back, since the engine began."""
    return sum(camera.counts.reconnects for camera in cameras_of(status) if camera.camera in cameras)


def decoded(status: EngineStatus) -> dict[CameraId, int]:
    """Pictures that were decoded, by camera."""
    return {camera.camera: camera.counts.decoded for camera in cameras_of(status)}


def restarts(status: EngineStatus) -> int:
    """How often shards were started again."""
    return sum(shard.restarts for shard in status.shards)


def cameras_of(status: EngineStatus) -> list[CameraStatus]:
    """All cameras of all shards."""
    return [camera for shard in status.shards for camera in shard.cameras]
