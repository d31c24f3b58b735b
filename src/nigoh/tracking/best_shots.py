"""The best pictures of one track's face: which to look at, which to embed, which to keep.

Detection costs 4 ms a frame on one core, however many faces there are; then each face costs 0.7 ms to cut out and
judge, and 8 ms to embed. So a track looks at few of its faces and embeds fewer: its first ones, then those that are
clearly better or from another moment.
"""

from dataclasses import dataclass

import numpy as np

from nigoh.domain.geometry import Floats

_EARLY_S = 0.01
"""Timestamps of cameras jitter: a frame that comes this much too early still counts."""


@dataclass(frozen=True, slots=True)
class BestShotPolicy:
    """How many shots a track keeps, and when another one is worth its cost.

    Attributes:
        keep: how many shots are kept.
        soon: a track with fewer shots than this is looked at every `soon_s`, for it is to be decided.
        soon_s: see above.
        apart_s: later it is looked at this often; while there is room, each look gives a shot: they should differ.
        gain: otherwise a face is embedded when its quality is this many times that of the best shot, or of the worst
            one once there is no room.
    """

    keep: int = 6
    soon: int = 3
    soon_s: float = 0.1
    apart_s: float = 0.4
    gain: float = 1.15


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
        self._looked_s = -np.inf
        self._added_s = -np.inf

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

    def is_due(self, t_s: float) -> bool:
        """Whether it is time to look at the face again."""
        pause_s = self._policy.soon_s if len(self._shots) < self._policy.soon else self._policy.apart_s
        return t_s - self._looked_s >= pause_s - _EARLY_S

    def wants(self, quality: float, t_s: float) -> bool:
        """Look at a face of this quality; tell whether it is worth embedding."""
        self._looked_s = t_s
        if not self._shots:
            return True
        if len(self._shots) == self._policy.keep:
            return quality > self._policy.gain * self._shots[-1].quality
        return (
            t_s - self._added_s >= self._policy.apart_s - _EARLY_S or quality > self._policy.gain * self.best.quality
        )

    def add(self, shot: Shot) -> bool:
        """Keep the shot if it is among the best; tell whether it was."""
        self._looked_s = self._added_s = shot.t_s
        kept = sorted([*self._shots, shot], key=lambda each: -each.quality)[: self._policy.keep]
        self._shots = kept
        return any(each is shot for each in kept)
