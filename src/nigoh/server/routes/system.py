"""How the whole of it is, and was."""

from importlib.metadata import version
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from nigoh.domain.access import Permission, Principal
from nigoh.errors import Forbidden
from nigoh.office.machine_facts import library_versions
from nigoh.office.system_desk import SystemDesk
from nigoh.office.system_history import SAMPLE_S, thinned
from nigoh.server.actors import Reason, actor_of
from nigoh.server.guard import needs
from nigoh.server.models.machine import (
    CapacityModel,
    DeviceFactModel,
    HistoryModel,
    KeptModel,
    LogModel,
    ModelFactModel,
    StorageModel,
    VersionsModel,
    log_line_model,
    sample_model,
)
from nigoh.server.models.system import SystemModel, system_model
from nigoh.server.times import Time, to_unix_s

Reader = Annotated[Principal, needs(Permission.SYSTEM_READ)]
Keeper = Annotated[Principal, needs(Permission.SYSTEM_READ, Permission.SETTINGS_WRITE)]

_MOST_POINTS = 2_880
_MOST_LINES = 2_000


def _require_all_cameras(who: Principal) -> None:
    if who.cameras is not None:
        raise Forbidden("who may see some cameras alone may not read the log", "Ask somebody who may see all.")


def system_router(desk: SystemDesk) -> APIRouter:
    """The routes of the system."""
    router = APIRouter(prefix="/system", tags=["system"])

    @router.get("")
    def show_system(who: Reader) -> SystemModel:
        """The engine, its processes, and the cameras that you may see."""
        return system_model(desk.status(), who, version("nigoh"))

    @router.get("/history", dependencies=[needs(Permission.SYSTEM_READ)])
    def show_history(
        since: Annotated[Time | None, Query(description="Samples that ended later.")] = None,
        points: Annotated[int, Query(ge=1, le=_MOST_POINTS, description="Most samples.")] = 288,
    ) -> HistoryModel:
        """How it was over the last day, and how many cameras are possible. A new start begins anew."""
        samples = thinned(desk.history.samples(to_unix_s(since) or 0.0), points)
        return HistoryModel(
            sample_s=SAMPLE_S,
            capacity=CapacityModel.model_validate(desk.history.capacity()),
            samples=[sample_model(each) for each in samples],
        )

    @router.get("/storage", dependencies=[needs(Permission.SYSTEM_READ, Permission.SETTINGS_READ)])
    def show_storage() -> StorageModel:
        """What is kept where, and the room that is left."""
        return StorageModel(items=[KeptModel.model_validate(each) for each in desk.machine.kept()])

    @router.get("/versions", dependencies=[needs(Permission.SYSTEM_READ)])
    def show_versions() -> VersionsModel:
        """Versions of libraries, models with their licences, and devices. The first look takes seconds."""
        return VersionsModel(
            libraries=library_versions(),
            models=[ModelFactModel.model_validate(each) for each in desk.machine.models()],
            devices=[DeviceFactModel.model_validate(each) for each in desk.machine.devices()],
        )

    _add_inside_views(router, desk)
    return router


def _add_inside_views(router: APIRouter, desk: SystemDesk) -> None:
    @router.get("/logs")
    def show_logs(
        who: Keeper,
        level: Annotated[
            Literal["debug", "info", "warning", "error"], Query(description="At least as grave.")
        ] = "info",
        limit: Annotated[int, Query(ge=1, le=_MOST_LINES)] = 200,
        after: Annotated[int, Query(ge=0, le=2**53, description="Lines above this number.")] = 0,
    ) -> LogModel:
        """The newest lines of the log, as they are kept in memory."""
        _require_all_cameras(who)
        return LogModel(items=[log_line_model(each) for each in desk.log.newest(limit, least=level, after=after)])

    @router.get(
        "/support",
        response_class=Response,
        responses={200: {"content": {"application/zip": {}}, "description": "A ZIP of JSON files."}},
    )
    def take_support_file(who: Keeper, reason: Reason = None) -> Response:
        """Status, history, versions, settings, the doctor's report and the log, without secrets. Takes seconds."""
        _require_all_cameras(who)
        packed = desk.support_file(actor_of(who, reason))
        headers = {"Content-Disposition": 'attachment; filename="nigoh-support.zip"', "Cache-Control": "no-store"}
        return Response(packed, headers=headers, media_type="application/zip")
