"""Clients that send too much, too slowly, or what does harm elsewhere."""

from __future__ import annotations

import json
import socket
import time
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

import httpx
import pytest

from nigoh.domain.access import Role
from nigoh.server.limits import JSON_BYTES, PHOTO_BYTES, BodyPace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.flow.api.conftest import House

NASTY = [
    "'; DROP TABLE person; --",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "Robert'); DELETE FROM people WHERE 1=1",
    '=HYPERLINK("http://evil","x")',
    "../../../etc/passwd",
    "%00%0d%0aSet-Cookie: a=b",
    "{{7*7}}${7*7}",
    "\u202eevil\u202c",
    "e\u0301 Ёлка 日本 🙂",
]


@pytest.fixture
def client(house: House) -> Iterator[httpx.Client]:
    with house.client() as client:
        yield client


@contextmanager
def raw(house: House) -> Iterator[socket.socket]:
    host, _, port = house.address.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        yield connection


def rest(connection: socket.socket) -> bytes:
    """Everything that comes until the server closes."""
    found = b""
    with suppress(ConnectionResetError):
        while data := connection.recv(65_536):
            found += data
    return found


def head(house: House, method: str, path: str, *lines: str) -> bytes:
    said = [f"{method} {path} HTTP/1.1", "Host: x", *(f"{name}: {text}" for name, text in house.headers().items())]
    return "\r\n".join([*said, *lines, "", ""]).encode()


@pytest.mark.parametrize("path", ["people", "watch-lists", "camera-groups"])
@pytest.mark.parametrize("text", NASTY)
def test_what_is_written_is_kept_and_told_as_text_or_refused(client: httpx.Client, path: str, text: str) -> None:
    answer = client.post(f"/api/v1/{path}", json={"name": text})
    assert answer.status_code in {201, 422}, answer.text
    if answer.status_code == 201:
        made = answer.json()
        assert made["name"] == " ".join(text.split()) or made["name"] == "é Ёлка 日本 🙂"
        assert client.get(f"/api/v1/{path}/{made['id']}").json()["name"] == made["name"]
        assert client.delete(f"/api/v1/{path}/{made['id']}").is_success
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-type"] in {"application/json", "application/problem+json"}


@pytest.mark.parametrize("text", [*NASTY, "\x00", "%", "_", "\\", "a" * 256])
def test_no_search_breaks_out_of_its_question(client: httpx.Client, text: str) -> None:
    for path, name in (("people", "search"), ("people", "group"), ("cameras", "search"), ("sightings", "person")):
        answer = client.get(f"/api/v1/{path}", params={name: text})
        assert answer.status_code in {200, 422}, f"{path}?{name}: {answer.text}"
    assert len(client.get("/api/v1/cameras").json()["items"]) == 2


@pytest.mark.parametrize(
    "path",
    [
        "people/..%2f..%2fetc%2fpasswd",
        "people/%2e%2e/%2e%2e/etc/passwd",
        "clips/..%2f..%2fsecret/video",
        "photos/....//....//etc/picture",
        "cameras/%2e%2e%2f%2e%2e/picture",
        "cameras/%00/picture",
        "sightings/%ff%fe/picture",
        "../docs/..%2f..%2fmaster.key",
        "../docs/docs.html%00.css",
        "../docs/%2e%2e%2fapp.py",
    ],
)
def test_no_path_leads_out_of_the_application(house: House, path: str) -> None:
    with raw(house) as connection:
        connection.sendall(head(house, "GET", f"/api/v1/{path}", "Connection: close"))
        answer = rest(connection)
    assert answer.split(b" ")[1] in {b"404", b"422"}
    assert b"root:" not in answer
    assert b"Traceback" not in answer


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'{"name": "\\ud800"}',
        b'{"name": "a\\u0000b"}',
        b'{"name": "x", "surprise": 1}',
        b'{"name": 1e999}',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"name": "x", "expires_at": "9999-12-31T23:59:59-23:59"}',
        b'{"name": "x", "expires_at": "0001-01-01T00:00:00+23:59"}',
        b'{"name": "x", "lists": ["\'; --"]}',
    ],
)
def test_a_body_that_is_none_is_told_so(client: httpx.Client, body: bytes) -> None:
    answer = client.post("/api/v1/people", content=body, headers={"Content-Type": "application/json"})
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"].startswith("/api/problems/")


def test_a_refused_body_is_not_repeated_to_whoever_sent_it(client: httpx.Client, house: House) -> None:
    body = {"name": "x", "url": f"nonsense {house.canary}", "fps": house.canary}
    answer = client.post("/api/v1/cameras", json=body)
    assert (answer.status_code, house.canary in answer.text) == (422, False)


