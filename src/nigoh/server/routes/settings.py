"""Settings that are changed while nigoh runs."""

from typing import Annotated

from fastapi import APIRouter, Header, Path, Response

from nigoh.domain.access import Permission, Principal
from nigoh.office.settings_office import SettingsOffice
from nigoh.server.actors import Reason, actor_of
from nigoh.server.etags import expected_version, set_version
from nigoh.server.guard import needs
from nigoh.server.models.settings import SettingBody, SettingList, SettingModel, setting_model

_Key = Annotated[str, Path(max_length=64, pattern=r"^[a-z0-9_.]+$", examples=["watch.threshold"])]
_Writer = Annotated[Principal, needs(Permission.SETTINGS_WRITE)]
_IfMatch = Annotated[str | None, Header()]


def settings_router(settings: SettingsOffice) -> APIRouter:
    """The routes of settings."""
    router = APIRouter(prefix="/settings", tags=["settings"])

    @router.get("", dependencies=[needs(Permission.SETTINGS_READ)])
    def list_settings() -> SettingList:
        """All settings: what each may be, what it is, where that comes from, and when a change holds."""
        return SettingList(items=[setting_model(state) for state in settings.every()])

    @router.get("/{key}", dependencies=[needs(Permission.SETTINGS_READ)])
    def show_setting(key: _Key, response: Response) -> SettingModel:
        """One setting."""
        state = settings.get(key)
        set_version(response, state.version)
        return setting_model(state)

    @router.put("/{key}")
    def change_setting(
        who: _Writer,
        key: _Key,
        body: SettingBody,
        response: Response,
        if_match: _IfMatch = None,
        reason: Reason = None,
    ) -> SettingModel:
        """Change a setting. It goes before what nigoh.toml says until it is reset."""
        version = expected_version(if_match, "setting", key)
        state = settings.put(actor_of(who, reason), key, body.value, version=version)
        set_version(response, state.version)
        return setting_model(state)

    @router.delete("/{key}")
    def reset_setting(
        who: _Writer, key: _Key, response: Response, if_match: _IfMatch = None, reason: Reason = None
    ) -> SettingModel:
        """Let nigoh.toml, or else the default, say what a setting is."""
        version = expected_version(if_match, "setting", key)
        state = settings.reset(actor_of(who, reason), key, version=version)
        set_version(response, state.version)
        return setting_model(state)

    return router
