"""Which face of a photo is its subject. Pure."""

import numpy as np

from nigoh.domain.faces import Faces
from nigoh.domain.geometry import centres, sizes

_PULL = 2.0
"""How strongly the centre draws: a face half a short side away from it must be 1 + this times as large."""


def choose_subject(faces: Faces, width_px: int, height_px: int) -> int | None:
    """The row of the face that the photo was taken of: large, and near the centre.

    The photos of Labeled Faces in the Wild, and most portraits, are cut so that their subject stands at the centre;
    others in the background may be as large. A face's size is divided by 1 + _PULL x (distance from the centre /
    half the short side)^2, and the largest wins.

    Returns:
        The row, or None without faces.
    """
    if not len(faces):
        return None
    centre = np.array([width_px / 2, height_px / 2], np.float32)
    away = np.linalg.norm(centres(faces.boxes) - centre, axis=1) / (min(width_px, height_px) / 2)
    return int(np.argmax(sizes(faces.boxes) / (1 + _PULL * away**2)))
