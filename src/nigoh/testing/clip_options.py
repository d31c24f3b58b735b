"""What a simulated clip shall be: its picture, its encoding, its camera and how large the faces grow."""

import math
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from nigoh.errors import ConfigError

COUNTER_TOP = 0.78
"""Where the foreground counter begins, as a share of the picture's height; faces are always above it."""

LARGEST_FACE = 0.45
"""The largest face as a share of the picture's height: with hair and chin it still fits above the counter."""

SMALLEST_FACE_PX = 12
"""Below this height a face is a smudge that nobody could label."""


class VideoCodec(StrEnum):
    """What the clip is encoded with."""

    H264 = "h264"
    H265 = "h265"


class RateControl(StrEnum):
    """How bits are spent. CONSTANT: `bitrate` on average, whatever the scene; a still one gets finer noise.

    VARIABLE: what a medium quality needs, at most `bitrate`; a still scene costs a fraction of it.
    """

    CONSTANT = "constant"
    VARIABLE = "variable"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipOptions:
    """A simulated clip's picture, encoding and camera. The defaults resemble a mid-range indoor camera.

    Attributes:
        width_px, height_px: of the picture; even, as 4:2:0 colour wants it.
        fps: pictures a second.
        seconds: length.
        gop: pictures from one keyframe to the next; cameras keep it fixed, and so does the clip.
        bitrate: mean bits a second; the rate control may not exceed it over a second.
        codec: H.264 or H.265.
        rate_control: whether `bitrate` is the mean or only the most.
        noise: standard deviation of the sensor's noise, as a share of full scale.
        blur: how long the shutter is open, as a share of the time between pictures: 0 freezes every movement, 1
            smears it over the whole interval.
        face_px: face height, in pixels, far from the camera and near it.
        people: how many people appear; None takes all, as many as the length has room for.
        seed: chooses paths, scene and noise; the same options and seed give the same pictures.
        still: nothing moves but who walks by the script: the camera hangs firm, the light is steady, nobody passes at
            the back, the screen stands. The sensor's noise stays.

    Raises:
        ConfigError: a value is impossible; the message names it.
    """

    width_px: int = 1280
    height_px: int = 720
    fps: float = 15.0
    seconds: float = 20.0
    gop: int = 15
    bitrate: int = 2_000_000
    codec: VideoCodec = VideoCodec.H264
    rate_control: RateControl = RateControl.CONSTANT
    noise: float = 0.02
    blur: float = 0.25
    face_px: tuple[float, float] = (60.0, 120.0)
    people: int | None = None
    seed: int = 1
    still: bool = False

    def __post_init__(self) -> None:
        self._check_picture()
        self._check_faces()
        _require("fps", self.fps, 1, 120)
        _require("seconds", self.seconds, 1, 3600)
        _require("gop", self.gop, 1, 10_000)
        _require("bitrate", self.bitrate, 10_000, 1_000_000_000)
        _require("noise", self.noise, 0, 0.2)
        _require("blur", self.blur, 0, 1)
        _require("seed", self.seed, 0, 2**63)
        if self.people is not None:
            _require("people", self.people, 1, 1000)

    def _check_picture(self) -> None:
        width, height = self.width_px, self.height_px
        if not (160 <= width <= 7680 and 120 <= height <= 4320):
            raise ConfigError(f"size {width}x{height} is impossible", "Choose from 160x120 to 7680x4320.")
        if width % 2 or height % 2:
            raise ConfigError(f"size {width}x{height} is odd", "Video needs an even width and an even height.")

    def _check_faces(self) -> None:
        far, near = self.face_px
        most = math.floor(self.height_px * LARGEST_FACE)
        if not SMALLEST_FACE_PX <= far <= near <= most:
            raise ConfigError(
                f"face-px {far:g}:{near:g} does not fit a picture {self.height_px} pixels high",
                f"Give two heights, far:near, from {SMALLEST_FACE_PX} to {most}.",
            )

    @property
    def frames(self) -> int:
        """How many pictures the clip has."""
        return max(1, round(self.fps * self.seconds))

    @property
    def frame_rate(self) -> Fraction:
        """`fps` as the fraction that a container stores; 29.97 means 30000/1001, as in television."""
        television = Fraction(math.ceil(self.fps) * 1000, 1001)
        return television if abs(self.fps - television) < 1e-3 else Fraction(self.fps).limit_denominator(1000)

    def time_of(self, index: int) -> float:
        """When a picture is taken, in seconds from the first, which has index 0."""
        return float(index / self.frame_rate)

    @property
    def counter_top_px(self) -> int:
        """First row of the foreground counter, which hides what stands behind it."""
        return round(self.height_px * COUNTER_TOP)


def _require(name: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:
        raise ConfigError(f"{name} {value:g} is impossible", f"Choose from {least:g} to {most:g}.")
