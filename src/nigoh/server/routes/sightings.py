"""Sightings."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.responses import StreamingResponse

from nigoh.domain.access import Permission, Principal
from nigoh.domain.photo_check import PhotoCheck, PhotoOutcome
from nigoh.domain.preferences import ConsoleLanguage
from nigoh.domain.records import SightingRecord, Verdict
from nigoh.domain.sighting import CameraId, PersonId, Status
from nigoh.domain.sighting_filter import SightingFilter
from nigoh.errors import Missing
from nigoh.office.actor import Actor
from nigoh.office.sighting_desk import SightingDesk
from nigoh.office.sighting_export import MOST_PICTURES, SightingExporter, SightingFile, SightingOrder
from nigoh.server.actors import Reason, actor_of
from nigoh.server.etags import expected_version, set_version
from nigoh.server.guard import needs
from nigoh.server.idempotency import RepeatableRoute
from nigoh.server.models.people import PhotoCheckModel, photo_check_model
from nigoh.server.models.sightings import (
    CountModel,
    Names,
    SeenModel,
    SightingEnrolment,
    SightingModel,
    VerdictIn,
    seen_model,
    sighting_model,
)
from nigoh.server.models.texts import Identifier, ShortText
from nigoh.server.paging import Listed, Paging, listed
from nigoh.server.routes.photos import refusal
from nigoh.server.sighting_files import hand_out
from nigoh.server.times import GivenTime, to_unix_s
from nigoh.storage.database.database import Database
from nigoh.storage.database.people import People
from nigoh.storage.database.sightings import Sightings

_MOST_CAMERAS = 200
_MOST_CHOSEN = 500
_PICTURE: dict[int | str, dict[str, Any]] = {200: {"content": {"image/jpeg": {}}, "description": "The best shot."}}
_FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            "text/csv": {},
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {},
            "application/pdf": {},
        },
        "description": "The file.",
    }
}

Reader = Annotated[Principal, needs(Permission.SIGHTINGS_READ)]


def _filter(
    camera: Annotated[list[ShortText], Query(max_length=_MOST_CAMERAS, description="On one of these.")] = [],  # noqa: B006 - FastAPI copies it
    person: Annotated[ShortText | None, Query(description="Identifier of a person.")] = None,
    watch_list: Annotated[
        ShortText | None, Query(alias="list", description="Of somebody who stands on this watch list now.")
    ] = None,
    chosen: Annotated[
        list[ShortText], Query(alias="id", max_length=_MOST_CHOSEN, description="One of these sightings.")
    ] = [],  # noqa: B006 - as above
    status: Annotated[list[Status], Query(max_length=len(Status), description="One of these.")] = [],  # noqa: B006 - as above
    verdict: Verdict | None = None,
    least_score: Annotated[float | None, Query(ge=-1, le=1)] = None,
    since: Annotated[GivenTime | None, Query(description="First seen not before.")] = None,
    until: Annotated[GivenTime | None, Query(description="First seen before.")] = None,
    oldest_first: bool = False,
) -> SightingFilter:
    return SightingFilter(
        cameras=frozenset(CameraId(each) for each in camera) if camera else None,
        person=None if person is None else PersonId(person),
        watch_list=watch_list,
        chosen=frozenset(chosen) if chosen else None,
        statuses=frozenset(status) if status else None,
        verdict=verdict,
        least_score=least_score,
        since_unix_s=to_unix_s(since),
        until_unix_s=to_unix_s(until),
        newest_first=not oldest_first,
    )


Wanted = Annotated[SightingFilter, Depends(_filter)]


def sightings_router(database: Database, desk: SightingDesk, exporter: SightingExporter) -> APIRouter:
    """The routes of sightings. Those on cameras that somebody may not see are not there for them."""
    router = APIRouter(prefix="/sightings", tags=["sightings"], route_class=RepeatableRoute)

    @router.get("")
    def list_sightings(
        who: Reader, wanted: Wanted, paging: Paging, request: Request, response: Response
    ) -> Listed[SightingModel]:
        """Sightings, by when they were first seen."""
        with database.read() as connection:
            page = Sightings(connection).page(wanted.within(who.cameras), paging)
        names = _names(database, who, page.items)
        return listed(page, lambda each: sighting_model(each, names), request, response)

    @router.get("/count")
    def count_sightings(who: Reader, wanted: Wanted) -> CountModel:
        """How many there are; counting stops at ten thousand."""
        with database.read() as connection:
            count = Sightings(connection).count(wanted.within(who.cameras))
        return CountModel(number=count.number, exact=count.exact)

    @router.get("/export", response_class=Response, responses=_FILE)
    def export_sightings(
        who: Annotated[Principal, needs(Permission.SIGHTINGS_READ, Permission.SIGHTINGS_EXPORT)],
        wanted: Wanted,
        request: Request,
        file: Annotated[SightingFile, Query(alias="format")] = SightingFile.CSV,
        pictures: Annotated[bool, Query(description=f"Of a PDF: with faces; {MOST_PICTURES} at most.")] = False,
        language: Annotated[ConsoleLanguage, Query(description="Of an XLSX or PDF.")] = ConsoleLanguage.ENGLISH,
        reason: Reason = None,
    ) -> StreamingResponse:
        """Sightings as a file: 100,000 in a CSV, 20,000 in an XLSX, 1,000 in a PDF. The audit keeps who took it."""
        names = who.may(Permission.PEOPLE_READ)
        order = SightingOrder(wanted=wanted.within(who.cameras), file=file, names=names, pictures=pictures)
        return hand_out(exporter, actor_of(who, reason), order, language, request.app.state.unix_s())

    @router.get("/{sighting}")
    def show_sighting(who: Reader, sighting: Identifier, response: Response) -> SeenModel:
        """A sighting, and the clips that show it."""
        found = _seen(desk, who, sighting)
        set_version(response, found.version)
        clips = desk.clips(found) if who.may(Permission.CLIPS_READ) else ()
        return seen_model(found, _names(database, who, [found]), clips)

    @router.get("/{sighting}/picture", response_class=Response, responses=_PICTURE)
    def show_picture(who: Reader, sighting: Identifier, reason: Reason = None) -> Response:
        """The best shot. The audit keeps that you have seen it."""
        found = _seen(desk, who, sighting)
        content_type, data = desk.picture(actor_of(who, reason), found.id)
        return Response(data, media_type=content_type)

    @router.put("/{sighting}/verdict")
    def judge_sighting(
        who: Annotated[Principal, needs(Permission.SIGHTINGS_WRITE)],
        sighting: Identifier,
        body: VerdictIn,
        response: Response,
        if_match: Annotated[str | None, Header()] = None,
        reason: Reason = None,
    ) -> SightingModel:
        """Say whether it was right."""
        found = _seen(desk, who, sighting)
        version = expected_version(if_match, "sighting", sighting)
        judged = desk.judge(actor_of(who, reason), found.id, body.verdict, body.comment, version=version)
        set_version(response, judged.version)
        return sighting_model(judged, _names(database, who, [judged]))

    @router.post("/{sighting}/enrol", status_code=HTTPStatus.CREATED, response_model=PhotoCheckModel)
    def enrol_sighting(
        who: Annotated[Principal, needs(Permission.SIGHTINGS_READ, Permission.PEOPLE_WRITE)],
        sighting: Identifier,
        body: SightingEnrolment,
        reason: Reason = None,
    ) -> Response | PhotoCheckModel:
        """Take the best shot as a photo of somebody, enrolled or new; 422 tells why it cannot be used."""
        found = _seen(desk, who, sighting)
        check = _enrol(desk, actor_of(who, reason), found.id, body)
        if check.outcome is not PhotoOutcome.ENROLLED:
            return refusal([check], f"/api/v1/sightings/{sighting}/enrol")
        return photo_check_model(check)

    return router


def _seen(desk: SightingDesk, who: Principal, sighting_id: str) -> SightingRecord:
    """A sighting that they may see. Raises Missing: those that they may not see are not there."""
    found = desk.get(sighting_id)
    if not who.sees(found.camera):
        raise Missing("sighting", sighting_id)
    return found


def _names(database: Database, who: Principal, sightings: Iterable[SightingRecord]) -> Names:
    if not who.may(Permission.PEOPLE_READ):
        return {}
    named = {each.person for each in sightings if each.person is not None}
    named |= {candidate.person for each in sightings for candidate in each.candidates}
    with database.read() as connection:
        return {person: found.name for person, found in People(connection).get_many(named).items()}


def _enrol(desk: SightingDesk, actor: Actor, sighting_id: str, body: SightingEnrolment) -> PhotoCheck:
    if body.new is None:
        person = PersonId(body.person or "")
        return desk.enrol_as(actor, sighting_id, person, allow_look_alike=body.allow_look_alike)
    return desk.enrol_new(actor, sighting_id, body.new.draft(), allow_look_alike=body.allow_look_alike).photos[0]
