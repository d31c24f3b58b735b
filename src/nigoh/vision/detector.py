"""The seam of face detection."""

from collections.abc import Sequence
from typing import Protocol

from nigoh.domain.faces import Faces
from nigoh.domain.frame import Pixels


class Detector(Protocol):
    """Finds faces. One thread at a time; pictures are read, never written or kept.

    `detect` takes pictures of any sizes, (H, W, 3) uint8 BGR, and returns one Faces per picture in the same order,
    in pixels of that picture, best score first; no face is N = 0; no pictures give no results.
    """

    def detect(self, pictures: Sequence[Pixels]) -> list[Faces]:
        """One Faces per picture, in order."""
        ...
