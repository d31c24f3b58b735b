"""Two statuses of an engine, as what its operator wants to know: rates, and what is wrong first."""

import math
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from nigoh.domain.camera_status import (
    LATENCY_BOUNDS_S,
    Activity,
    CameraCounts,
    CameraStatus,
    Drop,
    EngineStatus,
    LinkState,
    ShardStatus,
)
from nigoh.domain.sighting import CameraId

LEAST_COVERAGE = 0.9
"""A camera that was watched for less of the last minutes is in trouble."""
MOST_DROPS = 0.1
"""A camera that loses more of its frames is in trouble."""
CONNECT_S = 15.0
"""A camera that takes longer to connect is in trouble."""

_ACTIVE = (Activity.FACE, Activity.MOVING, Activity.STILL)


class Trouble(StrEnum):
    """What is wrong with a camera, the gravest first. LINK: it is not reached, and should be."""

    LINK = "link"
    COVERAGE = "coverage"
    DROPS = "drops"
    RECORDING = "recording"
    NONE = ""


_GRAVEST_FIRST = tuple(Trouble)


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraRow:
    """One camera over the last seconds.

    Attributes:
        camera, shard, state, reason, next_step, activity, codec, width_px, height_px, stream_fps, coverage,
            recording: as in `CameraStatus`.
        trouble: the gravest.
        next_try_s: until it is tried again, or None.
        received_fps, analysed_fps, faces_per_s, sightings_per_s: a second.
        drops_per_s: by cause, those that happened.
        drop_share: of the offered frames, in [0, 1].
        latency_p50_s, latency_p95_s: of analysed frames; None without one, infinite beyond the last bound.
    """

    camera: CameraId
    shard: str
    state: LinkState
    trouble: Trouble
    reason: str
    next_step: str
    next_try_s: float | None
    activity: Activity
    codec: str
    width_px: int
    height_px: int
    stream_fps: float
    received_fps: float
    analysed_fps: float
    faces_per_s: float
    sightings_per_s: float
    drops_per_s: Mapping[Drop, float]
    drop_share: float
    latency_p50_s: float | None
    latency_p95_s: float | None
    coverage: float
    recording: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSummary:
    """The engine over the last seconds.

    Attributes:
        unix_s: of the newer status.
        up_s: since it began.
        over_s: what the rates are taken over.
        states: how many cameras are in which state, none of them 0.
        cores: CPU seconds a second of all its processes.
        resident_bytes: of all its processes.
        shards, restarts: how many shards, and how often one was started again.
        received_fps, analysed_fps, faces_per_s: over all cameras.
        latency_p50_s, latency_p95_s: over all cameras; None without an analysed frame.
        coverage_mean, coverage_least: over the cameras that are to be watched; None without one.
        cameras: trouble first, the gravest first, then who is busiest.
    """

    unix_s: float
    up_s: float
    over_s: float
    states: Mapping[LinkState, int]
    cores: float
    resident_bytes: int
    shards: int
    restarts: int
    received_fps: float
    analysed_fps: float
    faces_per_s: float
    latency_p50_s: float | None
    latency_p95_s: float | None
    coverage_mean: float | None
    coverage_least: float | None
    cameras: tuple[CameraRow, ...]


def summarise(now: EngineStatus, before: EngineStatus | None) -> EngineSummary:
    """What happened between two statuses of one engine; without an earlier one, since it began."""
    if before is None or before.started_unix_s != now.started_unix_s or before.unix_s >= now.unix_s:
        before = EngineStatus(
            unix_s=min(now.started_unix_s, now.unix_s), started_unix_s=0.0, pid=0, cpu_s=0.0, resident_bytes=0
        )
    over_s = max(now.unix_s - before.unix_s, 1e-3)
    earlier = {camera.camera: camera.counts for shard in before.shards for camera in shard.cameras}
    cameras = [(shard.shard, camera) for shard in now.shards for camera in shard.cameras]
    deltas = [_delta(camera.counts, earlier.get(camera.camera)) for _, camera in cameras]
    rows = [
        _row(shard, camera, delta, now.unix_s, over_s) for (shard, camera), delta in zip(cameras, deltas, strict=True)
    ]
    coverages = [row.coverage for row in rows if _is_due(row.state)]
    latency = [sum(buckets) for buckets in zip(*(delta.latency for delta in deltas), strict=True)]
    return EngineSummary(
        unix_s=now.unix_s,
        up_s=max(now.unix_s - now.started_unix_s, 0.0),
        over_s=over_s,
        states=dict(Counter(row.state for row in rows)),
        cores=_cpu_s(now, before) / over_s,
        resident_bytes=now.resident_bytes + sum(shard.resident_bytes for shard in now.shards),
        shards=len(now.shards),
        restarts=sum(shard.restarts for shard in now.shards),
        received_fps=sum(row.received_fps for row in rows),
        analysed_fps=sum(row.analysed_fps for row in rows),
        faces_per_s=sum(row.faces_per_s for row in rows),
        latency_p50_s=latency_quantile(latency, 0.5),
        latency_p95_s=latency_quantile(latency, 0.95),
        coverage_mean=sum(coverages) / len(coverages) if coverages else None,
        coverage_least=min(coverages, default=None),
        cameras=tuple(sorted(rows, key=_rank)),
    )


