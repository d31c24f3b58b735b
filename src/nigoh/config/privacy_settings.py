"""How long what is known of people is kept, and what becomes of it when they are erased."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from nigoh.config.addresses import read_path
from nigoh.config.settings import FileSettings
from nigoh.domain.erasure import ErasedClips, ErasedSightings, ErasurePolicy
from nigoh.domain.retention_times import RetentionTimes

_DAY_S = 86_400.0

Days = Annotated[float, Field(ge=0.01, le=36_500)]


class PrivacySettings(FileSettings):
    """[privacy]: how long what is known of people is kept."""

    store_unknown: bool = Field(
        default=True,
        description="Keep what was seen of people who match nobody; without it, nothing of them is stored.",
    )
    unknown_days: Days = Field(
        7.0, description="Days after which templates and crops of people who match nobody are gone for good."
    )
    sightings_days: Days = Field(
        90.0, description="Days after which a sighting is deleted, with all that hangs on it."
    )
    crops_days: Days = Field(30.0, description="Days after which the picture of a sighting is deleted.")
    clips_days: Days | None = Field(
        None, description="Days after which a clip is deleted, if that is sooner than max_age_days of [recording]."
    )
    events_days: Days = Field(7.0, description="Days for which a follower of the events can be away.")
    erased_sightings: Literal["anonymous", "delete"] = Field(
        "anonymous",
        description="What becomes of sightings of somebody who is erased: a count without face or name, or nothing.",
    )
    erased_clips: Literal["delete", "keep"] = Field(
        "delete", description="What becomes of clips in which somebody who is erased was seen."
    )
    audit_anchor: Annotated[Path, BeforeValidator(read_path)] | None = Field(
        None, description="File, best on another machine, to which the head of the audit is added every hour."
    )

    @property
    def erasure(self) -> ErasurePolicy:
        """What becomes of what is not theirs alone when somebody is erased."""
        return ErasurePolicy(ErasedSightings(self.erased_sightings), ErasedClips(self.erased_clips))

    @property
    def times(self) -> RetentionTimes:
        """How long things are kept, in seconds."""
        return RetentionTimes(
            unknown_s=self.unknown_days * _DAY_S,
            sightings_s=self.sightings_days * _DAY_S,
            crops_s=self.crops_days * _DAY_S,
            clips_s=None if self.clips_days is None else self.clips_days * _DAY_S,
            events_s=self.events_days * _DAY_S,
        )
