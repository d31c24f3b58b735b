"""Boxes and names, drawn over the frames of a watch."""

import time
from collections.abc import Callable, Sequence

from nigoh.domain.frame import Frame, Pixels
from nigoh.domain.language import Words
from nigoh.domain.sighting import Status
from nigoh.engine.camera_watch import FrameResult, SeenFace
from nigoh.engine.watching import PassedFrame
from nigoh.video.overlay import Colour, Mark, draw_overlay

_COLOURS = {
    Status.KNOWN: Colour.GREEN,
    Status.UNKNOWN: Colour.RED,
    Status.WANTED: Colour.AMBER,
    Status.AMBIGUOUS: Colour.BLUE,
}
# Whose label lies on top where faces overlap.
_FOREMOST = (Status.WANTED, Status.KNOWN, Status.AMBIGUOUS, Status.UNKNOWN, None)
_HOLD_S = 0.5
"""How long a box stays over frames that are not analysed; after that whoever walks has left it."""


class Painter:
    """Draws boxes and names on frames. On frames that were not analysed the last boxes stay."""

    def __init__(self, words: Words, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin.

        Args:
            words: the operator's.
            clock: monotonic seconds, for the frames a second in the caption.
        """
        self._words = words
        self._faces: Sequence[SeenFace] = ()
        self._since_s = 0.0
        self._rate = _Rate(clock)

    def paint(self, result: FrameResult | PassedFrame) -> Pixels:
        """The frame with boxes, names and scores, its number and the frames a second."""
        frame = result.frame
        if isinstance(result, FrameResult):
            self._faces, self._since_s = result.faces, frame.t_s
        elif frame.t_s - self._since_s > _HOLD_S:
            self._faces = ()
        return draw_overlay(frame.pixels, face_marks(self._faces, self._words), self._caption(frame))

    def _caption(self, frame: Frame) -> str:
        return f"Frame: {frame.index}  FPS: {self._rate.tick():.0f}"


class LiveAnnotator:
    """Draws boxes and names over live pictures; see the contract of `nigoh.engine.live_view.Annotator`."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def annotate(self, pixels: Pixels, faces: Sequence[SeenFace], scale: float) -> Pixels:
        """A copy of a picture, (H, W, 3) uint8 BGR, with boxes and names of faces of a picture 1 / scale as large."""
        return draw_overlay(pixels, face_marks(faces, self._words, scale))


def face_marks(faces: Sequence[SeenFace], words: Words, scale: float = 1.0) -> list[Mark]:
    """What is drawn for these faces, the foremost first, on a picture of this scale."""
    foremost_first = sorted(faces, key=lambda face: _FOREMOST.index(face.status))
    return [_mark(face, words, scale) for face in foremost_first]


def _mark(face: SeenFace, words: Words, scale: float) -> Mark:
    x1, y1, x2, y2 = face.box
    box = (x1 * scale, y1 * scale, x2 * scale, y2 * scale)
    if face.status is None:
        return Mark(box, "", Colour.GREY)
    return Mark(box, f"{words.name(face.status, face.person)} {face.score:.2f}", _COLOURS[face.status])


class _Rate:
    """Frames a second of work, smoothed; a label on the picture, nothing is decided by it."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._last = clock()
        self._interval_s = 0.0

    def tick(self) -> float:
        """Count a frame; frames a second."""
        now = self._clock()
        interval_s, self._last = now - self._last, now
        self._interval_s += 0.1 * (interval_s - self._interval_s) if self._interval_s else interval_s
        return 1 / max(self._interval_s, 1e-6)
