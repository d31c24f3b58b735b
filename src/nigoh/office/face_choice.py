"""Which face of a photo is meant, and whether it may be enrolled for somebody. Decisions only."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from nigoh.domain.photo_check import Advice, PhotoCheck, PhotoOutcome
from nigoh.domain.sighting import Candidate, PersonId
from nigoh.domain.template import Templates
from nigoh.engine.photo_comparison import ComparisonPolicy
from nigoh.errors import Invalid
from nigoh.office.photo_examiner import ExaminedPhoto

SAME_PHOTO = 0.95
"""A similarity that two photos of one person do not reach (0.919 in LFW view 1), and 99 % of photos that were only
saved again, at a quality of 95, do."""

MOST_LOOK_ALIKES = 5


@dataclass(frozen=True, slots=True)
class Choice:
    """A face of a photo.

    Attributes:
        face: which one, or None: it is unclear, or none is good enough.
        outcome: USABLE, or why it cannot be enrolled.
        advice: what is to be said about the choice.
    """

    face: int | None
    outcome: PhotoOutcome
    advice: tuple[Advice, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What is enrolled already, as far as one photo is concerned.

    Attributes:
        own: (K, D) templates of the person.
        photos: the photo of each of these templates, "" for none.
        others: other people near the chosen face, best first.
    """

    own: Templates
    photos: tuple[str, ...] = ()
    others: tuple[Candidate, ...] = ()


def choose_face(photo: ExaminedPhoto, own: Templates, meant: float, face: int | None = None) -> Choice:
    """Which face is meant.

    Args:
        photo: with templates of the faces that may be meant, and of `face`.
        own: (K, D) templates of the person, as far as they are enrolled.
        meant: of several faces, the one this similar to the person's own is the one meant.
        face: the one that somebody pointed at.

    Raises:
        Invalid: there is no such face.
    """
    if face is not None:
        if not 0 <= face < len(photo.faces):
            raise Invalid("face", f"the photo has {len(photo.faces)} faces, counted from 0", "Choose one of them.")
        return _of(photo, face)
    if photo.outcome is PhotoOutcome.SEVERAL_FACES and len(own):
        candidates = [each for each in photo.meant if each in photo.embedded]
        likeness = [float(photo.template_of(each).similarity(own).max()) for each in candidates]
        best = int(np.argmax(likeness))
        if likeness[best] >= meant:
            return _of(photo, candidates[best], Advice.CHOSEN_BY_LIKENESS)
    if len(photo.meant) == 1:
        return _of(photo, photo.meant[0])
    return Choice(None, photo.outcome)


def judge(
    photo: ExaminedPhoto, choice: Choice, known: Known, policy: ComparisonPolicy, *, allow_look_alike: bool
) -> PhotoCheck:
    """What is to become of a photo whose face was chosen; USABLE if it may be enrolled. It has no name yet."""
    found = PhotoCheck(
        name="", outcome=choice.outcome, width_px=photo.width_px, height_px=photo.height_px, faces=photo.faces,
        chosen=choice.face, advice=choice.advice, look_alikes=known.others[:MOST_LOOK_ALIKES],
        detail=_DETAILS.get(choice.outcome, ""),
    )  # fmt: skip
    if choice.face is None or choice.outcome is not PhotoOutcome.USABLE:
        return found
    similarity = photo.template_of(choice.face).similarity(known.own)[0]
    return _compared(found, similarity.tolist(), known, policy, allow=allow_look_alike)


def neighbours(candidates: tuple[Candidate, ...], person: PersonId | None, alike: float) -> tuple[Candidate, ...]:
    """Those of the nearest people who are somebody else, and as similar as one person's photos are."""
    return tuple(each for each in candidates if each.person != person and each.score >= alike)


def _of(photo: ExaminedPhoto, face: int, *advice: Advice) -> Choice:
    outcome = photo.fitness[face]
    bystanders = (Advice.BYSTANDERS,) if len(photo.faces) > 1 else ()
    return Choice(face, outcome, (*photo.faces[face].advice, *bystanders, *advice))


def _compared(
    found: PhotoCheck, own: Sequence[float], known: Known, policy: ComparisonPolicy, *, allow: bool
) -> PhotoCheck:
    """What a usable photo becomes, given how similar it is to the person's own and to others'."""
    nearest = max(own, default=None)
    if nearest is not None and nearest >= SAME_PHOTO:
        repeated = known.photos[own.index(nearest)]
        return replace(found, outcome=PhotoOutcome.DUPLICATE, photo_id=repeated, detail=REPEATED)
    if known.others and not allow:
        return replace(found, outcome=PhotoOutcome.LOOK_ALIKE, detail=_LOOK_ALIKE)
    advice = found.advice
    if nearest is not None and nearest < policy.unlike:
        advice = (*advice, Advice.UNLIKE)
    if known.others:
        advice = (*advice, Advice.ALIKE)
    return replace(found, advice=advice)


REPEATED = "the person has this photo already"
_LOOK_ALIKE = "somebody who is enrolled looks like this: add the photo to them, or confirm that they are two people"
_DETAILS = {
    PhotoOutcome.NO_FACE: "no face was found: give a photo that shows the face from the front",
    PhotoOutcome.SEVERAL_FACES: "several people are in it: say which face is meant, or crop the photo",
    PhotoOutcome.TOO_SMALL: "the face is too small: give a photo with at least 30 px between the eyes",
    PhotoOutcome.TOO_BLURRED: "the face is blurred: give a sharper photo",
}
