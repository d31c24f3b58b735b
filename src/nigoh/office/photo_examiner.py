"""Photos in; their faces, qualities and templates out. The one place of an office that runs the models."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from nigoh.domain.enrolment import Finding
from nigoh.domain.faces import Faces
from nigoh.domain.frame import Pixels
from nigoh.domain.geometry import areas
from nigoh.domain.photo_check import PhotoFace, PhotoOutcome, face_advice
from nigoh.domain.sighting import to_box
from nigoh.domain.template import ModelIdentity, Templates
from nigoh.engine.analysis import FaceAnalyser, Portraits
from nigoh.engine.photo_faces import EnrolmentPolicy, judge_face, judge_portraits, portray_photo

MOST_FACES = 100
"""Faces of one picture that get a template, the largest first: a crowd of thousands would hold up everybody else."""

_OUTCOMES = {
    Finding.ENROLLED: PhotoOutcome.USABLE,
    Finding.NO_FACE: PhotoOutcome.NO_FACE,
    Finding.SEVERAL_FACES: PhotoOutcome.SEVERAL_FACES,
    Finding.TOO_SMALL: PhotoOutcome.TOO_SMALL,
    Finding.BLURRED: PhotoOutcome.TOO_BLURRED,
}


@dataclass(frozen=True, slots=True, eq=False)
class ExaminedPhoto:
    """A photo whose faces were found.

    Attributes:
        width_px, height_px: of the picture.
        outcome: USABLE, NO_FACE, SEVERAL_FACES, TOO_SMALL or TOO_BLURRED.
        faces: all of them, the largest first.
        fitness: of each face alone: USABLE, TOO_SMALL or TOO_BLURRED.
        meant: which of them may be meant: one if that is clear.
        templates: of the faces in `embedded`, row for row.
        embedded: which faces have a template.
    """

    width_px: int
    height_px: int
    outcome: PhotoOutcome
    faces: tuple[PhotoFace, ...]
    fitness: tuple[PhotoOutcome, ...]
    meant: tuple[int, ...]
    templates: Templates
    embedded: tuple[int, ...]

    def template_of(self, face: int) -> Templates:
        """The one template (1, D) of a face that was embedded."""
        return self.templates.pick([self.embedded.index(face)])


@dataclass(frozen=True, slots=True, eq=False)
class _Portrayed:
    width_px: int
    height_px: int
    portraits: Portraits
    order: list[int]
    outcome: PhotoOutcome
    meant: tuple[int, ...]
    embedded: tuple[int, ...]


class PhotoExaminer:
    """Owns an analyser, whose models one thread at a time may run: any thread may ask, and waits for its turn."""

    def __init__(self, analyser: FaceAnalyser, policy: EnrolmentPolicy | None = None) -> None:
        self.policy = policy or EnrolmentPolicy()
        self._analyser = analyser
        self._turn = threading.Lock()

    @property
    def model(self) -> ModelIdentity:
        """What the templates carry."""
        return self._analyser.model

    def examine(self, pictures: Sequence[Pixels], *, every_face: bool = False) -> list[ExaminedPhoto]:
        """Find and judge the faces of pictures, in order; a few dozen at once keep the embedder busy.

        Args:
            pictures: (H, W, 3) uint8 BGR each.
            every_face: make templates of all faces; otherwise of those alone that may be enrolled.
        """
        with self._turn:
            portrayed = [self._portray(pixels, every_face=every_face) for pixels in pictures]
            crops = [each.portraits.crops[[each.order[face] for face in each.embedded]] for each in portrayed]
            templates = self._analyser.embed(np.concatenate(crops)) if crops else Templates.none(self.model)
        edges = np.cumsum([0, *map(len, crops)]).tolist()
        return [
            self._examined(each, templates.pick(list(range(start, end))))
            for each, (start, end) in zip(portrayed, pairwise(edges), strict=True)
        ]

    def find(self, pixels: Pixels) -> Faces:
        """The faces of a picture, (H, W, 3) uint8 BGR, and no more of them."""
        with self._turn:
            return self._analyser.detect([pixels])[0]

    def _portray(self, pixels: Pixels, *, every_face: bool) -> _Portrayed:
        portraits = portray_photo(self._analyser, pixels)
        order = [int(row) for row in np.argsort(-areas(portraits.faces.boxes), kind="stable")]
        finding, rows = judge_portraits(portraits, self.policy)
        outcome, meant = _OUTCOMES[finding], tuple(order.index(row) for row in rows)
        if every_face:
            embedded = tuple(range(len(order)))[:MOST_FACES]
        else:
            embedded = meant if outcome in {PhotoOutcome.USABLE, PhotoOutcome.SEVERAL_FACES} else ()
        height_px, width_px = pixels.shape[:2]
        return _Portrayed(width_px, height_px, portraits, order, outcome, meant, embedded)

    def _examined(self, found: _Portrayed, templates: Templates) -> ExaminedPhoto:
        faces = tuple(_face(found.portraits, row) for row in found.order)
        fitness = tuple(_OUTCOMES[judge_face(found.portraits, row, self.policy)] for row in found.order)
        return ExaminedPhoto(
            width_px=found.width_px, height_px=found.height_px, outcome=found.outcome, faces=faces, fitness=fitness,
            meant=found.meant, templates=templates, embedded=found.embedded,
        )  # fmt: skip


def _face(portraits: Portraits, row: int) -> PhotoFace:
    qualities = portraits.qualities
    parts = {name: float(part[row]) for name, part in qualities.parts.items()}
    return PhotoFace(
        box=to_box(portraits.faces.boxes[row]),
        quality=float(qualities.overall[row]),
        parts=parts,
        advice=face_advice(parts),
    )
