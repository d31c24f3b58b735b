"""What a camera shows when: an endless, pure plan in groups of pictures.

A camera's stream is put together from clips at keyframes: an empty scene, somebody appears, the empty scene again.
Who appears and how long nobody does is drawn from the seed, so that the share of time with a face comes out as asked
for.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from nigoh.domain.sighting import PersonId

_LEAST_PAUSE, _MOST_PAUSE = 0.4, 1.6  # of the mean pause


@dataclass(frozen=True, slots=True)
class Seen:
    """A face in a clip: who, from when to when (seconds from the clip's first picture), its heights (pixels)."""

    person: PersonId
    enter_s: float
    leave_s: float
    face_px: tuple[float, float]


@dataclass(frozen=True, slots=True)
class ClipOutline:
    """A clip as the plan sees it: how many groups of pictures it has, and who is seen in it."""

    gops: int
    seen: tuple[Seen, ...] = ()

    @property
    def seen_s(self) -> float:
        """For how long faces are seen, those of several people added up."""
        return sum(each.leave_s - each.enter_s for each in self.seen)


@dataclass(frozen=True, slots=True)
class SceneOutline:
    """The clips of one scene: one in which nobody appears, and those in which somebody does."""

    empty: ClipOutline
    appearances: tuple[ClipOutline, ...] = ()


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a camera's stream.

    Attributes:
        clip: which of the scene's appearances is shown, from 0; None shows the empty scene.
        begin: the stream's group of pictures with which it begins, from 0.
        gops: how many groups it has; those of the empty clip begin again after its last.
    """

    clip: int | None
    begin: int
    gops: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """What one camera shows.

    Attributes:
        scene: the clips that there are.
        gop_s: length of a group of pictures.
        face_share: share of time with a face, as near as the lengths of the clips allow.
        seed: chooses order and pauses.
    """

    scene: SceneOutline
    gop_s: float
    face_share: float
    seed: tuple[int, ...]

    def segments(self) -> Iterator[Segment]:
        """All parts of the stream, from the first, without an end. Each call begins anew with the same."""
        begin = 0
        for clip, pause in self._turns():
            if pause:
                yield Segment(None, begin, pause)
            if clip is not None:
                yield Segment(clip, begin + pause, self.scene.appearances[clip].gops)
                begin += self.scene.appearances[clip].gops
            begin += pause

    def gops(self) -> Iterator[tuple[int | None, int]]:
        """For each group of pictures of the stream the clip, as in Segment, and the clip's group, from 0."""
        for segment in self.segments():
            length = self.scene.empty.gops if segment.clip is None else segment.gops
            for row in range(segment.gops):
                yield segment.clip, row % length

    def seen(self) -> Iterator[Seen]:
        """Who is seen, in the order of entering, seconds from the first picture; endless unless nobody is."""
        if not self._shows_faces:
            return
        for segment in self.segments():
            if segment.clip is None:
                continue
            begin_s = segment.begin * self.gop_s
            for each in self.scene.appearances[segment.clip].seen:
                yield Seen(each.person, begin_s + each.enter_s, begin_s + each.leave_s, each.face_px)

    @property
    def _shows_faces(self) -> bool:
        return self.face_share > 0 and bool(self.scene.appearances)

    def _turns(self) -> Iterator[tuple[int | None, int]]:
        """Pairs of an appearance and the pause before it, in groups of pictures."""
        rng = np.random.default_rng(self.seed)
        clips = self.scene.appearances
        carried = 0.0
        first = True
        while self._shows_faces:
            for clip in rng.permutation(len(clips)).tolist():
                mean = clips[clip].seen_s / self.face_share / self.gop_s - clips[clip].gops
                # Cameras begin in the middle of a pause, each elsewhere.
                drawn = mean * rng.uniform(0 if first else _LEAST_PAUSE, 1 if first else _MOST_PAUSE) + carried
                pause = max(math.floor(drawn), 0)
                carried, first = max(drawn - pause, -8.0), False
                yield clip, pause
        while True:
            yield None, self.scene.empty.gops
