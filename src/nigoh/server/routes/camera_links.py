"""How cameras' connections have changed lately."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from nigoh.domain.access import Permission, Principal
from nigoh.domain.camera_status import EngineStatus, LinkState
from nigoh.domain.camera_url import redact
from nigoh.domain.sighting import CameraId
from nigoh.office.camera_office import CameraOffice
from nigoh.office.link_history import LinkHistory
from nigoh.server.guard import needs, require_camera
from nigoh.server.models.texts import CameraInPath
from nigoh.server.routes.cameras import statuses
from nigoh.server.times import Time, to_time


class LinkChangeModel(BaseModel):
    """A camera came into a state."""

    state: LinkState
    at: Time
    reason: str = Field(description="Why; empty while all is well.")
    next_step: str = Field(description="What helps.")


class LinkChangesModel(BaseModel):
    """The last changes of a camera's state."""

    items: list[LinkChangeModel] = Field(description="The newest first, 50 at most, since nigoh was started.")


def camera_links_router(cameras: CameraOffice, status: Callable[[], EngineStatus], links: LinkHistory) -> APIRouter:
    """The route of histories."""
    router = APIRouter(prefix="/cameras", tags=["cameras"])

    @router.get("/{name}/history")
    def show_history(
        who: Annotated[Principal, needs(Permission.CAMERAS_READ)], name: CameraInPath
    ) -> LinkChangesModel:
        """When its connection came and went, and why."""
        camera = CameraId(name)
        require_camera(who, camera)
        if camera not in statuses(status()):
            cameras.get(camera)
        return LinkChangesModel(
            items=[
                LinkChangeModel(
                    state=each.state,
                    at=to_time(each.unix_s),
                    reason=redact(each.reason),
                    next_step=redact(each.next_step),
                )
                for each in links.of(camera)
            ]
        )

    return router
