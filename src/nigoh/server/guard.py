"""Where every route says who may use it, and where that is enforced: REST, WebSockets, pictures and clips alike.

    @router.get("/people")
    def list_people(who: Annotated[Principal, needs(Permission.PEOPLE_READ)]) -> ...:

    @router.get("/health", dependencies=[OPEN])
    def health() -> ...:

An application with a route that declares nothing is not built.
"""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from fastapi import Depends, FastAPI
from fastapi.params import Depends as Declared
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.requests import HTTPConnection

from nigoh.domain.access import Permission, Principal, Role, UserId, Via
from nigoh.domain.sighting import CameraId
from nigoh.errors import ConfigError, Forbidden, Missing

_NOT_LOCAL = ("forwarded", "x-forwarded-for", "x-real-ip", "via", "origin", "sec-fetch-site")
"""Headers of proxies and of pages in a browser."""


class Door(Protocol):
    """Knows who asks. Called in threads; any number at once."""

    def admit(self, connection: HTTPConnection) -> Principal:
        """Who asks, by a session's cookie or a token. Raises Unauthenticated, Forbidden (a forged request)."""
        ...

    def still(self, principal: Principal) -> Principal | None:
        """The same as they are now: with what they may do since, or None when the credential holds no more."""
        ...


def put_door(app: FastAPI, door: Door) -> None:
    """Let this door decide who asks of the application."""
    app.state.door = door


def door_of(connection: HTTPConnection) -> Door:
    """The door of the application that is asked."""
    door: Door = connection.app.state.door
    return door


@dataclass(frozen=True, slots=True)
class _Needs:
    """Lets in whom the door knows and who has all these permissions."""

    permissions: frozenset[Permission]
    or_local: bool = False

    def __call__(self, connection: HTTPConnection) -> Principal:
        if self.or_local and _is_local(connection):
            return Principal(
                user=UserId(""), name="local", role=Role.AUDITOR, permissions=self.permissions, via=Via.COMMAND
            )
        principal = door_of(connection).admit(connection)
        # Whoever replays an answer or counts requests finds it there.
        connection.state.principal = principal
        for permission in sorted(self.permissions):
            if not principal.may(permission):
                raise Forbidden(
                    f"this needs the permission {permission}",
                    "Ask an administrator for another role, or use a token with this scope.",
                )
        return principal


def _let_in() -> None:
    """Nothing is checked."""


def needs(*permissions: Permission, or_local: bool = False) -> Declared:
    """Who asks is known and has all of these permissions; without any: who asks is known.

    Args:
        permissions: what is needed.
        or_local: or they ask, without a credential, on this machine itself.
    """
    return Declared(_Needs(frozenset(permissions), or_local))


OPEN: Declared = Depends(_let_in)
"""Anybody may use the route."""


def admit(route: APIRoute, connection: HTTPConnection) -> Principal:
    """Who asks for a route that declares `needs`, as they are let in there. Raises Unauthenticated, Forbidden."""
    calls = (each.call for each in route.dependant.dependencies)
    return next(call for call in calls if isinstance(call, _Needs))(connection)


def require_camera(principal: Principal, camera: CameraId) -> None:
    """Raise Missing unless they may see the camera: nobody learns of those that they may not see."""
    if not principal.sees(camera):
        raise Missing("camera", camera)


def _is_local(connection: HTTPConnection) -> bool:
    """Whether a program of this machine asks, and not a web page or a proxy in somebody else's name."""
    headers = connection.headers
    if connection.client is None or any(name in headers for name in _NOT_LOCAL):
        return False
    # A page whose name was bound to this address anew would still send its own name.
    host = urlsplit(f"//{headers.get('host', '')}").hostname or ""
    return _is_loopback(connection.client.host) and (host == "localhost" or _is_loopback(host))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a route declares.

    Attributes:
        path: with its parameters in braces.
        methods: of HTTP, sorted; () for a WebSocket.
        permissions: what whoever asks must be permitted; None: anybody may use it.
        or_local: or they ask on this machine itself.
    """

    path: str
    methods: tuple[str, ...]
    permissions: frozenset[Permission] | None
    or_local: bool = False


def declarations(app: FastAPI) -> Iterator[Declaration]:
    """What every route of the application declares. Raises ConfigError for one that declares nothing."""
    for route in iter_route_contexts(app.routes):
        calls = [each.call for each in getattr(getattr(route, "dependant", None), "dependencies", ())]
        needed = [call for call in calls if isinstance(call, _Needs)]
        if not needed and _let_in not in calls:
            raise ConfigError(
                f"the route {route.path} does not say who may use it", "Declare needs(...) or OPEN on it."
            )
        methods = tuple(sorted(route.methods or ())) if isinstance(route.original_route, APIRoute) else ()
        permissions = frozenset().union(*(call.permissions for call in needed)) if needed else None
        yield Declaration(route.path or "", methods, permissions, any(call.or_local for call in needed))
