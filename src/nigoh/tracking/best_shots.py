"""The best pictures of one track's face: which to embed, which to keep.

Embedding costs about 8 ms a face on one core and detection shares its 4 ms among all faces of a frame, so that a
track embeds few faces: its first, then those that are clearly better or from another moment.
"""

from dataclasses import dataclass

import numpy as np

from nigoh.domain.geometry import Floats


@dataclass(frozen=True, slots=True)
class BestShotPolicy:
    """How many shots a track keeps and when another one is worth its embedding.

    Attributes:
        keep: how many shots are kept.
        apart_s: while there is room, shots are taken at least this far apart, for they should differ.
        gain: beyond that, a face is embedded when its quality is this many times that of the worst kept shot.
        least_gap_s: even a better face is not embedded sooner than this after the last one.
    """

    keep: int = 6
    apart_s: float = 0.4
    gain: float = 1.15
    least_gap_s: float = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """One embedded picture of a face.

    Attributes:
        t_s: when, seconds on the source's clock.
        box: (4,) float32, where, source pixels.
        quality: how good, in [0, 1].
        vector: (D,) float32 template of unit length.
    """

    t_s: float
    box: Floats
    quality: float
    vector: Floats


class BestShots:
    """The shots of one track, best first. Its owner is the track."""

    def __init__(self, policy: BestShotPolicy) -> None:
        self._policy = policy
        self._shots: list[Shot] = []
        self._last_s = -np.inf

    def __len__(self) -> int:
        return len(self._shots)

    @property
    def best(self) -> Shot:
        """The best one; a track has at least one."""
        return self._shots[0]

    @property
    def vectors(self) -> Floats:
        """(K, D) float32, best first."""
        return np.stack([shot.vector for shot in self._shots])

    @property
    def qualities(self) -> Floats:
        """(K,) float32, best first."""
        return np.array([shot.quality for shot in self._shots], np.float32)

    def wants(self, quality: float, t_s: float) -> bool:
        """Whether a face of this quality at this time is worth embedding."""
        since_last_s = t_s - self._last_s
        if len(self._shots) < self._policy.keep and since_last_s >= self._policy.apart_s:
            return True
        if since_last_s < self._policy.least_gap_s:
            return False
        reference = self._shots[-1] if len(self._shots) == self._policy.keep else self._shots[0]
        return quality > self._policy.gain * reference.quality

    def add(self, shot: Shot) -> bool:
        """Keep the shot if it is among the best; tell whether it was."""
        self._last_s = max(self._last_s, shot.t_s)
        kept = sorted([*self._shots, shot], key=lambda each: -each.quality)[: self._policy.keep]
        self._shots = kept
        return any(each is shot for each in kept)
