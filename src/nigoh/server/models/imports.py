"""Imports as JSON."""

from pydantic import BaseModel, Field

from nigoh.domain.photo_check import PhotoOutcome
from nigoh.office.import_report import ImportedPhoto
from nigoh.server.import_desk import Import, ImportState
from nigoh.server.models.people import PhotoCheckModel, photo_check_model
from nigoh.server.times import Time, to_time


class RefusalModel(BaseModel):
    """A file or a row that was not followed."""

    name: str
    reason: str


class ImportModel(BaseModel):
    """An import: how far it is, and at its end what became of it."""

    id: str
    begun_at: Time
    state: ImportState
    done: int = Field(description="Photos that were looked at.")
    total: int = Field(description="Photos in all.")
    enrolled: int = Field(description="Photos that were enrolled.")
    people: int | None = Field(description="People whom it names; null while it runs.")
    people_added: int
    people_changed: int | None
    outcomes: dict[PhotoOutcome, int] = Field(description="How many photos became what; empty while it runs.")
    refusals: list[RefusalModel]
    lists: list[str] = Field(description="Names of watch lists that were made for it.")
    problem: str = Field(description="Why it failed.")


class ImportList(BaseModel):
    """The last imports, the newest first."""

    items: list[ImportModel]


class ImportedPhotoModel(BaseModel):
    """A photo of an import."""

    person: str = Field(description="Name of whoever it was to be enrolled for.")
    check: PhotoCheckModel


class ImportedPhotoPage(BaseModel):
    """Photos of an import, in the order in which they were looked at."""

    items: list[ImportedPhotoModel]
    next_after: int | None = Field(description="Give it as `after` to get the next ones; null: there are none.")


def import_model(each: Import) -> ImportModel:
    """An import as it is told."""
    report, progress = each.report, each.progress
    return ImportModel(
        id=each.id,
        begun_at=to_time(each.begun_unix_s),
        state=each.state,
        done=progress.done,
        total=progress.total,
        enrolled=progress.enrolled,
        people=None if report is None else report.people,
        people_added=progress.people if report is None else report.added,
        people_changed=None if report is None else report.changed,
        outcomes={} if report is None else dict(report.outcomes),
        refusals=[]
        if report is None
        else [RefusalModel(name=one.name, reason=one.reason) for one in report.refusals],
        lists=[] if report is None else list(report.lists),
        problem=each.problem,
    )


def imported_photo_model(photo: ImportedPhoto) -> ImportedPhotoModel:
    """A photo of an import as it is told."""
    return ImportedPhotoModel(person=photo.person, check=photo_check_model(photo.check))
