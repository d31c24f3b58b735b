"""A person cut out of a portrait: head and shoulders as in the photo, a body below where the photo ends.

The outline comes from GrabCut (Rother, Kolmogorov and Blake, 2004), started from the proportions of a person around
the detected face; it runs at a face height of 64 pixels, where it takes about 0.3 s, and its outline is smooth
enough for the feathered edge.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from nigoh.domain.frame import Pixels
from nigoh.domain.sighting import Box
from nigoh.testing.body import BodyFrame, PhotoLayers, body_below
from nigoh.testing.compositing import Sprite

UP, SIDE, DOWN = 1.3, 2.0, 8.9
"""Reach of a cutout from the centre of the face, in face heights: above, to each side, and below to the shoes."""

_PHOTO_DOWN = 4.2  # how far below the face the photo itself is used
_OUTLINE_PX = 64
_ROUNDS = 4
_EDGE = 0.05  # width of the feathered outline, in face heights
_BORDER = 0.22  # how softly the cutout fades where the photo ends, in face heights

Shape = tuple[tuple[float, float], ...]
"""The right half of an outline, from top to bottom: x y in face heights from the centre of the face."""


def _ellipse(middle: float, half_width: float, half_height: float) -> Shape:
    angles = np.linspace(0, np.pi, 17)
    return tuple((half_width * float(np.sin(a)), middle - half_height * float(np.cos(a))) for a in angles)


# Where a person may be, is likely to be, and certainly is.
_HEAD_ROOM, _HEAD, _FACE = _ellipse(-0.25, 0.7, 0.8), _ellipse(-0.08, 0.5, 0.72), _ellipse(0.0, 0.36, 0.5)
_BODY_ROOM: Shape = ((0.42, 0.45), (0.8, 0.8), (1.5, 1.1), (1.85, 2.2), (1.9, _PHOTO_DOWN))
_BODY: Shape = ((0.3, 0.5), (1.1, 1.15), (1.35, 2.2), (1.3, _PHOTO_DOWN))
_CORE: Shape = ((0.2, 0.45), (0.7, 1.3), (0.8, _PHOTO_DOWN))


@dataclass(frozen=True, slots=True, eq=False)
class Cutout:
    """A person with a transparent surrounding, at falling sizes.

    Attributes:
        levels: sprites, each half the size of the one before; the centre of the face is UP face heights below the
            upper edge and SIDE face heights from either side.
        face_px: face height in each level, pixels.
        box_aspect: width of the face's box divided by its height.
    """

    levels: tuple[Sprite, ...]
    face_px: tuple[float, ...]
    box_aspect: float

    def level_for(self, face_px: float) -> int:
        """The smallest level that need not be enlarged to this face height, or the largest."""
        enough = [row for row, height in enumerate(self.face_px) if height >= face_px]
        return max(enough, default=0)


def cut_out(photo: Pixels, box: Box, face_px: float) -> Cutout:
    """Cut the person with this face out of a photo, ready to be shown at face heights up to `face_px`."""
    outline, _ = _window(photo, box, _OUTLINE_PX)
    mask = _person_mask(outline, _covered(photo, box, _OUTLINE_PX))
    colour, size = _window(photo, box, face_px)
    alpha = cv2.GaussianBlur(mask, (0, 0), _EDGE * _OUTLINE_PX / 2)
    alpha = cv2.resize(alpha, size, interpolation=cv2.INTER_CUBIC)
    # The feather lies inside the outline: the background's colour stays out of the edge.
    alpha = np.clip((alpha - 0.45) / 0.5, 0, 1).astype(np.float32)
    covered = _covered(photo, box, face_px)
    layers = PhotoLayers(
        colour.astype(np.float32), alpha, _fade_at_border(covered, face_px), _goes_on(alpha, covered, face_px)
    )
    sprite = body_below(layers, BodyFrame(face_px, UP, DOWN))
    levels, heights = [sprite], [face_px]
    while heights[-1] > 24:
        half = (levels[-1].shape[1] // 2, levels[-1].shape[0] // 2)
        levels.append(np.asarray(cv2.resize(levels[-1], half, interpolation=cv2.INTER_AREA), dtype=np.uint8))
        heights.append(heights[-1] / 2)
    left, top, right, bottom = box
    return Cutout(tuple(levels), tuple(heights), (right - left) / (bottom - top))


def _window(photo: Pixels, box: Box, face_px: float) -> tuple[Pixels, tuple[int, int]]:
    """The photo around a face, scaled to this face height; its border repeats where the photo ends."""
    matrix, size = _window_matrix(box, face_px)
    shrink = matrix[0, 0]
    if shrink < 1:  # bilinear sampling alone would alias
        photo = np.asarray(cv2.GaussianBlur(photo, (0, 0), 0.4 / shrink), dtype=np.uint8)
    window = cv2.warpAffine(photo, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(window, dtype=np.uint8), size


def _covered(photo: Pixels, box: Box, face_px: float) -> NDArray[np.uint8]:
    """Where the window of `_window` shows the photo: 1, elsewhere 0."""
    matrix, size = _window_matrix(box, face_px)
    return np.asarray(cv2.warpAffine(np.ones(photo.shape[:2], np.uint8), matrix, size), dtype=np.uint8)


def _window_matrix(box: Box, face_px: float) -> tuple[NDArray[np.float64], tuple[int, int]]:
    left, top, right, bottom = box
    scale = face_px / (bottom - top)
    size = round(2 * SIDE * face_px), round((UP + _PHOTO_DOWN) * face_px)
    x = size[0] / 2 - scale * (left + right) / 2
    y = UP * face_px - scale * (top + bottom) / 2
    return np.array([[scale, 0, x], [0, scale, y]]), size


def _person_mask(window: Pixels, covered: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(H, W) float32: 1 on the person, 0 around, for a window at _OUTLINE_PX."""
    # Head and body apart, so that the white of a shirt makes nothing white beside the head a part of the person.
    head = _grab(window, covered, (_HEAD_ROOM, _HEAD, _FACE))
    body = _grab(window, covered, (_BODY_ROOM, _BODY, _CORE))
    person = cv2.morphologyEx(head | body, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    _, parts = cv2.connectedComponents(person)
    centre = parts[round(UP * _OUTLINE_PX), window.shape[1] // 2]
    return np.asarray(parts == centre, dtype=np.float32)


def _grab(window: Pixels, covered: NDArray[np.uint8], guesses: tuple[Shape, Shape, Shape]) -> NDArray[np.uint8]:
    """1 on the part whose possible, likely and certain shapes are guessed, 0 around."""
    guess = np.full(window.shape[:2], cv2.GC_BGD, np.uint8)
    for value, shape in zip((cv2.GC_PR_BGD, cv2.GC_PR_FGD, cv2.GC_FGD), guesses, strict=True):
        _fill(guess, value, shape)
    guess[covered == 0] = cv2.GC_BGD
    cv2.setRNGSeed(0)  # GrabCut clusters colours from random starts
    cv2.grabCut(window, guess, (0, 0, 1, 1), np.zeros((1, 65)), np.zeros((1, 65)), _ROUNDS, cv2.GC_INIT_WITH_MASK)
    return np.isin(guess, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)


def _fill(mask: NDArray[np.uint8], value: int, shape: Shape) -> None:
    """Fill a shape and its mirror image."""
    right = np.array(shape)
    outline = np.concatenate([right, right[::-1] * (-1, 1)]) * _OUTLINE_PX
    outline += (mask.shape[1] / 2, UP * _OUTLINE_PX)
    cv2.fillPoly(mask, [np.rint(outline).astype(np.int32)], value)


def _fade_at_border(covered: NDArray[np.uint8], face_px: float) -> NDArray[np.float32]:
    """1 inside the photo, falling smoothly to 0 where it ends and at the lower edge of the window."""
    with_ground = np.vstack([covered, np.zeros((1, covered.shape[1]), np.uint8)])
    distance = cv2.distanceTransform(with_ground, cv2.DIST_L2, 3)[:-1]
    ramp = np.clip((distance - 1) / (_BORDER * face_px), 0, 1)
    return np.asarray(ramp * ramp * (3 - 2 * ramp), dtype=np.float32)


def _goes_on(person: NDArray[np.float32], covered: NDArray[np.uint8], face_px: float) -> NDArray[np.float32]:
    """Where the person goes on beside the photo: in rows in which they are cut by its border, and below it."""
    width = covered.shape[1]
    first, last = covered.argmax(axis=1), width - 1 - covered[:, ::-1].argmax(axis=1)
    rows = np.arange(len(covered))
    inwards = round(0.1 * face_px)  # the outline draws back from the border by a pixel or two of its own
    left = person[rows, np.minimum(first + inwards, width - 1)]
    right = person[rows, np.maximum(last - inwards, 0)]
    columns = np.arange(width)[None, :]
    fading = round(_BORDER * face_px)
    result = np.where(columns < first[:, None] + fading, left[:, None], 1.0)
    result = np.where(columns > last[:, None] - fading, right[:, None], result)
    result[~covered.any(axis=1)] = 1
    return np.asarray(cv2.GaussianBlur(result.astype(np.float32), (0, 0), 0.04 * face_px), dtype=np.float32)
