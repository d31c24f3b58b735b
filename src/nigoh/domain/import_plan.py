"""Whom a folder, an archive or a table asks to enrol, before anything is done."""

from dataclasses import dataclass

from nigoh.domain.people import LegalBasis
from nigoh.domain.sighting import PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPerson:
    """Somebody whom an import names.

    Attributes:
        name: what they are called, clean.
        id: nigoh's identifier, if the import comes from an export; None otherwise.
        other_names, external_id, notes, group, legal_basis, expires_unix_s: as of a person.
        lists: names of watch lists.
        photos: names of their photos, as the import's source reads them.
        source: where in the import they stand, to be shown: "people.csv, line 3".
        by_table: a table names them: they are wanted even without a photo.
    """

    name: str
    id: PersonId | None = None
    other_names: tuple[str, ...] = ()
    external_id: str | None = None
    notes: str = ""
    group: str = ""
    legal_basis: LegalBasis = LegalBasis.UNSPECIFIED
    expires_unix_s: float | None = None
    lists: tuple[str, ...] = ()
    photos: tuple[str, ...] = ()
    source: str = ""
    by_table: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file or a row of an import that is not followed.

    Attributes:
        name: which, to be shown.
        reason: why, with what to do.
    """

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import asks for.

    Attributes:
        people: in the order in which they come; each once, unless they differ in identifiers.
        refusals: files and rows that are not followed.
    """

    people: tuple[PlannedPerson, ...] = ()
    refusals: tuple[Refusal, ...] = ()

    @property
    def photo_count(self) -> int:
        """How many photos there are to read."""
        return sum(len(person.photos) for person in self.people)
