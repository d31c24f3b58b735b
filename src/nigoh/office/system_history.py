"""How nigoh was over the last day: samples of the engine's status, bounded, in memory."""

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from nigoh.domain.camera_status import LATENCY_BOUNDS_S, CameraStatus, Drop, EngineStatus, LinkState
from nigoh.domain.system_facts import Capacity, SystemSample

SAMPLE_S = 30.0
"""A sample stands for so long."""

_DAY_S = 24 * 3600.0
_LATELY_S = 600.0
_USABLE_SHARE = 0.8
"""Of the cores, so that a burst of faces still finds some."""

_MOST_OVERLOAD_SHARE = 0.02


@dataclass(frozen=True, slots=True)
class _Totals:
    """What only grows, added up over all cameras."""

    cpu_s: float
    offered: int
    analysed: int
    dropped: int
    overload: int
    faces: int
    sightings: int
    latency: tuple[int, ...]


class SystemHistory:
    """Samples of the engine's status. Any thread.

    Args:
        cores: that nigoh may use.
        kept_s: so long a sample is kept.
        sample_s: so far they are apart.
    """

    def __init__(self, cores: int, *, kept_s: float = _DAY_S, sample_s: float = SAMPLE_S) -> None:
        self._cores = cores
        self._lock = threading.Lock()
        self._samples: deque[SystemSample] = deque(maxlen=max(1, round(kept_s / sample_s)))
        self._lately: deque[tuple[float, _Totals, float]] = deque(maxlen=max(2, round(_LATELY_S / sample_s) + 1))

    def take(self, status: EngineStatus) -> None:
        """Take a sample; the first one begins the first while and tells of none."""
        totals, watching = _totals(status), _watching(status)
        with self._lock:
            before = self._lately[-1] if self._lately else None
            if before is not None and status.unix_s <= before[0]:
                return
            self._lately.append((status.unix_s, totals, float(watching)))
            if before is not None:
                self._samples.append(_sample(status, totals, before[1], status.unix_s - before[0]))

    def samples(self, since_unix_s: float = 0.0) -> tuple[SystemSample, ...]:
        """Those that ended after a time, the oldest first."""
        with self._lock:
            return tuple(each for each in self._samples if each.unix_s > since_unix_s)

    def capacity(self) -> Capacity:
        """How many cameras the machine can watch: what each took over the last ten minutes, into 80 % of the cores.

        What nigoh takes without any camera is counted to the cameras: few of them make the estimate too low, never
        too high.
        """
        with self._lock:
            lately = tuple(self._lately)
        if len(lately) < 2:
            return Capacity(cores=self._cores, used_cores=0.0, cameras=0.0, possible=None, is_exhausted=False)
        (begin_s, first, _), (end_s, last, _) = lately[0], lately[-1]
        used = max(0.0, last.cpu_s - first.cpu_s) / (end_s - begin_s)
        cameras = sum(watching for _, _, watching in lately) / len(lately)
        offered = max(1, last.offered - first.offered)
        is_exhausted = (last.overload - first.overload) / offered > _MOST_OVERLOAD_SHARE
        possible = None
        if cameras >= 1 and used > 0:
            estimate = int(_USABLE_SHARE * self._cores * cameras / used)
            possible = min(estimate, round(cameras)) if is_exhausted else max(estimate, round(cameras))
        return Capacity(
            cores=self._cores, used_cores=used, cameras=cameras, possible=possible, is_exhausted=is_exhausted
        )


def thinned(samples: Sequence[SystemSample], most: int) -> tuple[SystemSample, ...]:
    """At most so many, as far apart as each other, the newest among them."""
    if len(samples) <= most:
        return tuple(samples)
    step = -(-len(samples) // most)
    return tuple(samples[::-1][::step][::-1])


def _cameras(status: EngineStatus) -> list[CameraStatus]:
    return [camera for shard in status.shards for camera in shard.cameras]


def _watching(status: EngineStatus) -> int:
    return sum(camera.state is LinkState.WATCHING for camera in _cameras(status))


def _totals(status: EngineStatus) -> _Totals:
    counts = [camera.counts for camera in _cameras(status)]
    return _Totals(
        cpu_s=status.cpu_s + sum(shard.cpu_s for shard in status.shards),
        offered=sum(each.offered for each in counts),
        analysed=sum(each.analysed for each in counts),
        dropped=sum(sum(each.drops.values()) for each in counts),
        overload=sum(each.drops.get(Drop.OVERLOAD, 0) for each in counts),
        faces=sum(each.faces for each in counts),
        sightings=sum(each.sightings for each in counts),
        latency=tuple(map(sum, zip(*(each.latency for each in counts), strict=True))) or _NO_LATENCY,
    )


_NO_LATENCY = (0,) * (len(LATENCY_BOUNDS_S) + 1)


def _sample(status: EngineStatus, now: _Totals, before: _Totals, took_s: float) -> SystemSample:
    cameras = _cameras(status)
    # A camera or a shard that went took its counts with it: nothing happened a negative number of times.
    latency = tuple(max(0, after - earlier) for after, earlier in zip(now.latency, before.latency, strict=True))
    return SystemSample(
        unix_s=status.unix_s,
        cpu_cores=max(0.0, now.cpu_s - before.cpu_s) / took_s,
        resident_bytes=status.resident_bytes + sum(shard.resident_bytes for shard in status.shards),
        cameras=len(cameras),
        watching=_watching(status),
        coverage=sum(each.coverage for each in cameras) / len(cameras) if cameras else 1.0,
        analysed_per_s=max(0, now.analysed - before.analysed) / took_s,
        dropped_per_s=max(0, now.dropped - before.dropped) / took_s,
        faces_per_s=max(0, now.faces - before.faces) / took_s,
        sightings=max(0, now.sightings - before.sightings),
        latency_s=quantile_s(latency, 0.5),
        slow_latency_s=quantile_s(latency, 0.95),
    )


def quantile_s(buckets: Sequence[int], share: float) -> float:
    """The latency below which this share of the frames was, as exact as the buckets are; 0 without frames."""
    wanted, below, floor_s = share * sum(buckets), 0, 0.0
    if wanted <= 0:
        return 0.0
    for count, bound_s in zip(buckets, LATENCY_BOUNDS_S, strict=False):
        if below + count >= wanted:
            return floor_s + (bound_s - floor_s) * (wanted - below) / count
        below, floor_s = below + count, bound_s
    return LATENCY_BOUNDS_S[-1]