class RecentStatuses:
    """The statuses of the last seconds, so that rates are steady enough to read. Owner: whoever asks the engine."""

    def __init__(self, window_s: float = 10.0) -> None:
        self._window_s = window_s
        self._statuses: deque[EngineStatus] = deque()

    def summarise(self, newest: EngineStatus) -> EngineSummary:
        """Keep it, and say what has happened since the oldest one that is kept."""
        while self._statuses and not 0 < newest.unix_s - self._statuses[0].unix_s <= self._window_s:
            self._statuses.popleft()
        before = self._statuses[0] if self._statuses else None
        self._statuses.append(newest)
        return summarise(newest, before)


def latency_quantile(buckets: Sequence[int], share: float) -> float | None:
    """The latency in seconds that this share of the frames does not exceed, linear within a bucket.

    Args:
        buckets: (B + 1,) counts, one for each of the B `LATENCY_BOUNDS_S` and one beyond; () counts nothing.
        share: in (0, 1].

    Returns:
        None if nothing was counted, infinity if it lies beyond the last bound.
    """
    wanted, passed = share * sum(buckets), 0
    for count, low, high in zip(buckets, (0.0, *LATENCY_BOUNDS_S), (*LATENCY_BOUNDS_S, math.inf), strict=False):
        if count and passed + count >= wanted:
            return high if math.isinf(high) else low + (high - low) * (wanted - passed) / count
        passed += count
    return None


def _row(shard: str, camera: CameraStatus, delta: CameraCounts, unix_s: float, over_s: float) -> CameraRow:
    drop_share = sum(delta.drops.values()) / delta.offered if delta.offered else 0.0
    return CameraRow(
        camera=camera.camera,
        shard=shard,
        state=camera.state,
        trouble=_trouble(camera, drop_share, unix_s),
        reason=camera.reason,
        next_step=camera.next_step,
        next_try_s=None if camera.next_try_unix_s is None else max(camera.next_try_unix_s - unix_s, 0.0),
        activity=camera.activity,
        codec=camera.codec,
        width_px=camera.width_px,
        height_px=camera.height_px,
        stream_fps=camera.fps,
        received_fps=delta.received / over_s,
        analysed_fps=delta.analysed / over_s,
        faces_per_s=delta.faces / over_s,
        sightings_per_s=delta.sightings / over_s,
        drops_per_s={cause: count / over_s for cause, count in delta.drops.items() if count},
        drop_share=min(drop_share, 1.0),
        latency_p50_s=latency_quantile(delta.latency, 0.5),
        latency_p95_s=latency_quantile(delta.latency, 0.95),
        coverage=camera.coverage,
        recording=camera.recording,
    )


def _trouble(camera: CameraStatus, drop_share: float, unix_s: float) -> Trouble:
    slow = camera.state in {LinkState.IDLE, LinkState.CONNECTING} and unix_s - camera.since_unix_s > CONNECT_S
    if slow or camera.state in {LinkState.RETRYING, LinkState.LOST}:
        return Trouble.LINK
    if camera.state is not LinkState.WATCHING:
        return Trouble.NONE
    if camera.coverage < LEAST_COVERAGE:
        return Trouble.COVERAGE
    if drop_share > MOST_DROPS:
        return Trouble.DROPS
    return Trouble.RECORDING if camera.recording.startswith("paused") else Trouble.NONE


def _rank(row: CameraRow) -> tuple[object, ...]:
    """What is wrong first; then those that are watched before those that are not, the busiest first.

    Rates do not decide among those that are alike: their lines would change places every second.
    """
    coverage = row.coverage if row.trouble is Trouble.COVERAGE else 0.0
    drops = -row.drop_share if row.trouble is Trouble.DROPS else 0.0
    busy = (_ACTIVE.index(row.activity), row.faces_per_s == 0)
    return _GRAVEST_FIRST.index(row.trouble), coverage, drops, row.state is not LinkState.WATCHING, *busy, row.camera


def _is_due(state: LinkState) -> bool:
    return state not in {LinkState.IDLE, LinkState.RESTING}


def _delta(now: CameraCounts, before: CameraCounts | None) -> CameraCounts:
    """What was counted since. Another shard counts from zero: then all that it has counted is new."""
    if before is None or now.received < before.received or now.offered < before.offered:
        return now
    return CameraCounts(
        received=now.received - before.received,
        offered=now.offered - before.offered,
        analysed=max(now.analysed - before.analysed, 0),
        faces=max(now.faces - before.faces, 0),
        sightings=max(now.sightings - before.sightings, 0),
        drops={cause: max(count - before.drops.get(cause, 0), 0) for cause, count in now.drops.items()},
        latency=tuple(max(new - old, 0) for new, old in zip(now.latency, before.latency, strict=True)),
    )


def _cpu_s(now: EngineStatus, before: EngineStatus) -> float:
    """CPU seconds that were used between, by processes that are alive now."""
    earlier = {(shard.shard, shard.pid): shard.cpu_s for shard in before.shards}

    def used(shard: ShardStatus) -> float:
        return max(shard.cpu_s - earlier.get((shard.shard, shard.pid), 0.0), 0.0)

    return max(now.cpu_s - before.cpu_s, 0.0) + sum(used(shard) for shard in now.shards)
