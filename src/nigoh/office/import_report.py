"""What became of an import: of each photo, of each row and file that was not followed."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from nigoh.domain.import_plan import Refusal
from nigoh.domain.photo_check import PhotoCheck, PhotoOutcome


@dataclass(frozen=True, slots=True)
class ImportedPhoto:
    """A photo of an import.

    Attributes:
        person: the name of whoever it was to be enrolled for.
        check: what became of it; of its faces the chosen one alone.
    """

    person: str
    check: PhotoCheck


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """How far an import is: photos done, photos in all, photos enrolled, people enrolled."""

    done: int
    total: int
    enrolled: int
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What became of an import.

    Attributes:
        people: how many it names.
        added, changed: how many of them were enrolled, or got other details.
        photos: in the order in which they were looked at.
        refusals: rows, files and people that were not followed, with the reason.
        lists: names of watch lists that were made for it.
        cancelled: it was ended before its end; what was done stays.
    """

    people: int
    added: int
    changed: int
    photos: tuple[ImportedPhoto, ...]
    refusals: tuple[Refusal, ...]
    lists: tuple[str, ...] = ()
    cancelled: bool = False

    @property
    def outcomes(self) -> Counter[PhotoOutcome]:
        """How many photos became what."""
        return Counter(photo.check.outcome for photo in self.photos)


OnProgress = Callable[[ImportProgress], None]


def ignore_progress(progress: ImportProgress) -> None:
    """Tell nobody."""
    del progress
