"""A plain body where a portrait shows none: coat, trousers and shoes, in the colour of the clothes.

It stands behind a counter or far from the camera; it is there so that nobody floats.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from nigoh.testing.compositing import Sprite, sprite_from

Plane = NDArray[np.float32]

# Half the width of the body, by distance below the centre of the face, both in face heights.
_COAT = ((0.72, 0.25), (0.85, 0.45), (1.0, 0.85), (1.2, 1.08), (1.5, 1.18), (2.4, 1.25), (4.0, 1.1), (4.6, 1.0))
_LEG_OUTER = ((3.9, 0.95), (6.3, 0.72), (8.5, 0.6), (8.8, 0.75))
_LEG_INNER = ((3.9, 0.0), (4.3, 0.06), (6.3, 0.12), (8.8, 0.2))
_COAT_END, _LEGS_BEGIN, _FEET = 4.5, 4.2, 8.8
_SHOULDERS = 0.8, 0.45  # the clothes are below and beside these: the neck is neither
_NO_CLOTHES_SEEN = (70, 50, 45)  # a dark blue


@dataclass(frozen=True, slots=True)
class BodyFrame:
    """Where a person stands in a picture.

    Attributes:
        face_px: height of the face, pixels.
        up: distance from the upper edge to the centre of the face, in face heights.
        down: distance from there to the lower edge, in face heights. The face is in the middle of the width.
    """

    face_px: float
    up: float
    down: float

    def below(self) -> Plane:
        """(H,) how far each row is below the centre of the face, in face heights."""
        rows = np.arange(round((self.up + self.down) * self.face_px), dtype=np.float32)
        return np.asarray(rows / self.face_px - self.up, dtype=np.float32)

    def across(self, width: int) -> Plane:
        """(1, W) how far each column is from the middle, in face heights, never negative."""
        columns = np.arange(width, dtype=np.float32)[None, :] + 0.5
        return np.asarray(np.abs(columns - width / 2) / self.face_px, dtype=np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class PhotoLayers:
    """The upper rows of a picture, as a photo gives them.

    Attributes:
        colour: (h, W, 3) float32, 0..255.
        person: (h, W) float32, 0..1, where the person is.
        share: (h, W) float32, 0..1, how much of each pixel the photo gives and not the plain body.
        goes_on: (h, W) float32, 0..1, where a plain body may stand if the photo gives nothing.
    """

    colour: Plane
    person: Plane
    share: Plane
    goes_on: Plane


def body_below(photo: PhotoLayers, frame: BodyFrame) -> Sprite:
    """The person of a photo, continued by a plain body where the photo ends; the frame is of the whole picture."""
    painted, body = plain_body(_garment_colour(photo, frame), photo.person.shape[1], frame)
    missing = ((0, len(body) - len(photo.person)), (0, 0))
    share = np.pad(photo.share, missing)
    from_photo = np.pad(photo.person, missing) * share
    whole = from_photo + body * (1 - share) * np.pad(photo.goes_on, missing, constant_values=1)
    weight = (from_photo / np.maximum(whole, 1e-6))[..., None]
    mixed = np.pad(photo.colour, (*missing, (0, 0))) * weight + painted * (1 - weight)
    return sprite_from(mixed.astype(np.float32), whole.astype(np.float32))


def plain_body(garment: Plane, width: int, frame: BodyFrame) -> tuple[Plane, Plane]:
    """Colour (H, W, 3) 0..255 and alpha (H, W) 0..1 of a body without a head, in clothes of this colour (3,)."""
    below, across = frame.below(), frame.across(width)
    return _paint(below, across, garment), _body_alpha(below, across, frame.face_px)


def _garment_colour(photo: PhotoLayers, frame: BodyFrame) -> Plane:
    """The median colour of the clothes that the photo shows."""
    rows = frame.below()[: len(photo.person), None] > _SHOULDERS[0]
    columns = frame.across(photo.person.shape[1]) > _SHOULDERS[1]
    worn = photo.colour[(photo.person > 0.9) & rows & columns]
    if len(worn) < frame.face_px**2 / 50:
        return np.array(_NO_CLOTHES_SEEN, np.float32)
    return np.asarray(np.median(worn, axis=0), dtype=np.float32)


def _body_alpha(below: Plane, across: Plane, face_px: float) -> Plane:
    coat = _inside(_profile(below, _COAT) - across, face_px)
    coat *= np.clip((_COAT_END - below) / 0.06 + 0.5, 0, 1)[:, None] * (below > _COAT[0][0])[:, None]
    legs = _inside(_profile(below, _LEG_OUTER) - across, face_px)
    legs *= _inside(across - _profile(below, _LEG_INNER), face_px)
    legs *= ((below > _LEGS_BEGIN) & (below < _FEET))[:, None]
    return np.maximum(coat, legs)


def _profile(below: Plane, knots: tuple[tuple[float, float], ...]) -> Plane:
    rows, halves = zip(*knots, strict=True)
    return np.asarray(np.interp(below, rows, halves)[:, None], dtype=np.float32)


def _inside(distance: Plane, face_px: float) -> Plane:
    """0 outside to 1 inside, over an edge of two pixels; the distance is in face heights."""
    return np.asarray(np.clip(distance * face_px / 2 + 0.5, 0, 1), dtype=np.float32)


def _paint(below: Plane, across: Plane, garment: Plane) -> Plane:
    """The plain body's colour: the garment, darker towards the sides and downwards, with soft folds."""
    rounded = 1 - 0.45 * np.clip(across / 1.25, 0, 1) ** 2
    folds = 1 + 0.06 * np.sin(below[:, None] * 5 + across * 9) * np.sin(across * 13)
    tone = np.interp(below, (0.0, 4.3, 4.6, 8.4, 8.5), (1.0, 0.85, 0.6, 0.5, 0.25))[:, None]
    shade = cv2.GaussianBlur((rounded * folds * tone).astype(np.float32), (0, 0), 2)
    return np.asarray(garment * shade[..., None], dtype=np.float32)
