"""Measures how good a picture of a face is for recognising it.

Each part is a raw measurement, mapped to [0, 1] between the value at which SFace stops recognising (0) and the value
from which a better one gains nothing (1). Calibrated on 120 mated pairs of LFW view 1, one photo of each degraded;
similarity is SFace's mean cosine to the other photo (0.36 accepts at a false match rate of 1e-3), the rest medians:

    degraded by                  similarity   overall   part
    nothing                      0.69         0.91
    Gaussian blur, sigma 1 px    0.68         0.84      sharpness 0.55     (pixels of the 112 px crop)
                         2 px    0.62         0.67                0.19
                         3 px    0.52         0.47                0.03
                         4 px    0.41         0.15                0.00
    diagonal motion      7 px    0.55         0.70      sharpness 0.23
                        17 px    0.20         0.34                0.01
    grain, sd 16 grey levels     0.59         0.80      sharpness 0.46
             32                  0.36         0.51                0.05
    shrunk to 32 px              0.61         0.65      size 0.24          (side of the crop in the source)
              16 px              0.38         0.48           0.04
    darkened to 0.25             0.65         0.72      exposure 0.33
                0.06             0.45         0.16               0.00
    overexposed 2.2 times        0.51         0.74      exposure 0.35
                3.5 times        0.29         0.36               0.01

    Of real material: official portraits 0.87 to 0.99; corridor camera, faces 36 to 60 px wide, 0.56 to 0.75; faces 14
    to 22 px wide 0.45 to 0.58; the one false detection in 1,394 frames of a fixed camera 0.02.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from nigoh.domain.faces import Faces
from nigoh.domain.geometry import Floats
from nigoh.domain.quality import Qualities
from nigoh.vision.embedder import CROP_PX

# Between the eyes, in pixels of the source. Beyond 40 px (a face of about 90 px) nothing is gained.
_EYES_PX = (4.0, 40.0)
# And in an aligned crop (alignment.REFERENCE_PX).
_CROP_EYES_PX = 35.2

# Second differences over contrast (see _detail).
_DETAIL = (0.065, 0.4)
_DETAIL_SIDE_PX = 56
# Detail at the crop's full size over that at half: 0.4 on a clean photo, 1.0 with noise of 16 grey levels.
_GRAIN = (1.5, 0.8)

# Grey levels between the 5th and the 95th percentile.
_CONTRAST = (8.0, 100.0)
_CLIPPED_BELOW, _CLIPPED_ABOVE = 3, 252
_CLIPPED_SHARE = (0.9, 0.1)

# How far the nose lies from the middle of the eyes towards one of them, in eye distances: 0 frontal, 1 profile.
_TURN = (1.0, 0.0)
# How far down the nose lies from the eyes (0) to the mouth (1), beside 0.56 of a level head.
_LEVEL_NOSE = 0.56
_NOD = (0.4, 0.1)

_DETECTION = (0.3, 0.95)
# Of the crop; a good tenth of it is not face.
_VISIBLE = (0.5, 0.9)

# The part of an aligned crop that is face in nearly every one: rows, columns.
_FACE = (slice(20, 104), slice(18, 94))


def measure_quality(faces: Faces, crops: NDArray[np.uint8], visible: Floats) -> Qualities:
    """The quality of each face.

    Args:
        faces: where the faces are, in pixels of the source frame.
        crops: (N, 112, 112, 3) uint8 BGR, aligned, row for row.
        visible: (N,) float32, the share of each crop that lies inside the picture.
    """
    greys = [np.asarray(cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY), np.uint8) for crop in crops]
    eyes_px = np.linalg.norm(faces.landmarks[:, 1] - faces.landmarks[:, 0], axis=1)
    return Qualities(
        size=_grade(np.log(np.maximum(eyes_px, 1e-3)), *np.log(_EYES_PX)),
        sharpness=np.array(list(map(_sharpness, greys, eyes_px)), np.float32),
        frontality=_frontality(faces.landmarks),
        exposure=_exposure(greys),
        detection=_grade(faces.scores, *_DETECTION),
        visibility=_grade(visible, *_VISIBLE),
    )


def _grade(values: NDArray[np.floating] | float, useless: float, good: float) -> Floats:
    """0 at `useless` and beyond, 1 at `good` and beyond, the square of the way between.

    The square because the geometric mean of five parts forgives: a part has to be near 0 to pull it below 0.3.
    """
    way = np.clip((np.asarray(values, np.float64) - useless) / (good - useless), 0, 1)
    return np.asarray(way**2, dtype=np.float32)


def _sharpness(grey: NDArray[np.uint8], eyes_px: np.float32) -> float:
    """Detail, less what is only grain.

    Detail is measured at half the crop's size, where grain is averaged out; a face that was smaller than that in its
    source is measured at its own size, so that enlarging does not count as blur: its size is graded by itself.
    """
    side_px = int(np.clip(CROP_PX * eyes_px / _CROP_EYES_PX, 8, _DETAIL_SIDE_PX))
    detail = max(_detail(grey, side_px), 1e-3)
    grain = _detail(grey, CROP_PX) / detail
    return float(_grade(np.log(detail), *np.log(_DETAIL)) * _grade(grain, *_GRAIN))


def _detail(grey: NDArray[np.uint8], side_px: int) -> float:
    """Second differences (standard deviation) over contrast, of the crop at a size, in the direction with the least.

    The least of four directions shows motion blur, which leaves the others sharp. Dividing by the contrast makes it
    independent of exposure.
    """
    small = cv2.resize(grey, (side_px, side_px), interpolation=cv2.INTER_AREA).astype(np.float32)
    edge = side_px // 6
    face = small[edge:, edge:-edge]
    centre = 2 * face[1:-1, 1:-1]
    across = face[1:-1, :-2] + face[1:-1, 2:] - centre
    down = face[:-2, 1:-1] + face[2:, 1:-1] - centre
    # The diagonal neighbours are sqrt(2) further away; on natural pictures this makes the directions equal.
    falling = (face[:-2, :-2] + face[2:, 2:] - centre) / np.sqrt(2)
    rising = (face[:-2, 2:] + face[2:, :-2] - centre) / np.sqrt(2)
    least = min(float(differences.std()) for differences in (across, down, falling, rising))
    return least / max(float(face.std()), 2.0)


def _exposure(greys: list[NDArray[np.uint8]]) -> Floats:
    """Contrast, times the share of the face that is neither black nor white."""
    faces = np.stack([grey[_FACE] for grey in greys]).reshape(len(greys), -1) if greys else np.empty((0, 1))
    low, high = np.percentile(faces, [5, 95], axis=1) if greys else np.empty((2, 0))
    contrast = _grade(np.log(np.maximum(high - low, 1.0)), *np.log(_CONTRAST))
    clipped = ((faces < _CLIPPED_BELOW) | (faces > _CLIPPED_ABOVE)).mean(axis=1)
    return np.asarray(contrast * _grade(clipped, *_CLIPPED_SHARE), dtype=np.float32)


def _frontality(landmarks: Floats) -> Floats:
    """From where the nose lies in the frame that eyes and mouth span: independent of roll, size and place."""
    eyes = landmarks[:, 1] - landmarks[:, 0]
    middle = (landmarks[:, 1] + landmarks[:, 0]) / 2
    height = (landmarks[:, 3] + landmarks[:, 4]) / 2 - middle
    nose = landmarks[:, 2] - middle
    area = _cross(eyes, height)
    area = np.where(np.abs(area) < 1e-6, np.nan, area)
    turn, nod = np.abs(_cross(nose, height) / area), np.abs(_cross(eyes, nose) / area - _LEVEL_NOSE)
    # Landmarks on one line say nothing of a face: frontality 0.
    return np.asarray(np.nan_to_num(_grade(turn, *_TURN) * _grade(nod, *_NOD), nan=0.0), dtype=np.float32)


def _cross(a: NDArray[np.floating], b: NDArray[np.floating]) -> Floats:
    return np.asarray(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0], dtype=np.float32)
