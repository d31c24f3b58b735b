"""Measures how good a picture of a face is for recognising it."""

import cv2
import numpy as np
from numpy.typing import NDArray

from nigoh.domain.faces import Faces
from nigoh.domain.geometry import Floats
from nigoh.domain.quality import Qualities


def measure_quality(faces: Faces, crops: NDArray[np.uint8]) -> Qualities:
    """The quality of each face.

    Args:
        faces: where the faces are, in pixels of the source frame.
        crops: (N, 112, 112, 3) uint8 BGR, aligned, row for row.
    """
    eyes_px = np.linalg.norm(faces.landmarks[:, 1] - faces.landmarks[:, 0], axis=1)
    grey = [cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY) for crop in crops]
    return Qualities(
        size=_ramp(eyes_px, 8, 40),
        sharpness=_ramp(np.array([cv2.Laplacian(g, cv2.CV_32F).std() for g in grey]), 2, 12),
        frontality=_frontality(faces.landmarks),
        exposure=_ramp(np.array([g.std() for g in grey]), 10, 40),
        detection=_ramp(faces.scores, 0.5, 0.9),
    )


def _ramp(values: NDArray[np.floating], low: float, high: float) -> Floats:
    return np.clip((values - low) / (high - low), 0, 1).astype(np.float32)


def _frontality(landmarks: Floats) -> Floats:
    eyes = landmarks[:, 1] - landmarks[:, 0]
    middle = (landmarks[:, 1] + landmarks[:, 0]) / 2
    offset = ((landmarks[:, 2] - middle) * eyes).sum(1) / np.maximum((eyes**2).sum(1), 1e-6)
    return _ramp(1 - np.abs(offset), 0.4, 0.9)
