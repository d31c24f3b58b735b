"""What a farm of simulated cameras shall be."""

from dataclasses import dataclass, field

from nigoh.errors import ConfigError
from nigoh.testing.clip_options import ClipOptions
from nigoh.testing.farm.authentication import Account

PICTURE = ClipOptions(width_px=640, height_px=360, bitrate=600_000, noise=0.01)
"""What a camera of a farm sends unless something else is asked for."""

_MOST_CAMERAS = 5_000
_EVERYWHERE = "0.0.0.0"  # noqa: S104 - compared with; the default is 127.0.0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class FarmOptions:
    """Cameras, what they show, and how they are reached.

    Attributes:
        cameras: how many.
        picture: picture, encoding and faces. Its length, number of people and stillness do not count here.
        people: how many of the portraits' people appear.
        face_share: the share of the time in which a camera shows a face.
        still_share: the share of the cameras that look at a scene in which nothing moves but who appears.
        seed: chooses who appears where and when.

    Raises:
        ConfigError: a value is impossible; the message names it.
    """

    cameras: int = 10
    picture: ClipOptions = field(default_factory=lambda: PICTURE)
    people: int = 8
    face_share: float = 0.2
    still_share: float = 0.0
    seed: int = 1

    def __post_init__(self) -> None:
        _require("cameras", self.cameras, 1, _MOST_CAMERAS)
        _require("people", self.people, 1, 1000)
        _require("face-share", self.face_share, 0, 0.8)
        _require("still", self.still_share, 0, 1)
        _require("seed", self.seed, 0, 2**63)

    @property
    def still_cameras(self) -> int:
        """How many cameras look at a still scene."""
        return round(self.cameras * self.still_share)

    @property
    def gop_s(self) -> float:
        """Seconds from keyframe to keyframe."""
        return float(self.picture.gop / self.picture.frame_rate)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServingOptions:
    """How the cameras are reached.

    Attributes:
        host: the IPv4 address to listen on.
        port: of RTSP; 0 takes a free one.
        control_port: where faults can be asked for, on 127.0.0.1 alone; 0 takes a free one.
        tcp, udp: whether packets may be fetched on RTSP's own connection, and by UDP.
        account: who may look.
        session_timeout_s: after so long without a sign of life a viewer is cut off.
    """

    host: str = "127.0.0.1"
    port: int = 0
    control_port: int = 0
    tcp: bool = True
    udp: bool = True
    account: Account = field(default_factory=Account)
    session_timeout_s: float = 60.0

    def __post_init__(self) -> None:
        _require("port", self.port, 0, 65_535)
        _require("control port", self.control_port, 0, 65_535)
        _require("session timeout", self.session_timeout_s, 0.5, 3600)
        if not (self.tcp or self.udp):
            raise ConfigError("no transport is allowed", "Allow tcp, udp, or both.")

    @property
    def reached_at(self) -> str:
        """The host as viewers on this machine write it."""
        return "127.0.0.1" if self.host == _EVERYWHERE else self.host


def _require(name: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:
        raise ConfigError(f"{name} {value:g} is impossible", f"Choose from {least:g} to {most:g}.")
