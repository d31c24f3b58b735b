"""What is erased of a person, and what was."""

from dataclasses import dataclass
from enum import StrEnum

from nigoh.domain.sighting import PersonId


class ErasedSightings(StrEnum):
    """What becomes of somebody's sightings. ANONYMOUS: they are those of somebody unknown, without a face."""

    ANONYMOUS = "anonymous"
    DELETE = "delete"


class ErasedClips(StrEnum):
    """What becomes of recordings in which somebody was seen, perhaps with others."""

    DELETE = "delete"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class ErasurePolicy:
    """What becomes of what is not theirs alone.

    Attributes:
        sightings: of their sightings.
        clips: of recordings that show them.
    """

    sightings: ErasedSightings = ErasedSightings.ANONYMOUS
    clips: ErasedClips = ErasedClips.DELETE


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasurePreview:
    """What would be erased of somebody, as things are now; the fields are those of `ErasureReport`."""

    person: PersonId
    photos: int
    templates: int
    negatives: int
    keys: int
    sightings: int
    anonymous: bool
    crops: int
    mentions: int
    clips: int = 0
    clips_kept: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureReport:
    """What was erased of somebody.

    Attributes:
        person: who it was; nothing of them but this is left.
        erased_unix_s: when, seconds since 1970.
        was_enrolled: they were there until now; else what was left of them was looked for again.
        photos, templates, negatives: how many there were.
        keys: data keys that were destroyed, and with them whatever was sealed under them, backups included.
        sightings: of how many sightings there were of them nothing names them any more.
        anonymous: those are kept without them; else they are deleted.
        crops, tracks: pictures and templates of those sightings that were removed.
        mentions: sightings of others that no longer say that they looked like them.
        answers: answers to requests that were kept for a day and named them.
        clips: recordings that were removed.
        clips_kept: recordings that show them and are kept, as the policy says.
        clips_left: paths of recordings that could not be removed, as they are being written.
        final: the freed places in the database were overwritten too.
    """

    person: PersonId
    erased_unix_s: float
    was_enrolled: bool
    photos: int = 0
    templates: int = 0
    negatives: int = 0
    keys: int = 0
    sightings: int = 0
    anonymous: bool = True
    crops: int = 0
    tracks: int = 0
    mentions: int = 0
    answers: int = 0
    clips: int = 0
    clips_kept: int = 0
    clips_left: tuple[str, ...] = ()
    final: bool = False

    @property
    def is_complete(self) -> bool:
        """Whether nothing has to be done again later."""
        return self.final and not self.clips_left

    def text(self) -> str:
        """For whoever has to prove it: a line each."""
        kept = "kept without face and name" if self.anonymous else "deleted"
        lines = [
            f"person {self.person}: {'erased' if self.was_enrolled else 'was erased before; looked for again'}",
            f"photos {self.photos}, templates {self.templates}, negatives {self.negatives}: deleted",
            f"data keys {self.keys}: destroyed, and with them what backups hold",
            f"sightings {self.sightings}: {kept}; their pictures {self.crops} and templates {self.tracks}: deleted",
            f"sightings of others that named them as similar {self.mentions}: do so no more",
            f"kept answers to requests {self.answers}: deleted",
            f"recordings {self.clips}: deleted, {self.clips_kept}: kept, as the policy says",
        ]
        if self.clips_left:
            lines.append(
                f"recordings that are being written {len(self.clips_left)}: still to be deleted; run it again"
            )
        if not self.final:
            lines.append("freed places of the database: still to be overwritten, as somebody reads; it is done later")
        lines.append(
            "not reached: files outside of nigoh's care, as out and crops of [engine], exports and printouts"
        )
        return "\n".join(lines)
