"""The cookies: of a session, and of a login that was begun at an OpenID Connect provider."""

from typing import Final

from fastapi import Response
from starlette.requests import HTTPConnection

from nigoh.office.oidc_flow import LASTS_S
from nigoh.office.sessions import OpenedSession

_SESSION, _FLOW = "nigoh-session", "nigoh-login"
_MOST_LETTERS: Final = 256


def is_secure(connection: HTTPConnection) -> bool:
    """Whether the browser came over TLS, to here or to a proxy that is believed."""
    return connection.url.scheme in {"https", "wss"}


def session_cookie(connection: HTTPConnection) -> str:
    """What the browser shows as the cookie of its session, or ""."""
    return _read(connection, _SESSION)


def flow_cookie(connection: HTTPConnection) -> str:
    """What the browser keeps of a login at a provider, or ""."""
    return _read(connection, _FLOW)


def set_session(response: Response, connection: HTTPConnection, opened: OpenedSession) -> None:
    """Let the browser show this session from now on."""
    session = opened.session
    response.set_cookie(
        _name(connection, _SESSION),
        opened.cookie,
        max_age=int(session.expires_unix_s - session.created_unix_s),
        path="/",
        secure=is_secure(connection),
        httponly=True,
        samesite="strict",
    )


def clear_session(response: Response, connection: HTTPConnection) -> None:
    """Let the browser forget its session."""
    response.delete_cookie(
        _name(connection, _SESSION), path="/", secure=is_secure(connection), httponly=True, samesite="strict"
    )


def set_flow(response: Response, connection: HTTPConnection, cookie: str) -> None:
    """Let the browser remember a login. `Lax`: it comes back from another site."""
    response.set_cookie(
        _name(connection, _FLOW),
        cookie,
        max_age=int(LASTS_S),
        path="/",
        secure=is_secure(connection),
        httponly=True,
        samesite="lax",
    )


def clear_flow(response: Response, connection: HTTPConnection) -> None:
    """Let the browser forget the login: it comes back once."""
    response.delete_cookie(
        _name(connection, _FLOW), path="/", secure=is_secure(connection), httponly=True, samesite="lax"
    )


def _name(connection: HTTPConnection, name: str) -> str:
    # Browsers take a cookie of this prefix from this host alone, over TLS: a neighbouring host cannot plant one.
    return f"__Host-{name}" if is_secure(connection) else name


def _read(connection: HTTPConnection, name: str) -> str:
    return connection.cookies.get(_name(connection, name), "")[:_MOST_LETTERS]
