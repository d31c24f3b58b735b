"""Laying pictures with transparency over one another. Pure, in place where it says so.

A sprite is (H, W, 4) uint8: blue, green and red already multiplied by alpha, then alpha.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from nigoh.domain.frame import Pixels

Sprite = NDArray[np.uint8]
"""(H, W, 4) uint8, premultiplied blue-green-red-alpha."""


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle of whole pixels inside a picture: columns x1 to x2, rows y1 to y2, ends exclusive."""

    x1: int
    y1: int
    x2: int
    y2: int

    @property
    def empty(self) -> bool:
        """Whether no pixel is inside."""
        return self.x1 >= self.x2 or self.y1 >= self.y2

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.x2 - self.x1, self.y2 - self.y1


def sprite_from(colour: NDArray[np.float32], alpha: NDArray[np.float32]) -> Sprite:
    """A sprite from (H, W, 3) float32 colour 0..255 and (H, W) float32 alpha 0..1."""
    alpha = np.clip(alpha, 0, 1)
    stacked = np.dstack([np.clip(colour, 0, 255) * alpha[..., None], alpha * 255])
    return np.asarray(np.rint(stacked), dtype=np.uint8)


def lay_over(canvas: Pixels, sprite: Sprite, x: int, y: int) -> None:
    """Lay a sprite over a canvas, in place, its left upper corner at (x, y); what falls outside is cut off."""
    height, width = canvas.shape[:2]
    x1, y1 = max(x, 0), max(y, 0)
    x2, y2 = min(x + sprite.shape[1], width), min(y + sprite.shape[0], height)
    if x1 >= x2 or y1 >= y2:
        return
    part = sprite[y1 - y : y2 - y, x1 - x : x2 - x]
    below = canvas[y1:y2, x1:x2]
    see_through = cv2.cvtColor(255 - part[..., 3], cv2.COLOR_GRAY2BGR)
    faded = cv2.multiply(below, see_through, scale=1 / 255)
    canvas[y1:y2, x1:x2] = cv2.add(faded, np.ascontiguousarray(part[..., :3]))


def smear(sprite: Sprite, dx_px: float, dy_px: float) -> Sprite:
    """A sprite as a shutter sees it that stays open while the sprite moves by (dx, dy) pixels, centred."""
    length = float(np.hypot(dx_px, dy_px))
    if length < 0.5:
        return sprite
    side = 2 * int(np.ceil(length / 2)) + 1
    kernel = np.zeros((side, side), np.float32)
    for step in np.linspace(-0.5, 0.5, 4 * side):
        column, row = side // 2 + step * dx_px, side // 2 + step * dy_px
        left, top = int(np.floor(column)), int(np.floor(row))
        for r, c in ((top, left), (top, left + 1), (top + 1, left), (top + 1, left + 1)):
            if 0 <= r < side and 0 <= c < side:
                kernel[r, c] += (1 - abs(row - r)) * (1 - abs(column - c))
    rows = np.abs(np.flatnonzero(kernel.any(axis=1)) - side // 2).max()
    columns = np.abs(np.flatnonzero(kernel.any(axis=0)) - side // 2).max()
    middle = side // 2
    needed = kernel[middle - rows : middle + rows + 1, middle - columns : middle + columns + 1]
    return np.asarray(cv2.filter2D(sprite, -1, needed / kernel.sum()), dtype=np.uint8)
