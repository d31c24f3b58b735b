"""How the whole of nigoh is and was: over time, on the disk, in its log."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemSample:
    """How it was over a short while.

    Attributes:
        unix_s: the end of the while.
        cpu_cores: cores that all processes used together, on average.
        resident_bytes: of all processes.
        cameras, watching: all of them, and those whose pictures came.
        coverage: share of the last minutes that was really watched, in [0, 1], on average over the cameras; 1 if
            there are none.
        analysed_per_s: frames that were searched for faces.
        dropped_per_s: frames that were to be and were not.
        faces_per_s: faces found.
        sightings: tracks reported in this while.
        latency_s, slow_latency_s: from a frame's arrival to its results, the median and the 95th percentile;
            0 if none was analysed.
    """

    unix_s: float
    cpu_cores: float
    resident_bytes: int
    cameras: int
    watching: int
    coverage: float
    analysed_per_s: float
    dropped_per_s: float
    faces_per_s: float
    sightings: int
    latency_s: float
    slow_latency_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """How many cameras this machine can watch.

    Attributes:
        cores: that nigoh may use.
        used_cores: that it used lately.
        cameras: that were watched meanwhile, on average.
        possible: that could be watched with what each of them takes now; None: not known without cameras.
        is_exhausted: more than 2 % of the frames are dropped for want of computing time.
    """

    cores: int
    used_cores: float
    cameras: float
    possible: int | None
    is_exhausted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """A record of the log, without secrets.

    Attributes:
        number: growing by one.
        unix_s: when.
        level: "debug", "info", "warning" or "error".
        logger: which part of nigoh says it.
        text: what happened.
        camera, shard: whom it is about, "" if nobody.
        details: further facts.
    """

    number: int
    unix_s: float
    level: str
    logger: str
    text: str
    camera: str = ""
    shard: str = ""
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kept:
    """What lies somewhere.

    Attributes:
        what: "database", "pictures", "recordings" or "spools".
        place: the folder, or the database's address without its password.
        size_bytes: what it takes; None: nobody can tell.
        free_bytes: on the same disk; None: not on a disk of this machine.
        disk_bytes: the whole disk, or None.
    """

    what: str
    place: str
    size_bytes: int | None
    free_bytes: int | None = None
    disk_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What a look at one thing of this machine found.

    Attributes:
        name: what was looked at.
        outcome: "ok", "missing" or "failed".
        detail: in words; with a problem, also what helps.
        needed: nigoh does not work without it.
    """

    name: str
    outcome: str
    detail: str
    needed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFact:
    """A model that is known here.

    Attributes:
        name, version, kind: of it.
        licence: its name.
        is_commercial: the licence permits commercial use.
        state: "present", "missing" or "changed".
        is_used: it finds or describes faces now.
        sha256: of its file.
    """

    name: str
    version: str
    kind: str
    licence: str
    is_commercial: bool
    state: str
    is_used: bool
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceFact:
    """Something that models run on.

    Attributes:
        runtime, name: as in nigoh.toml.
        description: the hardware, in words; "" if it is not here.
        works: a small model really ran on it.
        problem: why not.
        is_used: models run on it now.
    """

    runtime: str
    name: str
    description: str
    works: bool
    problem: str
    is_used: bool
