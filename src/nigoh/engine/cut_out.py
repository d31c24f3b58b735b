"""A face with its surroundings, cut out of a picture for people to look at."""

import cv2
import numpy as np

from nigoh.domain.frame import Pixels
from nigoh.domain.geometry import Floats

_MARGIN = 0.5
_LONG_SIDE_PX = 320


def cut_out(pixels: Pixels, box: Floats) -> Pixels:
    """The box (4,) with half its size added on each side, inside the picture, at most 320 px on its long side."""
    height, width = pixels.shape[:2]
    margin = (box[2:] - box[:2]) * _MARGIN
    x1, y1 = np.floor(np.clip(box[:2] - margin, 0, (width - 1, height - 1))).astype(int)
    x2, y2 = np.ceil(np.clip(box[2:] + margin, (x1 + 1, y1 + 1), (width, height))).astype(int)
    cut = pixels[y1:y2, x1:x2]
    scale = _LONG_SIDE_PX / max(cut.shape[:2])
    if scale >= 1:
        return cut.copy()
    return np.asarray(cv2.resize(cut, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), dtype=np.uint8)
