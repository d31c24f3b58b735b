"""Fits a picture into a detector's canvas, and takes points back: pure geometry.

The picture is scaled so that its long side is the wanted size and put into the canvas's top left corner; the canvas
is rounded up to a multiple of the detector's coarsest stride. Pictures of one shape share one letterbox, and so one
batch.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from nigoh.domain.geometry import Floats

STRIDE_PX = 32
"""The coarsest step of the detectors: canvas sides are multiples of it."""


LEAST_DETECT_PX = 320
MOST_DETECT_PX = 640


def usual_detect_size_px(width_px: int, height_px: int) -> int:
    """The long side that a detector should see where nobody has said: 0.3 of the picture's, from 320 to 640.

    A detector finds faces of 12 px; the smallest that are surely named have 40. Larger pictures are cut off at 640,
    as detecting costs with the square.
    """
    return min(MOST_DETECT_PX, max(LEAST_DETECT_PX, max(width_px, height_px) * 3 // 10))


@dataclass(frozen=True, slots=True)
class Letterbox:
    """How pictures of one shape lie in a canvas.

    Attributes:
        source_px: (width, height) of the picture.
        scaled_px: (width, height) of the picture in the canvas, at its top left.
        canvas_px: (width, height) of the canvas, multiples of STRIDE_PX.
    """

    source_px: tuple[int, int]
    scaled_px: tuple[int, int]
    canvas_px: tuple[int, int]

    @classmethod
    def fit(cls, width_px: int, height_px: int, long_side_px: int) -> Self:
        """The letterbox for pictures of that shape, their long side scaled down to `long_side_px`."""
        factor = min(1.0, long_side_px / max(width_px, height_px))
        scaled = (max(1, round(width_px * factor)), max(1, round(height_px * factor)))
        return cls((width_px, height_px), scaled, (_round_up(scaled[0]), _round_up(scaled[1])))

    def to_source(self, points: Floats) -> Floats:
        """Canvas points (..., 2), x y, in pixels of the source picture.

        The exact inverse of `to_canvas`: width and height are rounded to whole pixels apart, so each axis has its
        own factor.
        """
        return np.asarray(points / self._factors(), dtype=np.float32)

    def to_canvas(self, points: Floats) -> Floats:
        """Source points (..., 2), x y, in pixels of the canvas."""
        return np.asarray(points * self._factors(), dtype=np.float32)

    def _factors(self) -> Floats:
        return np.divide(self.scaled_px, self.source_px).astype(np.float32)


def _round_up(side_px: int) -> int:
    return -(-side_px // STRIDE_PX) * STRIDE_PX
