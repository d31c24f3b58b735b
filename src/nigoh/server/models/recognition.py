"""Faces that were recognised or compared, as JSON."""

from collections.abc import Mapping

from pydantic import BaseModel, Field

from nigoh.domain.people import Person
from nigoh.domain.sighting import PersonId
from nigoh.office.recognition_office import Comparison, RecognisedFace, Recognition
from nigoh.server.models.people import CandidateModel, FaceModel, face_model


class RecognisedFaceModel(BaseModel):
    """A face and who it may be."""

    face: FaceModel
    candidates: list[CandidateModel] = Field(description="The nearest enrolled people, best first.")


class RecognitionModel(BaseModel):
    """A picture whose faces were searched for."""

    width_px: int
    height_px: int
    threshold: float = Field(description="Least similarity of a known person.")
    faces: list[RecognisedFaceModel] = Field(description="The largest first.")


class ComparisonModel(BaseModel):
    """Two pictures whose faces were compared."""

    a: list[FaceModel] = Field(description="Faces of the first picture, the largest first.")
    b: list[FaceModel] = Field(description="Faces of the second one.")
    threshold: float = Field(description="Least similarity of two pictures of one person.")
    similarities: list[list[float]] = Field(
        description="Of each face of a (rows) to each of b (columns): cosine, -1 to 1."
    )


def recognition_model(found: Recognition, threshold: float, *, names: bool) -> RecognitionModel:
    """A recognition as it is told, with names for whoever may read them."""
    people = found.people if names else {}
    return RecognitionModel(
        width_px=found.width_px,
        height_px=found.height_px,
        threshold=threshold,
        faces=[_recognised_model(face, people) for face in found.faces],
    )


def comparison_model(found: Comparison, threshold: float) -> ComparisonModel:
    """A comparison as it is told."""
    return ComparisonModel(
        a=[face_model(face) for face in found.a],
        b=[face_model(face) for face in found.b],
        threshold=threshold,
        similarities=[list(row) for row in found.similarities],
    )


def _recognised_model(found: RecognisedFace, people: Mapping[PersonId, Person]) -> RecognisedFaceModel:
    candidates = [
        CandidateModel(
            person=each.person,
            name=people[each.person].name if each.person in people else None,
            score=each.score,
        )
        for each in found.candidates
    ]
    return RecognisedFaceModel(face=face_model(found.face), candidates=candidates)
