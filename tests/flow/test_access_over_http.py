"""Logging in over HTTP: cookies, forged requests, tokens, revocation, the first start; a real server and database."""

import asyncio
import re
import sqlite3
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import cv2
import httpx
import numpy as np
import pyotp
import pytest
import websockets
from fastapi import APIRouter, FastAPI, WebSocket
from starlette.types import ASGIApp, Receive, Scope, Send

from nigoh.domain.access import Principal, Role, command_principal
from nigoh.domain.audit import AuditAction
from nigoh.domain.master_key import MasterKey
from nigoh.domain.users import User
from nigoh.office.access_desks import AccessDesks, open_desks
from nigoh.office.accounts import NewUser
from nigoh.office.passwords import PasswordCost
from nigoh.server.access.door import AccessDoor
from nigoh.server.access.routers import access_routers
from nigoh.server.guard import needs, put_door
from nigoh.server.problems import answer_errors
from nigoh.server.web_server import WebOptions, WebServer
from nigoh.storage.audit import Audit
from nigoh.storage.database.database import Database
from nigoh.storage.vault.vault import Vault

PASSWORD = "correct horse battery staple"  # noqa: S105 - of nobody
OTHER = "plov in the evening, tea at dawn"
ROOT = command_principal("root")
TRUSTED = ssl.create_default_context()
"""Loaded once: each client would otherwise do so."""
MASTER = MasterKey.generate()


@dataclass
class Clock:
    unix_s: float = 1_700_000_000.0

    def __call__(self) -> float:
        return self.unix_s


@dataclass
class House:
    """A running server, and its desks to look behind."""

    address: str
    desks: AccessDesks
    clock: Clock
    clients: list[httpx.Client] = field(default_factory=list)

    def browser(self, **headers: str) -> httpx.Client:
        """A client with cookies of its own."""
        client = httpx.Client(base_url=self.address + "/api/v1", headers=headers, timeout=10, verify=TRUSTED)
        self.clients.append(client)
        return client

    def add(self, name: str, role: Role = Role.OPERATOR) -> User:
        return self.desks.accounts.add(ROOT, NewUser(name=name, role=role, password=PASSWORD), self.clock())

    def logged_in(self, name: str = "ali", **headers: str) -> httpx.Client:
        browser = self.browser(**headers)
        answer = login(browser, name)
        assert answer.status_code == 200, answer.text
        browser.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
        return browser


def login(browser: httpx.Client, name: str = "ali", password: str = PASSWORD, code: str = "") -> httpx.Response:
    return browser.post("/session", json={"name": name, "password": password, "code": code})


def scanned(svg: str) -> str:
    """What a camera reads from a QR code that is drawn in strokes, a row after the other."""
    size = int(re.findall(r'viewBox="0 0 (\d+) ', svg)[0])
    picture, x, y = np.full((size, size), 255, np.uint8), 0, 0
    for move, first, second in re.findall(r"([Mmh])(-?\d+) ?(-?[\d.]+)?", svg.partition('class="qrline"')[2]):
        if move == "h":
            picture[y, x : x + int(first)] = 0
            x += int(first)
        else:
            x, y = (x * (move == "m") + int(first), y * (move == "m") + int(float(second)))
    large = cv2.resize(picture, None, fx=8, fy=8, interpolation=cv2.INTER_NEAREST)
    return cv2.QRCodeDetector().detectAndDecode(large)[0]


def follow_router() -> APIRouter:
    """A WebSocket behind the door, as those of events and live pictures are."""
    router = APIRouter()

    @router.websocket("/follow")
    async def follow(websocket: WebSocket, who: Annotated[Principal, needs()]) -> None:
        await websocket.accept()
        await websocket.send_text(who.name)
        await websocket.close()

    return router


def application(database: Database, clock: Clock) -> tuple[FastAPI, AccessDesks]:
    cost = PasswordCost(memory_kib=8, passes=1, lanes=1)
    desks = open_desks(database, Vault(MASTER, database), cost=cost)
    app = FastAPI(openapi_url=None, redirect_slashes=False)
    put_door(app, AccessDoor(desks.sessions, desks.tokens, clock))
    answer_errors(app)
    for router in (*access_routers(desks, clock), follow_router()):
        app.include_router(router, prefix="/api/v1")
    return app, desks


