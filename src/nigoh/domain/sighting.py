"""What nigoh reports: a person on a camera, from when to when, and how sure."""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from nigoh.domain.geometry import Floats

PersonId = NewType("PersonId", str)
CameraId = NewType("CameraId", str)

Box = tuple[float, float, float, float]
"""x1 y1 x2 y2 in pixels of the source frame."""


def person_id(name: str) -> PersonId:
    """The person of this name, in Unicode form NFC: Oʻktam typed on two systems is one person."""
    return PersonId(unicodedata.normalize("NFC", name).strip())


def to_box(row: Floats) -> Box:
    """A row (4,) of an array of boxes as a plain value."""
    x1, y1, x2, y2 = (float(value) for value in row)
    return x1, y1, x2, y2


class Status(StrEnum):
    """What was decided about a track.

    KNOWN: an enrolled person. WANTED: an enrolled person that this watch looks for. UNKNOWN: nobody enrolled.
    AMBIGUOUS: two enrolled people fit about equally well.
    """

    KNOWN = "known"
    UNKNOWN = "unknown"
    WANTED = "wanted"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An enrolled person and how much a probe resembles them: cosine similarity in [-1, 1]."""

    person: PersonId
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BestShot:
    """The best picture of a track's face: when (t_s, seconds), where (box, source pixels), how good [0, 1]."""

    t_s: float
    box: Box
    quality: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One track of one camera, decided.

    Attributes:
        type: always "sighting".
        camera: which camera.
        track: the track's number, which belongs to the camera.
        status: what was decided.
        person: the name for KNOWN and WANTED, else None.
        score: similarity of the track to `person`, else to the nearest person; 0 with nobody enrolled.
        threshold: what the score was held against.
        first_s: when the face was first seen, seconds on the source's clock.
        last_s: when it was last seen.
        frames: in how many analysed frames it was seen.
        best: its best shot.
        model: name and version of the model that made the templates.
        candidates: the nearest people, best first.
    """

    type: str = "sighting"
    camera: CameraId
    track: int
    status: Status
    person: PersonId | None
    score: float
    threshold: float
    first_s: float
    last_s: float
    frames: int
    best: BestShot
    model: str
    candidates: tuple[Candidate, ...] = ()
