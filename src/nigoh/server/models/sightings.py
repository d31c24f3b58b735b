"""Sightings and clips as JSON."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from nigoh.domain.camera_sighting import Stage
from nigoh.domain.clip import Clip
from nigoh.domain.records import SightingRecord, Verdict
from nigoh.domain.sighting import Box, PersonId, Status
from nigoh.server.models.people import CandidateModel, PersonIn
from nigoh.server.models.texts import ShortText, Text
from nigoh.server.times import Time, to_time

Names = Mapping[PersonId, str]
"""What people are called, as far as whoever asks may know it."""


class SightingModel(BaseModel):
    """Somebody on a camera, from when to when, and how sure."""

    id: str
    camera: str
    track: int
    stage: Stage = Field(description="The last word about it.")
    status: Status
    person: str | None = Field(description="Identifier of the person; null for unknown and ambiguous ones.")
    person_name: str | None = Field(description="Null if that may not be read, or they are gone.")
    score: float = Field(description="Cosine similarity, -1 to 1.")
    threshold: float = Field(description="What the score was held against.")
    first_at: Time
    last_at: Time
    frames: int
    quality: float
    box: Box = Field(description="Of the best shot, pixels of the camera's picture.")
    model: str
    candidates: list[CandidateModel]
    has_picture: bool
    late: bool
    verdict: Verdict
    verdict_by: str
    comment: str
    version: int


class ClipModel(BaseModel):
    """A recorded clip."""

    id: str
    camera: str
    first_at: Time
    last_at: Time
    size_bytes: int


class SeenModel(SightingModel):
    """A sighting and the video that shows it."""

    clips: list[ClipModel] = Field(description="Finished recordings of that time; none without `clips:read`.")


class CountModel(BaseModel):
    """How many there are."""

    number: int
    exact: bool = Field(description="False: there are at least so many.")


class VerdictIn(BaseModel):
    """What somebody says about a sighting."""

    model_config = ConfigDict(extra="forbid")

    verdict: Verdict = Field(description="`rejected`: not this person; the face is not taken for them again.")
    comment: Annotated[Text, Field(max_length=2000)] = ""


class SightingEnrolment(BaseModel):
    """Whose photo a sighting's best shot is to be."""

    model_config = ConfigDict(extra="forbid")

    person: ShortText | None = Field(None, description="Somebody who is enrolled.")
    new: PersonIn | None = Field(None, description="Somebody who is not.")
    allow_look_alike: bool = Field(default=False, description="It is theirs although somebody looks like it.")

    @model_validator(mode="after")
    def _names_one(self) -> "SightingEnrolment":
        if (self.person is None) == (self.new is None):
            raise ValueError("give person, or new: one of both")
        return self


def sighting_model(sighting: SightingRecord, names: Names) -> SightingModel:
    """A sighting as it is told."""
    person = sighting.person
    return SightingModel(
        id=sighting.id,
        camera=sighting.camera,
        track=sighting.track,
        stage=sighting.stage,
        status=sighting.status,
        person=person,
        person_name=None if person is None else names.get(person),
        score=sighting.score,
        threshold=sighting.threshold,
        first_at=to_time(sighting.first_unix_s),
        last_at=to_time(sighting.last_unix_s),
        frames=sighting.frames,
        quality=sighting.quality,
        box=sighting.box,
        model=sighting.model,
        candidates=[
            CandidateModel(person=each.person, name=names.get(each.person), score=each.score)
            for each in sighting.candidates
        ],
        has_picture=bool(sighting.media_id),
        late=sighting.late,
        verdict=sighting.verdict,
        verdict_by=sighting.verdict_by,
        comment=sighting.comment,
        version=sighting.version,
    )


def seen_model(sighting: SightingRecord, names: Names, clips: Sequence[Clip]) -> SeenModel:
    """A sighting as it is told, with its clips."""
    told = sighting_model(sighting, names)
    return SeenModel(**dict(told), clips=[clip_model(clip) for clip in clips])


def clip_model(clip: Clip) -> ClipModel:
    """A clip as it is told."""
    return ClipModel(
        id=clip.id,
        camera=clip.camera,
        first_at=to_time(clip.first_unix_s),
        last_at=to_time(clip.last_unix_s),
        size_bytes=clip.size_bytes,
    )
