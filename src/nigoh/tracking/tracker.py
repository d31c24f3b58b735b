"""Faces over time become tracks, by motion where it settles who is who and by appearance where it does not.

The tracker works in two steps, because appearance costs an embedding: `propose` matches by motion and says which
faces need a template (those that motion leaves open, and those that are worth keeping as best shots); `commit`
takes these templates and decides. Assignments are greedy, best pair first: with a handful of open faces in a frame
this differs from the optimal assignment only between pairs that are equally plausible.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from nigoh.domain.faces import Faces
from nigoh.domain.geometry import Floats
from nigoh.tracking.best_shots import BestShotPolicy, BestShots, Shot
from nigoh.tracking.motion import MotionPolicy, certain_matches, nearness, predict
from nigoh.tracking.track import Track


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
    """

    max_gap_s: float = 2.0
    near_similarity: float = 0.2
    far_similarity: float = 0.42
    another_person: float = 0.2
    poor_quality: float = 0.25
    motion: MotionPolicy = field(default_factory=MotionPolicy)
    shots: BestShotPolicy = field(default_factory=BestShotPolicy)


@dataclass(frozen=True, slots=True, eq=False)
class Proposal:
    """What motion says about one frame's faces.

    Attributes:
        t_s: the frame's time.
        faces: the frame's faces.
        qualities: (N,) float32, their overall quality.
        matches: row of a face -> number of the track that motion gives it to.
        to_embed: rows that need a template before `commit`, ascending.
        continuous: False after a cut: then where a face was says nothing.
    """

    t_s: float
    faces: Faces
    qualities: Floats
    matches: Mapping[int, int]
    to_embed: NDArray[np.intp]
    continuous: bool


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

    def propose(self, faces: Faces, qualities: Floats, t_s: float, *, continuous: bool = True) -> Proposal:
        """Match by motion; say which faces need a template."""
        matches: dict[int, int] = {}
        if continuous:
            alive = [track for track in self._open if self._is_alive(track, t_s)]
            rows = certain_matches(*_predictions(alive, t_s), faces.boxes, self._policy.motion)
            matches = {row: alive[place].number for row, place in rows.items()}
        by_number = {track.number: track for track in self._open}
        to_embed = [
            row
            for row in range(len(faces))
            if row not in matches or by_number[matches[row]].shots.wants(float(qualities[row]), t_s)
        ]
        return Proposal(t_s, faces, qualities, matches, np.array(to_embed, np.intp), continuous)

    def commit(self, proposal: Proposal, vectors: Floats) -> Assignment:
        """Decide who is who.

        Args:
            proposal: the last proposal of this tracker.
            vectors: (E, D) float32, the templates of `proposal.to_embed`, in its order.
        """
        ended = self._end(proposal.t_s)
        by_number = {track.number: track for track in self._open}
        embedded = {int(row): place for place, row in enumerate(proposal.to_embed)}
        assigned = {row: by_number[number] for row, number in proposal.matches.items()}
        for row in [
            row for row in assigned if self._is_someone_else(proposal, row, assigned[row], embedded, vectors)
        ]:
            del assigned[row]
        assigned |= self._match_by_appearance(proposal, assigned, embedded, vectors)
        renewed = []
        for row in range(len(proposal.faces)):
            track = self._follow(assigned.get(row), proposal, row)
            assigned[row] = track
            if row in embedded and self._keep(track, proposal, row, vectors[embedded[row]]):
                renewed.append(track)
        return Assignment(tuple(assigned[row] for row in range(len(proposal.faces))), tuple(renewed), ended)

    def finish(self) -> tuple[Track, ...]:
        """End all tracks, in the order in which they began."""
        ended, self._open = tuple(self._open), []
        return ended

    def _is_someone_else(
        self, proposal: Proposal, row: int, track: Track, embedded: Mapping[int, int], vectors: Floats
    ) -> bool:
        """Whether a face that motion gave to a track looks like another person."""
        if row not in embedded or not len(track.shots):
            return False
        if min(float(proposal.qualities[row]), track.shots.best.quality) < self._policy.poor_quality:
            return False
        return float((track.shots.vectors @ vectors[embedded[row]]).max()) < self._policy.another_person

    def _match_by_appearance(
        self, proposal: Proposal, assigned: Mapping[int, Track], embedded: Mapping[int, int], vectors: Floats
    ) -> dict[int, Track]:
        """Give the faces that are still open to the tracks that are still free, the most plausible pair first."""
        taken = {track.number for track in assigned.values()}
        free = [track for track in self._open if track.number not in taken]
        rows = [row for row in range(len(proposal.faces)) if row not in assigned]
        if not free or not rows:
            return {}
        near = nearness(*_predictions(free, proposal.t_s), proposal.faces.boxes[rows], self._policy.motion)
        if not proposal.continuous:
            near = np.zeros_like(near)
        merit = np.full(near.shape, -np.inf)
        for i, row in enumerate(rows):
            for j, track in enumerate(free):
                quality = float(proposal.qualities[row])
                merit[i, j] = self._merit(track, vectors[embedded[row]], quality, float(near[i, j]))
        return {rows[i]: free[j] for i, j in _greedy(merit)}

    def _merit(self, track: Track, vector: Floats, quality: float, near: float) -> float:
        """By how much a face is more plausible for a track than it must be; below 0 it is not."""
        policy = self._policy
        if min(quality, track.shots.best.quality) < policy.poor_quality and near > 0:
            return near - 0.5
        similarity = float((track.shots.vectors @ vector).max())
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

    def _keep(self, track: Track, proposal: Proposal, row: int, vector: Floats) -> bool:
        quality = float(proposal.qualities[row])
        return track.shots.add(Shot(proposal.t_s, proposal.faces.boxes[row], quality, vector))

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
