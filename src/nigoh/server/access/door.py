"""The door: who asks, at each request and, while a WebSocket is open, again and again."""

import hmac
from collections.abc import Callable, Iterable
from dataclasses import replace

from starlette.requests import HTTPConnection

from nigoh.domain.access import Principal, Via
from nigoh.domain.credentials import digest
from nigoh.domain.users import Session
from nigoh.errors import Forbidden, Unauthenticated
from nigoh.office.personal_tokens import PersonalTokens
from nigoh.office.sessions import OpenSessions
from nigoh.office.socket_tickets import SocketTickets
from nigoh.server.access.cookies import session_cookie

CSRF_HEADER = "X-CSRF-Token"

_HARMLESS = frozenset({"GET", "HEAD", "OPTIONS"})


class AccessDoor:
    """Lets in who has a session or a token. Nothing is remembered: what was revoked holds no more at once.

    A browser sends cookies by itself, also when another site asks it to. So a request with a cookie that changes
    something shows the token of that session in a header, which other sites do not know, and a WebSocket says that it
    was opened by a page of this server. The cookie's SameSite attribute says the same to browsers that know it.

    Args:
        sessions: recognises cookies.
        tokens: recognises API tokens.
        unix_s: seconds since 1970.
        origins: where pages may come from beside this server's own address, as https://host: the address that
            browsers know, where a proxy gives the server another Host.
        tickets: what pages with a token open WebSockets with; None: nobody does.
    """

    def __init__(
        self,
        sessions: OpenSessions,
        tokens: PersonalTokens,
        unix_s: Callable[[], float],
        origins: Iterable[str] = (),
        *,
        tickets: SocketTickets | None = None,
    ) -> None:
        self._sessions = sessions
        self._tokens = tokens
        self._unix_s = unix_s
        self._tickets = tickets
        self._origins = frozenset(origin.rstrip("/").lower() for origin in origins)

    def admit(self, connection: HTTPConnection) -> Principal:
        """Who asks. Raises Unauthenticated; Forbidden: another site asks in their name."""
        address, now_unix_s = address_of(connection), self._unix_s()
        bearer = _bearer(connection)
        if bearer is not None:
            return self._tokens.recognise(bearer, now_unix_s).principal(address)
        if self._tickets is not None and (ticket := _ticket(connection)):
            return self._holder(self._tickets.redeem(ticket, now_unix_s), address)
        cookie = session_cookie(connection)
        if not cookie:
            raise Unauthenticated(
                "nobody has logged in", "Log in, or send an API token: Authorization: Bearer nigoh_…"
            )
        found = self._sessions.recognise(cookie, now_unix_s)
        self._require_own_page(connection, found.session)
        return found.principal(address)

    def still(self, principal: Principal) -> Principal | None:
        """The same as they are now, or None: their session or token holds no more."""
        try:
            if principal.via is Via.SESSION:
                return self._sessions.find(principal.credential_id, self._unix_s()).principal(principal.address)
            if principal.via is Via.TOKEN:
                return self._tokens.find(principal.credential_id, self._unix_s()).principal(principal.address)
        except Unauthenticated:
            return None
        return principal

    def _holder(self, issued_to: Principal, address: str) -> Principal:
        """Who comes with a ticket, as they are now."""
        now = self.still(replace(issued_to, address=address))
        if now is None:
            raise Unauthenticated(
                "the session or token of this ticket holds no more", "Log in, or use another token."
            )
        return now

    def _require_own_page(self, connection: HTTPConnection, session: Session) -> None:
        if connection.scope["type"] == "websocket":
            if not self._is_own(connection):
                raise Forbidden("a page of another site opens this WebSocket", "Open it from nigoh's own pages.")
        elif connection.scope["method"] not in _HARMLESS:
            shown = digest(connection.headers.get(CSRF_HEADER, ""))
            if not hmac.compare_digest(shown, session.csrf_hash):
                raise Forbidden(
                    f"the header {CSRF_HEADER} does not show this session's token",
                    "Send the csrf_token of GET /api/v1/session with each request that changes something.",
                )

    def _is_own(self, connection: HTTPConnection) -> bool:
        origin = connection.headers.get("origin", "").lower()
        host = connection.headers.get("host", "").lower()
        return origin in self._origins or (bool(host) and origin.partition("://")[2] == host)


def address_of(connection: HTTPConnection) -> str:
    """From where somebody asks; "" if it cannot be known. The server has put a believed proxy's word in its place."""
    return connection.client.host if connection.client else ""


def _ticket(connection: HTTPConnection) -> str:
    """What is shown in the address of a WebSocket; other requests can send a header."""
    return connection.query_params.get("ticket", "") if connection.scope["type"] == "websocket" else ""


def _bearer(connection: HTTPConnection) -> str | None:
    kind, _, text = connection.headers.get("authorization", "").partition(" ")
    return text.strip() if kind.lower() == "bearer" else None
