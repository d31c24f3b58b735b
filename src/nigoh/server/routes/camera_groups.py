"""Camera groups."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response

from nigoh.domain.access import Permission, Principal
from nigoh.domain.page import ListOrder
from nigoh.errors import Missing
from nigoh.office.camera_office import CameraOffice
from nigoh.server.actors import Reason, actor_of
from nigoh.server.etags import expected_version, set_version
from nigoh.server.guard import needs
from nigoh.server.idempotency import RepeatableRoute
from nigoh.server.models.cameras import CameraGroupIn, CameraGroupModel, camera_group_model
from nigoh.server.models.texts import Identifier, ShortText
from nigoh.server.paging import Listed, Paging, listed
from nigoh.storage.database.camera_groups import CameraGroups
from nigoh.storage.database.camera_records import CameraFilter, CameraRecords
from nigoh.storage.database.database import Database


def camera_groups_router(database: Database, cameras: CameraOffice) -> APIRouter:
    """The routes of camera groups."""
    router = APIRouter(prefix="/camera-groups", tags=["camera groups"], route_class=RepeatableRoute)

    def size(group_id: str, who: Principal) -> int:
        with database.read() as connection:
            return CameraRecords(connection).count(CameraFilter(group=group_id, names=who.cameras))

    @router.get("")
    def list_groups(
        who: Annotated[Principal, needs(Permission.CAMERAS_READ)],
        request: Request,
        response: Response,
        paging: Paging,
        search: Annotated[ShortText, Query(description="A part of the name.")] = "",
        sort: ListOrder = ListOrder.NAME,
        *,
        descending: bool = False,
    ) -> Listed[CameraGroupModel]:
        """Groups, by name or by when they were added; their sizes count the cameras that you may see."""
        with database.read() as connection:
            page = CameraGroups(connection).page(paging, sort, descending=descending, text=search)
            sizes = CameraGroups(connection).sizes() if who.cameras is None else None
        return listed(
            page,
            lambda each: camera_group_model(each, size(each.id, who) if sizes is None else sizes.get(each.id, 0)),
            request,
            response,
        )

    @router.post("", status_code=HTTPStatus.CREATED)
    def add_group(
        who: Annotated[Principal, needs(Permission.CAMERAS_WRITE)],
        body: CameraGroupIn,
        response: Response,
        reason: Reason = None,
    ) -> CameraGroupModel:
        """Add a group."""
        made = cameras.add_group(actor_of(who, reason), body.name)
        set_version(response, made.version)
        response.headers["Location"] = f"/api/v1/camera-groups/{made.id}"
        return camera_group_model(made, 0)

    @router.get("/{group}")
    def show_group(
        who: Annotated[Principal, needs(Permission.CAMERAS_READ)], group: Identifier, response: Response
    ) -> CameraGroupModel:
        """A group."""
        with database.read() as connection:
            found = CameraGroups(connection).get(group)
        if found is None:
            raise Missing("camera group", group)
        set_version(response, found.version)
        return camera_group_model(found, size(group, who))

    @router.patch("/{group}")
    def rename_group(
        who: Annotated[Principal, needs(Permission.CAMERAS_WRITE)],
        group: Identifier,
        body: CameraGroupIn,
        response: Response,
        if_match: Annotated[str | None, Header()] = None,
        reason: Reason = None,
    ) -> CameraGroupModel:
        """Rename a group."""
        version = expected_version(if_match, "camera group", group)
        changed = cameras.rename_group(actor_of(who, reason), group, body.name, version=version)
        set_version(response, changed.version)
        return camera_group_model(changed, size(group, who))

    @router.delete("/{group}", status_code=HTTPStatus.NO_CONTENT)
    def remove_group(
        who: Annotated[Principal, needs(Permission.CAMERAS_WRITE)],
        group: Identifier,
        if_match: Annotated[str | None, Header()] = None,
        reason: Reason = None,
    ) -> None:
        """Remove a group; its cameras stay, in none."""
        version = expected_version(if_match, "camera group", group)
        cameras.remove_group(actor_of(who, reason), group, version=version)

    return router
