"""A decoded picture and where it came from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""(H, W, 3) uint8, blue-green-red, rows from the top."""


def require_pixels(pixels: Pixels) -> None:
    """Raise ValueError unless the array is a picture: (H, W, 3) uint8 with at least one pixel."""
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or 0 in pixels.shape:
        raise ValueError(f"a picture is (H, W, 3) uint8, not {pixels.shape} {pixels.dtype}")


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One decoded picture of one source.

    Attributes:
        pixels: (H, W, 3) uint8, BGR, upright. Whoever receives a frame reads it and never writes to it.
        index: the picture's number in its source, counted from 0 over all decoded pictures.
        t_s: seconds on the source's own clock; 0 is the start of the file or of the connection.
    """

    pixels: Pixels
    index: int
    t_s: float

    def __post_init__(self) -> None:
        require_pixels(self.pixels)
        if self.index < 0:
            raise ValueError(f"a frame's index is at least 0, not {self.index}")

    @property
    def width_px(self) -> int:
        """Width in pixels."""
        return int(self.pixels.shape[1])

    @property
    def height_px(self) -> int:
        """Height in pixels."""
        return int(self.pixels.shape[0])
