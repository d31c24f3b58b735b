"""Cameras, their groups and what is known of them, as the API tells them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from nigoh.domain.camera import Mode, Record
from nigoh.domain.camera_status import Activity, LinkState
from nigoh.ui.view import part
from nigoh.video.camera_facts import AdviceKind

Polygons = tuple[tuple[tuple[float, float], ...], ...]
PriorityName = Literal["low", "normal", "high"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusInfo:
    """How a camera is now."""

    camera: str
    state: LinkState
    since_at: datetime
    reason: str
    next_step: str
    next_try_at: datetime | None
    activity: Activity
    codec: str
    width_px: int
    height_px: int
    fps: float
    coverage: float
    recording: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraInfo:
    """A camera; its address is without user and password."""

    id: str
    name: str
    url: str
    group: str | None
    enabled: bool
    transport: str
    mode: Mode
    fps: float
    burst_fps: float
    still_s: float
    least_fps: float
    priority: PriorityName
    zones: Polygons
    masks: Polygons
    schedule: tuple[str, ...]
    record: Record
    status: StatusInfo | None


@dataclass(frozen=True, slots=True)
class GroupInfo:
    """Cameras that belong together."""

    id: str
    name: str
    cameras: int


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """What a camera sends, as it was measured."""

    codec: str
    width_px: int
    height_px: int
    fps: float
    keyframe_interval_s: float | None
    bits_per_s: float


@dataclass(frozen=True, slots=True)
class AdviceInfo:
    """What to change at a camera."""

    kind: AdviceKind
    text: str


@dataclass(frozen=True, slots=True)
class TrialInfo:
    """What came of trying a camera; the picture is a JPEG in Base64."""

    url: str
    stream: StreamInfo
    faces: int
    face_height_px: float | None
    advice: tuple[AdviceInfo, ...]
    picture: str


@dataclass(frozen=True, slots=True)
class LinkChange:
    """A camera came into a state."""

    state: LinkState
    at: datetime
    reason: str = ""
    next_step: str = ""


@dataclass(frozen=True, slots=True)
class LinkChanges:
    """The last changes of a camera's state, the newest first."""

    items: tuple[LinkChange, ...]


def camera_path(name: str) -> str:
    """Where the API has a camera."""
    return f"/cameras/{part(name)}"


def camera_route(name: str) -> str:
    """Where the console shows it."""
    return f"/cameras/{part(name)}"
