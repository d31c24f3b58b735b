"""Where and when a face was seen before. A posted picture is not kept."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from nigoh.domain.access import Permission, Principal
from nigoh.domain.history import HistoryFilter, HistoryOrder
from nigoh.domain.sighting import CameraId, PersonId
from nigoh.errors import Missing
from nigoh.office.history_office import HistoryOffice, Past
from nigoh.server.actors import Reason, actor_of
from nigoh.server.guard import needs
from nigoh.server.limits import PHOTO_BYTES
from nigoh.server.models.history import PastModel, past_model
from nigoh.server.models.texts import Identifier, ShortText
from nigoh.server.paging import Paging
from nigoh.server.posted_pictures import PostedPictures, exactly, picture_body
from nigoh.server.times import GivenTime, to_unix_s
from nigoh.storage.database.database import Database
from nigoh.storage.database.people import People
from nigoh.storage.database.sightings import Sightings

_MOST_CAMERAS = 200
_MOST_FACES = 99

Searcher = Annotated[Principal, needs(Permission.SEARCH, Permission.SIGHTINGS_READ)]


def history_router(database: Database, office: HistoryOffice, threshold: Callable[[], float]) -> APIRouter:
    """The routes of searches in the past. No answer is kept for a repeated post: it would be a search nobody sees.

    Args:
        database: sightings and names.
        office: searches.
        threshold: least similarity of a known person now.
    """
    router = APIRouter(prefix="/sightings", tags=["sightings"])

    def wanted_sightings(
        least_similarity: Annotated[
            float | None, Query(ge=-1, le=1, description="Cosine; left out: that of a known person.")
        ] = None,
        camera: Annotated[list[ShortText], Query(max_length=_MOST_CAMERAS, description="On one of these.")] = [],  # noqa: B006 - FastAPI copies it
        since: Annotated[GivenTime | None, Query(description="First seen not before.")] = None,
        until: Annotated[GivenTime | None, Query(description="First seen before.")] = None,
        sort: HistoryOrder = HistoryOrder.LIKENESS,
    ) -> HistoryFilter:
        begin, end = to_unix_s(since), to_unix_s(until)
        return HistoryFilter(
            least=threshold() if least_similarity is None else least_similarity,
            cameras=frozenset(CameraId(each) for each in camera) if camera else None,
            since_unix_s=float("-inf") if begin is None else begin,
            until_unix_s=float("inf") if end is None else end,
            order=sort,
        )

    def told(who: Principal, found: Past) -> PastModel:
        return past_model(found, threshold(), _names(database, who, found))

    Wanted = Annotated[HistoryFilter, Depends(wanted_sightings)]  # noqa: N806 - a type

    @router.post("/search", max_body_size=PHOTO_BYTES, openapi_extra=dict(picture_body()))
    def search_sightings(
        who: Searcher,
        pictures: PostedPictures,
        wanted: Wanted,
        paging: Paging,
        face: Annotated[int, Query(ge=0, le=_MOST_FACES, description="Of several, the largest is 0.")] = 0,
        reason: Reason = None,
    ) -> PastModel:
        """Past sightings that resemble a face of a picture, known or not, on all cameras that you may see."""
        picture = exactly(pictures, 1)[0]
        asked = wanted.within(who.cameras)
        return told(who, office.search_picture(actor_of(who, reason), picture.data, asked, paging, face=face))

    @router.get("/{sighting}/similar")
    def similar_sightings(
        who: Searcher, sighting: Identifier, wanted: Wanted, paging: Paging, reason: Reason = None
    ) -> PastModel:
        """Past sightings of whoever was seen in one: 404 if its template is not kept any more."""
        with database.read() as connection:
            seen = Sightings(connection).get(sighting)
        if seen is None or not who.sees(seen.camera):
            raise Missing("sighting", sighting)
        return told(who, office.search_like(actor_of(who, reason), seen.id, wanted.within(who.cameras), paging))

    return router


def _names(database: Database, who: Principal, found: Past) -> dict[PersonId, str]:
    if not who.may(Permission.PEOPLE_READ):
        return {}
    sightings = [each.sighting for each in found.page.items]
    named = {each.person for each in sightings if each.person is not None}
    named |= {candidate.person for each in sightings for candidate in each.candidates}
    with database.read() as connection:
        return {person: person_found.name for person, person_found in People(connection).get_many(named).items()}
