"""What `nigoh.toml` may say: the sections of the engine's file, their keys, defaults and bounds."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal

import platformdirs
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field

from nigoh.config.addresses import read_address, read_camera_name, read_endpoint, read_output, read_path
from nigoh.config.network_settings import NetworkSettings
from nigoh.config.oidc_section import OidcSection
from nigoh.config.privacy_settings import PrivacySettings
from nigoh.config.settings import FileSettings, Settings, VisionSettings
from nigoh.domain.camera import Camera, Mode, Priority, Record
from nigoh.domain.camera_url import CameraUrl
from nigoh.domain.naming_rule import NamingRule
from nigoh.domain.region import Polygon, Regions
from nigoh.domain.schedule import Schedule, parse_hours
from nigoh.domain.sighting import CameraId

STDOUT = Path("-")
"""The `out` that means standard output."""


def _checked_polygon(polygon: Polygon) -> Polygon:
    Regions(zones=(polygon,))
    return polygon


def _checked_hours(text: str) -> str:
    parse_hours(text)
    return text


FilePath = Annotated[Path, BeforeValidator(read_path)]
CheckedPolygon = Annotated[Polygon, AfterValidator(_checked_polygon)]
CheckedHours = Annotated[str, AfterValidator(_checked_hours)]
Rate = Annotated[float, Field(gt=0, le=1000)]


class EngineOptions(FileSettings):
    """[engine]: where the engine keeps its files, and what it tells to whom."""

    data_dir: FilePath = Field(
        default_factory=lambda: platformdirs.user_data_path("nigoh"),
        description="Folder of what the engine keeps: run-time files, its control socket, faces that wait.",
    )
    shards: Annotated[int, Field(ge=0, le=256)] = Field(
        0, description="Processes that the cameras are divided among; 0: chosen from the cores and cameras."
    )
    out: Annotated[Path, BeforeValidator(read_output)] | None = Field(
        None, description='File that sightings are appended to, as JSON lines; "-" is standard output.'
    )
    crops: FilePath | None = Field(None, description="Folder that the best picture of each sighting is put in.")
    metrics: Annotated[str, AfterValidator(read_endpoint)] = Field(
        "127.0.0.1:9464",
        description="Address that serves Prometheus metrics, without authentication; an empty text turns it off.",
    )
    connects_per_s: Rate = Field(20.0, description="Most connections a second that are begun to cameras, over all.")

    @property
    def metrics_endpoint(self) -> tuple[str, int] | None:
        """Host and port of `metrics`, or None if it is off."""
        host, _, port = self.metrics.rpartition(":")
        return (host.strip("[]"), int(port)) if self.metrics else None


class EngineVisionSettings(VisionSettings):
    """[vision]: what finds and describes faces, chosen for many cameras."""

    model_config = FileSettings.model_config

    detect_size_px: Annotated[int, Field(ge=64, le=4096)] | None = Field(
        None,
        description="Long side of the picture that the detector sees; default: 0.3 of the camera's, from 320 "
        "to 640. Twice as many find smaller faces and cost four times as much.",
    )


class PeopleSettings(FileSettings):
    """[watch]: who is known, who is looked for, and how sure one has to be."""

    known: FilePath | None = Field(
        None, description="Folder of known faces, a photo or a folder a person; without it everybody is unknown."
    )
    wanted: tuple[str, ...] = Field((), description="Known people whom you look for.")
    false_alarms: Annotated[float, Field(gt=0, lt=1)] = Field(
        0.01, description="Share of strangers who may be given a name, however many people are known."
    )
    threshold: Annotated[float, Field(gt=0, lt=1)] | None = Field(
        None, description="Least similarity of a known person; default: what false_alarms asks of the model."
    )


class RecordingSettings(FileSettings):
    """[recording]: where video is kept, how much of it, and for how long."""

    folder: FilePath | None = Field(None, description="Folder of recordings; default: recordings in data_dir.")
    pre_roll_s: Annotated[float, Field(ge=0, le=60)] = Field(
        5.0, description="Seconds before a sighting that its clip begins."
    )
    post_roll_s: Annotated[float, Field(ge=0, le=600)] = Field(
        5.0, description="Seconds after a sighting that its clip ends."
    )
    segment_s: Annotated[float, Field(ge=10, le=86_400)] = Field(
        300.0, description="Length of a file, in seconds, where everything is recorded."
    )
    max_age_days: Annotated[float, Field(gt=0, le=36_500)] = Field(
        30.0, description="Days after which a recording is deleted."
    )
    max_size_gb: Annotated[float, Field(gt=0, le=1_000_000)] = Field(
        100.0, description="Gigabytes (10^9 bytes) that recordings never exceed; the oldest go first."
    )
    least_free_gb: Annotated[float, Field(ge=0, le=1_000_000)] = Field(
        1.0, description="Gigabytes (10^9 bytes) left free on the disk: below it, recording pauses."
    )


class LateFacesSettings(FileSettings):
    """[late_faces]: faces that could not be compared in time and wait on disk until there is time."""

    max_size_mb: Annotated[float, Field(ge=1, le=100_000)] = Field(
        64.0, description="Megabytes (10^6 bytes) that they take at most; the oldest are given up first."
    )
    max_age_s: Annotated[float, Field(ge=1, le=86_400)] = Field(
        600.0, description="Seconds after which one is given up."
    )


class ServerSettings(FileSettings):
    """[server]: the web server, which is there if this section is; and the database behind it."""

    host: Annotated[str, Field(min_length=1, max_length=253)] = Field(
        "127.0.0.1", description="Address to listen on; 0.0.0.0 is every one that this machine has."
    )
    port: Annotated[int, Field(ge=0, le=65_535)] = Field(8080, description="Port to listen on; 0: a free one.")
    tls_certificate: FilePath | None = Field(None, description="File of the certificate and its chain, PEM.")
    tls_key: FilePath | None = Field(None, description="File of the certificate's private key, PEM.")
    proxies: tuple[str, ...] = Field(
        (), description="Addresses or networks of the proxies whose X-Forwarded-For and -Proto are believed."
    )
    public_url: str | None = Field(
        None, description="Where people find it, https://…, if a proxy or another name stands before it."
    )


class CameraDefaults(FileSettings):
    """[cameras_default]: what holds for each camera that does not say otherwise."""

    user: str | None = Field(
        None, min_length=1, repr=False, description="User to log in as, where the address names none."
    )
    password_file: FilePath | None = Field(
        None, description="File whose only line is the password, where the address holds none."
    )
    transport: Literal["tcp", "udp"] = Field("tcp", description="How an RTSP camera sends.")
    mode: Annotated[Mode, Field(strict=False)] = Field(
        Mode.ADAPTIVE,
        description="Which pictures are analysed: keyframes alone (the cheapest); few of a still scene and more of a "
        "moving one (adaptive); always burst_fps (full).",
    )
    fps: Rate = Field(1.0, description="Analysed frames a second of a moving scene.")
    burst_fps: Rate = Field(5.0, description="Analysed frames a second while a face has no name yet.")
    still_s: Rate = Field(6.0, description="Longest time, in seconds, between analysed frames of a still scene.")
    least_fps: Rate = Field(0.2, description="Analysed frames a second that overload never takes away.")
    priority: Literal["low", "normal", "high"] = Field(
        "normal", description="Who is served first when the machine cannot serve all."
    )
    zones: tuple[CheckedPolygon, ...] = Field(
        (),
        description="Where faces count: polygons of corners [x, y], fractions of the picture from the upper left; "
        "without any, everywhere.",
    )
    masks: tuple[CheckedPolygon, ...] = Field(
        (), description="Where faces never count and nothing that moves is seen: polygons as in zones."
    )
    schedule: tuple[CheckedHours, ...] = Field(
        (), description='When it is watched, in local time, as in "mon-fri 08:00-18:00"; without any, always.'
    )
    record: Annotated[Record, Field(strict=False)] = Field(
        Record.NEVER, description="What is kept of its video: nothing, a clip around each sighting, or everything."
    )

    def usual(self, name: CameraId, url: CameraUrl) -> Camera:
        """A camera of which nothing else is said."""
        return Camera(
            name=name,
            url=url,
            transport=self.transport,
            mode=self.mode,
            fps=self.fps,
            burst_fps=self.burst_fps,
            still_s=self.still_s,
            least_fps=self.least_fps,
            priority=Priority[self.priority.upper()],
            regions=Regions(zones=self.zones, masks=self.masks),
            schedule=Schedule(tuple(parse_hours(text) for text in self.schedule)),
            record=self.record,
        )


class CameraSettings(CameraDefaults):
    """[[cameras]]: one camera."""

    name: Annotated[str, AfterValidator(read_camera_name)] = Field(
        description="What it is called, in sightings, files and metrics: unique, up to 64 letters, digits, spaces, "
        "dots, underscores and hyphens."
    )
    url: Annotated[CameraUrl, BeforeValidator(read_address)] = Field(
        description="Its address (rtsp, http and others), or the path of a video file, which plays again and again."
    )

    model_config = ConfigDict(arbitrary_types_allowed=True)

    def to_camera(self, url: CameraUrl) -> Camera:
        """The camera, at an address that holds what is needed to log in."""
        return self.usual(CameraId(self.name), url)


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSettings:
    """A whole `nigoh.toml`, checked: its sections, and its cameras as the engine takes them.

    Attributes:
        path: the file.
        engine, vision, watch, recording, late_faces, privacy, network, oidc: its sections.
        cameras_default: what holds for cameras of the database that are added and say nothing else.
        server: the section, None if it is not there: then there is no web server, and no database.
        cameras: in the file's order; there may be none. Paths and passwords are resolved.
    """

    path: Path
    engine: EngineOptions
    vision: EngineVisionSettings
    watch: PeopleSettings
    recording: RecordingSettings
    late_faces: LateFacesSettings
    cameras: tuple[Camera, ...]
    privacy: PrivacySettings
    network: NetworkSettings
    oidc: OidcSection
    cameras_default: CameraDefaults
    server: ServerSettings | None = None

    def with_data(self, folder: Path) -> "EngineSettings":
        """The same with another data folder."""
        return replace(self, engine=self.engine.model_copy(update={"data_dir": folder}))

    def with_server(self, **values: object) -> "EngineSettings":
        """The same with a server whose section says this instead. Raises ValidationError."""
        # Checked apart: what the file says was read relative to its folder, and is no text any more.
        given = ServerSettings.model_validate(values)
        changed = {name: getattr(given, name) for name in values}
        return replace(self, server=(self.server or ServerSettings()).model_copy(update=changed))

    @property
    def naming(self) -> NamingRule:
        """How sure one has to be to give a face a name."""
        return NamingRule(threshold=self.watch.threshold, false_alarms=self.watch.false_alarms)

    @property
    def recordings_folder(self) -> Path:
        """Where recordings are kept."""
        return self.recording.folder or self.engine.data_dir / "recordings"


SECTIONS: dict[str, type[Settings]] = {
    "engine": EngineOptions,
    "vision": EngineVisionSettings,
    "watch": PeopleSettings,
    "recording": RecordingSettings,
    "late_faces": LateFacesSettings,
    "privacy": PrivacySettings,
    "network": NetworkSettings,
    "server": ServerSettings,
    "oidc": OidcSection,
    "cameras_default": CameraDefaults,
}
"""The file's tables and what may stand in them; beside them stand the [[cameras]]."""
