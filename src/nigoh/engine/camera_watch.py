"""One camera's faces over time: each frame's faces become tracks, tracks become decisions, ended tracks sightings."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from nigoh.domain.faces import Faces
from nigoh.domain.frame import Frame, Pixels
from nigoh.domain.geometry import Floats
from nigoh.domain.sighting import BestShot, Box, CameraId, PersonId, Sighting, Status, to_box
from nigoh.domain.template import Templates
from nigoh.engine.analysis import FaceAnalyser
from nigoh.engine.cut_out import cut_out
from nigoh.engine.known_people import KnownPeople, Renewal
from nigoh.engine.scene_change import SceneChange
from nigoh.identity.decision import Decision, DecisionPolicy, is_settled, pool
from nigoh.tracking.track import Track
from nigoh.tracking.tracker import Look, Proposal, Tracker, TrackingPolicy


@dataclass(frozen=True, slots=True)
class ReportPolicy:
    """Which tracks are worth reporting: a pattern that looked like a face for one frame is not.

    Attributes:
        least_frames: a track seen this often is reported if its best detector score is at least `least_detection`.
        least_detection: see above.
        alone_quality: a track seen less often is reported only if its best shot is at least this good.
        alone_detection: and its best detector score at least this.
    """

    least_frames: int = 2
    least_detection: float = 0.7
    alone_quality: float = 0.35
    alone_detection: float = 0.8


@dataclass(frozen=True, slots=True)
class WatchPolicy:
    """How one camera is watched: when a track gets a name, what one track is, and which tracks are reported."""

    decision: DecisionPolicy
    tracking: TrackingPolicy = field(default_factory=TrackingPolicy)
    report: ReportPolicy = field(default_factory=ReportPolicy)


@dataclass(frozen=True, slots=True)
class SeenFace:
    """A face of one frame with what is known of its track so far.

    Attributes:
        track: its track's number.
        box: x1 y1 x2 y2 in source pixels.
        detection: the detector's score.
        status: what was decided, or None while the track is too short to be reported.
        person: the name for KNOWN and WANTED, else None.
        score: similarity to that person or to the nearest.
    """

    track: int
    box: Box
    detection: float
    status: Status | None
    person: PersonId | None
    score: float


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """A sighting and what is kept of it.

    Attributes:
        sighting: what is told.
        picture: its best shot: the face with its surroundings, (H, W, 3) uint8 BGR.
        template: (1, D) the track's template, pooled from its shots.
    """

    sighting: Sighting
    picture: Pixels
    template: Templates


@dataclass(frozen=True, slots=True, eq=False)
class FrameResult:
    """What one analysed frame brought.

    Attributes:
        frame: the frame.
        faces: its faces.
        changed: tracks that were decided, or decided otherwise, in this frame.
        ended: tracks that have ended.
        undecided: how many of the faces belong to tracks of which more pictures are wanted soon.
    """

    frame: Frame
    faces: tuple[SeenFace, ...]
    changed: tuple[Report, ...]
    ended: tuple[Report, ...]
    undecided: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class PendingFrame:
    """A frame whose faces wait for their templates.

    Attributes:
        frame: the frame.
        proposal: what motion says about its faces.
        rows: (K,) the faces that need a template, best quality first.
        crops: (K, 112, 112, 3) uint8 BGR, aligned.
        qualities: (K,) float32 in [0, 1].
    """

    frame: Frame
    proposal: Proposal
    rows: NDArray[np.intp]
    crops: NDArray[np.uint8]
    qualities: Floats


class CameraWatch:
    """Owns one camera's tracks and decisions. One thread."""

    def __init__(self, camera: CameraId, analyser: FaceAnalyser, known: KnownPeople, policy: WatchPolicy) -> None:
        self._camera = camera
        self._analyser = analyser
        self._known = known
        self._policy = policy
        self._tracker = Tracker(policy.tracking)
        self._scene = SceneChange()
        self._decisions: dict[int, Decision] = {}
        self._pictures: dict[int, Pixels] = {}
        self._announced: dict[int, tuple[Status, PersonId | None]] = {}

    def step(self, frame: Frame, faces: Faces) -> FrameResult:
        """Take in the faces found in the next analysed frame."""
        pending = self.begin(frame, faces)
        return self.conclude(pending, self._analyser.embed(pending.crops))

    def begin(self, frame: Frame, faces: Faces) -> "PendingFrame":
        """The first half of a step: follow the faces by motion, and say which of them need a template."""
        continuous = self._scene.continues(frame.pixels)
        proposal = self._tracker.propose(faces, frame.t_s, continuous=continuous)
        portraits = self._analyser.portray(frame.pixels, proposal.faces.pick(proposal.to_judge))
        qualities = portraits.qualities.overall
        chosen = self._tracker.choose(proposal, qualities)
        best_first = chosen[np.argsort(-qualities[chosen], kind="stable")]
        return PendingFrame(
            frame, proposal, proposal.to_judge[best_first], portraits.crops[best_first], qualities[best_first]
        )

    def conclude(self, pending: "PendingFrame", templates: Templates) -> FrameResult:
        """The second half of a step.

        Args:
            pending: what `begin` gave last.
            templates: of its first crops; those that have none are left out: they are new faces in the next frame, or
                follow their tracks by motion alone.
        """
        looks = {
            int(row): Look(float(quality), vector)
            for row, quality, vector in zip(pending.rows, pending.qualities, templates.vectors, strict=False)
        }
        unseen = set(pending.rows[len(templates) :].tolist()) - pending.proposal.matches.keys()
        proposal = pending.proposal.without(unseen)
        if unseen:
            places = np.flatnonzero([row not in unseen for row in range(len(pending.proposal.faces))]).tolist()
            looks = {places.index(row): look for row, look in looks.items()}
        frame, faces = pending.frame, proposal.faces
        assignment = self._tracker.commit(proposal, looks)
        for track in assignment.renewed:
            self._decide(track)
            if track.shots.best.t_s == frame.t_s:
                self._pictures[track.number] = cut_out(frame.pixels, track.shots.best.box)
        seen = tuple(self._seen(track, faces, row) for row, track in enumerate(assignment.tracks))
        changed, ended = self._announce(assignment.tracks), self._close(assignment.ended)
        return FrameResult(
            frame,
            seen,
            changed,
            ended,
            undecided=sum(not self._is_decided(track) for track in assignment.tracks) + len(unseen),
        )

    def renew(self, renewal: Renewal) -> tuple[Report, ...]:
        """Decide the open tracks anew that a change of people is about; those whose outcome is another now."""
        concerned = tuple(
            track
            for track in self._tracker.open
            if renewal.concerns(self._decisions[track.number], self._template(track))
        )
        for track in concerned:
            self._decide(track)
        return self._announce(concerned)

    def as_now(self, faces: Sequence[SeenFace]) -> tuple[SeenFace, ...]:
        """Faces of the last frame with what is known of their tracks now."""
        return tuple(self._as_now(face) for face in faces)

    def finish(self) -> tuple[Report, ...]:
        """End all tracks and report them."""
        return self._close(self._tracker.finish())

    def _decide(self, track: Track) -> None:
        found = self._known.candidates(self._template(track))[0]
        evidence = track.shots.best.quality
        before = self._decisions.get(track.number)
        decision = self._known.decide(found, evidence, self._policy.decision, before)
        self._decisions[track.number] = decision
        track.shots.settled = is_settled(decision, len(track.shots), self._policy.decision)

    def _template(self, track: Track) -> Templates:
        return pool(Templates(track.shots.vectors, self._analyser.model), track.shots.qualities)

    def _is_decided(self, track: Track) -> bool:
        """Whether it has been told by name, or more shots would change nothing."""
        return track.shots.settled or self._announced.get(track.number, (None, None))[1] is not None

    def _seen(self, track: Track, faces: Faces, row: int) -> SeenFace:
        decision = self._decisions[track.number]
        due = self._is_reportable(track)
        return SeenFace(
            track=track.number,
            box=to_box(faces.boxes[row]),
            detection=float(faces.scores[row]),
            status=decision.status if due else None,
            person=decision.person if due else None,
            score=decision.score,
        )

    def _as_now(self, face: SeenFace) -> SeenFace:
        decision = self._decisions.get(face.track)
        if decision is None or face.status is None:
            return face
        return replace(face, status=decision.status, person=decision.person, score=decision.score)

    def _announce(self, tracks: tuple[Track, ...]) -> tuple[Report, ...]:
        """The tracks whose outcome is new since it was last announced."""
        changed = []
        for track in tracks:
            decision = self._decisions[track.number]
            outcome = (decision.status, decision.person)
            if self._is_reportable(track) and self._announced.get(track.number) != outcome:
                self._announced[track.number] = outcome
                changed.append(self._report(track))
        return tuple(changed)

    def _close(self, tracks: tuple[Track, ...]) -> tuple[Report, ...]:
        reports = tuple(self._report(track) for track in tracks if self._is_reportable(track))
        for track in tracks:
            del self._decisions[track.number], self._pictures[track.number]
            self._announced.pop(track.number, None)
        return reports

    def _is_reportable(self, track: Track) -> bool:
        policy = self._policy.report
        if track.frames >= policy.least_frames:
            return track.detection >= policy.least_detection
        return track.detection >= policy.alone_detection and track.shots.best.quality >= policy.alone_quality

    def _report(self, track: Track) -> Report:
        decision, best = self._decisions[track.number], track.shots.best
        sighting = Sighting(
            camera=self._camera,
            track=track.number,
            status=decision.status,
            person=decision.person,
            score=decision.score,
            threshold=self._policy.decision.threshold if decision.threshold is None else decision.threshold,
            first_s=track.first_s,
            last_s=track.last_s,
            frames=track.frames,
            best=BestShot(t_s=best.t_s, box=to_box(best.box), quality=best.quality),
            model=str(self._analyser.model),
            candidates=decision.candidates,
        )
        return Report(sighting, self._pictures[track.number], self._template(track))
