"""A folder of known faces, loaded: who can be recognised, and what became of each photo."""

from dataclasses import dataclass

from nigoh.domain.enrolment import PhotoReport
from nigoh.domain.sighting import PersonId
from nigoh.identity.gallery import ExactGallery


@dataclass(frozen=True, slots=True, eq=False)
class KnownFaces:
    """Known people, ready to be recognised.

    Attributes:
        gallery: their templates.
        photos: what became of each photo.
    """

    gallery: ExactGallery
    photos: tuple[PhotoReport, ...] = ()

    @property
    def people(self) -> tuple[PersonId, ...]:
        """Everyone who can be recognised."""
        return self.gallery.people

    @property
    def complaints(self) -> tuple[PhotoReport, ...]:
        """The photos that need attention, each with what to do."""
        return tuple(photo for photo in self.photos if photo.detail)
