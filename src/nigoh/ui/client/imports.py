"""Imports of many people, as the API tells them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from nigoh.domain.photo_check import PhotoCheck, PhotoOutcome


@dataclass(frozen=True, slots=True)
class RefusalInfo:
    """A file or a row that was not followed, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportInfo:
    """An import; the fields are those of the API."""

    id: str
    begun_at: datetime
    state: str
    done: int
    total: int
    enrolled: int
    people: int | None
    people_added: int
    people_changed: int | None
    outcomes: Mapping[PhotoOutcome, int]
    refusals: tuple[RefusalInfo, ...]
    lists: tuple[str, ...]
    problem: str

    @property
    def is_running(self) -> bool:
        """Whether it goes on."""
        return self.state == "running"


@dataclass(frozen=True, slots=True)
class ImportInfos:
    """The last imports, the newest first."""

    items: tuple[ImportInfo, ...]


@dataclass(frozen=True, slots=True)
class ImportedPhotoInfo:
    """A photo of an import: for whom, and what became of it."""

    person: str
    check: PhotoCheck


@dataclass(frozen=True, slots=True)
class ImportedPhotoPage:
    """Photos of an import; None: no more follow."""

    items: tuple[ImportedPhotoInfo, ...]
    next_after: int | None
