"""Cameras and their groups as JSON. User and password go in and never come out."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from nigoh.config.engine_settings import CheckedHours, CheckedPolygon
from nigoh.domain.camera import Camera, Mode, Priority, Record
from nigoh.domain.camera_record import CameraGroup, CameraRecord
from nigoh.domain.camera_status import CameraStatus
from nigoh.domain.camera_url import CameraUrl
from nigoh.domain.region import Regions
from nigoh.domain.schedule import Schedule, format_hours, parse_hours
from nigoh.domain.sighting import CameraId
from nigoh.office.camera_office import CameraOrder
from nigoh.server.models.system import CameraStatusModel, camera_status_model
from nigoh.server.models.texts import CameraName, Name, ShortText
from nigoh.server.times import Time, to_time

_STRICT = ConfigDict(extra="forbid", allow_inf_nan=False, hide_input_in_errors=True)
_MOST_URL_LETTERS = 2048
_MOST_POLYGONS = 32
_MOST_CORNERS = 256
_MOST_HOURS = 32


def _checked_url(text: str) -> str:
    if "://" not in text or any(letter.isspace() or not letter.isprintable() for letter in text):
        raise ValueError("an address begins with a scheme, as in rtsp://10.0.0.5/stream, and has no spaces")
    if "://***@" in text:
        raise ValueError("*** stands for user and password, which are never told: send them, or leave url out")
    return text


Url = Annotated[
    str,
    Field(max_length=_MOST_URL_LETTERS, description="With user and password, if it needs them; they are never told."),
    AfterValidator(_checked_url),
]
Corners = Annotated[CheckedPolygon, Field(max_length=_MOST_CORNERS)]
Polygons = Annotated[
    list[Corners],
    Field(max_length=_MOST_POLYGONS, description="Polygons of corners [x, y], fractions of the picture, 0 to 1."),
]
Hours = Annotated[
    list[Annotated[CheckedHours, Field(max_length=64, examples=["mon-fri 08:00-18:00"])]],
    Field(max_length=_MOST_HOURS, description="When it is watched, in local time; none: always."),
]
Rate = Annotated[float, Field(gt=0, le=1000)]
PriorityName = Literal["low", "normal", "high"]


class Watching(BaseModel):
    """How a camera is watched."""

    model_config = _STRICT

    transport: Literal["tcp", "udp"] = Field("tcp", description="How an RTSP camera sends.")
    mode: Mode = Field(Mode.ADAPTIVE, description="Which pictures are analysed.")
    fps: Rate = Field(1.0, description="Analysed frames a second of a moving scene.")
    burst_fps: Rate = Field(5.0, description="Analysed frames a second while a face has no name yet.")
    still_s: Rate = Field(6.0, description="Longest time between analysed frames of a still scene, seconds.")
    least_fps: Rate = Field(0.2, description="Analysed frames a second that overload never takes away.")
    priority: PriorityName = Field("normal", description="Who is served first under overload.")
    zones: Polygons = Field([], description="Where faces count; none: everywhere.")
    masks: Polygons = Field([], description="Where faces never count.")
    schedule: Hours = []
    record: Record = Field(Record.NEVER, description="What is kept of its video.")
    group: ShortText | None = Field(None, description="Identifier of its group.")
    enabled: bool = Field(default=True, description="It is watched at all.")

    def watched(self, camera: Camera) -> Camera:
        """A camera, with what is said here of how it is watched."""
        asked = self.model_fields_set
        kept = {name: getattr(self, name) for name in asked & _PLAIN}
        if "priority" in asked:
            kept["priority"] = Priority[self.priority.upper()]
        if asked & {"zones", "masks"}:
            zones = tuple(self.zones) if "zones" in asked else camera.regions.zones
            masks = tuple(self.masks) if "masks" in asked else camera.regions.masks
            kept["regions"] = Regions(zones=zones, masks=masks)
        if "schedule" in asked:
            kept["schedule"] = Schedule(tuple(parse_hours(text) for text in self.schedule))
        return replace(camera, **kept)


_PLAIN = frozenset({"transport", "mode", "fps", "burst_fps", "still_s", "least_fps", "record"})


class CameraIn(Watching):
    """A camera that is to be watched. What is left out is as the settings `cameras_default` say."""

    name: CameraName = Field(description="Up to 64 letters, digits, spaces and . _ -; it stays for ever.")
    url: Url

    def order(self, usual: Callable[[CameraId, CameraUrl], Camera]) -> CameraOrder:
        """The same, as the office takes it; `usual` is a camera of which nothing else is said."""
        camera = self.watched(usual(CameraId(self.name), CameraUrl(self.url)))
        return CameraOrder(camera=camera, group=self.group or None, enabled=self.enabled)


class CameraChange(Watching):
    """What is to be changed of a camera; what is left out stays, its user and password too."""

    url: Url | None = None

    def applied_to(self, order: CameraOrder) -> CameraOrder:
        """How the camera is to be."""
        asked = self.model_fields_set
        return CameraOrder(
            camera=self.watched(order.camera),
            group=(self.group or None) if "group" in asked else order.group,
            enabled=self.enabled if "enabled" in asked else order.enabled,
        )

    @property
    def new_url(self) -> CameraUrl | None:
        """Another address, if one is given."""
        return None if self.url is None else CameraUrl(self.url)


class CameraModel(BaseModel):
    """A camera."""

    id: str
    name: str
    url: str = Field(description="Without user and password: *** stands for them.")
    group: str | None
    enabled: bool
    transport: str
    mode: Mode
    fps: float
    burst_fps: float
    still_s: float
    least_fps: float
    priority: PriorityName
    zones: list[list[tuple[float, float]]]
    masks: list[list[tuple[float, float]]]
    schedule: list[str]
    record: Record
    status: CameraStatusModel | None = Field(description="How it is now; null while nobody watches it.")
    created_at: Time
    updated_at: Time
    version: int


class CameraGroupIn(BaseModel):
    """Cameras that belong together."""

    model_config = _STRICT

    name: Name


class CameraGroupModel(BaseModel):
    """A group of cameras."""

    id: str
    name: str
    cameras: int = Field(description="How many are in it.")
    created_at: Time
    updated_at: Time
    version: int


def camera_model(record: CameraRecord, status: CameraStatus | None) -> CameraModel:
    """A camera as it is told."""
    camera = record.camera
    return CameraModel(
        id=record.id,
        name=camera.name,
        url=str(camera.url),
        group=record.group,
        enabled=record.enabled,
        transport=camera.transport,
        mode=camera.mode,
        fps=camera.fps,
        burst_fps=camera.burst_fps,
        still_s=camera.still_s,
        least_fps=camera.least_fps,
        priority=_PRIORITIES[camera.priority],
        zones=[list(polygon) for polygon in camera.regions.zones],
        masks=[list(polygon) for polygon in camera.regions.masks],
        schedule=[format_hours(hours) for hours in camera.schedule.hours],
        record=camera.record,
        status=None if status is None else camera_status_model(status),
        created_at=to_time(record.created_unix_s),
        updated_at=to_time(record.updated_unix_s),
        version=record.version,
    )


def camera_group_model(group: CameraGroup, cameras: int) -> CameraGroupModel:
    """A group as it is told."""
    return CameraGroupModel(
        id=group.id,
        name=group.name,
        cameras=cameras,
        created_at=to_time(group.created_unix_s),
        updated_at=to_time(group.updated_unix_s),
        version=group.version,
    )


_PRIORITIES: dict[Priority, PriorityName] = {
    Priority.LOW: "low",
    Priority.NORMAL: "normal",
    Priority.HIGH: "high",
}
