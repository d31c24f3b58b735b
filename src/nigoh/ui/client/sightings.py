"""Sightings, the clips that show them, and searches in the past, as the API tells them."""

from dataclasses import dataclass
from datetime import datetime

from nigoh.domain.records import Verdict
from nigoh.domain.sighting import Box, Status
from nigoh.ui.view import part


@dataclass(frozen=True, slots=True)
class CandidateInfo:
    """An enrolled person and how much a face resembles them, cosine."""

    person: str
    score: float
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SightingInfo:
    """Somebody on a camera; the fields are those of the API."""

    id: str
    camera: str
    stage: str
    status: Status
    person: str | None
    person_name: str | None
    score: float
    threshold: float
    first_at: datetime
    last_at: datetime
    frames: int
    quality: float
    model: str
    candidates: tuple[CandidateInfo, ...]
    has_picture: bool
    late: bool
    verdict: Verdict
    verdict_by: str
    comment: str
    version: int

    @property
    def path(self) -> str:
        """Where the API has it."""
        return f"/sightings/{part(self.id)}"

    @property
    def picture(self) -> str:
        """Where the browser finds its best shot, which may be another one at each stage; "": there is none."""
        return f"/api/v1{self.path}/picture?stage={self.stage}" if self.has_picture else ""


@dataclass(frozen=True, slots=True)
class VerdictWords:
    """What somebody says about a sighting."""

    verdict: Verdict
    comment: str = ""


@dataclass(frozen=True, slots=True)
class ClipInfo:
    """A recorded clip."""

    id: str
    camera: str
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class FaceInfo:
    """A face in a picture: x1 y1 x2 y2, pixels, and how good it is, 0 to 1."""

    box: Box
    quality: float
    advice: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecognisedFaceInfo:
    """A face and the enrolled people who look most like it, best first."""

    face: FaceInfo
    candidates: tuple[CandidateInfo, ...]


@dataclass(frozen=True, slots=True)
class RecognitionInfo:
    """A picture whose faces were searched for; `threshold`: least similarity of a known person."""

    width_px: int
    height_px: int
    threshold: float
    faces: tuple[RecognisedFaceInfo, ...]


@dataclass(frozen=True, slots=True)
class PastSightingInfo:
    """A sighting that resembles a face, and how much, cosine."""

    similarity: float
    sighting: SightingInfo


@dataclass(frozen=True, slots=True)
class PastInfo:
    """Past sightings that resemble a face; `number`: how many, of which these are a page."""

    number: int
    threshold: float
    items: tuple[PastSightingInfo, ...]
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class CameraName:
    """A camera, as filters name it."""

    name: str
