"""Enrolled people as the database keeps them: who they are, their photos, the lists that they stand on."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from nigoh.domain.sighting import Box, PersonId

MOST_OTHER_NAMES = 50
MOST_NOTE_LETTERS = 10_000


class LegalBasis(StrEnum):
    """Why a person's biometric data may be processed (GDPR, articles 6 and 9; Uzbekistan's law on personal data)."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_OBLIGATION = "legal-obligation"
    PUBLIC_INTEREST = "public-interest"
    LEGITIMATE_INTEREST = "legitimate-interest"
    UNSPECIFIED = "unspecified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who is enrolled.

    Attributes:
        id: names them for ever.
        name: what they are called, Unicode form NFC, not empty.
        other_names: the same name in other scripts, or other names.
        external_id: their number in another system; unique, or None.
        notes: whatever the operator wants to know.
        group: a department, a class, a shift; "" for none.
        legal_basis: why they may be enrolled.
        expires_unix_s: when they are to be erased, seconds since 1970, or None.
        lists: identifiers of the watch lists that they stand on.
        created_unix_s, updated_unix_s: when they were enrolled and last changed.
        version: grows by one with each change.
    """

    id: PersonId
    name: str
    other_names: tuple[str, ...] = ()
    external_id: str | None = None
    notes: str = ""
    group: str = ""
    legal_basis: LegalBasis = LegalBasis.UNSPECIFIED
    expires_unix_s: float | None = None
    lists: frozenset[str] = frozenset()
    created_unix_s: float = 0.0
    updated_unix_s: float = 0.0
    version: int = 1

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ValueError("a person has a name")


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """An enrolled photo of a person; the picture itself is a media item.

    Attributes:
        id: names it for ever.
        person: whose.
        media_id: the stored picture, sealed under the person's key.
        box: the face, pixels of the stored picture.
        quality: of the face, in [0, 1].
        advice: what would make it better, as codes of `nigoh.domain.enrolment`.
        created_unix_s: when it was added.
    """

    id: str
    person: PersonId
    media_id: str
    box: Box
    quality: float
    advice: tuple[str, ...] = ()
    created_unix_s: float = 0.0


def best_photo(photos: Iterable[Photo]) -> Photo | None:
    """The photo that shows them best: of the highest quality, of equals the newest; None: there is none."""
    return max(photos, key=lambda each: (each.quality, each.created_unix_s, each.id), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchList:
    """A list of people who are treated alike.

    Attributes:
        id: names it for ever.
        name: unique.
        wanted: whoever stands on it is looked for: their sightings have the status WANTED.
        threshold: least similarity to be named, instead of the engine's; None: the engine's.
        colour: "#rrggbb", of their frame in pictures.
        priority: higher ones are shown first.
        created_unix_s, updated_unix_s, version: as of a person.
    """

    id: str
    name: str
    wanted: bool = False
    threshold: float | None = None
    colour: str = "#2e7d32"
    priority: int = 0
    created_unix_s: float = 0.0
    updated_unix_s: float = 0.0
    version: int = 1

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ValueError("a watch list has a name")
        if self.threshold is not None and not 0 < self.threshold < 1:
            raise ValueError(f"a threshold is above 0 and below 1, not {self.threshold:g}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonTerms:
    """What an engine needs to know about an enrolled person beside their templates.

    Attributes:
        person: who.
        name: what to write in the picture.
        wanted: they stand on a list of people who are looked for.
        threshold: the lowest of their lists' own thresholds, or None: the engine's.
        colour: of their list of the highest priority, "#rrggbb", or "".
        lists: names of their lists, those of the highest priority first.
    """

    person: PersonId
    name: str
    wanted: bool = False
    threshold: float | None = None
    colour: str = ""
    lists: tuple[str, ...] = field(default=())
