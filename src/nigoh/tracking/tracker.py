"""Faces over time become tracks, by motion where it settles who is who and by appearance where it does not.

The tracker works in three steps, because looking at a face costs a crop and its appearance an embedding. `propose`
matches by motion and says which faces are worth a look: those that motion leaves open, and those of tracks that are
due for another best shot. `choose` takes their qualities and says which need a template. `commit` takes the templates
and decides. Assignments are greedy, best pair first: with a handful of open faces in a frame this differs from the
optimal assignment only between pairs that are equally plausible.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from nigoh.domain.faces import Faces
from nigoh.domain.geometry import Floats
from nigoh.tracking.best_shots import BestShotPolicy, BestShots, Shot
from nigoh.tracking.motion import MotionPolicy, certain_matches, nearness, predict
from nigoh.tracking.track import Track

_HALF_WAY = 0.5
"""Where similarity says nothing, a face must be at least this near to a track's prediction, in [0, 1]."""

_PLACE_ALONE = 0.1
"""What place alone is worth where similarity says nothing: less than any similarity that is enough."""


@dataclass(frozen=True, slots=True)
class TrackingPolicy:
    """When two faces are one person.

    Attributes:
        max_gap_s: a track ends when its face has not been seen for this long.
        near_similarity: similarity that is enough for a face exactly where the track should be.
        far_similarity: similarity that is enough for a face anywhere in the picture. Between two people it is
            reached once in 10,000 (SFace, 0.415), within a track nearly always.
        another_person: a face that motion gave to a track, but less similar than this, is someone else.
        poor_quality: below this quality similarity says nothing and only nearness counts.
        alone_gap_s: the only face in the picture belongs to the only open track, about which there is no doubt, if
            that was seen so short a time ago and the face is within reach: no embedding has to say so,
        alone_trust_s: as long as the last one that did is no older than this. Whoever takes another's place within
            the gap is told apart that much later.
    """

    max_gap_s: float = 2.0
    near_similarity: float = 0.2
    far_similarity: float = 0.42
    another_person: float = 0.2
    poor_quality: float = 0.25
    alone_gap_s: float = 0.0
    alone_trust_s: float = 2.2
    motion: MotionPolicy = field(default_factory=MotionPolicy)
    shots: BestShotPolicy = field(default_factory=BestShotPolicy)


