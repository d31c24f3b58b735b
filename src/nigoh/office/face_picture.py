"""A face out of a stored photo, small enough that a page shows many."""

import cv2
import numpy as np

from nigoh.domain.sighting import Box
from nigoh.engine.cut_out import cut_out

FACE_TYPE = "image/jpeg"
"""Content type of what `face_picture` makes."""

_JPEG_QUALITY = 88


def face_picture(stored: bytes, box: Box) -> bytes:
    """The face (box, pixels of the picture) with its surroundings, at most 320 px on its long side.

    Args:
        stored: a picture of our own encoding.
        box: where the face is.
    """
    pixels = cv2.imdecode(np.frombuffer(stored, np.uint8), cv2.IMREAD_COLOR)
    if pixels is None:
        raise ValueError("a stored picture is none")
    cut = cut_out(np.asarray(pixels, np.uint8), np.asarray(box, np.float32))
    _, encoded = cv2.imencode(".jpg", cut, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    return encoded.tobytes()
