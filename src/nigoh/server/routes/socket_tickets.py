"""Tickets with which a page that has a token opens WebSockets."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from nigoh.domain.access import Permission, Principal
from nigoh.office.socket_tickets import LASTS_S, SocketTickets
from nigoh.server.guard import needs


class SocketTicketModel(BaseModel):
    """A ticket."""

    ticket: str = Field(description="To be given as `ticket` in the address of one WebSocket; it holds once.")
    expires_in_s: float


def socket_tickets_router(tickets: SocketTickets, unix_s: Callable[[], float]) -> APIRouter:
    """The route of tickets."""
    router = APIRouter(prefix="/live", tags=["live"])

    @router.post("/tickets", status_code=201)
    def issue_ticket(who: Annotated[Principal, needs(Permission.LIVE)]) -> SocketTicketModel:
        """A ticket for one WebSocket, of live pictures or events, for who cannot send a header with it: a browser.

        Whoever comes with it may what this request's token or session may.
        """
        return SocketTicketModel(ticket=tickets.issue(who, unix_s()), expires_in_s=LASTS_S)

    return router
