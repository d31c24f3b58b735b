"""What a script shows, in the pixels of the clip: a pure account of the renderer's geometry."""

from collections.abc import Iterable

import numpy as np

from nigoh.domain.geometry import Floats, areas
from nigoh.domain.sighting import Box
from nigoh.domain.truth import Appearance, Truth, TruthBox
from nigoh.testing.camera import CameraMotion
from nigoh.testing.clip_options import ClipOptions
from nigoh.testing.renderer import Cast, Pose, pose_of
from nigoh.testing.walk import ClipScript, Walk

_LEAST_SEEN = 0.5
"""A face counts while at least this share of its box is in the picture and behind nobody."""


def truth_of(script: ClipScript, cast: Cast, options: ClipOptions, clip: str) -> Truth:
    """Who is seen in the clip, picture for picture. Someone whose face is never seen does not appear in it."""
    motion = CameraMotion.of(options)
    tracks: dict[Walk, list[TruthBox]] = {walk: [] for walk in script.walks}
    for index in range(options.frames):
        t_s = options.time_of(index)
        shift = motion.shift(t_s)
        shown = [(walk, pose_of(walk, place)) for walk, place in script.present(t_s)]
        for row, (walk, pose) in enumerate(shown):
            box = _face_box(pose, cast.cutout(walk).box_aspect, shift)
            seen = _cut_to(box, options)
            nearer = (_bulk(other, shift) for _, other in shown[row + 1 :])
            if seen is not None and not _hidden(box, seen, nearer):
                tracks[walk].append(TruthBox(t_s=round(t_s, 6), box=seen))
    appearances = tuple(
        Appearance(person=walk.person, enter_s=track[0].t_s, leave_s=track[-1].t_s, track=tuple(track))
        for walk, track in tracks.items()
        if track
    )
    return Truth(
        clip=clip,
        width=options.width_px,
        height=options.height_px,
        fps=float(options.frame_rate),
        frames=options.frames,
        appearances=appearances,
    )


def _face_box(pose: Pose, aspect: float, shift: tuple[float, float]) -> Box:
    x, y = pose.x_px + shift[0], pose.y_px + shift[1]
    half_width, half_height = pose.face_px * aspect / 2, pose.face_px / 2
    return x - half_width, y - half_height, x + half_width, y + half_height


def _bulk(pose: Pose, shift: tuple[float, float]) -> list[Box]:
    """What somebody hides: the head and the body below it."""
    x, y, face = pose.x_px + shift[0], pose.y_px + shift[1], pose.face_px
    return [
        (x - 0.5 * face, y - 0.75 * face, x + 0.5 * face, y + 0.85 * face),
        (x - 1.1 * face, y + 0.85 * face, x + 1.1 * face, y + 9 * face),
    ]


def _cut_to(box: Box, options: ClipOptions) -> Box | None:
    """The part of a box in the picture above the counter, or None where that is less than half of it."""
    left, top, right, bottom = box
    low, high = max(left, 0.0), min(right, float(options.width_px))
    first, last = max(top, 0.0), min(bottom, float(options.counter_top_px))
    if (high - low) * max(last - first, 0) < _LEAST_SEEN * (right - left) * (bottom - top) or high <= low:
        return None
    return round(low, 2), round(first, 2), round(high, 2), round(last, 2)


def _hidden(box: Box, seen: Box, nearer: Iterable[list[Box]]) -> bool:
    """Whether those who are nearer leave less than half of the face."""
    blockers = [part for bulk in nearer for part in bulk]
    if not blockers:
        return False
    face, parts = _array([seen]), _array(blockers)
    low, high = np.maximum(face[:, :2], parts[:, :2]), np.minimum(face[:, 2:], parts[:, 2:])
    covered = float(np.sum(areas(np.concatenate([low, high], axis=1).astype(np.float32))))
    return float(areas(face)[0]) - covered < _LEAST_SEEN * float(areas(_array([box]))[0])


def _array(boxes: list[Box]) -> Floats:
    return np.array(boxes, np.float32)
