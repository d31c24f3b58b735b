"""How a camera is doing: what its operator sees, and what the metrics are made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from nigoh.domain.sighting import CameraId


class LinkState(StrEnum):
    """Where a camera's connection is.

    IDLE: not begun. CONNECTING: asked, and has sent no picture yet. WATCHING: pictures come. RETRYING: it failed and
    will be tried again at a known time. RESTING: its schedule says not now. LOST: the process that watches it is gone
    and being replaced.
    """

    IDLE = "idle"
    CONNECTING = "connecting"
    WATCHING = "watching"
    RETRYING = "retrying"
    RESTING = "resting"
    LOST = "lost"


class Activity(StrEnum):
    """What the scene does. FACE: somebody is there who has no name yet, or whose track is open."""

    STILL = "still"
    MOVING = "moving"
    FACE = "face"


class Drop(StrEnum):
    """Why a frame that was to be analysed was not.

    NEWER: a newer one of the same camera took its place while it waited for the decoder. UNDECODABLE: damaged, or the
    start of its group of pictures was lost. OVERLOAD: it waited for the decoder until it was gone, or a newer one
    took its place while it waited for analysis. DISCONNECTED: its camera was lost or removed before its turn.
    """

    NEWER = "newer"
    UNDECODABLE = "undecodable"
    OVERLOAD = "overload"
    DISCONNECTED = "disconnected"


LATENCY_BOUNDS_S = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0)
"""Upper bounds of the latency histogram's buckets; one more holds what took longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraCounts:
    """What has happened on a camera since its engine began. All only grow.

    The books balance: `offered == analysed + unchanged + waiting + sum(drops)`, where waiting are those on their way;
    `faces_offered == embedded + deferred`, and `deferred == embedded_late + late_waiting + late_dropped`.

    Attributes:
        packets, bytes: received, as far as the reader counts them.
        lost_packets: that the network lost.
        received: coded pictures that came.
        decoded: pictures that were decoded, those on the way to a wanted one included.
        offered: frames that were to be looked at.
        unchanged: among them, those decoded and found to show the same scene as the last one analysed.
        analysed: among them, those searched for faces.
        drops: among them, those that were not, by cause.
        faces: found in analysed frames.
        faces_offered: that were to be embedded.
        embedded: of them, at once.
        deferred: of them, put aside to be embedded when there is time.
        embedded_late: of the deferred, since done.
        late_dropped: of the deferred, given up as the queue was full or they were too old.
        matched: decisions that gave a name.
        sightings: tracks reported.
        reconnects: connections after the first.
        latency: how many analysed frames took how long from their arrival to their results, one for each of
            `LATENCY_BOUNDS_S` and one beyond; not cumulative.
        latency_sum_s: the sum of these times.
    """

    packets: int = 0
    bytes: int = 0
    lost_packets: int = 0
    received: int = 0
    decoded: int = 0
    offered: int = 0
    unchanged: int = 0
    analysed: int = 0
    drops: Mapping[Drop, int] = field(default_factory=dict)
    faces: int = 0
    faces_offered: int = 0
    embedded: int = 0
    deferred: int = 0
    embedded_late: int = 0
    late_dropped: int = 0
    matched: int = 0
    sightings: int = 0
    reconnects: int = 0
    latency: tuple[int, ...] = (0,) * (len(LATENCY_BOUNDS_S) + 1)
    latency_sum_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraStatus:
    """One camera now.

    Attributes:
        camera: its name.
        shard: who watches it.
        state: of its connection.
        reason: why it is so, one line that is safe to show, "" while all is well.
        next_step: what helps, "" if nothing is needed.
        since_unix_s: since when it is in this state.
        next_try_unix_s: when it is tried again, only while RETRYING.
        activity: what the scene does.
        codec, width_px, height_px, fps: what it sends; "", 0 while not known.
        waiting: frames on their way between `offered` and their end.
        coverage: share of the last minutes, in [0, 1], in which it was really watched.
        recording: what the recorder does with it: "", "clip", "always", or "paused: ..." with the reason.
        counts: since the engine began.
    """

    camera: CameraId
    shard: str
    state: LinkState
    since_unix_s: float
    reason: str = ""
    next_step: str = ""
    next_try_unix_s: float | None = None
    activity: Activity = Activity.STILL
    codec: str = ""
    width_px: int = 0
    height_px: int = 0
    fps: float = 0.0
    waiting: int = 0
    coverage: float = 0.0
    recording: str = ""
    counts: CameraCounts = field(default_factory=CameraCounts)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardStatus:
    """One shard now.

    Attributes:
        shard: its name.
        pid: of its process.
        cpu_s: CPU seconds that its process has used.
        resident_bytes: of its process.
        threads, descriptors: of its process.
        cameras: those it watches.
        restarts: how often it had to be started again.
    """

    shard: str
    pid: int
    cpu_s: float
    resident_bytes: int
    threads: int
    descriptors: int
    cameras: tuple[CameraStatus, ...] = ()
    restarts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineStatus:
    """The whole engine now: what `nigoh top` and the metrics show.

    Attributes:
        unix_s: when this was so.
        started_unix_s: when the engine began.
        pid, cpu_s, resident_bytes: of the process that supervises the shards.
        shards: in the order of their names.
    """

    unix_s: float
    started_unix_s: float
    pid: int
    cpu_s: float
    resident_bytes: int
    shards: tuple[ShardStatus, ...] = ()
