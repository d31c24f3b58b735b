"""How good a picture of a face is for recognising it."""

from dataclasses import dataclass

import numpy as np

from nigoh.domain.geometry import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Qualities:
    """The quality of N faces, a row each, every part in [0, 1] where 1 is best.

    Attributes:
        size: (N,) float32, from the distance between the eyes.
        sharpness: (N,) float32, from the detail in the aligned crop.
        frontality: (N,) float32, from the landmarks: 1 looks at the camera, 0 is a profile.
        exposure: (N,) float32, from the crop's contrast and how much of it is neither black nor white.
        detection: (N,) float32, from the detector's score.
        visibility: (N,) float32, from how much of the crop lies inside the picture.
    """

    size: Floats
    sharpness: Floats
    frontality: Floats
    exposure: Floats
    detection: Floats
    visibility: Floats

    def __post_init__(self) -> None:
        for part in self.parts.values():
            if part.shape != self.size.shape or part.ndim != 1 or part.dtype != np.float32:
                raise ValueError("each part of a quality is (N,) float32 of one length")

    def __len__(self) -> int:
        return len(self.size)

    @property
    def parts(self) -> dict[str, Floats]:
        """The parts by name."""
        return {
            "size": self.size,
            "sharpness": self.sharpness,
            "frontality": self.frontality,
            "exposure": self.exposure,
            "detection": self.detection,
            "visibility": self.visibility,
        }

    @property
    def overall(self) -> Floats:
        """(N,) float32: the geometric mean of the other parts, so that a bad one cannot hide, times visibility.

        A face that is half outside the picture is no worse picture of a face but a picture of half a face: its
        template resembles nobody, so that visibility counts in full.
        """
        judged = np.stack([part for name, part in self.parts.items() if name != "visibility"])
        mean = np.exp(np.log(np.maximum(judged, 1e-4)).mean(axis=0))
        return np.asarray(mean * self.visibility, dtype=np.float32)

    def worst(self, row: int) -> str:
        """The name of the part that a better photo should mend first."""
        return min(self.parts, key=lambda name: float(self.parts[name][row]))
