"""What an engine did between two of its statuses, camera by camera. Pure."""

import statistics
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from nigoh.domain.camera_status import CameraCounts, CameraStatus, Drop, EngineStatus, LinkState
from nigoh.domain.sighting import CameraId
from nigoh.engine.camera_tally import books_balance


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraWindow:
    """One camera over the window.

    Attributes:
        camera: its name.
        watching: whether pictures came from it at the end.
        coverage: at the end, share in [0, 1] of the last minutes in which it was really watched.
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
    earlier = {camera.camera: camera.counts for camera in _cameras(before)}
    now = sorted(_cameras(after), key=lambda camera: camera.camera)
    if not now:
        raise ValueError("an engine without cameras does nothing")
    pairs = [(camera, earlier.get(camera.camera, CameraCounts())) for camera in now]

    def grown(name: str) -> int:
        return sum(getattr(camera.counts, name) - getattr(counts, name) for camera, counts in pairs)

    drops = Counter[Drop]()
    for camera, counts in pairs:
        drops.update({cause: count - counts.drops.get(cause, 0) for cause, count in camera.counts.drops.items()})
    return EngineWindow(
        seconds=seconds,
        cameras=tuple(_one(camera, counts, seconds) for camera, counts in pairs),
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


def _one(camera: CameraStatus, before: CameraCounts, seconds: float) -> CameraWindow:
    now = camera.counts
    analysed = now.analysed - before.analysed
    return CameraWindow(
        camera=camera.camera,
        watching=camera.state is LinkState.WATCHING,
        coverage=camera.coverage,
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
