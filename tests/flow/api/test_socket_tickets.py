"""Tickets: how a page that has a token, and no way to send it, opens a WebSocket."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from nigoh.domain.access import Permission, Role
from nigoh.office.socket_tickets import LASTS_S

if TYPE_CHECKING:
    from tests.flow.api.conftest import House


def ticket_for(house: House, token: str) -> str:
    headers = {"Authorization": f"Bearer {token}"}
    answer = httpx.post(f"{house.address}/api/v1/live/tickets", headers=headers)
    assert answer.status_code == 201
    text = answer.json()["ticket"]
    assert isinstance(text, str)
    return text


def come(house: House, ticket: str, path: str = "/api/v1/live") -> ClientConnection:
    # As a browser: from a page, and without a header that says who it is.
    address = f"{house.socket_address}{path}?ticket={ticket}"
    return connect(address, origin=Origin("https://wall.example"), open_timeout=5)


def refusal(house: House, ticket: str, path: str = "/api/v1/live") -> int:
    with pytest.raises(InvalidStatus) as refused:
        come(house, ticket, path)
    return refused.value.response.status_code


def test_a_ticket_opens_one_websocket_and_no_second(house: House) -> None:
    ticket = ticket_for(house, house.tokens[Role.VIEWER, False])
    with come(house, ticket) as socket:
        socket.send(json.dumps({"op": "subscribe", "tile": 1, "camera": house.gate}))
        assert json.loads(socket.recv(timeout=5))["op"] == "subscribed"
    assert refusal(house, ticket) == 401


def test_a_ticket_holds_for_half_a_minute(house: House) -> None:
    ticket = ticket_for(house, house.tokens[Role.VIEWER, False])
    house.clock.unix_s += LASTS_S + 1
    try:
        assert refusal(house, ticket) == 401
    finally:
        house.clock.unix_s -= LASTS_S + 1


def test_a_ticket_permits_what_its_token_does_and_no_more(house: House) -> None:
    narrow = house.token({Permission.LIVE})
    assert refusal(house, ticket_for(house, narrow), "/api/v1/events") == 403
    headers = {"Authorization": f"Bearer {house.token({Permission.EVENTS_READ})}"}
    assert httpx.post(f"{house.address}/api/v1/live/tickets", headers=headers).status_code == 403


def test_a_ticket_dies_with_its_token(house: House) -> None:
    ticket = ticket_for(house, house.token({Permission.LIVE}, "for the wall"))
    house.revoke("for the wall")
    assert refusal(house, ticket) == 401


def test_a_ticket_is_for_websockets_alone(house: House) -> None:
    ticket = ticket_for(house, house.tokens[Role.VIEWER, False])
    assert httpx.get(f"{house.address}/api/v1/cameras?ticket={ticket}").status_code == 401
