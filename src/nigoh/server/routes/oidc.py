"""Logging in at an OpenID Connect provider: the browser goes there, and comes back."""

import logging
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from nigoh.errors import Forbidden, NigohError, Throttled, Unauthenticated
from nigoh.office.oidc import OpenIdConnect, Return
from nigoh.server.access.cookies import clear_flow, flow_cookie, set_flow, set_session
from nigoh.server.guard import OPEN
from nigoh.server.routes.session import visitor_of

_log = logging.getLogger(__name__)

_MOST_LETTERS = 4096

Said = Annotated[str, Query(max_length=_MOST_LETTERS)]

# A browser that was sent on from another site does not show a strict cookie, however often it is sent on. So it gets
# a page of ours, which then opens the console: that request comes from here.
_BACK = """<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=/">
<title>nigoh</title><p><a href="/">nigoh</a></p></html>
"""


def oidc_router(oidc: OpenIdConnect, unix_s: Callable[[], float]) -> APIRouter:
    """The routes that a browser goes through."""
    router = APIRouter(prefix="/session/oidc", tags=["session"])

    @router.get("", dependencies=[OPEN], status_code=303, response_class=RedirectResponse)
    def begin(request: Request) -> Response:
        """Go to the provider."""
        try:
            begun = oidc.begin(unix_s())
        except NigohError as error:
            return _to_login(error)
        response = RedirectResponse(begun.address, 303)
        set_flow(response, request, begun.cookie)
        return response

    @router.get("/callback", dependencies=[OPEN], response_class=HTMLResponse)
    def come_back(
        request: Request,
        state: Said = "",
        code: Said = "",
        iss: Said = "",
        error: Said = "",
    ) -> Response:
        """Come back from the provider: with a session on to the console, or to the login page."""
        back = Return(state=state, code=code, issuer=iss, error=error, cookie=flow_cookie(request))
        response: Response
        try:
            opened = oidc.finish(back, visitor_of(request), unix_s())
        except NigohError as refused:
            response = _to_login(refused)
        else:
            response = HTMLResponse(_BACK)
            set_session(response, request, opened)
        clear_flow(response, request)
        return response

    return router


def _to_login(error: NigohError) -> Response:
    is_refused = isinstance(error, Unauthenticated | Forbidden | Throttled)
    _log.log(logging.INFO if is_refused else logging.WARNING, "nobody is logged in with OpenID Connect: %s", error)
    return RedirectResponse(f"/login?oidc={'refused' if is_refused else 'unavailable'}", 303)
