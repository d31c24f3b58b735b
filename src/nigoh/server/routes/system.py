"""How the whole of it is."""

from collections.abc import Callable
from importlib.metadata import version
from typing import Annotated

from fastapi import APIRouter

from nigoh.domain.access import Permission, Principal
from nigoh.domain.camera_status import EngineStatus
from nigoh.server.guard import needs
from nigoh.server.models.system import SystemModel, system_model


def system_router(status: Callable[[], EngineStatus]) -> APIRouter:
    """The routes of the system."""
    router = APIRouter(prefix="/system", tags=["system"])

    @router.get("")
    def show_system(who: Annotated[Principal, needs(Permission.SYSTEM_READ)]) -> SystemModel:
        """The engine, its processes, and the cameras that you may see."""
        return system_model(status(), who, version("nigoh"))

    return router
