"""A face for which there was no time, as it waits to be embedded."""

from dataclasses import dataclass

from nigoh.domain.frame import Pixels, require_pixels
from nigoh.domain.sighting import Box, CameraId


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class LateFace:
    """One face of one frame that waits to be embedded.

    Attributes:
        camera: who saw it.
        feed: the number by which whoever put it knows whose books it stands in.
        captured_s: when, monotonic seconds.
        captured_unix_s: when, seconds since 1970.
        watch_s: when, seconds since the camera's watch began.
        box: where, source pixels.
        detection: the detector's score.
        quality: of the face, in [0, 1].
        crop: (H, W, 3) uint8 BGR, aligned: exactly what would have been embedded.
        jpeg: the face with its surroundings, for people to look at.
    """

    camera: CameraId
    feed: int = 0
    captured_s: float
    captured_unix_s: float
    watch_s: float
    box: Box
    detection: float
    quality: float
    crop: Pixels
    jpeg: bytes

    def __post_init__(self) -> None:
        require_pixels(self.crop)


@dataclass(frozen=True, slots=True, kw_only=True)
class LateCounts:
    """What became of late faces: offered == taken + dropped + waiting, exactly.

    Attributes:
        offered: that were put.
        taken: that came out again.
        full: dropped as the oldest, to make room.
        old: dropped as they had waited too long, or until the end.
        failed: dropped as the disk would not take them or give them back.
        waiting: still inside.
    """

    offered: int = 0
    taken: int = 0
    full: int = 0
    old: int = 0
    failed: int = 0
    waiting: int = 0

    @property
    def dropped(self) -> int:
        """All that are lost."""
        return self.full + self.old + self.failed
