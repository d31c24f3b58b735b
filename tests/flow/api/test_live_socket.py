"""Live pictures: many cameras over one WebSocket, and one picture of one camera."""

from __future__ import annotations

import json
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from nigoh.domain.access import Role
from nigoh.domain.audit import AuditAction
from nigoh.engine.shard_seam import LiveOptions
from nigoh.server.live_tiles import HEADER, MOST_TILES
from nigoh.storage.audit import Audit

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from tests.flow.api.conftest import House


def look(house: House, role: Role = Role.VIEWER, *, scoped: bool = False) -> ClientConnection:
    headers = house.headers(role, scoped=scoped)
    return connect(f"{house.socket_address}/api/v1/live", additional_headers=headers, open_timeout=5)


def say(socket: ClientConnection, **order: object) -> None:
    socket.send(json.dumps(order))


def answer(socket: ClientConnection) -> dict[str, Any]:
    """The next text, past the pictures that come meanwhile."""
    while isinstance(message := socket.recv(timeout=5), bytes):
        pass
    found = json.loads(message)
    assert isinstance(found, dict)
    return found


def picture(socket: ClientConnection) -> tuple[int, float, bytes]:
    """The next picture: tile, time, JPEG."""
    while isinstance(message := socket.recv(timeout=5), str):
        pass
    form, _, tile, taken_unix_s = HEADER.unpack_from(message)
    assert form == 1
    return tile, taken_unix_s, message[HEADER.size :]


def until(holds: Callable[[], bool]) -> None:
    end_s = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < end_s
        time.sleep(0.005)


def test_one_socket_shows_many_cameras_each_in_its_tile(house: House) -> None:
    with look(house) as socket:
        say(socket, op="subscribe", tile=7, camera=house.gate, long_side_px=320, fps=30)
        assert answer(socket) == {"op": "subscribed", "tile": 7, "camera": house.gate}
        assert picture(socket)[0] == 7
        say(socket, op="subscribe", tile=8, camera=house.door, long_side_px=640, fps=30, quality=60)
        assert answer(socket)["op"] == "subscribed"
        assert picture(socket)[0] == 8
        assert house.engine.shown[house.gate] == LiveOptions(long_side_px=320, fps=30, quality=75)
        house.engine.tell(house.gate, b"\xff\xd8second", house.now_unix_s + 1.5)
        assert picture(socket) == (7, house.now_unix_s + 1.5, b"\xff\xd8second")
        say(socket, op="unsubscribe", tile=7)
        assert answer(socket) == {"op": "unsubscribed", "tile": 7}
        assert set(house.engine.shown) == {house.door}
    until(lambda: not house.engine.shown)


def test_a_tile_that_is_asked_for_another_camera_shows_that_one_alone(house: House) -> None:
    with look(house) as socket:
        for camera in (house.gate, house.door):
            say(socket, op="subscribe", tile=1, camera=camera)
            assert answer(socket)["camera"] == camera
        assert set(house.engine.shown) == {house.door}


def test_a_camera_that_somebody_may_not_see_is_not_there(house: House) -> None:
    with look(house, scoped=True) as socket:
        refusals = []
        for camera in (house.door, "nowhere"):
            say(socket, op="subscribe", tile=1, camera=camera)
            refusals.append({**answer(socket), "detail": ""})
        assert refusals[0] == refusals[1]
        assert (refusals[0]["type"], refusals[0]["status"]) == ("/api/problems/missing", 404)
        assert house.door not in house.engine.shown
        say(socket, op="subscribe", tile=1, camera=house.gate)
        assert answer(socket)["op"] == "subscribed"


def test_a_slow_viewer_gets_the_newest_picture_and_not_all(house: House) -> None:
    with look(house) as socket:
        say(socket, op="subscribe", tile=1, camera=house.gate, fps=60)
        assert picture(socket)[2] == house.engine.first
        big = bytes(400_000)
        for number in range(200):
            house.engine.tell(house.gate, big + b"%03d" % number, house.now_unix_s + 10 + number)
            time.sleep(0.001)
        got = [picture(socket)[2][-3:]]
        while got[-1] != b"199":
            got.append(picture(socket)[2][-3:])
    assert len(got) < 150
    assert got == sorted(got)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "{",
        "[]",
        '{"op":"dance"}',
        '{"op":"subscribe","tile":-1,"camera":"gate"}',
        '{"op":"unsubscribe"}',
        b"\x00",
    ],
)
def test_what_cannot_be_understood_ends_the_conversation(house: House, said: str | bytes) -> None:
    with look(house) as socket:
        socket.send(said)
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=5)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4400


def test_a_client_has_so_many_tiles_and_no_more(house: House) -> None:
    with look(house) as socket:
        for tile in range(MOST_TILES + 1):
            say(socket, op="subscribe", tile=tile, camera=house.gate)
            told = answer(socket)
            assert (told["op"] == "refused") is (tile == MOST_TILES)
        assert told["type"] == "/api/problems/too-many"


def test_a_user_has_so_many_sockets_and_no_more(house: House) -> None:
    with ExitStack() as stack:
        for _ in range(house.parts.sockets.most_of_user):
            stack.enter_context(look(house))
        one_more = stack.enter_context(look(house))
        with pytest.raises(ConnectionClosed) as closed:
            one_more.recv(timeout=5)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1013


def test_looking_is_written_down_once_for_a_series(house: House) -> None:
    def seen() -> int:
        with house.parts.database.read() as connection:
            actions = [each.event for each in Audit(connection).entries()]
        return sum(each.action is AuditAction.VIEW_LIVE and each.actor == "operator-all" for each in actions)

    for _ in range(3):
        with look(house, Role.OPERATOR) as socket:
            say(socket, op="subscribe", tile=1, camera=house.gate)
            answer(socket)
    assert seen() == 1
    house.clock.unix_s += 3600
    with house.client(Role.OPERATOR) as client:
        assert client.get("/api/v1/cameras/gate/picture").status_code == 200
        assert client.get("/api/v1/cameras/gate/picture").status_code == 200
    assert seen() == 2


def test_a_picture_of_a_camera_is_its_next_one(house: House) -> None:
    with house.client(Role.VIEWER) as client:
        found = client.get("/api/v1/cameras/gate/picture", params={"long_side_px": 200})
        missing = client.get("/api/v1/cameras/nowhere/picture")
    assert (found.content, found.headers["content-type"]) == (house.engine.first, "image/jpeg")
    assert found.headers["cache-control"] == "no-store"
    assert float(found.headers["x-captured-at"]) == house.now_unix_s
    assert missing.status_code == 404
    until(lambda: not house.engine.shown)
