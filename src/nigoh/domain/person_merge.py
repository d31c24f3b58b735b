"""Two entries of one person: what is said of them once they are one."""

from dataclasses import dataclass, replace

from nigoh.domain.people import MOST_NOTE_LETTERS, MOST_OTHER_NAMES, LegalBasis, Person
from nigoh.domain.sighting import PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeReport:
    """What has become of two entries.

    Attributes:
        person: the one that is left, as it is now.
        gone: the one that is not there any more.
        photos, templates, negatives, sightings: how many were the other's.
        same_photos: photos that both had: the other's went.
        contradictions: negatives that said of somebody that they are not themselves, and went.
        mentions: sightings that said that they looked like the other, and now like the one that is left.
    """

    person: Person
    gone: PersonId
    photos: int = 0
    templates: int = 0
    negatives: int = 0
    sightings: int = 0
    same_photos: int = 0
    contradictions: int = 0
    mentions: int = 0


def merged(person: Person, into: Person) -> Person:
    """What is said of both, as one: where they disagree, what the one says into whom the other is merged.

    The other's names are found from now on too; lists and notes are those of both. Legal basis and expiry belong
    together: they are the other's only if the one has no basis.
    """
    names = dict.fromkeys((*into.other_names, person.name, *person.other_names))
    has_basis = into.legal_basis is not LegalBasis.UNSPECIFIED
    basis = into if has_basis else person
    notes = into.notes if person.notes in into.notes else "\n".join(filter(None, (into.notes, person.notes)))
    return replace(
        into,
        other_names=tuple(name for name in names if name != into.name)[:MOST_OTHER_NAMES],
        external_id=into.external_id or person.external_id,
        notes=notes[:MOST_NOTE_LETTERS],
        group=into.group or person.group,
        legal_basis=basis.legal_basis,
        expires_unix_s=basis.expires_unix_s,
        lists=into.lists | person.lists,
    )
