"""A sighting on its way to where it is kept, with all that is kept of it."""

from dataclasses import dataclass, field
from enum import IntEnum

from nigoh.domain.camera_sighting import CameraSighting, Stage
from nigoh.domain.template import ModelIdentity

Progress = tuple[int, int, float]
"""How far what is known of a track has come: its stage's rank, its frames, when it was told (seconds since 1970)."""

_RANK = {Stage.APPEARED: 0, Stage.CHANGED: 1, Stage.LEFT: 2}


@dataclass(frozen=True, slots=True)
class TrackTemplate:
    """The template of a track, as the engine made it.

    Attributes:
        vector: (D,) float32 of unit length, as bytes.
        model: what made it.
    """

    vector: bytes = field(repr=False)
    model: ModelIdentity

    def __post_init__(self) -> None:
        if len(self.vector) != 4 * self.model.dimension:
            raise ValueError(f"a template of {self.model} has {self.model.dimension} numbers of 4 bytes")


@dataclass(frozen=True, slots=True, kw_only=True)
class SpooledSighting:
    """One word about a track.

    Attributes:
        told: what was said.
        jpeg: its best shot; b"": none.
        template: the track's template, or None.
    """

    told: CameraSighting
    jpeg: bytes = field(default=b"", repr=False)
    template: TrackTemplate | None = None


class Room(IntEnum):
    """How much room a spool has left. THIN: for sightings, and no more for their pictures. NONE: it refuses."""

    AMPLE = 0
    THIN = 1
    NONE = 2


def progress(told: CameraSighting) -> Progress:
    """How far a word about a track has come."""
    return progress_of(told.stage, told.sighting.frames, told.told_unix_s)


def progress_of(stage: Stage, frames: int, told_unix_s: float) -> Progress:
    """What is told later of a track is larger; what is told again is equal.

    Frames come before time: they grow with a track even when the clock on the wall is set back.
    """
    return _RANK[stage], frames, told_unix_s
