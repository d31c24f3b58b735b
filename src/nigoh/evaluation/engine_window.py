"""What an engine did between two of its statuses, camera by camera. Pure."""

import statistics
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from nigoh.domain.camera_status import CameraCounts, CameraStatus, Drop, EngineStatus, LinkState
from nigoh.domain.sighting import CameraId
from nigoh.engine.camera_tally import books_balance

_STARTS_S = 5.0
"""An engine's cameras are to be watched from about so long after its own start on, when its models are loaded. It is
rather less: then the coverage of a window comes out a little too low."""

_TOLD_S = 300.0
"""How far back a camera's coverage goes; see `nigoh.engine.coverage`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraWindow:
    """One camera over the window.

    Attributes:
        camera: its name.
        watching: whether pictures came from it at the end.
        coverage: share in [0, 1] of the window in which it was really watched; of the last five minutes, if the
            engine is older than these at its end.
        analysed_fps: frames a second that were searched for faces.
        looked_fps: the same, and those that were decoded and found to show nothing new.
        reconnects: that happened in the window.
        balanced: every frame that was offered and every face since the engine began is accounted for.
    """

    camera: CameraId
    watching: bool
    coverage: float
    analysed_fps: float
    looked_fps: float
    reconnects: int
    balanced: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineWindow:
    """All cameras over the window.

    Attributes:
        seconds: its length.
        cameras: in the order of their names; at least one.
        offered, analysed, unchanged, decoded, embedded, deferred: counted in it, over all cameras.
        drops: counted in it by cause, those that happened.
        waiting: frames on their way at its end.
        restarts: shards started again in it.
    """

    seconds: float
    cameras: tuple[CameraWindow, ...]
    offered: int
    analysed: int
    unchanged: int
    decoded: int
    embedded: int
    deferred: int
    drops: Mapping[Drop, int]
    waiting: int
    restarts: int

    @property
    def watching(self) -> int:
        """How many cameras sent pictures at the end."""
        return sum(camera.watching for camera in self.cameras)

    @property
    def coverage(self) -> float:
        """Mean over the cameras."""
        return statistics.fmean(camera.coverage for camera in self.cameras)

    @property
    def shed(self) -> float:
        """Share of the offered frames that overload took: newer ones came before the decoder or the analysis did."""
        lost = self.drops.get(Drop.NEWER, 0) + self.drops.get(Drop.OVERLOAD, 0)
        return lost / self.offered if self.offered else 0.0

    @property
    def balanced(self) -> bool:
        """Whether the books of every camera add up."""
        return all(camera.balanced for camera in self.cameras)


def between(before: EngineStatus, after: EngineStatus) -> EngineWindow:
    """What happened from one status to a later one of the same engine. Raises ValueError: they are not that."""
    seconds = after.unix_s - before.unix_s
    if seconds <= 0 or after.started_unix_s != before.started_unix_s:
        raise ValueError("two statuses of one engine are needed, the earlier first")
    earlier = {camera.camera: camera for camera in _cameras(before)}
    now = sorted(_cameras(after), key=lambda camera: camera.camera)
    if not now:
        raise ValueError("an engine without cameras does nothing")
    pairs = [
        (camera, earlier[camera.camera].counts if camera.camera in earlier else CameraCounts()) for camera in now
    ]
    ages_s = before.unix_s - before.started_unix_s, after.unix_s - after.started_unix_s
    coverages = {camera.camera: _coverage(earlier.get(camera.camera), camera, *ages_s) for camera in now}

    def grown(name: str) -> int:
        return sum(getattr(camera.counts, name) - getattr(counts, name) for camera, counts in pairs)

    drops = Counter[Drop]()
    for camera, counts in pairs:
        drops.update({cause: count - counts.drops.get(cause, 0) for cause, count in camera.counts.drops.items()})
    return EngineWindow(
        seconds=seconds,
        cameras=tuple(_one(camera, counts, coverages[camera.camera], seconds) for camera, counts in pairs),
        offered=grown("offered"),
        analysed=grown("analysed"),
        unchanged=grown("unchanged"),
        decoded=grown("decoded"),
        embedded=grown("embedded"),
        deferred=grown("deferred"),
        drops={cause: count for cause, count in sorted(drops.items()) if count},
        waiting=sum(camera.waiting for camera in now),
        restarts=sum(shard.restarts for shard in after.shards) - sum(shard.restarts for shard in before.shards),
    )


def _cameras(status: EngineStatus) -> Iterator[CameraStatus]:
    return (camera for shard in status.shards for camera in shard.cameras)


def _coverage(before: CameraStatus | None, after: CameraStatus, before_s: float, after_s: float) -> float:
    """Of the window alone: an engine tells of all the time since it began, its connecting included."""
    begun_s, ended_s = before_s - _STARTS_S, after_s - _STARTS_S
    if before is None or begun_s <= 0 or ended_s > _TOLD_S:
        return after.coverage
    watched_s = after.coverage * ended_s - before.coverage * begun_s
    return min(1.0, max(0.0, watched_s / (ended_s - begun_s)))


def _one(camera: CameraStatus, before: CameraCounts, coverage: float, seconds: float) -> CameraWindow:
    now = camera.counts
    analysed = now.analysed - before.analysed
    return CameraWindow(
        camera=camera.camera,
        watching=camera.state is LinkState.WATCHING,
        coverage=coverage,
        analysed_fps=analysed / seconds,
        looked_fps=(analysed + now.unchanged - before.unchanged) / seconds,
        reconnects=now.reconnects - before.reconnects,
        balanced=_balanced(camera),
    )


def _balanced(camera: CameraStatus) -> bool:
    """The queue of late faces tells no length of its own: what is not yet done or given up waits in it."""
    counts = camera.counts
    late_waiting = counts.deferred - counts.embedded_late - counts.late_dropped
    return late_waiting >= 0 and books_balance(counts, camera.waiting, late_waiting)
