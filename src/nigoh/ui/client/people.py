"""People and their photos, as the API tells them."""

from dataclasses import dataclass
from datetime import datetime

from nigoh.domain.people import LegalBasis
from nigoh.domain.sighting import Box
from nigoh.ui.view import part


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonInfo:
    """Somebody who is enrolled.

    Attributes:
        id: names them for ever.
        name, other_names: what they are called.
        external_id: their number in another system, or None.
        notes, group: what the operator noted.
        legal_basis: why their biometric data may be processed.
        expires_at: when they are to be erased; None: not by itself.
        lists: identifiers of their watch lists.
        created_at, updated_at, version: of their entry.
        photos: how many there are of them.
        best_photo: identifier of the best one, or None.
    """

    id: str
    name: str
    other_names: tuple[str, ...] = ()
    external_id: str | None = None
    notes: str = ""
    group: str = ""
    legal_basis: LegalBasis = LegalBasis.UNSPECIFIED
    expires_at: datetime | None = None
    lists: tuple[str, ...] = ()
    created_at: datetime
    updated_at: datetime
    version: int = 1
    photos: int = 0
    best_photo: str | None = None

    @property
    def etag(self) -> str:
        """Names this version to the API, so that nobody else's change is lost."""
        return f'"v{self.version}"'


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonWords:
    """What is said of a person when they are enrolled or changed; the fields are those of `PersonInfo`."""

    name: str
    other_names: tuple[str, ...] = ()
    external_id: str | None = None
    notes: str = ""
    group: str = ""
    legal_basis: LegalBasis = LegalBasis.UNSPECIFIED
    expires_at: datetime | None = None
    lists: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PhotoInfo:
    """An enrolled photo: whose, where the face is (pixels), how good it is (0 to 1), what would make it better."""

    id: str
    person: str
    box: Box
    quality: float
    advice: tuple[str, ...]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class PhotoInfos:
    """Somebody's photos, the oldest first."""

    items: tuple[PhotoInfo, ...]


@dataclass(frozen=True, slots=True)
class GroupNames:
    """The groups that people are in."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """How many there are; at least so many, if that is not exact."""

    number: int
    exact: bool


def person_path(person: str) -> str:
    """Where the API has somebody."""
    return f"/people/{part(person)}"


def face_source(photo: str) -> str:
    """Where the browser finds the face of a photo, small."""
    return f"/api/v1/photos/{part(photo)}/face"


def picture_source(photo: str) -> str:
    """Where the browser finds a whole photo."""
    return f"/api/v1/photos/{part(photo)}/picture"
