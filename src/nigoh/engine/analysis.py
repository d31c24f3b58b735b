"""Pictures in; faces, their crops, qualities and templates out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nigoh.domain.faces import Faces
from nigoh.domain.frame import Pixels
from nigoh.domain.quality import Qualities
from nigoh.domain.template import ModelIdentity, Templates
from nigoh.vision.alignment import align_faces, visible_shares
from nigoh.vision.detector import Detector
from nigoh.vision.embedder import CROP_PX, Embedder
from nigoh.vision.quality import measure_quality


@dataclass(frozen=True, slots=True, eq=False)
class Portraits:
    """The faces of one picture, cut out and judged, a row each.

    Attributes:
        faces: where they are.
        crops: (N, 112, 112, 3) uint8 BGR, aligned.
        qualities: how good they are for recognition.
    """

    faces: Faces
    crops: NDArray[np.uint8]
    qualities: Qualities

    def __post_init__(self) -> None:
        if not len(self.faces) == len(self.crops) == len(self.qualities):
            raise ValueError("portraits have one crop and one quality for each face")

    def __len__(self) -> int:
        return len(self.faces)


_NOBODY = Portraits(
    Faces.none(),
    np.empty((0, CROP_PX, CROP_PX, 3), np.uint8),
    measure_quality(Faces.none(), np.empty((0, CROP_PX, CROP_PX, 3), np.uint8), np.empty(0, np.float32)),
)


class FaceAnalyser:
    """Owns a detector and an embedder and runs them for one thread at a time."""

    def __init__(self, detector: Detector, embedder: Embedder) -> None:
        self._detector = detector
        self._embedder = embedder

    @property
    def model(self) -> ModelIdentity:
        """What its templates carry."""
        return self._embedder.model

    def detect(self, pictures: Sequence[Pixels]) -> list[Faces]:
        """The faces of each picture, in order."""
        return self._detector.detect(pictures)

    def portray(self, pixels: Pixels, faces: Faces) -> Portraits:
        """Cut out and judge the faces of one picture."""
        if not len(faces):
            # Most pictures show nobody: judging nothing costs a third of a millisecond.
            return _NOBODY
        crops = align_faces(pixels, faces.landmarks)
        visible = visible_shares(faces.landmarks, pixels.shape[1], pixels.shape[0])
        return Portraits(faces, crops, measure_quality(faces, crops, visible))

    def embed(self, crops: NDArray[np.uint8]) -> Templates:
        """Templates of (N, 112, 112, 3) uint8 BGR crops, row for row."""
        return self._embedder.embed(crops)
