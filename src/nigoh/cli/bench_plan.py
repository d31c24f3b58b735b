"""What a benchmark with simulated cameras shall be: the cameras, the engine that watches them, and for how long."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import tomlkit

from nigoh.domain.camera import Camera, Mode, Priority
from nigoh.domain.camera_url import CameraUrl
from nigoh.domain.sighting import CameraId
from nigoh.errors import ConfigError
from nigoh.testing.farm.options import FarmOptions

_MOST_SECONDS = 7 * 86_400.0
_LEAST_WINDOW_S = 1.0


@dataclass(frozen=True, slots=True)
class People:
    """Folders: of the portraits that walk past the cameras, and of the faces that the engine knows."""

    faces: Path
    known: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Watching:
    """How the engine watches: the options of its cameras, as in `Camera`, and of itself, as in `nigoh.toml`.

    Attributes:
        mode, fps, burst_fps, still_s: of every camera.
        shards: processes; 0 lets the engine choose.
        detect_size_px: long side of the picture that the detector sees; None lets the engine choose.
        connects_per_s: most connections a second.
        wanted_first: how many cameras, the first ones, have high priority.
    """

    mode: Mode = Mode.ADAPTIVE
    fps: float = 1.0
    burst_fps: float = 5.0
    still_s: float = 6.0
    shards: int = 0
    detect_size_px: int | None = None
    connects_per_s: float = 20.0
    wanted_first: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchPlan:
    """A benchmark.

    Attributes:
        farm: the cameras.
        people: who walks past them, and who is known.
        watching: how they are watched.
        warmup_s: from when all of them are watched to the window.
        seconds: length of the window that is measured.

    Raises:
        ConfigError: a length is impossible.
    """

    farm: FarmOptions
    people: People
    watching: Watching = field(default_factory=Watching)
    warmup_s: float = 15.0
    seconds: float = 60.0

    def __post_init__(self) -> None:
        for name, value, least in (("seconds", self.seconds, _LEAST_WINDOW_S), ("warmup", self.warmup_s, 0.0)):
            if not least <= value <= _MOST_SECONDS:
                raise ConfigError(f"{name} {value:g} is impossible", f"Choose from {least:g} to {_MOST_SECONDS:g}.")

    def as_json(self) -> dict[str, object]:
        """What was chosen, for a report."""
        picture = self.farm.picture
        return {
            "size": f"{picture.width_px}x{picture.height_px}",
            "fps": picture.fps,
            "gop": picture.gop,
            "bitrate": picture.bitrate,
            "rate": picture.rate_control.value,
            "codec": picture.codec.value,
            "noise": picture.noise,
            "face_px": list(picture.face_px),
            "still": self.farm.still_share,
            "face_share": self.farm.face_share,
            "people": self.farm.people,
            "seed": self.farm.seed,
            "mode": self.watching.mode.value,
            "analyse_fps": self.watching.fps,
            "burst_fps": self.watching.burst_fps,
            "still_s": self.watching.still_s,
            "shards": self.watching.shards,
            "detect_size_px": self.watching.detect_size_px,
            "warmup_s": self.warmup_s,
        }


def farm_arguments(plan: BenchPlan, truth: Path) -> list[str]:
    """The arguments of `nigoh farm` that make these cameras."""
    farm, picture = plan.farm, plan.farm.picture
    far, near = picture.face_px
    options = {
        "--cameras": farm.cameras,
        "--faces": plan.people.faces,
        "--people": farm.people,
        "--face-share": farm.face_share,
        "--still": farm.still_share,
        "--seed": farm.seed,
        "--size": f"{picture.width_px}x{picture.height_px}",
        "--fps": picture.fps,
        "--gop": picture.gop,
        "--bitrate": picture.bitrate,
        "--rate": picture.rate_control.value,
        "--codec": picture.codec.value,
        "--noise": picture.noise,
        "--face-px": f"{far:g}:{near:g}",
        "--truth": truth,
    }
    return [str(part) for option in options.items() for part in option]


def cameras_at(urls: Sequence[str], watching: Watching) -> tuple[Camera, ...]:
    """The cameras at these addresses, whose last parts are their names."""
    return tuple(
        Camera(
            name=CameraId(url.rpartition("/")[2]),
            url=CameraUrl(url),
            mode=watching.mode,
            fps=watching.fps,
            burst_fps=watching.burst_fps,
            still_s=watching.still_s,
            priority=Priority.HIGH if number < watching.wanted_first else Priority.NORMAL,
        )
        for number, url in enumerate(urls)
    )


def engine_file(folder: Path, out: Path, known: Path, watching: Watching, cameras: Sequence[Camera]) -> str:
    """The text of the engine's configuration file.

    Args:
        folder: what the engine keeps.
        out: gets the sightings.
        known: the known faces.
        watching: how the cameras are watched.
        cameras: which.
    """
    document: Mapping[str, object] = {
        "engine": {
            "data_dir": str(folder.absolute()),
            "shards": watching.shards,
            "out": str(out.absolute()),
            "metrics": "",
            "connects_per_s": watching.connects_per_s,
        },
        "vision": {} if watching.detect_size_px is None else {"detect_size_px": watching.detect_size_px},
        "watch": {"known": str(known.absolute())},
        "cameras_default": {
            "mode": watching.mode.value,
            "fps": watching.fps,
            "burst_fps": watching.burst_fps,
            "still_s": watching.still_s,
        },
        "cameras": [
            {"name": camera.name, "url": camera.url.reveal(), "priority": camera.priority.name.lower()}
            for camera in cameras
        ],
    }
    return tomlkit.dumps(document)
