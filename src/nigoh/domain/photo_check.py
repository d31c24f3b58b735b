"""What was found in a photo that somebody wants to enrol or to search by: codes, which a console words by itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from nigoh.domain.sighting import Box, Candidate, PersonId


class Advice(StrEnum):
    """What would make a photo better, or what to look at twice. None of these keeps it from being enrolled.

    SMALL, BLURRED, TURNED, LIT, CUT, UNSURE: the face is small, not sharp, turned away, badly lit, partly outside the
    picture, hardly a face. BYSTANDERS: other people are in the picture. CHOSEN_BY_LIKENESS: of several faces the one
    that resembles the person's other photos was taken. UNLIKE: it resembles none of them. ALIKE: it resembles
    somebody else, and was enrolled all the same, as was asked.
    """

    SMALL = "small-face"
    BLURRED = "blurred"
    TURNED = "turned-away"
    LIT = "badly-lit"
    CUT = "cut-off"
    UNSURE = "hardly-a-face"
    BYSTANDERS = "bystanders"
    CHOSEN_BY_LIKENESS = "chosen-by-likeness"
    UNLIKE = "unlike-other-photos"
    ALIKE = "like-another-person"


_ADVISED_BELOW = {
    "size": (0.2, Advice.SMALL),
    "sharpness": (0.15, Advice.BLURRED),
    "frontality": (0.3, Advice.TURNED),
    "exposure": (0.25, Advice.LIT),
    "visibility": (0.7, Advice.CUT),
    "detection": (0.3, Advice.UNSURE),
}
"""Parts of the quality below which a tenth or more of the similarity to other photos is lost (`nigoh.vision.quality`
has the measurements)."""


def face_advice(parts: Mapping[str, float]) -> tuple[Advice, ...]:
    """What would make a face's photo better, from the parts of its quality, the worst first."""
    poor = [(value, _ADVISED_BELOW[name]) for name, value in parts.items() if value < _ADVISED_BELOW[name][0]]
    return tuple(advice for _, (_, advice) in sorted(poor, key=lambda each: each[0]))


class PhotoOutcome(StrEnum):
    """What became, or would become, of a photo. Only ENROLLED is in the gallery; USABLE would be.

    LOOK_ALIKE: held back, as somebody else who is enrolled looks like this; enrolled if that is said to be right.
    PERSON_REFUSED: of an import that has something wrong about the person.
    """

    ENROLLED = "enrolled"
    USABLE = "usable"
    DUPLICATE = "duplicate"
    LOOK_ALIKE = "look-alike"
    NO_FACE = "no-face"
    SEVERAL_FACES = "several-faces"
    TOO_SMALL = "too-small"
    TOO_BLURRED = "too-blurred"
    UNREADABLE = "unreadable"
    PERSON_REFUSED = "person-refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoFace:
    """A face in a photo.

    Attributes:
        box: pixels of the photo as it is stored.
        quality: overall, in [0, 1].
        parts: of the quality, by name, each in [0, 1] where 1 is best.
        advice: what would make it better.
    """

    box: Box
    quality: float
    parts: Mapping[str, float] = field(default_factory=dict)
    advice: tuple[Advice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoCheck:
    """A photo, looked at; and enrolled, if that was asked.

    Attributes:
        name: of the photo, to be shown: a file's name, or "".
        outcome: what became of it, or would.
        width_px, height_px: of the picture as it is stored, 0 if it is unreadable.
        faces: all that were found, the largest first.
        chosen: which of them is meant, or None.
        advice: what would make it better, and what to look at twice.
        look_alikes: other people who are enrolled and look like the chosen face, best first.
        person: whom it was enrolled for; of a duplicate, whose photo it is already.
        photo_id: the stored photo; of a duplicate, the one that it repeats; or "".
        detail: why it was not enrolled, with what to do; "" otherwise.
    """

    name: str
    outcome: PhotoOutcome
    width_px: int = 0
    height_px: int = 0
    faces: tuple[PhotoFace, ...] = ()
    chosen: int | None = None
    advice: tuple[Advice, ...] = ()
    look_alikes: tuple[Candidate, ...] = ()
    person: PersonId | None = None
    photo_id: str = ""
    detail: str = ""

    @property
    def quality(self) -> float | None:
        """Of the chosen face."""
        return None if self.chosen is None else self.faces[self.chosen].quality