@contextmanager
def closing_clients(house: House) -> Iterator[House]:
    try:
        yield house
    finally:
        for client in house.clients:
            client.close()


@contextmanager
def running(database: Database, *proxies: str) -> Iterator[House]:
    """A server of its own, behind these proxies."""
    clock = Clock()
    app, desks = application(database, clock)
    with (
        WebServer(app, WebOptions(port=0, proxies=proxies)) as server,
        closing_clients(House(server.address, desks, clock)) as house,
    ):
        yield house


class Stage:
    """What a running server shows: another application in each test, as starting servers takes a while."""

    def __init__(self) -> None:
        self.application: ASGIApp = FastAPI()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.application(scope, receive, send)


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Stage, str]]:
    stage = Stage()
    with WebServer(stage, WebOptions(port=0)) as server:
        yield stage, server.address


@pytest.fixture
def house(sqlite_database: Database, served: tuple[Stage, str]) -> Iterator[House]:
    stage, address = served
    clock = Clock()
    stage.application, desks = application(sqlite_database, clock)
    with closing_clients(House(address, desks, clock)) as house:
        yield house


@pytest.fixture
def ali(house: House) -> User:
    return house.add("ali")


def kind(answer: httpx.Response) -> str:
    return str(answer.json()["type"]).rpartition("/")[2]


def test_a_login_sets_a_cookie_that_no_script_and_no_other_site_gets(house: House, ali: User) -> None:
    browser = house.browser()
    answer = login(browser)
    cookie = answer.headers["set-cookie"].lower()
    assert all(part in cookie for part in ("httponly", "samesite=strict", "path=/", "max-age=43200"))
    assert "secure" not in cookie
    assert answer.json()["user"]["id"] == ali.id
    assert "password" not in answer.text.replace("has_password", "")
    assert browser.get("/session").json()["csrf_token"] == answer.json()["csrf_token"]


def test_over_tls_the_cookie_is_secure_and_of_this_host_alone(sqlite_database: Database) -> None:
    with running(sqlite_database, "127.0.0.1") as house:
        house.add("ali")
        answer = login(house.browser(**{"X-Forwarded-Proto": "https"}))
        assert answer.headers["set-cookie"].startswith("__Host-nigoh-session=")
        assert "secure" in answer.headers["set-cookie"].lower()
        cookie = answer.headers["set-cookie"].split(";")[0]
        seen = house.browser(**{"X-Forwarded-Proto": "https", "Cookie": cookie}).get("/session")
        assert seen.status_code == 200
        plain = house.browser(Cookie=cookie.removeprefix("__Host-")).get("/session")
        assert plain.status_code == 200, "the same session, as the database knows it"


