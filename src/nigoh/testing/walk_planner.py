"""Who walks when and where: a pure plan from the options, the people and the seed.

The clip is a row of acts: one person alone, another alone, two together, and again. In each act everyone comes in
from a side, far from the camera and small, walks towards it, and leaves near it and large.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nigoh.domain.sighting import PersonId
from nigoh.errors import ConfigError
from nigoh.testing.clip_options import ClipOptions
from nigoh.testing.walk import ClipScript, Walk, Waypoint

_ACT_S = 6.5
_SHORTEST_ACT_S = 3.0
_GAP_S = 0.4
_PATTERN = (1, 1, 2)
_MOST_AT_ONCE = 4
_STAGGER_S = 0.7
_HORIZON = 0.22  # height of the camera's horizon in the picture, as a share from the top
_DROP = 1.1  # face heights by which a face is below the horizon: the camera hangs 25 cm above the eyes

# The way of someone who comes from the left to a lane at x = 0: share of the time, x as a share of the way from
# the edge (-1) to the lane (0), nearness from far (0) to near (1).
_APPROACH = ((0.0, -1.0, 0.0), (0.22, -0.45, 0.08), (0.5, -0.1, 0.45), (0.74, 0.0, 0.9))


@dataclass(frozen=True, slots=True)
class _Act:
    people: tuple[PersonId, ...]
    begin_s: float
    end_s: float


def plan_walks(people: Sequence[PersonId], options: ClipOptions) -> ClipScript:
    """A script in which everyone appears, as evenly as the length allows.

    Raises:
        ConfigError: so many people do not fit into the clip's length.
    """
    rng = np.random.default_rng([options.seed, 1])
    turns: dict[PersonId, int] = dict.fromkeys(people, 0)
    walks: list[Walk] = []
    for act in _acts(people, options.seconds):
        from_left = bool(rng.integers(2))
        for lane, person in enumerate(act.people):
            path = _path(act, lane, from_left=from_left ^ bool(lane % 2), options=options, rng=rng)
            walks.append(Walk(person, turns[person], path))
            turns[person] += 1
    return ClipScript(tuple(walks))


def room_for(seconds: float) -> int:
    """How many people a clip of this length shows at most."""
    return max(1, math.floor(seconds / _SHORTEST_ACT_S)) * _MOST_AT_ONCE


def _acts(people: Sequence[PersonId], seconds: float) -> list[_Act]:
    """The acts in time order: as many as keep each near _ACT_S, more when so many people need them."""
    if len(people) > room_for(seconds):
        raise ConfigError(f"{len(people)} people do not fit into {seconds:g} s", "Raise --seconds or lower --people.")
    count = max(1, round(seconds / _ACT_S), math.ceil(len(people) / _MOST_AT_ONCE))
    sizes = [min(_PATTERN[k % len(_PATTERN)], len(people)) for k in range(count)]
    while sum(sizes) < len(people):
        sizes[sizes.index(min(sizes))] += 1
    length = seconds / count
    acts, taken = [], 0
    for k, size in enumerate(sizes):
        cast = tuple(people[(taken + j) % len(people)] for j in range(size))
        acts.append(_Act(cast, k * length + _GAP_S / 2, (k + 1) * length - _GAP_S / 2))
        taken += size
    return acts


def _path(
    act: _Act, lane: int, *, from_left: bool, options: ClipOptions, rng: np.random.Generator
) -> tuple[Waypoint, ...]:
    """The way of one person of an act; each lane has its own part of the picture."""
    width = options.width_px
    far, near = (face * rng.uniform(0.97, 1.03) for face in options.face_px)
    far, near = max(far, options.face_px[0]), min(near, options.face_px[1])
    begin = act.begin_s + min(lane * _STAGGER_S, 0.2 * (act.end_s - act.begin_s))
    lane_x = _lane_x(lane, len(act.people), rng)
    points = [(share, lane_x * (1 + x) * width - _off(far) * -x, nearness) for share, x, nearness in _APPROACH]
    leaves_x = width + _off(near) if len(act.people) == 1 else -_off(near)
    points.append((1.0, leaves_x, 1.0))
    path = []
    for share, x, nearness in points:
        face = far + (near - far) * nearness
        t_s = begin + share * (act.end_s - begin)
        path.append(Waypoint(t_s, x if from_left else width - x, eye_line_px(face, options), face))
    return tuple(path)


def _off(face_px: float) -> float:
    """How far outside the picture the centre of a face is when its shoulders have left it."""
    return 1.9 * face_px


def _lane_x(lane: int, lanes: int, rng: np.random.Generator) -> float:
    """How far from their own side someone comes, as a share of the width. Lanes take turns between the sides."""
    if lanes == 1:
        middle = 0.5
    else:
        same_side = (lanes + 1 - lane % 2) // 2
        middle = 0.5 * (lane // 2 + 0.6) / same_side
    return float(np.clip(middle + rng.uniform(-0.04, 0.04), 0.12, 0.88))


def eye_line_px(face_px: float, options: ClipOptions) -> float:
    """Height in the picture of a face of this size, as the perspective of a camera above the heads gives it."""
    natural = _HORIZON * options.height_px + _DROP * face_px
    return float(np.clip(natural, 0.95 * face_px, options.counter_top_px - 0.75 * face_px))
