"""The faces of one frame."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from nigoh.domain.geometry import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """The faces of one frame, a row each, best score first.

    Attributes:
        boxes: (N, 4) float32, x1 y1 x2 y2 in pixels of the source frame.
        scores: (N,) float32 in [0, 1].
        landmarks: (N, 5, 2) float32, pixels: right eye, left eye, nose, right and left mouth corner
            (the subject's right and left).
    """

    boxes: Floats
    scores: Floats
    landmarks: Floats

    def __post_init__(self) -> None:
        n = len(self.scores)
        if self.scores.shape != (n,) or self.boxes.shape != (n, 4) or self.landmarks.shape != (n, 5, 2):
            raise ValueError(
                f"faces are (N, 4) boxes, (N,) scores, (N, 5, 2) landmarks, not "
                f"{self.boxes.shape}, {self.scores.shape}, {self.landmarks.shape}"
            )
        for array in (self.boxes, self.scores, self.landmarks):
            if array.dtype != np.float32:
                raise ValueError(f"faces are float32, not {array.dtype}")

    def __len__(self) -> int:
        return len(self.scores)

    @classmethod
    def none(cls) -> Self:
        """No faces: N = 0."""
        return cls(np.empty((0, 4), np.float32), np.empty(0, np.float32), np.empty((0, 5, 2), np.float32))

    def pick(self, rows: NDArray[np.intp] | NDArray[np.bool_] | list[int]) -> "Faces":
        """The chosen rows, in the order given (row numbers) or kept (a mask)."""
        chosen = np.asarray(rows, dtype=np.intp) if isinstance(rows, list) else rows
        return Faces(self.boxes[chosen], self.scores[chosen], self.landmarks[chosen])
