"""What somebody says of a person who is to be enrolled or changed, checked."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from nigoh.domain.import_plan import PlannedPerson
from nigoh.domain.people import MOST_NOTE_LETTERS, MOST_OTHER_NAMES, LegalBasis, Person
from nigoh.domain.person_name import clean_name
from nigoh.domain.sighting import PersonId
from nigoh.errors import Invalid


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDraft:
    """A person without an identifier; the fields are those of `Person`. `lists` holds identifiers."""

    name: str
    other_names: tuple[str, ...] = ()
    external_id: str | None = None
    notes: str = ""
    group: str = ""
    legal_basis: LegalBasis = LegalBasis.UNSPECIFIED
    expires_unix_s: float | None = None
    lists: frozenset[str] = frozenset()

    @classmethod
    def of(cls, person: Person) -> "PersonDraft":
        """As somebody is now."""
        return cls(
            name=person.name, other_names=person.other_names, external_id=person.external_id, notes=person.notes,
            group=person.group, legal_basis=person.legal_basis, expires_unix_s=person.expires_unix_s,
            lists=person.lists,
        )  # fmt: skip

    @classmethod
    def planned(cls, planned: PlannedPerson, lists: Iterable[str]) -> "PersonDraft":
        """As an import asks for, with the identifiers of the lists that it names."""
        return cls(
            name=planned.name, other_names=planned.other_names, external_id=planned.external_id, notes=planned.notes,
            group=planned.group, legal_basis=planned.legal_basis, expires_unix_s=planned.expires_unix_s,
            lists=frozenset(lists),
        )  # fmt: skip

    def checked(self) -> "PersonDraft":
        """The same with clean names. Raises Invalid: names the field and what is wrong with it."""
        if len(self.other_names) > MOST_OTHER_NAMES:
            raise Invalid("other_names", f"a person has at most {MOST_OTHER_NAMES} other names")
        if len(self.notes) > MOST_NOTE_LETTERS or "\0" in self.notes:
            raise Invalid("notes", f"notes are a text of at most {MOST_NOTE_LETTERS} letters")
        others = (_clean("other_names", each) for each in self.other_names)
        return replace(
            self,
            name=_clean("name", self.name),
            other_names=tuple(dict.fromkeys(others)),
            external_id=_clean("external_id", self.external_id) if self.external_id else None,
            group=_clean("group", self.group) if self.group.strip() else "",
        )

    def enrolled(self, person: PersonId, now_unix_s: float) -> Person:
        """Somebody new."""
        return Person(
            id=person, name=self.name, other_names=self.other_names, external_id=self.external_id, notes=self.notes,
            group=self.group, legal_basis=self.legal_basis, expires_unix_s=self.expires_unix_s, lists=self.lists,
            created_unix_s=now_unix_s, updated_unix_s=now_unix_s,
        )  # fmt: skip

    def applied_to(self, person: Person) -> Person:
        """Somebody enrolled, with what this says; their version stays, by which a change in between is noticed."""
        return replace(
            person, name=self.name, other_names=self.other_names, external_id=self.external_id, notes=self.notes,
            group=self.group, legal_basis=self.legal_basis, expires_unix_s=self.expires_unix_s, lists=self.lists,
        )  # fmt: skip


def _clean(field: str, text: str) -> str:
    try:
        return clean_name(text)
    except ValueError as error:
        raise Invalid(field, f"{field}: {error}") from error
