"""Settings that are changed while nigoh runs."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Response
from pydantic import BaseModel, Field, TypeAdapter

from nigoh.domain.access import Permission, Principal
from nigoh.office.settings_office import SettingKind, SettingsOffice
from nigoh.server.actors import Reason, actor_of
from nigoh.server.etags import expected_version, set_version
from nigoh.server.guard import needs


class SettingModel(BaseModel):
    """A setting."""

    key: str
    about: str
    value: dict[str, Any]
    version: int = Field(description="0 for one that was never set.")


class SettingList(BaseModel):
    """All settings."""

    items: list[SettingModel]


def settings_router(settings: SettingsOffice) -> APIRouter:
    """The routes of settings, one for each that there is."""
    router = APIRouter(prefix="/settings", tags=["settings"])

    @router.get("", dependencies=[needs(Permission.SETTINGS_READ)])
    def list_settings() -> SettingList:
        """All settings."""
        return SettingList(items=[_told(settings, kind) for kind in settings.kinds])

    for kind in settings.kinds:
        _add_setting(router, settings, kind)
    return router


def _add_setting(router: APIRouter, settings: SettingsOffice, kind: SettingKind[object]) -> None:
    key, value_type = kind.key, type(kind.default)

    def show_setting(response: Response) -> object:
        found = settings.get(key)
        set_version(response, found.version)
        return found.value

    def change_setting(
        who: Annotated[Principal, needs(Permission.SETTINGS_WRITE)],
        body: object,
        response: Response,
        if_match: Annotated[str | None, Header()] = None,
        reason: Reason = None,
    ) -> object:
        version = expected_version(if_match, "setting", key)
        changed = settings.put(actor_of(who, reason), key, body, version=version)
        set_version(response, changed.version)
        return changed.value

    # Each setting has its own type, which is known now and not when this is written.
    change_setting.__annotations__["body"] = value_type
    for method, endpoint, needed in (("GET", show_setting, True), ("PUT", change_setting, False)):
        router.add_api_route(
            f"/{key}",
            endpoint,
            methods=[method],
            name=f"{endpoint.__name__}_{key}",
            summary=kind.about,
            response_model=value_type,
            dependencies=[needs(Permission.SETTINGS_READ)] if needed else None,
        )


def _told(settings: SettingsOffice, kind: SettingKind[object]) -> SettingModel:
    found = settings.get(kind.key)
    value = TypeAdapter(type(kind.default)).dump_python(found.value, mode="json")
    return SettingModel(key=kind.key, about=kind.about, value=value, version=found.version)
