"""Where in a camera's picture faces count: zones and masks, polygons in fractions of the picture."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nigoh.domain.geometry import Floats

Polygon = tuple[tuple[float, float], ...]
"""Corners (x, y), fractions of the picture's width and height, in [0, 1]; the last is joined to the first."""

_LEAST_AREA = 1e-6
"""Of the parallelogram of two edges, as a share of the picture: two pixels of a picture of 1920x1080."""


@dataclass(frozen=True, slots=True)
class Regions:
    """Zones and masks.

    Attributes:
        zones: faces count whose centre is in one of them; without any, everywhere.
        masks: faces never count whose centre is in one of them, and what moves there is not seen.

    Raises:
        ValueError: a polygon has fewer than three corners, no area, or a corner outside the picture.
    """

    zones: tuple[Polygon, ...] = ()
    masks: tuple[Polygon, ...] = ()

    def __post_init__(self) -> None:
        for polygon in (*self.zones, *self.masks):
            _require_polygon(polygon)

    @property
    def is_everything(self) -> bool:
        """Whether the whole picture counts."""
        return not self.zones and not self.masks

    def contain(self, points: Floats) -> NDArray[np.bool_]:
        """Which of the points (N, 2), x y in fractions of the picture, count: (N,) bool."""
        inside = _in_any(self.zones, points) if self.zones else np.ones(len(points), np.bool_)
        return inside & ~_in_any(self.masks, points)

    def raster(self, width: int, height: int) -> NDArray[np.bool_]:
        """Which cells of a grid count, by their centres: (height, width) bool."""
        x, y = np.meshgrid((np.arange(width) + 0.5) / width, (np.arange(height) + 0.5) / height)
        centres = np.stack([x.ravel(), y.ravel()], axis=1).astype(np.float32)
        return self.contain(centres).reshape(height, width)


def _in_any(polygons: tuple[Polygon, ...], points: Floats) -> NDArray[np.bool_]:
    found = np.zeros(len(points), np.bool_)
    for polygon in polygons:
        found |= _in_polygon(np.asarray(polygon, np.float32), points)
    return found


def _in_polygon(corners: Floats, points: Floats) -> NDArray[np.bool_]:
    """Even-odd rule: a ray to the right crosses the boundary an odd number of times (Shimrat, CACM 1962)."""
    (x1, y1), (x2, y2) = corners.T[..., None], np.roll(corners, -1, axis=0).T[..., None]
    x, y = points[:, 0], points[:, 1]
    spans = (y1 > y) != (y2 > y)
    rise = np.where(y2 == y1, 1, y2 - y1)
    crossings = spans & (x < x1 + (y - y1) / rise * (x2 - x1))
    return np.asarray(crossings.sum(axis=0) % 2 == 1)


def _require_polygon(polygon: Polygon) -> None:
    if len(polygon) < 3:
        raise ValueError(f"a polygon has at least 3 corners, not {len(polygon)}")
    for x, y in polygon:
        if not (0 <= x <= 1 and 0 <= y <= 1):
            raise ValueError(f"the corner ({x:g}, {y:g}) is outside the picture: both are from 0 to 1")
    # Not by the area of the whole: that of an hourglass is zero too, as its halves go round in opposite directions.
    from_first = np.asarray(polygon, np.float64) - polygon[0]
    farthest = from_first[np.argmax(np.hypot(*from_first.T))]
    if np.abs(from_first[:, 0] * farthest[1] - from_first[:, 1] * farthest[0]).max() < _LEAST_AREA:
        raise ValueError("a polygon has an area, and this one's corners are on one line")
