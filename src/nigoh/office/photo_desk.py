"""Photos on their way into the gallery: decoded, examined, judged. Nothing is saved here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from nigoh.domain.frame import Pixels
from nigoh.domain.photo_check import PhotoCheck, PhotoOutcome
from nigoh.domain.sighting import Candidate, PersonId
from nigoh.domain.template import ModelIdentity, Templates
from nigoh.errors import PhotoError
from nigoh.identity.gallery import Candidates
from nigoh.office.face_choice import MOST_LOOK_ALIKES, REPEATED, Choice, Known, choose_face, judge, neighbours
from nigoh.office.photo_examiner import ExaminedPhoto, PhotoExaminer
from nigoh.office.photo_keeper import OwnTemplates, PhotoKeeper
from nigoh.storage.readable_names import readable
from nigoh.storage.safe_pictures import PictureReader, encode_picture

Search = Callable[[Templates, int], Candidates]
"""The k nearest enrolled people of each probe, best first: a gallery's `search`."""


@dataclass(frozen=True, slots=True)
class SentPhoto:
    """A photo as somebody sent it.

    Attributes:
        data: the file.
        name: what to call it.
        face: which of its faces is meant, as a check counts them; None: it is found out, if it can be.
    """

    data: bytes = field(repr=False)
    name: str = "photo"
    face: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class DecodedPhoto:
    """A photo that could be read.

    Attributes:
        name: to be shown.
        pixels: (H, W, 3) uint8 BGR.
        stored: the picture as it would be kept.
        fingerprints: of the picture as it would be kept, and of the file: a file that nigoh has exported is one that
            it has kept.
    """

    name: str
    pixels: Pixels
    stored: bytes = field(repr=False)
    fingerprints: tuple[str, str]

    def without_pixels(self) -> "DecodedPhoto":
        """The same, of which nothing large is left but the encoded picture, for whoever waits to be judged."""
        return replace(self, pixels=self.pixels[:1, :1].copy())


@dataclass(frozen=True, slots=True, eq=False)
class JudgedPhoto:
    """A photo and what is to become of it; with `stored` and `template` (1, D) if it may be enrolled."""

    check: PhotoCheck
    stored: bytes | None = field(default=None, repr=False)
    template: Templates | None = None


class PersonSoFar:
    """What is known of one person's face while an enrolment goes on. Owner: the enrolment.

    Args:
        person: who; None: somebody who is not enrolled yet.
        own: what is enrolled.
        model: of the templates.
    """

    def __init__(self, person: PersonId | None, own: OwnTemplates | None, model: ModelIdentity) -> None:
        self.person = person
        self.templates = own.templates if own else Templates.none(model)
        self.photos = own.photos if own else ()

    def add(self, template: Templates, photo_id: str = "") -> None:
        """One more template (1, D)."""
        self.templates = Templates(np.concatenate([self.templates.vectors, template.vectors]), template.model)
        self.photos = (*self.photos, photo_id)


class PhotoDesk:
    """Looks at photos. Any thread.

    Args:
        examiner: finds and describes faces.
        keeper: knows fingerprints.
        search: finds enrolled people.
        reader: decodes what was sent.
    """

    def __init__(
        self, examiner: PhotoExaminer, keeper: PhotoKeeper, search: Search, reader: PictureReader | None = None
    ) -> None:
        self.examiner = examiner
        self._keeper = keeper
        self.search = search
        self._reader = reader or PictureReader()

    def searching(self, search: Search) -> "PhotoDesk":
        """The same desk, which compares with other people."""
        return PhotoDesk(self.examiner, self._keeper, search, self._reader)

    def decode(self, photo: SentPhoto) -> DecodedPhoto:
        """The photo, read and encoded anew. Raises PhotoError."""
        pixels = self._reader.read(photo.data, photo.name)
        stored = encode_picture(pixels)
        prints = (self._keeper.fingerprint(stored), self._keeper.fingerprint(photo.data))
        return DecodedPhoto(readable(photo.name), pixels, stored, prints)

    def judge(
        self,
        photo: DecodedPhoto,
        examined: ExaminedPhoto,
        so_far: PersonSoFar,
        *,
        face: int | None = None,
        allow_look_alike: bool = False,
    ) -> JudgedPhoto:
        """What is to become of a photo for this person; does not say yet that it is theirs.

        Raises:
            Invalid: it has no such face.
        """
        policy = self.examiner.policy.comparison
        choice = choose_face(examined, so_far.templates, policy.meant, face)
        known = Known(so_far.templates, so_far.photos, self._others(examined, choice, so_far.person, policy.alike))
        check = judge(examined, choice, known, policy, allow_look_alike=allow_look_alike)
        check = replace(check, name=photo.name, person=so_far.person)
        if check.outcome is not PhotoOutcome.USABLE or choice.face is None:
            return JudgedPhoto(check)
        return JudgedPhoto(check, photo.stored, examined.template_of(choice.face))

    def judge_together(
        self, photos: Sequence[tuple[DecodedPhoto, ExaminedPhoto]], so_far: PersonSoFar, *, allow_look_alike: bool
    ) -> list[JudgedPhoto]:
        """Photos of one person, who is known better with each: photos of several people are judged last."""
        judged: dict[int, JudgedPhoto] = {}

        def judge_rows(rows: list[int]) -> list[int]:
            """Judge these; those in which it is still unclear who is meant."""
            for row in rows:
                judged[row] = self.judge(*photos[row], so_far, allow_look_alike=allow_look_alike)
                template = judged[row].template
                if template is not None:
                    so_far.add(template)
            return [row for row in rows if judged[row].check.outcome is PhotoOutcome.SEVERAL_FACES]

        unclear = [row for row, (_, seen) in enumerate(photos) if seen.outcome is PhotoOutcome.SEVERAL_FACES]
        judge_rows([row for row in range(len(photos)) if row not in unclear])
        # Each that is understood may explain another.
        while len(left := judge_rows(unclear)) < len(unclear):
            unclear = left
        return [judged[row] for row in range(len(photos))]

    def _others(
        self, photo: ExaminedPhoto, choice: Choice, person: PersonId | None, alike: float
    ) -> tuple[Candidate, ...]:
        if choice.face is None or choice.outcome is not PhotoOutcome.USABLE:
            return ()
        nearest = self.search(photo.template_of(choice.face), MOST_LOOK_ALIKES + 1).rows[0]
        return neighbours(nearest, person, alike)


def unreadable(name: str, error: PhotoError, person: PersonId | None = None) -> JudgedPhoto:
    """A photo that could not be read."""
    return JudgedPhoto(
        PhotoCheck(name=readable(name), outcome=PhotoOutcome.UNREADABLE, person=person, detail=str(error))
    )


def repeated(photo: DecodedPhoto, photo_id: str, person: PersonId) -> JudgedPhoto:
    """A photo that the person has already."""
    height_px, width_px = photo.pixels.shape[:2]
    return JudgedPhoto(
        PhotoCheck(
            name=photo.name, outcome=PhotoOutcome.DUPLICATE, width_px=width_px, height_px=height_px, person=person,
            photo_id=photo_id, detail=REPEATED,
        )
    )  # fmt: skip
