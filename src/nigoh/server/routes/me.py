"""What users change of themselves: their names, password, sessions and second factor."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Header, Request, Response

from nigoh.domain.access import Principal
from nigoh.domain.preferences import ConsoleLanguage
from nigoh.office.access_desks import AccessDesks
from nigoh.server.access.cookies import clear_session
from nigoh.server.etags import expected_version, set_version
from nigoh.server.guard import needs
from nigoh.server.models.access import (
    CodeBody,
    EndedModel,
    EnrolmentModel,
    OwnPasswordBody,
    OwnPatch,
    PasswordBody,
    RecoveryCodesModel,
    SessionModel,
    UserModel,
    session_model,
    user_model,
)
from nigoh.server.models.preferences import PreferencesBody, PreferencesModel, preferences_model
from nigoh.server.qr_code import qr_svg
from nigoh.server.routes.session import require_session

Self = Annotated[Principal, needs()]


def me_router(desks: AccessDesks, unix_s: Callable[[], float]) -> APIRouter:
    """The routes of oneself."""
    router = APIRouter(prefix="/me", tags=["me"])

    @router.get("")
    def show_me(who: Self, response: Response) -> UserModel:
        """Oneself."""
        user = desks.accounts.get(who.user)
        set_version(response, user.version)
        return user_model(user)

    @router.patch("")
    def change_me(
        who: Self, body: OwnPatch, response: Response, if_match: Annotated[str | None, Header()] = None
    ) -> UserModel:
        """Change one's display name or language."""
        require_session(who)
        user = desks.accounts.get(who.user)
        version = expected_version(if_match, "user", who.user)
        wanted = replace(
            user,
            display_name=user.display_name if body.display_name is None else body.display_name.strip(),
            language=body.language or user.language,
            version=user.version if version is None else version,
        )
        stored = desks.accounts.change(who, wanted, unix_s())
        set_version(response, stored.version)
        return user_model(stored)

    @router.put("/password", status_code=204)
    def change_password(who: Self, body: OwnPasswordBody) -> None:
        """Change one's password. All other sessions of one's own end; API tokens go on."""
        require_session(who)
        desks.logins.require_password(who, body.old_password, unix_s())
        desks.accounts.change_own_password(who, body.new_password, unix_s())

    @router.get("/sessions")
    def list_sessions(who: Self) -> list[SessionModel]:
        """Where one is logged in, the newest first."""
        return [session_model(each, who.credential_id) for each in desks.sessions.of_user(who.user, unix_s())]

    @router.delete("/sessions")
    def end_sessions(who: Self, request: Request, response: Response, *, keep_this: bool = False) -> EndedModel:
        """Log out everywhere, or everywhere else."""
        require_session(who)
        kept = who.credential_id if keep_this else ""
        count = desks.sessions.end_all(who, who.user, unix_s(), but=kept)
        if not keep_this:
            clear_session(response, request)
        return EndedModel(sessions=count)

    @router.delete("/sessions/{session_id}", status_code=204)
    def end_session(who: Self, session_id: str) -> None:
        """Log out somewhere."""
        require_session(who)
        desks.sessions.end(who, who.user, session_id, unix_s())

    _add_preferences(router, desks, unix_s)
    _add_second_factor(router, desks, unix_s)
    return router


def _add_preferences(router: APIRouter, desks: AccessDesks, unix_s: Callable[[], float]) -> None:
    @router.get("/preferences")
    def show_preferences(who: Self, response: Response) -> PreferencesModel:
        """How one wants the console to be."""
        found = desks.preferences.get(who)
        set_version(response, found.version)
        return preferences_model(found.value)

    @router.put("/preferences")
    def change_preferences(
        who: Self, body: PreferencesBody, response: Response, if_match: Annotated[str | None, Header()] = None
    ) -> PreferencesModel:
        """Want the console to be so: all that is said takes the place of all that was."""
        require_session(who)
        language = ConsoleLanguage.of(desks.accounts.get(who.user).language)
        version = expected_version(if_match, "preferences", who.user)
        stored = desks.preferences.put(who, body.value(language), unix_s(), version=version)
        set_version(response, stored.version)
        return preferences_model(stored.value)


def _add_second_factor(router: APIRouter, desks: AccessDesks, unix_s: Callable[[], float]) -> None:
    @router.post("/totp")
    def begin_second_factor(who: Self, body: PasswordBody) -> EnrolmentModel:
        """Make a secret for one's authenticator. No login wants a code before one was confirmed."""
        require_session(who)
        desks.logins.require_password(who, body.password, unix_s())
        enrolment = desks.second_factor.begin(who, unix_s())
        return EnrolmentModel(secret=enrolment.secret, address=enrolment.address, qr_svg=qr_svg(enrolment.address))

    @router.put("/totp")
    def confirm_second_factor(who: Self, body: CodeBody) -> RecoveryCodesModel:
        """Show the authenticator's first code; from now on each login wants one."""
        require_session(who)
        return RecoveryCodesModel(codes=list(desks.second_factor.confirm(who, body.code, unix_s())))

    @router.post("/totp/recovery-codes")
    def renew_recovery_codes(who: Self, body: PasswordBody) -> RecoveryCodesModel:
        """Other recovery codes; the old ones hold no more."""
        require_session(who)
        desks.logins.require_password(who, body.password, unix_s())
        return RecoveryCodesModel(codes=list(desks.second_factor.new_recovery_codes(who, unix_s())))

    @router.post("/totp/removal", status_code=204)
    def remove_second_factor(who: Self, body: PasswordBody) -> None:
        """Want no code at login any more."""
        require_session(who)
        desks.logins.require_password(who, body.password, unix_s())
        desks.second_factor.remove_own(who, unix_s())
