"""Which clips the footage of a farm is made of: a pure plan from options, people and seed."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from nigoh.domain.sighting import PersonId
from nigoh.testing.clip_options import ClipOptions
from nigoh.testing.farm.options import FarmOptions
from nigoh.testing.walk import ClipScript, Walk
from nigoh.testing.walk_planner import plan_walks

_EMPTY_S = 8.0
_OTHER_SIZE_S = 2.0
_SHORTEST_WALK_S, _LONGEST_WALK_S = 3.6, 6.6
_AFTER_S = 0.1
_NOBODY = ClipScript(())


@dataclass(frozen=True, slots=True)
class PlannedClip:
    """A clip to be made: its name, how, and who walks through it."""

    name: str
    options: ClipOptions
    script: ClipScript = _NOBODY


def plan_scene(options: FarmOptions, people: Sequence[PersonId], *, still: bool) -> list[PlannedClip]:
    """The clips of one scene, the empty one first, then one for each person."""
    name = "still" if still else "busy"
    # Both scenes are of one farm, and still they should not look alike.
    picture = replace(options.picture, still=still, people=None, seed=options.seed + (1 if still else 0))
    clips = [PlannedClip(f"{name}-empty", _long_enough(picture, _EMPTY_S))]
    for row, person in enumerate(people):
        walk = _walk(options, picture, person, row)
        clips.append(
            PlannedClip(f"{name}-{row}", _long_enough(picture, walk.leave_s + _AFTER_S), ClipScript((walk,)))
        )
    return clips


def plan_other_size(options: FarmOptions) -> PlannedClip:
    """An empty scene at half the size, or at twice the size where half would be too small."""
    wide, high = options.picture.width_px, options.picture.height_px
    scale = 0.5 if wide >= 320 and high >= 240 else 2
    smaller = replace(
        options.picture,
        width_px=2 * round(wide * scale / 2),
        height_px=2 * round(high * scale / 2),
        face_px=(12, 12),
        still=False,
        seed=options.seed,
    )
    return PlannedClip("other-size", _long_enough(smaller, _OTHER_SIZE_S))


def _walk(options: FarmOptions, picture: ClipOptions, person: PersonId, row: int) -> Walk:
    """Somebody walks through, beginning anywhere between two keyframes."""
    rng = np.random.default_rng([options.seed, 22, row])
    seconds = float(rng.uniform(_SHORTEST_WALK_S, _LONGEST_WALK_S))
    (walk,) = plan_walks((person,), replace(picture, seconds=seconds, seed=options.seed + row)).walks
    later_s = float(rng.uniform(0, options.gop_s))
    return Walk(person, row, tuple(replace(place, t_s=place.t_s + later_s) for place in walk.path))


def _long_enough(picture: ClipOptions, seconds: float) -> ClipOptions:
    """The options with a length of at least so much, in whole groups of pictures."""
    gop_s = float(picture.gop / picture.frame_rate)
    # A group a thousandth of a picture too long is no reason for another.
    gops = math.ceil(max(seconds, 1.0) / gop_s - 1e-3)
    return replace(picture, seconds=gops * gop_s)
