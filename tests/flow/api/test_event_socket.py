"""The stream of events: as they happen, after a number, within what somebody may see, for as long as they may."""

from __future__ import annotations

import json
import socket
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from nigoh.domain.access import Permission, Role
from nigoh.domain.records import Event, EventKind
from nigoh.storage.database.events import Events

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from tests.flow.api.conftest import House


def follow(house: House, after: int | None = None, **named: Any) -> ClientConnection:  # noqa: ANN401 - of `headers`
    query = "" if after is None else f"?after={after}"
    token = named.pop("token", None)
    headers = {"Authorization": f"Bearer {token}"} if token else house.headers(**named)
    return connect(f"{house.socket_address}/api/v1/events{query}", additional_headers=headers, open_timeout=5)


def read(stream: ClientConnection) -> dict[str, Any]:
    found = json.loads(stream.recv(timeout=5))
    assert isinstance(found, dict)
    return found


def numbers(stream: ClientConnection, count: int) -> list[int]:
    found: list[int] = []
    while len(found) < count:
        message = read(stream)
        found += [message["number"]] if "number" in message else []
    return found


def add(house: House, *cameras: str, body: str = "{}") -> list[int]:
    events = [
        Event(kind=EventKind.SIGHTING_CHANGED, camera=camera, subject="x", unix_s=1.0, body=body)
        for camera in cameras
    ]
    with house.parts.database.begin() as connection:
        return Events(connection).add_many(events)


def newest(house: House) -> int:
    with house.parts.database.read() as connection:
        return Events(connection).newest()


def test_events_come_as_they_happen_and_say_what_the_list_says(house: House) -> None:
    with follow(house) as stream:
        assert read(stream) == {"hello": {"after": newest(house), "newest": newest(house)}}
        (number,) = add(house, house.gate, body='{"score": 0.5}')
        told = read(stream)
    assert (told["number"], told["camera"], told["body"]) == (number, house.gate, {"score": 0.5})
    with house.client() as client:
        assert client.get("/api/v1/events", params={"after": number - 1}).json()["items"] == [told]


def test_whoever_comes_back_gets_what_they_have_missed_in_order_and_once(house: House) -> None:
    before = newest(house)
    with follow(house, before) as stream:
        assert numbers(stream, 3) if add(house, *[house.gate] * 3) else None
    missed = add(house, *[house.gate] * 600)
    with follow(house, missed[0] - 1) as stream:
        later = add(house, house.gate, house.gate)
        assert numbers(stream, 602) == missed + later


def test_a_number_that_was_never_given_means_from_now_on(house: House) -> None:
    with follow(house, 10**15) as stream:
        assert read(stream)["hello"]["after"] == newest(house)
        added = add(house, house.gate)
        assert numbers(stream, 1) == added


def test_what_happens_where_somebody_may_not_look_is_passed_over(house: House) -> None:
    with follow(house, role=Role.VIEWER, scoped=True) as stream:
        read(stream)
        hidden, seen = add(house, house.door, house.gate)
        first = read(stream)
        if "heartbeat" in first:
            assert first == {"heartbeat": {"after": hidden}}
            first = read(stream)
        assert (first["number"], first["camera"]) == (seen, house.gate)
    with house.client(Role.VIEWER, scoped=True) as client:
        page = client.get("/api/v1/events", params={"after": hidden - 1}).json()
    assert [each["number"] for each in page["items"]] == [seen]
    assert page["next_after"] == seen


def test_whoever_may_not_read_a_noun_is_not_told_of_it(house: House) -> None:
    narrow = house.token({Permission.EVENTS_READ, Permission.PEOPLE_READ})
    with follow(house, token=narrow) as stream:
        read(stream)
        (hidden,) = add(house, house.gate)
        assert read(stream) == {"heartbeat": {"after": hidden}}
        with house.client() as client:
            client.post("/api/v1/people", json={"name": "Told Of"})
        assert read(stream)["kind"] == "person.enrolled"


def test_pages_end_where_the_events_do(house: House) -> None:
    add(house, *[house.gate, house.door] * 5)
    with house.client(Role.VIEWER, scoped=True) as client:
        seen, after = [], 0
        for _ in range(100):
            page = client.get("/api/v1/events", params={"after": after, "limit": 3}).json()
            seen += [each["camera"] for each in page["items"]]
            if not page["items"]:
                break
            after = page["next_after"]
    assert after <= newest(house)
    assert house.gate in seen
    assert house.door not in seen


def test_a_revoked_token_ends_what_it_has_opened_within_seconds(house: House) -> None:
    token = house.token(name="revoked soon")
    with follow(house, token=token) as stream:
        read(stream)
        house.revoke("revoked soon")
        began_s = time.monotonic()
        with pytest.raises(ConnectionClosed) as closed:
            stream.recv(timeout=5)
        assert time.monotonic() - began_s < 5
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401


def test_cameras_that_are_taken_away_are_taken_from_open_streams_too(house: House) -> None:
    with follow(house, role=Role.VIEWER) as stream:
        read(stream)
        house.restrict("viewer-all", {house.gate})
        for _ in range(200):
            (hidden,) = add(house, house.door)
            told = read(stream)
            if "heartbeat" in told:
                break
        assert told == {"heartbeat": {"after": hidden}}


def test_a_page_of_another_site_opens_no_stream_with_a_visitors_cookie(house: House) -> None:
    cookie = {"Cookie": f"nigoh-session={house.log_in()}"}
    own, foreign = Origin(house.address), Origin("https://evil.example")
    with connect(f"{house.socket_address}/api/v1/events", additional_headers=cookie, origin=own) as stream:
        read(stream)
    for origin in (foreign, None):
        with pytest.raises(InvalidStatus) as refused:
            connect(f"{house.socket_address}/api/v1/events", additional_headers=cookie, origin=origin)
        assert refused.value.response.status_code == 403


def test_a_client_that_reads_nothing_is_let_go_and_may_resume(house: House) -> None:
    before = newest(house)
    with stubborn(house, before) as (raw, head):
        assert head.startswith(b"HTTP/1.1 101")
        body = json.dumps({"text": "x" * 60_000})
        sent = [number for _ in range(10) for number in add(house, *[house.gate] * 20, body=body)]
        time.sleep(1.2)
        assert taken(raw) < 200 * 60_000
    with follow(house, before) as stream:
        assert numbers(stream, len(sent)) == sent


@contextmanager
def stubborn(house: House, after: int) -> Iterator[tuple[socket.socket, bytes]]:
    """A client that opens the stream and takes nothing more of it than the head."""
    host, _, port = house.address.removeprefix("http://").partition(":")
    with socket.socket() as raw:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        raw.settimeout(5)
        raw.connect((host, int(port)))
        lines = [f"GET /api/v1/events?after={after} HTTP/1.1", f"Host: {host}", "Upgrade: websocket"]
        lines += ["Connection: Upgrade", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13"]
        lines += [f"{name}: {value}" for name, value in house.headers().items()]
        raw.sendall("\r\n".join([*lines, "", ""]).encode())
        yield raw, raw.recv(100)


def taken(raw: socket.socket) -> int:
    """How much was on its way until the server gave up."""
    count = 0
    with suppress(ConnectionResetError):
        while data := raw.recv(65_536):
            count += len(data)
    return count
