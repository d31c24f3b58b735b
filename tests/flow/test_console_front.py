"""What a browser meets first, without a browser: who is let in, what it may load, and when it is cut off."""

from __future__ import annotations

import re
from contextlib import contextmanager
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING

import httpx
import msgpack
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from nigoh.testing.running_product import RunningProduct

if TYPE_CHECKING:
    from collections.abc import Iterator

PASSWORD = "seven quiet lanterns 41"  # noqa: S105 - of a server that lives for these tests
NAMES = ("aziza", "vera")
LONG_S = 60.0


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningProduct]:
    made = RunningProduct(tmp_path_factory.mktemp("product"))
    with made.running(), made.client:
        made.set_up(NAMES[0], PASSWORD)
        made.ask("POST", "users", 201, json={"name": NAMES[1], "role": "viewer", "password": PASSWORD})
        yield made


class Browser:
    """A browser without a screen."""

    def __init__(self, product: RunningProduct, name: str) -> None:
        self.product = product
        self.client = httpx.Client(base_url=product.address)
        answer = self.client.post("/api/v1/session", json={"name": name, "password": PASSWORD})
        self.csrf = answer.json()["csrf_token"]
        self.cookie = "; ".join(f"{key}={value}" for key, value in self.client.cookies.items())

    @contextmanager
    def console(self, session: str = "") -> Iterator[tuple[ClientConnection, str]]:
        """Open the console; gives the connection and the name of Flet's session."""
        with connect(
            self.product.address.replace("http", "ws") + "/console/ws",
            origin=Origin(self.product.address),
            additional_headers={"Cookie": self.cookie},
        ) as socket:
            page = {"route": "/system", "width": 1280, "height": 800}
            socket.send(b"\x00" + msgpack.packb([1, {"session_id": session or None, "page_name": "", "page": page}]))
            frame = socket.recv(LONG_S)
            assert isinstance(frame, bytes)
            yield socket, msgpack.unpackb(frame[1:], strict_map_key=False)[1]["session_id"]


def _read_all(socket: ClientConnection) -> None:
    while True:
        socket.recv(5.0)


@pytest.fixture
def admin(product: RunningProduct) -> Iterator[Browser]:
    browser = Browser(product, NAMES[0])
    yield browser
    browser.client.close()


@pytest.fixture
def viewer(product: RunningProduct) -> Iterator[Browser]:
    browser = Browser(product, NAMES[1])
    yield browser
    browser.client.close()


@pytest.mark.parametrize("path", ["/", "/people/01abc", "/events?camera=gate"])
def test_whoever_is_not_logged_in_is_led_to_the_login(product: RunningProduct, path: str) -> None:
    answer = httpx.get(product.address + path)
    assert answer.status_code == 303
    assert httpx.URL(answer.headers["location"]).params["next"] == path


def test_the_page_loads_nothing_from_elsewhere_and_runs_no_foreign_script(admin: Browser) -> None:
    page = admin.client.get("/system")
    assert page.status_code == 200
    policy = dict(part.strip().partition(" ")[::2] for part in page.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert "unsafe-inline" not in policy["script-src"]
    assert "unsafe-eval'" not in policy["script-src"].replace("wasm-unsafe-eval", "")
    scripts = re.findall(r'src="([^"]+)"', page.text)
    assert scripts
    for script in scripts:
        assert not re.match(r"(\w+:)?//", script), script
        found = admin.client.get("/" + script.lstrip("/"))
        assert (found.status_code, found.headers["x-content-type-options"]) == (200, "nosniff"), script


def test_the_first_load_is_under_six_megabytes_and_the_next_is_nearly_nothing(admin: Browser) -> None:
    wanted = (
        "main.dart.wasm",
        "main.dart.mjs",
        "canvaskit/skwasm.wasm",
        "canvaskit/skwasm.js",
        "flutter_bootstrap.js",
    )
    sizes = []
    for path in wanted:
        first = admin.client.get(f"/{path}")
        assert first.status_code == 200, path
        assert first.headers["content-encoding"] == "gzip"
        sizes.append(int(first.headers["content-length"]))
        again = admin.client.get(f"/{path}", headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
    assert sum(sizes) < 6_000_000


@pytest.mark.parametrize(
    "path",
    ["/nothing.js", "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/console/../login.py", "/console/none.html"],
)
def test_what_is_not_there_is_not_there(admin: Browser, path: str) -> None:
    answer = admin.client.get(path)
    assert answer.status_code in {303, 404} or "flutter_bootstrap" in answer.text
    assert "root:" not in answer.text


def test_nobody_opens_the_console_without_a_session_or_from_another_site(
    product: RunningProduct, admin: Browser
) -> None:
    address = product.address.replace("http", "ws") + "/console/ws"
    for headers, origin in (({}, product.address), ({"Cookie": admin.cookie}, "https://evil.example")):
        with (
            pytest.raises(InvalidStatus, match="403"),
            connect(address, additional_headers=headers, origin=Origin(origin)),
        ):
            pass


def test_an_ended_session_loses_the_console_within_seconds(admin: Browser) -> None:
    with admin.console() as (socket, _):
        admin.client.delete("/api/v1/session", headers={"X-CSRF-Token": admin.csrf})
        with pytest.raises(ConnectionClosed) as closed:
            _read_all(socket)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401


def test_a_reload_gives_the_same_session_back_to_whoever_had_it_and_to_nobody_else(
    admin: Browser, viewer: Browser
) -> None:
    with admin.console() as (_, session):
        pass
    with viewer.console(session) as (_, of_somebody_else):
        pass
    with admin.console(session) as (_, again):
        pass
    assert of_somebody_else != session
    assert again == session


def test_files_come_in_by_a_ticket_alone(admin: Browser) -> None:
    answer = admin.client.put("/console/baskets/guessed", content=b"face", params={"name": "a.jpg"})
    assert answer.status_code == 404
    assert answer.json()["detail"].startswith("there is no basket")


def test_cookies_of_the_session_are_out_of_reach_of_scripts(product: RunningProduct) -> None:
    answer = httpx.post(f"{product.address}/api/v1/session", json={"name": NAMES[1], "password": PASSWORD})
    cookie = next(iter(SimpleCookie(answer.headers["set-cookie"]).values()))
    assert cookie["httponly"]
    assert cookie["samesite"] == "strict"
