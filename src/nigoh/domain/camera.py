"""A camera as its user describes it."""

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Literal

from nigoh.domain.camera_url import CameraUrl
from nigoh.domain.region import Regions
from nigoh.domain.schedule import Schedule
from nigoh.domain.sighting import CameraId


class Mode(StrEnum):
    """Which pictures of a camera are analysed.

    KEYFRAMES: keyframes alone, up to `fps`: the cheapest. ADAPTIVE: few of a still scene, `fps` of a moving one,
    `burst_fps` while a face has no name yet. FULL: `burst_fps`, whatever the scene does.
    """

    KEYFRAMES = "keyframes"
    ADAPTIVE = "adaptive"
    FULL = "full"


class Priority(IntEnum):
    """Who is served first when the machine cannot serve all."""

    LOW = 0
    NORMAL = 1
    HIGH = 2


class Record(StrEnum):
    """What is kept of a camera's video. SIGHTINGS: a clip around each. ALWAYS: everything, in segments."""

    NEVER = "never"
    SIGHTINGS = "sightings"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """One camera and how it is watched.

    Attributes:
        name: what it is called, everywhere; unique.
        url: where it is; a video file's path is taken as a file:// URL and played in real time, again and again.
        transport: how an RTSP camera sends.
        mode: which pictures are analysed.
        fps: most analysed frames a second of a moving scene, and the number that is aimed at.
        burst_fps: most of them while a face is being identified, and of the mode FULL.
        still_s: longest time between two analysed frames of a still scene, seconds.
        least_fps: analysed frames a second that it is guaranteed under overload, as far as its stream gives them.
        priority: who is served first under overload.
        regions: where in the picture faces count, and what is masked.
        schedule: when it is watched.
        record: what is kept of its video.
    """

    name: CameraId
    url: CameraUrl
    transport: Literal["tcp", "udp"] = "tcp"
    mode: Mode = Mode.ADAPTIVE
    fps: float = 1.0
    burst_fps: float = 5.0
    still_s: float = 6.0
    least_fps: float = 0.2
    priority: Priority = Priority.NORMAL
    regions: Regions = field(default_factory=Regions)
    schedule: Schedule = field(default_factory=Schedule)
    record: Record = Record.NEVER

    def __post_init__(self) -> None:
        for name in ("fps", "burst_fps", "still_s", "least_fps"):
            if not 0 < getattr(self, name) <= 1000:
                raise ValueError(f"{name} is above 0 and at most 1000, not {getattr(self, name):g}")
