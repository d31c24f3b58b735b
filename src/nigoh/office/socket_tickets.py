"""Tickets for WebSockets: a browser cannot send a token with one, and an address is written down by every proxy.

So whoever has a token asks for a ticket with it, and opens the WebSocket with the ticket in its address: it holds
once, and not for long.
"""

import threading
from dataclasses import dataclass

from nigoh.domain.access import Principal, UserId
from nigoh.domain.credentials import digest, new_secret
from nigoh.errors import Throttled, Unauthenticated

LASTS_S = 30.0

_MOST = 1_024
_MOST_OF_USER = 64


@dataclass(frozen=True, slots=True)
class _Issued:
    principal: Principal
    ends_unix_s: float


class SocketTickets:
    """Tickets that were not used yet. Any thread. In memory alone: after a restart others are asked for."""

    def __init__(self) -> None:
        self._issued: dict[str, _Issued] = {}
        self._lock = threading.Lock()

    def issue(self, principal: Principal, now_unix_s: float) -> str:
        """A ticket for who asks. Raises Throttled: too many wait to be used."""
        text = new_secret()
        with self._lock:
            self._forget(now_unix_s)
            if len(self._issued) >= _MOST or self._count(principal.user) >= _MOST_OF_USER:
                raise Throttled("too many tickets wait to be used", retry_after_s=LASTS_S)
            self._issued[digest(text)] = _Issued(principal, now_unix_s + LASTS_S)
        return text

    def redeem(self, text: str, now_unix_s: float) -> Principal:
        """Who asked for it, as they were then. Raises Unauthenticated: it was used, or is too old, or is none."""
        with self._lock:
            issued = self._issued.pop(digest(text), None)
        if issued is None or now_unix_s > issued.ends_unix_s:
            raise Unauthenticated("this ticket does not hold", "Ask for another: POST /api/v1/live/tickets.")
        return issued.principal

    def _count(self, user: UserId) -> int:
        return sum(each.principal.user == user for each in self._issued.values())

    def _forget(self, now_unix_s: float) -> None:
        for key in [key for key, each in self._issued.items() if now_unix_s > each.ends_unix_s]:
            del self._issued[key]