def test_a_wrong_password_an_unknown_name_and_nonsense_are_refused_alike(house: House, ali: User) -> None:
    browser = house.browser()
    answers = [login(browser, "ali", "wrong"), login(browser, "vali"), login(browser, "' OR 1=1 --", "x")]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1
    assert not browser.cookies
    assert browser.get("/session").status_code == 401
    del ali


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b'{"name": 1, "password": "x"}', b'{"name":"a","password":"b","x":1}']
)
def test_what_is_no_login_is_refused_without_being_repeated(house: House, body: bytes) -> None:
    answer = house.browser().post("/session", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    long = house.browser().post("/session", json={"name": "ali", "password": "canary" * 1000})
    assert long.status_code == 422
    assert "canary" not in long.text


def test_a_form_of_another_site_logs_nobody_in(house: House, ali: User) -> None:
    body = f'{{"name": "ali", "password": "{PASSWORD}"}}'
    for content_type in ("text/plain", "application/x-www-form-urlencoded"):
        answer = house.browser().post("/session", content=body, headers={"Content-Type": content_type})
        assert answer.status_code == 422
    del ali


def test_a_request_that_changes_something_needs_the_token_of_its_own_session(house: House, ali: User) -> None:
    browser, other = house.logged_in(), house.logged_in()
    own, others = browser.headers.pop("X-CSRF-Token"), other.headers["X-CSRF-Token"]
    forged: list[dict[str, str]] = [{}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": "x"}, {"X-CSRF-Token": others}]
    for headers in forged:
        answer = browser.patch("/me", json={"display_name": "x"}, headers=headers)
        assert (answer.status_code, kind(answer)) == (403, "forbidden")
        assert browser.delete("/session", headers=headers).status_code == 403
    assert browser.get("/me").json()["display_name"] == ""
    answer = browser.patch("/me", json={"display_name": "Али"}, headers={"X-CSRF-Token": own})
    assert answer.json()["display_name"] == "Али"
    del ali


def test_logging_out_ends_the_session_for_whoever_has_the_cookie(house: House, ali: User) -> None:
    browser = house.logged_in()
    thief = house.browser(Cookie=f"nigoh-session={browser.cookies['nigoh-session']}")
    assert thief.get("/session").status_code == 200
    answer = browser.delete("/session")
    assert answer.status_code == 204
    assert "max-age=0" in answer.headers["set-cookie"].lower()
    assert thief.get("/session").status_code == 401
    del ali


def test_expired_and_forged_cookies_open_nothing(house: House, ali: User) -> None:
    browser = house.logged_in()
    (session,) = house.desks.sessions.of_user(ali.id, house.clock())
    for forged in ("", "x", session.id, session.csrf_hash, "a" * 5000, "%00", '"'):
        assert house.browser(Cookie=f"nigoh-session={forged}").get("/session").status_code == 401
    house.clock.unix_s += 3_601
    assert browser.get("/session").status_code == 401


def test_who_was_logged_in_gets_a_new_session_by_logging_in(house: House, ali: User) -> None:
    browser = house.browser()
    browser.cookies.set("nigoh-session", "planted-by-somebody-else", domain="127.0.0.1", path="/")
    assert login(browser).status_code == 200
    first = [cookie.value for cookie in browser.cookies.jar][-1]
    assert first != "planted-by-somebody-else"
    planted = house.browser(Cookie="nigoh-session=planted-by-somebody-else")
    assert planted.get("/session").status_code == 401
    del ali


def test_too_many_failures_are_answered_with_the_time_to_wait(house: House, ali: User) -> None:
    browser = house.browser()
    for number in range(6):
        assert login(browser, password=OTHER).status_code == 401
        house.clock.unix_s += 0.0 if number < 4 else 1.0
    answer = login(browser)
    assert (answer.status_code, kind(answer)) == (429, "throttled")
    assert int(answer.headers["retry-after"]) >= 1
    house.clock.unix_s += 2
    assert login(browser).status_code == 200
    del ali


def test_only_a_proxy_that_is_named_is_believed_from_where_somebody_comes(sqlite_database: Database) -> None:
    with running(sqlite_database) as house:
        ali = house.add("ali")
        house.logged_in(**{"X-Forwarded-For": "203.0.113.9", "Forwarded": "for=203.0.113.9"})
        assert [each.address for each in house.desks.sessions.of_user(ali.id, house.clock())] == ["127.0.0.1"]
    with running(sqlite_database, "127.0.0.0/8") as house:
        house.logged_in(**{"X-Forwarded-For": "10.9.9.9, 203.0.113.9, 127.0.0.2"})
        found = house.desks.sessions.of_user(ali.id, house.clock())
        assert sorted(each.address for each in found) == ["127.0.0.1", "203.0.113.9"]


def test_an_api_token_asks_for_its_user_within_its_scopes(house: House, ali: User) -> None:
    browser = house.logged_in()
    made = browser.post("/me/tokens", json={"name": "VMS", "scopes": ["users:read"]})
    assert made.status_code == 422, "an operator may not read users, so their token may not either"
    made = browser.post("/me/tokens", json={"name": "VMS", "scopes": ["live", "people:read"], "days": 30})
    assert made.status_code == 201
    text = made.json()["token"]
    program = house.browser(Authorization=f"Bearer {text}")
    who = program.get("/session").json()
    assert (who["user"]["name"], who["via"], who["permissions"], who["csrf_token"]) == (
        "ali", "token", ["live", "people:read"], None,
    )  # fmt: skip
    listed = browser.get("/me/tokens").json()
    assert [each["name"] for each in listed] == ["VMS"]
    assert text not in str(listed)
    assert "token" not in listed[0]
    del ali


def test_a_token_does_nothing_by_which_a_thief_outlives_it(house: House, ali: User) -> None:
    browser = house.logged_in()
    text = browser.post("/me/tokens", json={"name": "t", "scopes": ["live"]}).json()["token"]
    thief = house.browser(Authorization=f"Bearer {text}")
    tried = [
        thief.post("/me/tokens", json={"name": "t2", "scopes": ["live"]}),
        thief.put("/me/password", json={"old_password": PASSWORD, "new_password": OTHER}),
        thief.post("/me/totp", json={"password": PASSWORD}),
        thief.delete("/me/sessions"),
        thief.delete("/session"),
        thief.patch("/me", json={"display_name": "x"}),
    ]
    assert {answer.status_code for answer in tried} == {403}
    del ali


def test_expired_revoked_and_forged_tokens_are_refused_and_the_cookie_does_not_stand_in(
    house: House, ali: User
) -> None:
    browser = house.logged_in()
    made = browser.post("/me/tokens", json={"name": "t", "scopes": ["live"], "days": 1}).json()
    text = made["token"]
    for forged in (text[:-1], text + "a", text.swapcase(), "nigoh_" + "0" * 49, "x" * 4000):
        answer = browser.get("/session", headers={"Authorization": f"Bearer {forged}"})
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
    program = house.browser(Authorization=f"bearer {text}")
    assert program.get("/session").status_code == 200
    assert browser.delete(f"/me/tokens/{made['id']}").status_code == 204
    assert program.get("/session").status_code == 401
    late = browser.post("/me/tokens", json={"name": "t", "scopes": ["live"], "days": 1}).json()["token"]
    house.clock.unix_s += 86_400
    assert house.browser(Authorization=f"Bearer {late}").get("/session").status_code == 401
    del ali


def test_what_an_administrator_revokes_holds_no_more_at_the_next_request(house: House, ali: User) -> None:
    house.add("admin", Role.ADMINISTRATOR)
    admin = house.logged_in("admin")
    for change in ({"role": "viewer"}, {"disabled": True}):
        browser = house.logged_in()
        assert admin.patch(f"/users/{ali.id}", json=change).status_code == 200
        assert browser.get("/session").status_code == 401
    assert admin.patch(f"/users/{ali.id}", json={"disabled": False}).status_code == 200
    browser = house.logged_in()
    assert admin.delete(f"/users/{ali.id}/sessions").json() == {"sessions": 1}
    assert browser.get("/session").status_code == 401
    browser = house.logged_in()
    assert admin.put(f"/users/{ali.id}/password", json={"password": OTHER}).status_code == 204
    assert browser.get("/session").status_code == 401
    assert admin.delete(f"/users/{ali.id}").status_code == 204
    assert admin.get(f"/users/{ali.id}").status_code == 404


def test_an_open_websocket_hears_that_its_credential_holds_no_more(house: House, ali: User) -> None:
    browser = house.logged_in()
    text = browser.post("/me/tokens", json={"name": "t", "scopes": ["live"]}).json()
    door = AccessDoor(house.desks.sessions, house.desks.tokens, house.clock)
    (session,) = house.desks.sessions.of_user(ali.id, house.clock())
    by_session = house.desks.sessions.find(session.id, house.clock()).principal("127.0.0.1")
    by_token = house.desks.tokens.recognise(text["token"], house.clock()).principal("127.0.0.1")
    assert door.still(by_session) == by_session
    assert door.still(by_token) == by_token
    assert door.still(ROOT) == ROOT
    browser.delete(f"/me/tokens/{text['id']}")
    assert door.still(by_token) is None
    browser.delete("/session")
    assert door.still(by_session) is None


def test_only_pages_of_the_server_itself_open_a_websocket_with_a_cookie(house: House, ali: User) -> None:
    browser = house.logged_in()
    cookie = f"nigoh-session={browser.cookies['nigoh-session']}"
    text = browser.post("/me/tokens", json={"name": "t", "scopes": ["live"]}).json()["token"]

    async def opens(**headers: str) -> bool:
        address = house.address.replace("http", "ws") + "/api/v1/follow"
        try:
            async with websockets.connect(address, additional_headers=headers) as socket:
                return await socket.recv() == "ali"
        except websockets.InvalidStatus as refused:
            return refused.response.status_code not in {401, 403}

    assert asyncio.run(opens(Cookie=cookie, Origin=house.address))
    assert asyncio.run(opens(Authorization=f"Bearer {text}"))
    assert not asyncio.run(opens(Cookie=cookie, Origin="https://evil.example"))
    assert not asyncio.run(opens(Cookie=cookie, Origin=house.address + ".evil.example"))
    assert not asyncio.run(opens(Cookie=cookie))
    assert not asyncio.run(opens(Cookie="nigoh-session=x", Origin=house.address))
    assert not asyncio.run(opens())
    del ali


def test_a_second_factor_is_set_up_wanted_and_removed(house: House, ali: User) -> None:
    browser = house.logged_in()
    assert browser.post("/me/totp", json={"password": "wrong"}).status_code == 403
    begun = browser.post("/me/totp", json={"password": PASSWORD}).json()
    totp = pyotp.parse_uri(begun["address"])
    assert scanned(begun["qr_svg"]) == begun["address"]
    assert isinstance(totp, pyotp.TOTP)
    assert browser.put("/me/totp", json={"code": "000000"}).status_code == 422
    codes = browser.put("/me/totp", json={"code": totp.at(int(house.clock()))}).json()["codes"]
    assert len(codes) == 10
    house.clock.unix_s += 60
    answer = login(house.browser())
    assert (answer.status_code, kind(answer)) == (401, "second-factor")
    assert login(house.browser(), code=totp.at(int(house.clock()))).status_code == 200
    replayed = login(house.browser(), code=totp.at(int(house.clock())))
    assert (replayed.status_code, kind(replayed)) == (401, "unauthenticated")
    assert login(house.browser(), code=codes[0]).status_code == 200
    assert len(browser.post("/me/totp/recovery-codes", json={"password": PASSWORD}).json()["codes"]) == 10
    assert browser.post("/me/totp/removal", json={"password": PASSWORD}).status_code == 204
    assert login(house.browser()).status_code == 200
    del ali


def test_the_secret_of_an_authenticator_lies_sealed_in_the_database(house: House, ali: User, tmp_path: Path) -> None:
    secret = house.logged_in().post("/me/totp", json={"password": PASSWORD}).json()["secret"]
    with sqlite3.connect(tmp_path / "nigoh.sqlite") as file:
        stored = "\n".join(file.iterdump())
    file.close()
    assert ali.id in stored
    assert secret not in stored
    assert secret.encode().hex().upper() not in stored.upper()


def test_a_password_is_changed_by_showing_the_old_one(house: House, ali: User) -> None:
    here, elsewhere = house.logged_in(), house.logged_in()
    wrong = here.put("/me/password", json={"old_password": "wrong", "new_password": OTHER})
    weak = here.put("/me/password", json={"old_password": PASSWORD, "new_password": "password1234"})
    assert (wrong.status_code, weak.status_code) == (403, 422)
    assert here.put("/me/password", json={"old_password": PASSWORD, "new_password": OTHER}).status_code == 204
    assert here.get("/session").status_code == 200
    assert elsewhere.get("/session").status_code == 401
    assert login(house.browser()).status_code == 401
    assert login(house.browser(), password=OTHER).status_code == 200
    del ali


def test_one_sees_where_one_is_logged_in_and_logs_out_there_or_everywhere(house: House, ali: User) -> None:
    here = house.logged_in(**{"User-Agent": "Firefox"})
    house.clock.unix_s += 5
    there = house.logged_in(**{"User-Agent": "<script>"})
    listed = here.get("/me/sessions").json()
    assert [(each["agent"], each["current"]) for each in listed] == [("<script>", False), ("Firefox", True)]
    assert here.delete(f"/me/sessions/{listed[0]['id']}").status_code == 204
    assert there.get("/session").status_code == 401
    house.logged_in()
    assert here.delete("/me/sessions", params={"keep_this": True}).json() == {"sessions": 1}
    assert here.delete("/me/sessions").json() == {"sessions": 1}
    assert here.get("/session").status_code == 401
    assert here.delete(f"/users/{ali.id}/sessions").status_code == 401


def test_users_are_administered_and_changes_of_what_changed_since_are_refused(house: House) -> None:
    house.add("admin", Role.ADMINISTRATOR)
    admin = house.logged_in("admin")
    new = {"name": "Vali", "role": "viewer", "cameras": ["gate"], "password": PASSWORD, "display_name": "Вали <b>"}
    made = admin.post("/users", json=new)
    assert made.status_code == 201
    vali = made.json()
    assert (vali["name"], vali["cameras"], vali["display_name"]) == ("vali", ["gate"], "Вали <b>")
    assert admin.post("/users", json=new).status_code == 409
    assert [each["name"] for each in admin.get("/users").json()["items"]] == ["admin", "vali"]
    page = admin.get("/users", params={"limit": 1})
    assert page.headers["link"].endswith('; rel="next"')
    changed = admin.patch(f"/users/{vali['id']}", json={"cameras": None}, headers={"If-Match": '"v1"'})
    assert (changed.status_code, changed.json()["cameras"]) == (200, None)
    stale = admin.patch(f"/users/{vali['id']}", json={"role": "operator"}, headers={"If-Match": '"v1"'})
    assert stale.status_code == 412
    me = admin.get("/me").json()
    last = admin.patch(f"/users/{me['id']}", json={"role": "viewer"})
    assert (last.status_code, kind(last)) == (422, "invalid")
    assert admin.delete(f"/users/{me['id']}").status_code == 422


@pytest.mark.parametrize(("role", "may_read"), [("operator", False), ("viewer", False), ("auditor", True)])
def test_only_administrators_change_users_and_auditors_look_on(house: House, role: str, *, may_read: bool) -> None:
    target = house.add("admin", Role.ADMINISTRATOR)
    house.add("somebody", Role(role))
    browser = house.logged_in("somebody")
    assert browser.get("/users").status_code == (200 if may_read else 403)
    assert browser.get(f"/users/{target.id}/tokens").status_code == (200 if may_read else 403)
    new = {"name": "x", "role": "viewer", "password": PASSWORD}
    tried = [
        browser.post("/users", json=new),
        browser.patch(f"/users/{target.id}", json={"role": "viewer"}),
        browser.delete(f"/users/{target.id}"),
        browser.put(f"/users/{target.id}/password", json={"password": OTHER}),
        browser.delete(f"/users/{target.id}/totp"),
        browser.delete(f"/users/{target.id}/sessions"),
        browser.delete(f"/users/{target.id}/sessions/x"),
        browser.delete(f"/users/{target.id}/tokens/x"),
    ]
    assert {answer.status_code for answer in tried} == {403}


def test_the_first_administrator_is_made_by_the_link_once(house: House) -> None:
    browser = house.browser()
    assert browser.get("/session/ways").json() == {"password": True, "oidc": False, "needs_setup": True}
    link = house.desks.first_start.offer(house.address, house.clock())
    assert link is not None
    token = link.partition("#token=")[2]
    body = {"token": token, "name": "admin", "password": PASSWORD}
    assert browser.post("/setup", json={**body, "token": "x"}).status_code == 403
    assert browser.post("/setup", json={**body, "password": "admin"}).status_code == 422
    made = browser.post("/setup", json=body)
    assert (made.status_code, made.json()["role"]) == (201, "administrator")
    assert browser.post("/setup", json={**body, "name": "other"}).status_code == 403
    assert browser.get("/session/ways").json()["needs_setup"] is False
    assert house.logged_in("admin").get("/users").status_code == 200
    with house.desks.database.read() as connection:
        events = [each.event for each in Audit(connection).entries()]
    causes = [event.detail["cause"] for event in events if event.action is AuditAction.LOGIN_REFUSED]
    assert causes == ["setup-link", "setup-link"]


def test_whoever_guesses_set_up_links_is_slowed_down_and_the_link_holds_on_elsewhere(house: House) -> None:
    link = house.desks.first_start.offer(house.address, house.clock())
    assert link is not None
    browser = house.browser()
    body = {"name": "admin", "password": PASSWORD}
    answers = [browser.post("/setup", json={**body, "token": f"guess {number}"}) for number in range(23)]
    assert [answer.status_code for answer in answers] == [403] * 21 + [429] * 2
    assert int(answers[-1].headers["Retry-After"]) >= 1
    house.clock.unix_s += 3700
    assert browser.post("/setup", json={**body, "token": link.partition("#token=")[2]}).status_code == 201
