"""What a search in the past has found, as JSON."""

from pydantic import BaseModel, Field

from nigoh.domain.history import PastSighting
from nigoh.office.history_office import MOST_HITS, Past
from nigoh.server.models.people import FaceModel, face_model
from nigoh.server.models.sightings import Names, SightingModel, sighting_model


class PastSightingModel(BaseModel):
    """A sighting that resembles the face that was looked for."""

    similarity: float = Field(description="Cosine, -1 to 1.")
    sighting: SightingModel


class PastModel(BaseModel):
    """Past sightings that resemble a face."""

    number: int = Field(description=f"How many resemble it; at most {MOST_HITS:,}, the most similar.")
    threshold: float = Field(description="Least similarity of two pictures of one person.")
    faces: list[FaceModel] = Field(description="Of the picture, the largest first; none of a sighting.")
    face: int = Field(description="Which of them was looked for.")
    items: list[PastSightingModel] = Field(description="In the order asked for.")
    next_cursor: str | None = Field(description="Give it as `cursor` with the same picture; null: no more.")


def past_model(found: Past, threshold: float, names: Names) -> PastModel:
    """What was found as it is told."""
    return PastModel(
        number=found.number,
        threshold=threshold,
        faces=[face_model(face) for face in found.faces],
        face=found.face,
        items=[_past_sighting_model(each, names) for each in found.page.items],
        next_cursor=found.page.next_cursor,
    )


def _past_sighting_model(found: PastSighting, names: Names) -> PastSightingModel:
    return PastSightingModel(similarity=found.score, sighting=sighting_model(found.sighting, names))