@dataclass(frozen=True, slots=True, eq=False)
class Proposal:
    """What motion says about one frame's faces.

    Attributes:
        t_s: the frame's time.
        faces: the frame's faces.
        matches: row of a face -> number of the track that motion gives it to.
        to_judge: rows whose quality `choose` needs, ascending.
    """

    t_s: float
    faces: Faces
    matches: Mapping[int, int]
    to_judge: NDArray[np.intp]

    def without(self, rows: Collection[int]) -> "Proposal":
        """The proposal as if these faces had not been seen."""
        if not rows:
            return self
        kept = [row for row in range(len(self.faces)) if row not in rows]
        places = {row: place for place, row in enumerate(kept)}
        return Proposal(
            self.t_s,
            self.faces.pick(kept),
            {places[row]: number for row, number in self.matches.items() if row in places},
            np.array([places[row] for row in self.to_judge.tolist() if row in places], np.intp),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """An embedded face of a frame: its quality in [0, 1] and its template (D,) float32 of unit length."""

    quality: float
    vector: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Assignment:
    """Which track each face belongs to, and which tracks have ended.

    Attributes:
        tracks: one a face, in the order of the faces.
        renewed: tracks whose best shots changed: their decision is due.
        ended: tracks that have ended since the last frame.
    """

    tracks: tuple[Track, ...]
    renewed: tuple[Track, ...]
    ended: tuple[Track, ...]


class Tracker:
    """The tracks of one camera. Its owner is the camera's watch; one thread."""

    def __init__(self, policy: TrackingPolicy) -> None:
        self._policy = policy
        self._open: list[Track] = []
        self._count = 0
        self._cut_s = -np.inf

    @property
    def open(self) -> tuple[Track, ...]:
        """The tracks that have not ended."""
        return tuple(self._open)

    def propose(self, faces: Faces, t_s: float, *, continuous: bool = True) -> Proposal:
        """Match by motion; say which faces are worth a look. After a cut the picture is not `continuous`."""
        if not continuous:
            self._cut_s = t_s
        alive = [track for track in self._open if self._is_alive(track, t_s) and track.last_s >= self._cut_s]
        rows = certain_matches(*_predictions(alive, t_s), faces.boxes, self._policy.motion)
        if not rows and self._is_alone(alive, faces, t_s):
            rows = {0: 0}
        matches = {row: alive[place].number for row, place in rows.items()}
        by_number = self._by_number()
        to_judge = [
            row for row in range(len(faces)) if row not in matches or by_number[matches[row]].shots.is_due(t_s)
        ]
        return Proposal(t_s, faces, matches, np.array(to_judge, np.intp))

    def choose(self, proposal: Proposal, qualities: Floats) -> NDArray[np.intp]:
        """Which faces need a template, as places in `proposal.to_judge`, for whose faces `qualities` (J,) stand."""
        by_number = self._by_number()
        chosen = []
        for place, (row, quality) in enumerate(zip(proposal.to_judge, qualities, strict=True)):
            number = proposal.matches.get(int(row))
            if number is None or by_number[number].shots.wants(float(quality), proposal.t_s):
                chosen.append(place)
        return np.array(chosen, np.intp)

    def commit(self, proposal: Proposal, looks: Mapping[int, Look]) -> Assignment:
        """Decide who is who.

        Args:
            proposal: the last proposal of this tracker.
            looks: row of a face -> what was seen of it, for the faces that `choose` named. Those that motion gives to
                a track can do without; others without a look are to be taken out before (`Proposal.without`).
        """
        ended = self._end(proposal.t_s)
        by_number = self._by_number()
        assigned = {row: by_number[number] for row, number in proposal.matches.items()}
        for row in looks.keys() & assigned.keys():
            if self._is_someone_else(assigned[row], looks[row]):
                del assigned[row]
        assigned |= self._match_by_appearance(proposal, assigned, looks)
        renewed = []
        for row in range(len(proposal.faces)):
            track = assigned[row] = self._follow(assigned.get(row), proposal, row)
            if row in looks and self._keep(track, proposal, row, looks[row]):
                renewed.append(track)
        return Assignment(tuple(assigned[row] for row in range(len(proposal.faces))), tuple(renewed), ended)

    def finish(self) -> tuple[Track, ...]:
        """End all tracks, in the order in which they began."""
        ended, self._open = tuple(self._open), []
        return ended

    def _is_alone(self, alive: Sequence[Track], faces: Faces, t_s: float) -> bool:
        """Whether the one face there is can only be the one person there was."""
        if len(alive) != 1 or len(self._open) != 1 or len(faces) != 1:
            return False
        track, policy = alive[0], self._policy
        if not track.shots.settled or t_s - track.last_s > policy.alone_gap_s:
            return False
        near = nearness(*_predictions(alive, t_s), faces.boxes, policy.motion)
        return track.shots.verified_s >= t_s - policy.alone_trust_s and bool(near[0, 0] > 0)

    def _by_number(self) -> dict[int, Track]:
        return {track.number: track for track in self._open}

    def _is_someone_else(self, track: Track, look: Look) -> bool:
        """Whether a face that motion gave to a track looks like another person."""
        if min(look.quality, track.shots.best.quality) < self._policy.poor_quality:
            return False
        return float((track.shots.vectors @ look.vector).max()) < self._policy.another_person

    def _match_by_appearance(
        self, proposal: Proposal, assigned: Mapping[int, Track], looks: Mapping[int, Look]
    ) -> dict[int, Track]:
        """Give the faces that are still open to the tracks that are still free, the most plausible pair first."""
        taken = {track.number for track in assigned.values()}
        free = [track for track in self._open if track.number not in taken]
        rows = [row for row in range(len(proposal.faces)) if row not in assigned]
        if not free or not rows:
            return {}
        near = nearness(*_predictions(free, proposal.t_s), proposal.faces.boxes[rows], self._policy.motion)
        # Where a face was before a cut says nothing about where it is after it.
        near[:, [track.last_s < self._cut_s for track in free]] = 0
        merit = np.array(
            [
                [self._merit(track, looks[row], float(near[i, j])) for j, track in enumerate(free)]
                for i, row in enumerate(rows)
            ]
        )
        return {rows[i]: free[j] for i, j in _greedy(merit)}

    def _merit(self, track: Track, look: Look, near: float) -> float:
        """By how much a face is more plausible for a track than it must be; below 0 it is not."""
        policy = self._policy
        if min(look.quality, track.shots.best.quality) < policy.poor_quality and near > 0:
            return (near - _HALF_WAY) * _PLACE_ALONE
        similarity = float((track.shots.vectors @ look.vector).max())
        return similarity - (policy.far_similarity + near * (policy.near_similarity - policy.far_similarity))

    def _follow(self, track: Track | None, proposal: Proposal, row: int) -> Track:
        box, score = proposal.faces.boxes[row], float(proposal.faces.scores[row])
        if track is not None:
            track.follow(box, score, proposal.t_s)
            return track
        self._count += 1
        born = Track(self._count, proposal.t_s, box, score, BestShots(self._policy.shots))
        self._open.append(born)
        return born

    def _keep(self, track: Track, proposal: Proposal, row: int, look: Look) -> bool:
        return track.shots.add(Shot(proposal.t_s, proposal.faces.boxes[row], look.quality, look.vector))

    def _end(self, t_s: float) -> tuple[Track, ...]:
        ended = tuple(track for track in self._open if not self._is_alive(track, t_s))
        self._open = [track for track in self._open if self._is_alive(track, t_s)]
        return ended

    def _is_alive(self, track: Track, t_s: float) -> bool:
        return t_s - track.last_s <= self._policy.max_gap_s


def _predictions(tracks: Sequence[Track], t_s: float) -> tuple[Floats, Floats]:
    """Where tracks should be (T, 4), and how long each has not been seen (T,) s."""
    if not tracks:
        return np.empty((0, 4), np.float32), np.empty(0, np.float32)
    gaps_s = np.array([t_s - track.last_s for track in tracks], np.float32)
    boxes, velocities = np.stack([track.box for track in tracks]), np.stack([track.velocity for track in tracks])
    return predict(boxes, velocities, gaps_s), gaps_s


def _greedy(merit: NDArray[np.float64]) -> list[tuple[int, int]]:
    """Pairs (row, column) of merit at least 0, best first, each row and column once."""
    pairs: list[tuple[int, int]] = []
    merit = merit.copy()
    while merit.size and merit.max() >= 0:
        row, column = np.unravel_index(int(merit.argmax()), merit.shape)
        pairs.append((int(row), int(column)))
        merit[row, :] = merit[:, column] = -np.inf
    return pairs
