"""Photos of people, and enrolment by photos."""

from collections.abc import Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse

from nigoh.domain.access import Permission, Principal
from nigoh.domain.photo_check import PhotoCheck, PhotoOutcome
from nigoh.domain.sighting import PersonId
from nigoh.errors import Missing
from nigoh.office.enrolment_office import EnrolmentOffice
from nigoh.office.face_picture import FACE_TYPE
from nigoh.server.actors import Reason, actor_of
from nigoh.server.etags import set_version
from nigoh.server.guard import needs
from nigoh.server.idempotency import RepeatableRoute
from nigoh.server.limits import PHOTO_BYTES
from nigoh.server.models.people import (
    EnrolledModel,
    PhotoCheckModel,
    PhotoList,
    person_model,
    photo_check_model,
    photo_model,
)
from nigoh.server.models.texts import Identifier
from nigoh.server.posted_pictures import PostedPerson, PostedPictures, exactly, person_body, picture_body
from nigoh.server.problems import ENROLMENT, problem_document
from nigoh.storage.database.database import Database
from nigoh.storage.database.people import People
from nigoh.storage.database.photos import Photos

_FACE = Query(ge=0, le=1000, description="Which face is meant, as `check` counts them.")
_PICTURE: dict[int | str, dict[str, Any]] = {200: {"content": {"image/jpeg": {}}, "description": "The picture."}}


def photos_router(database: Database, enrolment: EnrolmentOffice) -> APIRouter:
    """The routes of photos."""
    router = APIRouter(tags=["photos"], route_class=RepeatableRoute)

    @router.post(
        "/people/enrol",
        status_code=HTTPStatus.CREATED,
        max_body_size=PHOTO_BYTES,
        openapi_extra=dict(person_body()),
        response_model=EnrolledModel,
    )
    def enrol(
        who: Annotated[Principal, needs(Permission.PEOPLE_WRITE)],
        posted: PostedPerson,
        response: Response,
        allow_look_alike: Annotated[bool, Query(description="Enrol them although somebody looks like them.")] = False,
        reason: Reason = None,
    ) -> Response | EnrolledModel:
        """Somebody new with their photos, all or nothing: 422 tells why no photo can be used."""
        done = enrolment.enrol(
            actor_of(who, reason), posted.person.draft(), posted.photos, allow_look_alike=allow_look_alike
        )
        if done.person is None:
            return refusal(done.photos, "/api/v1/people/enrol")
        response.headers["Location"] = f"/api/v1/people/{done.person.id}"
        set_version(response, done.person.version)
        checks = [photo_check_model(check) for check in done.photos]
        return EnrolledModel(person=person_model(done.person), photos=checks)

    @router.get("/people/{person}/photos", dependencies=[needs(Permission.PEOPLE_READ)])
    def list_photos(person: Identifier) -> PhotoList:
        """Somebody's photos, the oldest first."""
        with database.read() as connection:
            if People(connection).get(PersonId(person)) is None:
                raise Missing("person", person)
            found = Photos(connection).of_person(PersonId(person))
        return PhotoList(items=[photo_model(photo) for photo in found])

    @router.post(
        "/people/{person}/photos",
        status_code=HTTPStatus.CREATED,
        max_body_size=PHOTO_BYTES,
        openapi_extra=dict(picture_body()),
        response_model=PhotoCheckModel,
    )
    def add_photo(
        who: Annotated[Principal, needs(Permission.PEOPLE_WRITE)],
        person: Identifier,
        pictures: PostedPictures,
        face: Annotated[int | None, _FACE] = None,
        allow_look_alike: Annotated[bool, Query(description="It is theirs although somebody looks like it.")] = False,
        reason: Reason = None,
    ) -> Response | PhotoCheckModel:
        """One more photo of somebody; 422 tells why one cannot be used."""
        photo = replace(exactly(pictures, 1)[0], face=face)
        check = enrolment.add_photo(actor_of(who, reason), PersonId(person), photo, allow_look_alike=allow_look_alike)
        if check.outcome is not PhotoOutcome.ENROLLED:
            return refusal([check], f"/api/v1/people/{person}/photos")
        return photo_check_model(check)

    @router.post(
        "/photos/check",
        dependencies=[needs(Permission.PEOPLE_WRITE)],
        max_body_size=PHOTO_BYTES,
        openapi_extra=dict(picture_body()),
    )
    def check_photo(
        pictures: PostedPictures,
        person: Annotated[str | None, Query(max_length=128, description="Whose it would be.")] = None,
        face: Annotated[int | None, _FACE] = None,
    ) -> PhotoCheckModel:
        """What would become of a photo. Nothing is saved."""
        for_whom = None if person is None else PersonId(person)
        photo = replace(exactly(pictures, 1)[0], face=face)
        return photo_check_model(enrolment.check_photo(photo, for_whom))

    @router.delete("/photos/{photo}", status_code=HTTPStatus.NO_CONTENT)
    def remove_photo(
        who: Annotated[Principal, needs(Permission.PEOPLE_WRITE)], photo: Identifier, reason: Reason = None
    ) -> None:
        """Remove a photo; engines forget it within two seconds."""
        enrolment.remove_photo(actor_of(who, reason), photo)

    @router.get("/photos/{photo}/picture", response_class=Response, responses=_PICTURE)
    def show_photo(
        who: Annotated[Principal, needs(Permission.PEOPLE_READ)], photo: Identifier, reason: Reason = None
    ) -> Response:
        """An enrolled photo. The audit keeps that you have seen it."""
        content_type, data = enrolment.picture(actor_of(who, reason), photo)
        return Response(data, media_type=content_type)

    @router.get("/photos/{photo}/face", response_class=Response, responses=_PICTURE)
    def show_face(
        who: Annotated[Principal, needs(Permission.PEOPLE_READ)], photo: Identifier, reason: Reason = None
    ) -> Response:
        """The face of an enrolled photo, at most 320 px, for lists. The audit keeps that you have seen it."""
        return Response(enrolment.face(actor_of(who, reason), photo), media_type=FACE_TYPE)

    return router


def refusal(checks: Sequence[PhotoCheck], instance: str) -> JSONResponse:
    """The problem that tells why photos were not enrolled."""
    detail = next((check.detail for check in checks if check.detail), "") or checks[0].outcome.value
    problem = problem_document(ENROLMENT, instance, detail)
    photos = [photo_check_model(check).model_dump(mode="json") for check in checks]
    return JSONResponse(problem | {"photos": photos}, ENROLMENT.status, media_type="application/problem+json")
