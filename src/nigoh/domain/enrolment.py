"""Photos of known people, and what became of each."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from nigoh.domain.sighting import PersonId


@dataclass(frozen=True, slots=True)
class KnownPhoto:
    """A photo file and the person whom it shows."""

    person: PersonId
    path: Path


class Finding(StrEnum):
    """What was found in a photo that was to be enrolled. Only ENROLLED, ALIKE and UNLIKE are in the gallery."""

    ENROLLED = "enrolled"
    ALIKE = "looks like another person"
    UNLIKE = "unlike the person's other photos"
    NO_FACE = "no face"
    SEVERAL_FACES = "several faces"
    TOO_SMALL = "face too small"
    BLURRED = "face too blurred"
    UNREADABLE = "unreadable"

    @property
    def is_in_gallery(self) -> bool:
        """Whether the photo was enrolled."""
        return self in {Finding.ENROLLED, Finding.ALIKE, Finding.UNLIKE}


@dataclass(frozen=True, slots=True)
class PhotoReport:
    """What became of one photo.

    Attributes:
        path: the file.
        person: whose it is.
        finding: what was found.
        quality: of the face, in [0, 1]; None without a face.
        detail: what exactly, in words, with the next step; "" for a photo without a complaint.
    """

    path: Path
    person: PersonId
    finding: Finding
    quality: float | None = None
    detail: str = ""
