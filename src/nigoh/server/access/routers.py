"""The routes of logging in, of users and of the first start, for the application."""

from collections.abc import Callable

from fastapi import APIRouter

from nigoh.office.access_desks import AccessDesks
from nigoh.office.oidc import OpenIdConnect
from nigoh.server.routes.me import me_router
from nigoh.server.routes.oidc import oidc_router
from nigoh.server.routes.session import session_router
from nigoh.server.routes.setup import setup_router
from nigoh.server.routes.socket_tickets import socket_tickets_router
from nigoh.server.routes.tokens import tokens_router
from nigoh.server.routes.users import users_router


def access_routers(
    desks: AccessDesks, unix_s: Callable[[], float], oidc: OpenIdConnect | None = None
) -> tuple[APIRouter, ...]:
    """All of them, to be mounted under /api/v1."""
    routers = (
        session_router(desks, unix_s, has_oidc=oidc is not None),
        # Before those of oneself, as /me/tokens is the longer path.
        tokens_router(desks, unix_s),
        me_router(desks, unix_s),
        users_router(desks, unix_s),
        setup_router(desks, unix_s),
        socket_tickets_router(desks.tickets, unix_s),
    )
    return (*routers, oidc_router(oidc, unix_s)) if oidc is not None else routers
