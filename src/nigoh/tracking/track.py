"""One face over time."""

from dataclasses import dataclass, field

import numpy as np

from nigoh.domain.geometry import Floats, centres
from nigoh.tracking.best_shots import BestShots


@dataclass(slots=True, eq=False)
class Track:
    """One face over time. Its owner is the tracker of its camera, which alone changes it.

    Attributes:
        number: counts from 1 in each camera.
        first_s: when the face was first seen, seconds on the source's clock.
        last_s: when it was last seen.
        frames: in how many analysed frames it was seen.
        box: (4,) float32, where it was last seen.
        velocity: (2,) float32, of the box's centre, px/s, smoothed.
        detection: the best detector score.
        shots: its best pictures.
    """

    number: int
    first_s: float
    box: Floats
    detection: float
    shots: BestShots
    last_s: float = field(init=False)
    frames: int = field(default=1, init=False)
    velocity: Floats = field(default_factory=lambda: np.zeros(2, np.float32), init=False)

    def __post_init__(self) -> None:
        self.last_s = self.first_s

    def follow(self, box: Floats, detection: float, t_s: float) -> None:
        """The face was seen again at this box."""
        gap_s = max(t_s - self.last_s, 1e-3)
        step = (centres(box[None])[0] - centres(self.box[None])[0]) / gap_s
        self.velocity = step if self.frames == 1 else np.asarray((self.velocity + step) / 2, dtype=np.float32)
        self.box, self.last_s = box, t_s
        self.detection = max(self.detection, detection)
        self.frames += 1
