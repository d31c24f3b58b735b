"""One's own session: logging in, who one is, logging out."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Request, Response

from nigoh.domain.access import Principal, Via
from nigoh.domain.credentials import csrf_token
from nigoh.errors import Forbidden
from nigoh.office.access_desks import AccessDesks
from nigoh.office.logins import LoginAttempt
from nigoh.office.sessions import Visitor
from nigoh.server.access.cookies import clear_session, session_cookie, set_session
from nigoh.server.access.door import address_of
from nigoh.server.guard import OPEN, needs
from nigoh.server.models.access import LoginBody, PrincipalModel, WaysModel, principal_model


def session_router(desks: AccessDesks, unix_s: Callable[[], float], *, has_oidc: bool = False) -> APIRouter:
    """The routes of one's own session."""
    router = APIRouter(prefix="/session", tags=["session"])

    @router.get("/ways", dependencies=[OPEN])
    def ways_to_log_in() -> WaysModel:
        """How one can log in here."""
        return WaysModel(oidc=has_oidc, needs_setup=desks.first_start.is_needed())

    @router.post("", dependencies=[OPEN])
    def log_in(body: LoginBody, request: Request, response: Response) -> PrincipalModel:
        """Begin a session: the answer sets its cookie. A wrong password and an unknown name are told alike.

        With a second factor the answer is 401 of the type `second-factor` until `code` is sent, too.
        """
        visitor = visitor_of(request)
        attempt = LoginAttempt(name=body.name, password=body.password, code=body.code, visitor=visitor)
        opened = desks.logins.login(attempt, unix_s())
        set_session(response, request, opened)
        principal = opened.user.principal(Via.SESSION, opened.session.id, visitor.address)
        return principal_model(principal, opened.user, opened.csrf_token)

    @router.get("")
    def who_am_i(who: Annotated[Principal, needs()], request: Request) -> PrincipalModel:
        """Who asks, and what they may do."""
        csrf = csrf_token(session_cookie(request)) if who.via is Via.SESSION else None
        return principal_model(who, desks.accounts.get(who.user), csrf)

    @router.delete("", status_code=204)
    def log_out(who: Annotated[Principal, needs()], request: Request, response: Response) -> None:
        """End the session that asks."""
        require_session(who)
        desks.sessions.end(who, who.user, who.credential_id, unix_s())
        clear_session(response, request)

    return router


def visitor_of(request: Request) -> Visitor:
    """From where somebody logs in."""
    agent = request.headers.get("user-agent", "").encode("ascii", "replace").decode()
    return Visitor(address=address_of(request), agent=agent, cookie=session_cookie(request))


def require_session(who: Principal) -> None:
    """Raise Forbidden for a token: whoever stole one must not be able to outlive it."""
    if who.via is not Via.SESSION:
        raise Forbidden("an API token does not do this", "Log in with a password.")