@pytest.mark.parametrize("chunked", [False, True], ids=["announced", "chunked"])
def test_a_body_that_is_too_large_is_refused_before_it_has_come(house: House, chunked: bool) -> None:
    with raw(house) as connection:
        if chunked:
            connection.sendall(head(house, "POST", "/api/v1/people", "Transfer-Encoding: chunked"))
            with suppress(BrokenPipeError, ConnectionResetError):
                for _ in range(JSON_BYTES // 65_536 + 2):
                    connection.sendall(b"10000\r\n" + bytes(65_536) + b"\r\n")
        else:
            connection.sendall(head(house, "POST", "/api/v1/people", f"Content-Length: {10**12}"))
        answer = rest(connection)
    assert answer.startswith(b"HTTP/1.1 413")
    told = json.loads(answer.partition(b"\r\n\r\n")[2])
    assert (told["type"], "Send less" in told["next_step"]) == ("/api/problems/too-large", True)


def test_a_photo_may_be_larger_than_other_bodies_and_has_a_bound_too(client: httpx.Client, house: House) -> None:
    path = f"/api/v1/people/{house.ids['person']}/photos"
    assert client.post(path, files={"photo": bytes(2 * JSON_BYTES)}).status_code == 422
    with raw(house) as connection:
        connection.sendall(head(house, "POST", path, "Content-Type: image/png", f"Content-Length: {PHOTO_BYTES + 1}"))
        assert rest(connection).startswith(b"HTTP/1.1 413")


def test_a_request_whose_head_does_not_come_is_given_up(house: House) -> None:
    with raw(house) as silent, raw(house) as slow:
        slow.sendall(b"GET /api/v1/health HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        began_s = time.monotonic()
        assert (rest(silent), rest(slow)) == (b"", b"")
        assert time.monotonic() - began_s < 3


def test_a_second_request_whose_head_does_not_come_is_given_up_too(house: House) -> None:
    with raw(house) as connection:
        connection.sendall(head(house, "GET", "/api/v1/health"))
        assert connection.recv(9) == b"HTTP/1.1 "
        connection.sendall(b"GET /api/v1/hea")
        assert rest(connection)


def test_a_body_that_does_not_come_is_given_up(house: House) -> None:
    with raw(house) as connection:
        said = head(house, "POST", "/api/v1/people", "Content-Type: application/json", "Content-Length: 100")
        connection.sendall(said + b'{"name"')
        answer = rest(connection)
    assert answer.startswith(b"HTTP/1.1 408")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["type"] == "/api/problems/slow"


@pytest.mark.parametrize(
    ("elapsed_s", "received", "slow"),
    [(1, 0, False), (15, 0, False), (16, 8_191, True), (16, 8_192, False), (115, 819_199, True)],
)
def test_a_body_comes_at_a_least_pace_after_a_while(elapsed_s: float, received: int, slow: bool) -> None:
    assert BodyPace().is_too_slow(elapsed_s, received) is slow


def test_a_head_that_is_too_large_is_refused(house: House) -> None:
    with raw(house) as connection:
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(head(house, "GET", "/api/v1/people", "X-Large: " + "x" * 1_000_000))
        assert rest(connection)[:12] in {b"HTTP/1.1 400", b"HTTP/1.1 431", b""}


def test_connections_beyond_the_bound_are_closed_and_the_others_go_on(house: House) -> None:
    with ExitStack() as stack:
        opened = [stack.enter_context(raw(house)) for _ in range(60)]
        asked = [connection for connection in opened if sent(connection, head(house, "GET", "/api/v1/health"))]
        answered = sum(read_some(connection).startswith(b"HTTP/1.1 200") for connection in asked)
    assert 30 <= answered <= 40
    with house.client() as client:
        assert client.get("/api/v1/health").status_code == 200


def sent(connection: socket.socket, data: bytes) -> bool:
    try:
        connection.sendall(data)
    except OSError:
        return False
    return True


def read_some(connection: socket.socket) -> bytes:
    try:
        return connection.recv(100)
    except OSError:
        return b""


def test_nonsense_instead_of_a_request_is_told_so(house: House) -> None:
    for said in (
        b"\x16\x03\x01\x02\x00",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
    ):
        with raw(house) as connection:
            connection.sendall(said)
            assert b"200 OK" not in rest(connection)


@pytest.mark.parametrize("path", ["/api/v1/people", "/api/docs", "/nowhere", "/api/v1/health"])
def test_every_answer_forbids_what_browsers_should_not_do(client: httpx.Client, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "server" not in headers
    assert "access-control-allow-origin" not in headers


def test_no_other_site_may_ask_through_a_visitors_browser(house: House) -> None:
    headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"}
    with httpx.Client(base_url=house.address) as client:
        answer = client.options("/api/v1/people", headers=headers)
    assert not any(name.startswith("access-control") for name in answer.headers)


def test_an_auditor_who_may_not_see_people_learns_nothing_from_errors(house: House) -> None:
    with house.client(Role.AUDITOR) as client:
        known = client.get(f"/api/v1/people/{house.ids['person']}")
        unknown = client.get("/api/v1/people/nobody")
    assert known.status_code == unknown.status_code == 403
    assert known.json()["detail"] == unknown.json()["detail"]
