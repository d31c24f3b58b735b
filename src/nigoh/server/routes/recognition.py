"""Who is in a picture, and whether two pictures show one person. The pictures are not kept."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Query

from nigoh.domain.access import Permission, Principal
from nigoh.office.recognition_office import MOST_CANDIDATES, RecognitionOffice
from nigoh.server.actors import Reason, actor_of
from nigoh.server.guard import needs
from nigoh.server.limits import PHOTO_BYTES
from nigoh.server.models.recognition import (
    ComparisonModel,
    RecognitionModel,
    comparison_model,
    recognition_model,
)
from nigoh.server.posted_pictures import PostedPictures, exactly, picture_body


def recognition_router(office: RecognitionOffice, threshold: Callable[[], float]) -> APIRouter:
    """The routes of recognition. An answer is not kept for a repeated post: it would be a search that nobody sees.

    Args:
        office: recognises and compares.
        threshold: least similarity of a known person now.
    """
    router = APIRouter(tags=["recognition"])

    @router.post("/recognise", max_body_size=PHOTO_BYTES, openapi_extra=dict(picture_body()))
    def recognise(
        who: Annotated[Principal, needs(Permission.SEARCH)],
        pictures: PostedPictures,
        limit: Annotated[int, Query(ge=1, le=MOST_CANDIDATES, description="Candidates of each face.")] = 5,
        reason: Reason = None,
    ) -> RecognitionModel:
        """Every face of a picture, and the enrolled people who look most like it."""
        picture = exactly(pictures, 1)[0]
        found = office.recognise(actor_of(who, reason), picture.data, limit, picture.name)
        return recognition_model(found, threshold(), names=who.may(Permission.PEOPLE_READ))

    @router.post("/compare", max_body_size=2 * PHOTO_BYTES, openapi_extra=dict(picture_body(2)))
    def compare(
        who: Annotated[Principal, needs(Permission.SEARCH)], pictures: PostedPictures, reason: Reason = None
    ) -> ComparisonModel:
        """How similar each face of one picture is to each of another."""
        first, second = exactly(pictures, 2)
        return comparison_model(office.compare(actor_of(who, reason), first.data, second.data), threshold())

    return router
