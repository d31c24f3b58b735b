"""Faces in a picture that somebody sends: who they are, and whether they are one person. The picture is not kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from nigoh.domain.audit import AuditAction
from nigoh.domain.people import Person
from nigoh.domain.photo_check import PhotoFace
from nigoh.domain.sighting import Candidate, PersonId
from nigoh.office.actor import Actor
from nigoh.office.photo_desk import Search
from nigoh.office.photo_examiner import ExaminedPhoto, PhotoExaminer
from nigoh.storage.audit import Audit
from nigoh.storage.database.database import Database
from nigoh.storage.database.people import People
from nigoh.storage.safe_pictures import PictureReader

MOST_CANDIDATES = 100


@dataclass(frozen=True, slots=True)
class RecognisedFace:
    """A face of a picture and who it may be.

    Attributes:
        face: where, and how good.
        candidates: the nearest enrolled people, best first.
    """

    face: PhotoFace
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Recognition:
    """A picture whose faces were searched for.

    Attributes:
        width_px, height_px: of the picture that the boxes are in: scaled down, if it was large.
        faces: the largest first.
        people: the candidates of all faces, as far as they are still enrolled.
    """

    width_px: int
    height_px: int
    faces: tuple[RecognisedFace, ...]
    people: Mapping[PersonId, Person]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two pictures whose faces were compared.

    Attributes:
        a, b: their faces, the largest first.
        similarities: of each face of a (rows) to each of b (columns), cosine in [-1, 1].
    """

    a: tuple[PhotoFace, ...]
    b: tuple[PhotoFace, ...]
    similarities: tuple[tuple[float, ...], ...]


class RecognitionOffice:
    """Recognises and compares faces. Any thread; the models work for one at a time.

    Args:
        database: where searches are written down, and names come from.
        examiner: finds and describes faces.
        search: finds enrolled people.
        reader: decodes what was sent.
        now: seconds since 1970.
    """

    def __init__(
        self,
        database: Database,
        examiner: PhotoExaminer,
        search: Search,
        *,
        now: Callable[[], float],
        reader: PictureReader | None = None,
    ) -> None:
        self._database = database
        self._examiner = examiner
        self._search = search
        self._reader = reader or PictureReader()
        self._now = now

    def recognise(self, actor: Actor, picture: bytes, k: int = 5, name: str = "picture") -> Recognition:
        """Who is in a picture: the k nearest enrolled people of each face. Written down as a search.

        Raises:
            PhotoError: the picture cannot be read.
            ValueError: k is not 1 to MOST_CANDIDATES.
        """
        if not 1 <= k <= MOST_CANDIDATES:
            raise ValueError(f"k is 1 to {MOST_CANDIDATES}, not {k}")
        examined = self._examine(picture, name)
        found = self._search(examined.templates, k).rows if len(examined.templates) else ()
        faces = tuple(
            RecognisedFace(examined.faces[face], row) for face, row in zip(examined.embedded, found, strict=True)
        )
        wanted = {candidate.person for row in found for candidate in row}
        with self._database.begin() as connection:
            people = People(connection).get_many(wanted)
            event = actor.event(AuditAction.SEARCH, "face", "", {"faces": len(faces), "candidates": len(people)})
            Audit(connection).write(event, self._now())
        still_there = tuple(_without_gone(face, people) for face in faces)
        return Recognition(examined.width_px, examined.height_px, still_there, people)

    def compare(self, actor: Actor, a: bytes, b: bytes) -> Comparison:
        """How similar each face of a picture is to each of another. Written down as a search.

        Raises:
            PhotoError: a picture cannot be read.
        """
        first, second = self._examine(a, "the first picture"), self._examine(b, "the second picture")
        similarities = first.templates.similarity(second.templates)
        with self._database.begin() as connection:
            detail = {"faces": len(first.templates), "compared_with": len(second.templates)}
            Audit(connection).write(actor.event(AuditAction.SEARCH, "comparison", "", detail), self._now())
        return Comparison(
            tuple(first.faces[face] for face in first.embedded),
            tuple(second.faces[face] for face in second.embedded),
            tuple(tuple(row) for row in similarities.tolist()),
        )

    def _examine(self, picture: bytes, name: str) -> ExaminedPhoto:
        return self._examiner.examine([self._reader.read(picture, name)], every_face=True)[0]


def _without_gone(face: RecognisedFace, people: Mapping[PersonId, Person]) -> RecognisedFace:
    """A gallery may hold somebody for a moment who has just been erased: nobody hears of them any more."""
    return RecognisedFace(face.face, tuple(each for each in face.candidates if each.person in people))
