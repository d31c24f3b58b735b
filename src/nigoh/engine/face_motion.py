"""Where the faces of a camera are between two analysed pictures."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from nigoh.domain.sighting import Box
from nigoh.engine.camera_watch import SeenFace

_SURE_S = 0.4
"""How long a face is taken to be where it was, or where its motion has brought it."""

_MOST_S = 1.5
"""How long at most, for one that moves so slowly that it cannot have left its box. People stop and start: in half a
second of their first and last steps the simulator's walkers are a face away from where a straight line puts them."""


@dataclass(frozen=True, slots=True, eq=False)
class FaceMotion:
    """The faces of the last analysed picture of a camera, and how they moved since the one before.

    Attributes:
        faces: of the last picture.
        seen_s: when it was taken, monotonic seconds.
        speeds: of each face that was in the picture before: how fast each side of its box moves, source pixels a
            second; by its track's number.
    """

    faces: Sequence[SeenFace] = ()
    seen_s: float = 0.0
    speeds: dict[int, Box] | None = None

    def then(self, faces: Sequence[SeenFace], seen_s: float) -> "FaceMotion":
        """The motion after the next analysed picture."""
        gap_s = seen_s - self.seen_s
        if not faces or not 0 < gap_s <= 2 * _MOST_S:
            return FaceMotion(faces, seen_s)
        before = {face.track: face.box for face in self.faces}
        speeds = {face.track: _speed(before[face.track], face.box, gap_s) for face in faces if face.track in before}
        return FaceMotion(faces, seen_s, speeds)

    def at(self, at_s: float) -> list[SeenFace]:
        """The faces as they are in a picture of this moment, without those whose place is not known."""
        gap_s = at_s - self.seen_s
        moved = [_moved(face, (self.speeds or {}).get(face.track), gap_s) for face in self.faces]
        return [face for face in moved if face is not None]


def _speed(before: Box, after: Box, gap_s: float) -> Box:
    x1, y1, x2, y2 = ((new - old) / gap_s for old, new in zip(before, after, strict=True))
    return x1, y1, x2, y2


def _moved(face: SeenFace, speed: Box | None, gap_s: float) -> SeenFace | None:
    """The face so much later; None if it may be anywhere."""
    if speed is None:
        return face if abs(gap_s) <= _SURE_S else None
    x1, y1, x2, y2 = (side + rate * gap_s for side, rate in zip(face.box, speed, strict=True))
    way_px = max(abs(speed[0] + speed[2]), abs(speed[1] + speed[3])) / 2 * abs(gap_s)
    sure_s = _MOST_S if way_px <= (face.box[2] - face.box[0]) / 2 else _SURE_S
    # A face that shrinks never turns inside out.
    box = (min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))
    return replace(face, box=box) if abs(gap_s) <= sure_s else None
