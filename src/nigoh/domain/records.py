"""What the database keeps of sightings: the claim, the track behind it, its clip, and the stream of events."""

from dataclasses import dataclass, field
from enum import StrEnum

from nigoh.domain.camera_sighting import Stage
from nigoh.domain.sighting import Box, CameraId, Candidate, PersonId, Status


class Verdict(StrEnum):
    """What a person said about a sighting."""

    NONE = "none"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class SightingRecord:
    """A sighting as it is kept: one row a track, brought up to date by each of its stages.

    Attributes:
        id: the engine's `CameraSighting.id`: a row is never made twice.
        camera: where.
        track: the track's number on that camera.
        stage: the last word about it.
        status, person, score, threshold, candidates, frames, model: as of `Sighting`.
        first_unix_s, last_unix_s, told_unix_s: seconds since 1970.
        quality: of the best shot, in [0, 1].
        box: of the best shot, pixels of the camera's picture.
        media_id: the stored crop of the best shot, or "".
        late: the face had to wait until there was time to embed it.
        verdict, verdict_by, comment: what a person said about it.
        version: grows by one with each change.
    """

    id: str
    camera: CameraId
    track: int
    stage: Stage
    status: Status
    person: PersonId | None
    score: float
    threshold: float
    first_unix_s: float
    last_unix_s: float
    told_unix_s: float
    frames: int
    quality: float
    box: Box
    model: str
    candidates: tuple[Candidate, ...] = ()
    media_id: str = ""
    late: bool = False
    verdict: Verdict = Verdict.NONE
    verdict_by: str = ""
    comment: str = ""
    version: int = 1


class EventKind(StrEnum):
    """What happened, as other systems are told."""

    SIGHTING_APPEARED = "sighting.appeared"
    SIGHTING_CHANGED = "sighting.changed"
    SIGHTING_LEFT = "sighting.left"
    SIGHTING_VERDICT = "sighting.verdict"
    PERSON_ENROLLED = "person.enrolled"
    PERSON_CHANGED = "person.changed"
    PERSON_MERGED = "person.merged"
    PERSON_ERASED = "person.erased"
    CAMERA_STATE = "camera.state"
    CAMERA_CHANGED = "camera.changed"
    SETTING_CHANGED = "setting.changed"
    ALERT_RAISED = "alert.raised"
    ALERT_CHANGED = "alert.changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event of the stream that consoles, brokers and webhooks follow.

    Attributes:
        number: grows with each event; 0 until it is stored. A follower resumes after the last that it has seen.
        kind: what happened.
        camera: where, or "" for what belongs to no camera; who may not see the camera is not told.
        subject: identifier of the sighting, person, camera or setting.
        unix_s: when it was stored.
        body: the JSON text that followers get.
    """

    number: int = 0
    kind: EventKind
    camera: str = ""
    subject: str
    unix_s: float
    body: str = field(default="{}", repr=False)
