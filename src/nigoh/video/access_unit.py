"""One coded picture, as a reader of packets hands it on."""

from dataclasses import dataclass, field
from enum import Enum


class Assemble(Enum):
    """Which pictures are put together; of the others only the size is told: that saves about 5 % of the time."""

    ALL = "all"
    KEYFRAMES = "keyframes"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class AccessUnit:
    """One coded picture.

    Attributes:
        data: its NAL units with start codes (Annex B), a keyframe's with its parameter sets in front; b"" if nobody
            wanted it, or if it cannot be decoded.
        t_s: seconds since the stream's first picture; not in order where pictures are reordered for display.
        wall_ns: nanoseconds since 1970 by the camera's clock, or None while the camera has not told its time.
        is_keyframe: decoding can begin here.
        size_bytes: what the camera sent of it.
        damaged: a part of it, or of a picture that it builds on, was lost.
        parameter_sets_changed: its parameter sets are not those of the keyframe before it: size or codec profile may
            be others.
    """

    data: bytes = field(repr=False)
    t_s: float
    wall_ns: int | None
    is_keyframe: bool
    size_bytes: int
    damaged: bool = False
    parameter_sets_changed: bool = False
