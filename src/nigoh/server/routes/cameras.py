"""Cameras."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response

from nigoh.domain.access import Permission, Principal
from nigoh.domain.camera_status import CameraStatus, EngineStatus
from nigoh.domain.page import ListOrder
from nigoh.domain.sighting import CameraId
from nigoh.errors import Forbidden
from nigoh.office.camera_office import CameraOffice
from nigoh.server.actors import Reason, actor_of
from nigoh.server.etags import expected_version, set_version
from nigoh.server.guard import needs, require_camera
from nigoh.server.idempotency import RepeatableRoute
from nigoh.server.models.cameras import CameraChange, CameraIn, CameraModel, camera_model
from nigoh.server.models.texts import CameraInPath, ShortText
from nigoh.server.paging import Listed, Paging, listed
from nigoh.storage.database.camera_records import CameraFilter, CameraRecords
from nigoh.storage.database.database import Database


def cameras_router(database: Database, cameras: CameraOffice, status: Callable[[], EngineStatus]) -> APIRouter:
    """The routes of cameras. Whoever may not see a camera is told that there is none."""
    router = APIRouter(prefix="/cameras", tags=["cameras"], route_class=RepeatableRoute)

    @router.get("")
    def list_cameras(
        who: Annotated[Principal, needs(Permission.CAMERAS_READ)],
        request: Request,
        response: Response,
        paging: Paging,
        search: Annotated[ShortText, Query(description="A part of the name.")] = "",
        group: Annotated[ShortText | None, Query(description='"" for those in none.')] = None,
        enabled: bool | None = None,
        sort: ListOrder = ListOrder.NAME,
        *,
        descending: bool = False,
    ) -> Listed[CameraModel]:
        """Cameras, by name or by when they were added."""
        wanted = CameraFilter(text=search, group=group, enabled=enabled, names=who.cameras)
        with database.read() as connection:
            page = CameraRecords(connection).page(wanted, paging, sort, descending=descending)
        now = statuses(status())
        return listed(page, lambda each: camera_model(each, now.get(each.camera.name)), request, response)

    @router.post("", status_code=HTTPStatus.CREATED)
    def add_camera(
        who: Annotated[Principal, needs(Permission.CAMERAS_WRITE)],
        body: CameraIn,
        response: Response,
        reason: Reason = None,
    ) -> CameraModel:
        """Add a camera; it is watched at once."""
        if not who.sees(CameraId(body.name)):
            raise Forbidden(f"you may not see a camera of the name {body.name}", "Ask who may see all cameras.")
        made = cameras.add(actor_of(who, reason), body.order(cameras.usual))
        set_version(response, made.version)
        response.headers["Location"] = f"/api/v1/cameras/{made.camera.name}"
        return camera_model(made, None)

    @router.get("/{name}")
    def show_camera(
        who: Annotated[Principal, needs(Permission.CAMERAS_READ)], name: CameraInPath, response: Response
    ) -> CameraModel:
        """A camera, and how it is now."""
        camera = _seen(who, name)
        found = cameras.get(camera)
        set_version(response, found.version)
        return camera_model(found, statuses(status()).get(camera))

    @router.patch("/{name}")
    def change_camera(
        who: Annotated[Principal, needs(Permission.CAMERAS_WRITE)],
        name: CameraInPath,
        body: CameraChange,
        response: Response,
        if_match: Annotated[str | None, Header()] = None,
        reason: Reason = None,
    ) -> CameraModel:
        """Change what is given; what is left out stays. It is watched anew at once."""
        camera = _seen(who, name)
        version = expected_version(if_match, "camera", name)
        actor = actor_of(who, reason)
        changed = cameras.change(actor, camera, body.applied_to, url=body.new_url, version=version)
        set_version(response, changed.version)
        return camera_model(changed, statuses(status()).get(camera))

    @router.delete("/{name}", status_code=HTTPStatus.NO_CONTENT)
    def remove_camera(
        who: Annotated[Principal, needs(Permission.CAMERAS_WRITE)],
        name: CameraInPath,
        if_match: Annotated[str | None, Header()] = None,
        reason: Reason = None,
    ) -> None:
        """Remove a camera; its sightings stay."""
        version = expected_version(if_match, "camera", name)
        cameras.remove(actor_of(who, reason), _seen(who, name), version=version)

    return router


def statuses(status: EngineStatus) -> Mapping[CameraId, CameraStatus]:
    """How each camera is now."""
    return {camera.camera: camera for shard in status.shards for camera in shard.cameras}


def _seen(who: Principal, name: str) -> CameraId:
    require_camera(who, CameraId(name))
    return CameraId(name)
