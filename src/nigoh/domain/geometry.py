"""Boxes as arrays: (N, 4) float32, x1 y1 x2 y2 in pixels, x2 and y2 exclusive."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def areas(boxes: Floats) -> Floats:
    """Areas (N,) in square pixels; a box turned inside out has area 0."""
    spans = np.clip(boxes[:, 2:] - boxes[:, :2], 0, None)
    return np.asarray(spans[:, 0] * spans[:, 1], dtype=np.float32)


def centres(boxes: Floats) -> Floats:
    """Centres (N, 2), x y."""
    return np.asarray((boxes[:, :2] + boxes[:, 2:]) / 2, dtype=np.float32)


def sizes(boxes: Floats) -> Floats:
    """Sizes (N,): the square root of each area, in pixels."""
    return np.asarray(np.sqrt(areas(boxes)), dtype=np.float32)


def iou(a: Floats, b: Floats) -> Floats:
    """Intersection over union of each pair: (N, 4) and (M, 4) give (N, M) in [0, 1]."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    spans = np.clip(high - low, 0, None)
    shared = spans[..., 0] * spans[..., 1]
    union = areas(a)[:, None] + areas(b)[None, :] - shared
    return np.asarray(shared / np.maximum(union, 1e-9), dtype=np.float32)
