"""How the whole of it is and was, as the API tells it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from nigoh.domain.camera_status import LinkState


@dataclass(frozen=True, slots=True)
class CameraCounts:
    """What has happened on a camera since the engine began."""

    offered_frames: int
    analysed_frames: int
    dropped_frames: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class CameraState:
    """A camera now."""

    camera: str
    state: LinkState
    reason: str
    coverage: float
    counts: CameraCounts


@dataclass(frozen=True, slots=True)
class Process:
    """A process that watches cameras."""

    shard: str
    pid: int
    cpu_s: float
    resident_bytes: int
    restarts: int
    cameras: int


@dataclass(frozen=True, slots=True)
class SystemInfo:
    """`GET /system`."""

    version: str
    at: datetime
    started_at: datetime
    resident_bytes: int
    shards: tuple[Process, ...]
    cameras: tuple[CameraState, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """How it was over a while."""

    at: datetime
    cpu_cores: float
    resident_bytes: int
    watching: int
    coverage: float
    analysed_per_s: float
    dropped_per_s: float
    latency_s: float
    slow_latency_s: float


@dataclass(frozen=True, slots=True)
class Capacity:
    """How many cameras this machine can watch; `possible` None: not known."""

    cores: int
    used_cores: float
    cameras: float
    possible: int | None
    is_exhausted: bool


@dataclass(frozen=True, slots=True)
class History:
    """`GET /system/history`."""

    capacity: Capacity
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """What lies somewhere."""

    what: str
    place: str
    size_bytes: int | None
    free_bytes: int | None
    disk_bytes: int | None


@dataclass(frozen=True, slots=True)
class Storage:
    """`GET /system/storage`."""

    items: tuple[Kept, ...]


@dataclass(frozen=True, slots=True)
class ModelFact:
    """A model that is known here."""

    name: str
    version: str
    kind: str
    licence: str
    is_commercial: bool
    state: str
    is_used: bool
    sha256: str


@dataclass(frozen=True, slots=True)
class DeviceFact:
    """Something that models can run on."""

    runtime: str
    name: str
    description: str
    works: bool
    problem: str
    is_used: bool


@dataclass(frozen=True, slots=True)
class Versions:
    """`GET /system/versions`."""

    libraries: Mapping[str, str]
    models: tuple[ModelFact, ...]
    devices: tuple[DeviceFact, ...]


@dataclass(frozen=True, slots=True)
class LogLine:
    """A record of the log."""

    number: int
    time: datetime
    level: str
    logger: str
    text: str
    camera: str
    shard: str
    details: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Log:
    """`GET /system/logs`."""

    items: tuple[LogLine, ...]
