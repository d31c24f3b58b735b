"""A farm's cameras, planned from options and seed: which scene each sees, when it sends, who appears on it."""

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile

import numpy as np

from nigoh.domain.farm_truth import FarmAppearance
from nigoh.domain.sighting import CameraId
from nigoh.testing.farm.options import FarmOptions
from nigoh.testing.farm.schedule import SceneOutline, Schedule


@dataclass(frozen=True, slots=True)
class CameraPlan:
    """One camera.

    Attributes:
        name: what it is called; the path of its URL.
        still: whether it looks at the still scene.
        phase_s: how long after the farm's start it takes its first picture, less than a group of pictures, so that
            cameras send neither pictures nor keyframes all at once.
        schedule: what it shows.
    """

    name: CameraId
    still: bool
    phase_s: float
    schedule: Schedule

    def appearances(self, start_unix_s: float) -> Iterator[FarmAppearance]:
        """Who appears when by the wall clock, in the order of entering; endless unless nobody does."""
        begin_s = start_unix_s + self.phase_s
        for seen in self.schedule.seen():
            yield FarmAppearance(
                camera=self.name,
                person=seen.person,
                enter_unix_s=round(begin_s + seen.enter_s, 3),
                leave_unix_s=round(begin_s + seen.leave_s, 3),
                face_px=seen.face_px,
            )


@dataclass(frozen=True, slots=True)
class FarmPlan:
    """All cameras, in the order of their numbers, which begin with 1."""

    cameras: tuple[CameraPlan, ...]

    def appearances(self, start_unix_s: float) -> Iterator[FarmAppearance]:
        """Who appears on any camera, in the order of entering; endless unless nobody does."""
        return heapq.merge(*(camera.appearances(start_unix_s) for camera in self.cameras), key=_entering)

    def appeared(self, start_unix_s: float, now_unix_s: float) -> tuple[FarmAppearance, ...]:
        """Who has entered until now."""
        return tuple(takewhile(lambda each: each.enter_unix_s <= now_unix_s, self.appearances(start_unix_s)))


def plan_farm(options: FarmOptions, scenes: Mapping[bool, SceneOutline]) -> FarmPlan:
    """Plan the cameras. `scenes` maps whether a scene is still to its clips."""
    rng = np.random.default_rng([options.seed, 20])
    still = set(rng.permutation(options.cameras)[: options.still_cameras].tolist())
    phases = rng.uniform(0, options.gop_s, options.cameras).tolist()
    digits = max(3, len(str(options.cameras)))
    return FarmPlan(
        tuple(
            CameraPlan(
                CameraId(f"cam{row + 1:0{digits}}"),
                row in still,
                phases[row],
                Schedule(scenes[row in still], options.gop_s, options.face_share, (options.seed, 21, row)),
            )
            for row in range(options.cameras)
        )
    )


def _entering(appearance: FarmAppearance) -> float:
    return appearance.enter_unix_s
