"""A picture that is taken of a camera now, whole and without boxes: to be posted as a photo, or enrolled at once."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from nigoh.domain.access import Permission, Principal
from nigoh.domain.photo_check import PhotoOutcome
from nigoh.domain.sighting import CameraId, PersonId
from nigoh.office.enrolment_office import EnrolmentOffice
from nigoh.office.photo_desk import SentPhoto
from nigoh.server.actors import Reason, actor_of
from nigoh.server.guard import needs, require_camera
from nigoh.server.models.people import PhotoCheckModel, photo_check_model
from nigoh.server.models.texts import CameraInPath, CameraName, Identifier
from nigoh.server.routes.photos import refusal
from nigoh.storage.safe_pictures import STORED_TYPE

_FRAME: dict[int | str, dict[str, Any]] = {200: {"content": {STORED_TYPE: {}}, "description": "The picture."}}

Looked = Callable[[Principal, CameraId], None]
"""Writes down that somebody looks at a camera."""


class CameraPhoto(BaseModel):
    """Of which camera a photo is to be taken."""

    model_config = ConfigDict(extra="forbid")

    camera: CameraName
    face: Annotated[int | None, Field(ge=0, le=1000, description="Which face, the largest is 0.")] = None
    allow_look_alike: bool = Field(default=False, description="It is theirs although somebody looks like it.")


def frames_router(enrolment: EnrolmentOffice, take: Callable[[CameraId], bytes], looked: Looked) -> APIRouter:
    """The routes of pictures that are taken of cameras. An answer is never kept: the next picture is another one.

    Args:
        enrolment: enrols photos.
        take: the next picture of a camera, encoded.
        looked: writes looks down.
    """
    router = APIRouter(tags=["photos"])

    @router.get("/cameras/{name}/frame", response_class=Response, responses=_FRAME)
    def take_frame(name: CameraInPath, who: Annotated[Principal, needs(Permission.LIVE)]) -> Response:
        """The next picture as the camera sends it: a connection of its own is made, which takes a second or two."""
        return Response(_taken(who, CameraId(name)), media_type=STORED_TYPE)

    @router.post("/people/{person}/photos/camera", status_code=HTTPStatus.CREATED, response_model=PhotoCheckModel)
    def add_camera_photo(
        who: Annotated[Principal, needs(Permission.PEOPLE_WRITE, Permission.LIVE)],
        person: Identifier,
        body: CameraPhoto,
        reason: Reason = None,
    ) -> Response | PhotoCheckModel:
        """Take a picture of a camera as one more photo of somebody; 422 tells why it cannot be used."""
        camera = CameraId(body.camera)
        photo = SentPhoto(_taken(who, camera), f"camera {camera}", body.face)
        actor = actor_of(who, reason)
        check = enrolment.add_photo(actor, PersonId(person), photo, allow_look_alike=body.allow_look_alike)
        if check.outcome is not PhotoOutcome.ENROLLED:
            return refusal([check], f"/api/v1/people/{person}/photos/camera")
        return photo_check_model(check)

    def _taken(who: Principal, camera: CameraId) -> bytes:
        require_camera(who, camera)
        picture = take(camera)
        looked(who, camera)
        return picture

    return router
