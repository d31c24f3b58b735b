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
        settled_s: a track about which there is no doubt is looked at this often,
        settled_gain: and embedded when a face is this many times as good as the best shot,
        verify_s: or when this long has passed: it may have become another person.
    """

    keep: int = 6
    soon: int = 3
    soon_s: float = 0.1
    apart_s: float = 0.4
    gain: float = 1.15
    settled_s: float = 1.0
    settled_gain: float = 1.3
    verify_s: float = 4.0


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
    """The shots of one track, best first. Its owner is the track.

    Attributes:
        settled: whether more shots would change nothing; whoever decides about the track sets it.
    """

    def __init__(self, policy: BestShotPolicy) -> None:
        self.settled = False
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

    @property
    def verified_s(self) -> float:
        """When a face of the track was last embedded."""
        return self._added_s

    def is_due(self, t_s: float) -> bool:
        """Whether it is time to look at the face again."""
        policy = self._policy
        pause_s = policy.settled_s if self.settled else policy.apart_s
        if len(self._shots) < policy.soon:
            pause_s = policy.soon_s
        return t_s - self._looked_s >= pause_s - _EARLY_S

    def wants(self, quality: float, t_s: float) -> bool:
        """Look at a face of this quality; tell whether it is worth embedding."""
        policy = self._policy
        self._looked_s = t_s
        since_added_s = t_s - self._added_s + _EARLY_S
        if not self._shots:
            return True
        if self.settled:
            return since_added_s >= policy.verify_s or quality > policy.settled_gain * self.best.quality
        if len(self._shots) == policy.keep:
            return quality > policy.gain * self._shots[-1].quality
        return since_added_s >= policy.apart_s or quality > policy.gain * self.best.quality

    def add(self, shot: Shot) -> bool:
        """Keep the shot if it is among the best; tell whether it was."""
        self._looked_s = self._added_s = shot.t_s
        kept = sorted([*self._shots, shot], key=lambda each: -each.quality)[: self._policy.keep]
        self._shots = kept
        return any(each is shot for each in kept)
