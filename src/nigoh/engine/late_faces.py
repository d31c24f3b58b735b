"""Late faces: where they wait, and what they become once there was time to embed them."""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from nigoh.domain.camera_sighting import CameraSighting, Stage
from nigoh.domain.late_face import LateCounts, LateFace
from nigoh.domain.sighting import BestShot, CameraId, Candidate, PersonId, Sighting
from nigoh.engine.camera_watch import ReportPolicy, WatchPolicy
from nigoh.identity.decision import Decision, DecisionPolicy, decide

NO_TRACK = 0
"""The track of a late face: it was never followed, and trackers count from 1."""

_STAYS_S = 3600.0
"""How long somebody is taken to be there who is not said to have left: a watch that begins anew forgets to say so."""


class LateQueue(Protocol):
    """A bounded place for late faces. Any thread may use it; after opening it raises nothing.

    The newest come out first: to whoever acts on it a face of ten seconds ago is worth more than one of ten minutes
    ago, and what has to be given up is the oldest.
    """

    @property
    def counts(self) -> LateCounts:
        """What became of all that were put."""
        ...

    def put(self, face: LateFace) -> None:
        """Keep a face, at the cost of the oldest when there is no room."""
        ...

    def take(self, at_most: int) -> list[LateFace]:
        """The newest faces, newest first, at most so many, without those that are too old. Never waits."""
        ...

    def losses(self) -> Mapping[int, int]:
        """How many faces of each feed were dropped since this was last asked."""
        ...

    def close(self) -> None:
        """The end: what waits is dropped, and so is what is put from now on."""
        ...


def can_stand_alone(detection: float, quality: float, policy: ReportPolicy) -> bool:
    """Whether a face that was seen in one frame may be reported at all; others need not be kept."""
    return detection >= policy.alone_detection and quality >= policy.alone_quality


class LateOutcome(StrEnum):
    """What a late face becomes.

    NAMED: somebody who has not been told of. TOLD: somebody who has. NOBODY: nobody, or not surely one; a stranger is
    not worth a late word, for most of the faces put aside belong to tracks that are told of anyway.
    """

    NAMED = "named"
    TOLD = "told"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class LateVerdict:
    """What a late face becomes, and the decision behind it."""

    outcome: LateOutcome
    decision: Decision


@dataclass(frozen=True, slots=True)
class _Told:
    person: PersonId
    first_unix_s: float
    last_unix_s: float


class ToldLately:
    """Who has been told of on which camera, and when they were there. One thread.

    Args:
        near_s: a face this close to a visit belongs to it.
        most: visits remembered for each camera; the oldest are forgotten.
        kept_s: a visit that ended so long ago is forgotten: no face waits longer than this.
    """

    def __init__(self, near_s: float = 10.0, most: int = 256, kept_s: float = 600.0) -> None:
        self._near_s = near_s
        self._most = most
        self._kept_s = kept_s + near_s
        self._visits: dict[CameraId, OrderedDict[str, _Told]] = {}

    def note(self, news: CameraSighting) -> None:
        """This has been told. Whoever has not left yet counts as there until they leave, or for an hour."""
        camera, person = news.sighting.camera, news.sighting.person
        visits = self._visits.setdefault(camera, OrderedDict())
        visits.pop(news.id, None)
        while visits and next(iter(visits.values())).last_unix_s < news.told_unix_s - self._kept_s:
            visits.popitem(last=False)
        if person is None:
            return
        last_unix_s = news.last_unix_s + (0.0 if news.stage is Stage.LEFT else _STAYS_S)
        visits[news.id] = _Told(person, news.first_unix_s, last_unix_s)
        while len(visits) > self._most:
            visits.popitem(last=False)

    def forget(self, camera: CameraId) -> None:
        """The camera is gone."""
        self._visits.pop(camera, None)

    def includes(self, camera: CameraId, person: PersonId, at_unix_s: float) -> bool:
        """Whether this person has been told of on this camera for that moment, or near it."""
        near_s = self._near_s
        return any(
            visit.person == person and visit.first_unix_s - near_s <= at_unix_s <= visit.last_unix_s + near_s
            for visit in self._visits.get(camera, {}).values()
        )


def decide_late(
    face: LateFace,
    candidates: Sequence[Candidate],
    policy: WatchPolicy,
    told: ToldLately,
    decide: Callable[[tuple[Candidate, ...], float, DecisionPolicy], Decision] = decide,
) -> LateVerdict:
    """Decide about a late face that has been embedded.

    Args:
        face: the face.
        candidates: the people nearest to it, best first.
        policy: of its camera's watch.
        told: who has been told of.
        decide: who it is, by these candidates, its quality and the policy.
    """
    decision = decide(tuple(candidates), face.quality, policy.decision)
    alone = can_stand_alone(face.detection, face.quality, policy.report)
    if decision.person is None or not alone:
        return LateVerdict(LateOutcome.NOBODY, decision)
    if told.includes(face.camera, decision.person, face.captured_unix_s):
        return LateVerdict(LateOutcome.TOLD, decision)
    return LateVerdict(LateOutcome.NAMED, decision)


@dataclass(frozen=True, slots=True)
class LateWording:
    """What stands in a late word beside the face: the model that decided, its threshold unless the person has one."""

    threshold: float
    model: str


def late_sighting(
    face: LateFace, decision: Decision, wording: LateWording, sighting_id: str, told_unix_s: float
) -> CameraSighting:
    """What is told of a late face: one word, the first and the last, of a track of one frame."""
    sighting = Sighting(
        camera=face.camera,
        track=NO_TRACK,
        status=decision.status,
        person=decision.person,
        score=decision.score,
        threshold=wording.threshold if decision.threshold is None else decision.threshold,
        first_s=face.watch_s,
        last_s=face.watch_s,
        frames=1,
        best=BestShot(t_s=face.watch_s, box=face.box, quality=face.quality),
        model=wording.model,
        candidates=decision.candidates,
    )
    return CameraSighting(
        id=sighting_id,
        stage=Stage.LEFT,
        sighting=sighting,
        first_unix_s=face.captured_unix_s,
        last_unix_s=face.captured_unix_s,
        told_unix_s=told_unix_s,
        late=True,
    )
