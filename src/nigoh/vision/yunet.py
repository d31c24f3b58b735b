"""YuNet: a face detector of 75,000 parameters (Wu, Peng and Yu, Machine Intelligence Research 2023).

It predicts, without anchors, at each cell of three grids (strides 8, 16, 32): a class and an objectness score, a
box as offset of its centre and logarithm of its size, and five landmarks, all in units of the stride.
"""

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from nigoh.domain.faces import Faces
from nigoh.domain.frame import Pixels, require_pixels
from nigoh.domain.geometry import Floats
from nigoh.vision.letterbox import Letterbox, usual_detect_size_px
from nigoh.vision.runtime import Session
from nigoh.vision.suppression import suppress

_STRIDES_PX = (8, 16, 32)
_MOST_OVERLAP = 0.3
_MOST_CANDIDATES = 3000
"""Suppression compares all pairs: the best 3,000 cells (a face gives 5 to 20) bound its memory at 36 MB."""


class YuNet:
    """Finds faces with YuNet; see the contract of Detector. One thread at a time.

    Args:
        session: the model, its batch, height and width free.
        detect_size_px: long side of the picture that the model sees; None: see `usual_detect_size_px`.
        least_score: faces with a lower score are left out.
        batch_size: at most so many pictures go through the model at once. On a CPU one: its intermediate results stay
            in the cache; four at once cost 12 % more. Accelerators want more.
    """

    def __init__(
        self, session: Session, *, detect_size_px: int | None = 640, least_score: float = 0.6, batch_size: int = 1
    ) -> None:
        self._session = session
        self._detect_size_px = detect_size_px
        self._least_score = least_score
        self._batch_size = batch_size

    def detect(self, pictures: Sequence[Pixels]) -> list[Faces]:
        """The faces of each picture, in order, in pixels of that picture, best score first."""
        found: list[Faces] = [Faces.none()] * len(pictures)
        for letterbox, rows in self._by_shape(pictures).items():
            for start in range(0, len(rows), self._batch_size):
                chunk = rows[start : start + self._batch_size]
                outputs = self._session.run(_canvases([pictures[row] for row in chunk], letterbox))
                for place, row in enumerate(chunk):
                    found[row] = self._decode(outputs, place, letterbox)
        return found

    def _by_shape(self, pictures: Sequence[Pixels]) -> dict[Letterbox, list[int]]:
        groups: dict[Letterbox, list[int]] = {}
        for row, picture in enumerate(pictures):
            require_pixels(picture)
            height_px, width_px = picture.shape[:2]
            size_px = self._detect_size_px or usual_detect_size_px(width_px, height_px)
            groups.setdefault(Letterbox.fit(width_px, height_px, size_px), []).append(row)
        return groups

    def _decode(self, outputs: Mapping[str, Floats], place: int, letterbox: Letterbox) -> Faces:
        """The faces of one picture of the batch, from the raw outputs."""
        grids = [
            grid
            for stride in _STRIDES_PX
            if (grid := self._decode_grid(outputs, place, stride, letterbox.canvas_px[0])) is not None
        ]
        if not grids:
            return Faces.none()
        scores, boxes, landmarks = (np.concatenate(parts) for parts in zip(*grids, strict=True))
        best = np.argsort(-scores, kind="stable")[:_MOST_CANDIDATES]
        kept = best[suppress(boxes[best], scores[best], _MOST_OVERLAP)]
        return Faces(
            _clip(letterbox.to_source(boxes[kept].reshape(-1, 2, 2)), letterbox.source_px),
            scores[kept],
            letterbox.to_source(landmarks[kept]),
        )

    def _decode_grid(
        self, outputs: Mapping[str, Floats], place: int, stride: int, canvas_width_px: int
    ) -> tuple[Floats, Floats, Floats] | None:
        """Scores (K,), boxes (K, 4) and landmarks (K, 5, 2) on the canvas, of the cells that score enough, if any do.

        Scores come first: of 5,040 cells of a 640x384 canvas some twenty are left to decode.
        """
        scores = outputs[f"cls_{stride}"][place, :, 0] * outputs[f"obj_{stride}"][place, :, 0]
        cells = np.flatnonzero(scores >= self._least_score**2)
        if not len(cells):
            return None
        columns = canvas_width_px // stride
        corners = np.stack([cells % columns, cells // columns], axis=1).astype(np.float32)
        raw = outputs[f"bbox_{stride}"][place, cells]
        centres = (corners + raw[:, :2]) * stride
        halves = np.exp(raw[:, 2:]) * (stride / 2)
        points = outputs[f"kps_{stride}"][place, cells].reshape(-1, 5, 2)
        return (
            np.sqrt(scores[cells]),
            np.concatenate([centres - halves, centres + halves], axis=1),
            (corners[:, None] + points) * stride,
        )


def _canvases(pictures: Sequence[Pixels], letterbox: Letterbox) -> NDArray[np.float32]:
    """(N, 3, H, W) float32, BGR, 0..255: the pictures at the top left of black canvases."""
    (width_px, height_px), (canvas_width_px, canvas_height_px) = letterbox.scaled_px, letterbox.canvas_px
    canvases = np.empty((len(pictures), 3, canvas_height_px, canvas_width_px), np.float32)
    canvases[:, :, height_px:] = canvases[:, :, :height_px, width_px:] = 0
    for canvas, picture in zip(canvases, pictures, strict=True):
        # Split first: converting whole planes takes half the time of converting every third byte.
        for plane, channel in zip(canvas, cv2.split(_scale(picture, letterbox)), strict=True):
            plane[:height_px, :width_px] = channel
    return canvases


def _scale(picture: Pixels, letterbox: Letterbox) -> Pixels:
    if letterbox.scaled_px == letterbox.source_px:
        return picture
    return np.asarray(cv2.resize(picture, letterbox.scaled_px, interpolation=cv2.INTER_LINEAR), np.uint8)


def _clip(corners: Floats, size_px: tuple[int, int]) -> Floats:
    """Boxes (N, 4) from corners (N, 2, 2), cut at the picture's edges."""
    return np.clip(corners, 0, np.asarray(size_px, np.float32)).reshape(-1, 4)
