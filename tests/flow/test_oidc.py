"""Logging in at a real OpenID Connect provider that can be told to lie."""

from __future__ import annotations

import base64
import ssl
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import httpx
import pytest
from fastapi import FastAPI
from joserfc.jwk import OctKey, RSAKey
from starlette.types import ASGIApp, Receive, Scope, Send

from nigoh.domain.access import Role, command_principal
from nigoh.domain.master_key import MasterKey
from nigoh.errors import ConfigError, OutboundRefused, Unauthenticated
from nigoh.office.access_desks import AccessDesks, open_desks
from nigoh.office.accounts import NewUser
from nigoh.office.oidc import OpenIdConnect, open_provider
from nigoh.office.oidc_flow import begin_flow
from nigoh.office.oidc_settings import OidcSettings
from nigoh.office.passwords import PasswordCost
from nigoh.outbound import Outbound, OutboundPolicy, parse_allowed
from nigoh.server.access.door import AccessDoor
from nigoh.server.access.routers import access_routers
from nigoh.server.guard import put_door
from nigoh.server.problems import answer_errors
from nigoh.server.web_server import WebOptions, WebServer
from nigoh.storage.audit import Audit
from nigoh.storage.database.database import Database
from nigoh.storage.vault.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.flow.conftest import Provider

ROOT = command_principal("root")
TRUSTED = ssl.create_default_context()
"""Loaded once: each client would otherwise do so."""
OPEN_GATE = Outbound(OutboundPolicy(allowed=(parse_allowed("127.0.0.1"),)))


@dataclass
class House:
    address: str
    desks: AccessDesks
    later_s: float = 0.0

    def unix_s(self) -> float:
        return time.time() + self.later_s


@pytest.fixture
def desks(sqlite_database: Database) -> AccessDesks:
    cost = PasswordCost(memory_kib=8, passes=1, lanes=1)
    return open_desks(sqlite_database, Vault(MasterKey.generate(), sqlite_database), cost=cost)


@pytest.fixture
def settings(provider: Provider) -> OidcSettings:
    return OidcSettings(
        issuer=provider.issuer,
        client_id=provider.client,
        client_secret=provider.secret,
        address="http://127.0.0.1:1",
        roles=(("bosses", Role.ADMINISTRATOR), ("guards", Role.OPERATOR)),
    )


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
def house(desks: AccessDesks, settings: OidcSettings, served: tuple[Stage, str]) -> House:
    stage, address = served
    house = House(address, desks)
    app = FastAPI(openapi_url=None)
    here = replace(settings, address=address)
    oidc = OpenIdConnect(desks.database, here, open_provider(here, OPEN_GATE), desks.sessions, desks.doorkeeper)
    put_door(app, AccessDoor(desks.sessions, desks.tokens, house.unix_s))
    answer_errors(app)
    for router in access_routers(desks, house.unix_s, oidc):
        app.include_router(router, prefix="/api/v1")
    stage.application = app
    return house


@pytest.fixture
def browser(house: House) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=house.address + "/api/v1", timeout=10, verify=TRUSTED) as client:
        yield client


def come_back(browser: httpx.Client) -> str:
    """Go to the provider, and stand before nigoh's door again: the address that it sends the browser to."""
    there = browser.get("/session/oidc")
    assert there.status_code == 303
    return httpx.get(there.headers["location"], trust_env=False, verify=TRUSTED).headers["location"]


def is_refused(browser: httpx.Client, address: str) -> bool:
    answer = browser.get(address)
    assert not any(cookie.name == "nigoh-session" for cookie in browser.cookies.jar)
    assert browser.get("/session").status_code == 401
    return answer.status_code == 303 and answer.headers["location"] == "/login?oidc=refused"


def test_whoever_shows_at_the_provider_who_they_are_gets_a_session(
    browser: httpx.Client, house: House, provider: Provider
) -> None:
    provider.claims |= {"preferred_username": "Oktam", "name": "Ўктам Каримов"}
    assert browser.get("/session/ways").json()["oidc"] is True
    answer = browser.get(come_back(browser))
    assert answer.status_code == 200, "a page, as a strict cookie is not shown after being sent on from another site"
    assert 'content="0;url=/"' in answer.text
    who = browser.get("/session").json()["user"]
    assert (who["name"], who["display_name"], who["role"], who["has_password"], who["logs_in_elsewhere"]) == (
        "oktam", "Ўктам Каримов", "operator", False, True,
    )  # fmt: skip
    with house.desks.database.read() as connection:
        actions = [(each.event.action.value, each.event.actor) for each in Audit(connection).entries()]
    assert actions == [("change", "system"), ("login", "oktam")]


def test_a_user_is_known_by_their_subject_whatever_they_are_called_and_has_the_role_of_now(
    browser: httpx.Client, house: House, provider: Provider
) -> None:
    house.desks.accounts.add(ROOT, NewUser(name="root", role=Role.ADMINISTRATOR), house.unix_s())
    browser.get(come_back(browser))
    first = browser.get("/session").json()["user"]
    provider.claims |= {"preferred_username": "root", "groups": "bosses"}
    browser.get(come_back(browser))
    again = browser.get("/session").json()["user"]
    assert again["id"] == first["id"]
    assert (first["role"], again["role"], again["name"]) == ("operator", "administrator", first["name"])


def test_a_stranger_with_the_name_of_a_user_is_somebody_else(
    browser: httpx.Client, house: House, provider: Provider
) -> None:
    admin = house.desks.accounts.add(ROOT, NewUser(name="admin", role=Role.ADMINISTRATOR), house.unix_s())
    provider.claims |= {"preferred_username": "admin", "email": "admin@example.uz"}
    browser.get(come_back(browser))
    who = browser.get("/session").json()["user"]
    assert who["id"] != admin.id
    assert who["name"].startswith("admin.")
    assert who["role"] == "operator"


def test_somebody_without_a_name_that_can_be_a_login_name_gets_one(browser: httpx.Client, provider: Provider) -> None:
    names = []
    for number, name in enumerate([None, "", "Ўктам", "system", 7, "a" * 300, {"a": 1}, "7"]):
        provider.claims |= {"preferred_username": name, "sub": f"subject {number}"}
        assert browser.get(come_back(browser)).status_code == 200
        names.append(browser.get("/session").json()["user"]["name"])
    assert names[4] == "7"
    assert names[7].startswith("7.")
    assert all(each.startswith("oidc.") for each in names[:4] + names[5:7])
    assert len(set(names)) == len(names)


def test_who_has_no_role_at_the_provider_is_nobody_here(
    browser: httpx.Client, house: House, provider: Provider
) -> None:
    groups: list[object] = [None, [], ["others"], "other", 7, {"guards": True}, [["guards"]]]
    for each in groups:
        provider.claims["groups"] = each
        assert is_refused(browser, come_back(browser))
    with house.desks.database.read() as connection:
        actions = [each.event.action.value for each in Audit(connection).entries()]
    assert actions == ["login-refused"] * len(groups)


def test_the_provider_does_not_take_the_last_administrators_role(browser: httpx.Client, provider: Provider) -> None:
    provider.claims["groups"] = ["bosses"]
    browser.get(come_back(browser))
    browser.cookies.clear()
    provider.claims["groups"] = ["guards"]
    assert is_refused(browser, come_back(browser))


def test_a_disabled_user_stays_outside(browser: httpx.Client, house: House) -> None:
    browser.get(come_back(browser))
    who = browser.get("/session").json()["user"]
    house.desks.accounts.change(ROOT, replace(house.desks.accounts.get(who["id"]), disabled=True), house.unix_s())
    browser.cookies.clear()
    assert is_refused(browser, come_back(browser))


@pytest.mark.parametrize(
    "lies",
    [
        {"iss": "https://evil.example"},
        {"aud": "another client"},
        {"aud": ["another client"]},
        {"aud": ["nigoh", "another client"]},
        {"aud": ["nigoh", "another client"], "azp": "another client"},
        {"nonce": "of another login"},
        {"nonce": None},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"exp": "never"},
        {"iat": 9_999_999_999},
        {"iat": None},
        {"nbf": 9_999_999_999},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "x" * 256},
    ],
    ids=str,
)
def test_an_id_token_that_is_not_for_this_login_is_not_believed(
    provider: Provider, settings: OidcSettings, lies: dict[str, object]
) -> None:
    provider.lies = lies
    now = time.time()
    asked, flow = open_provider(settings, OPEN_GATE), begin_flow(now)
    there = httpx.get(asked.login_address(flow, now), trust_env=False, verify=TRUSTED).headers["location"]
    code = parse_qs(urlsplit(there).query)["code"][0]
    with pytest.raises(Unauthenticated, match="cannot be believed"):
        asked.claims(code, provider.issuer, flow, now)


def test_an_id_token_that_another_key_or_none_has_signed_is_not_believed(
    browser: httpx.Client, provider: Provider, keys: list[Any]
) -> None:
    provider.published = [keys[0]]
    provider.key = RSAKey.import_key({**keys[1].as_dict(private=True), "kid": "one"})
    assert is_refused(browser, come_back(browser))
    provider.key = None
    assert is_refused(browser, come_back(browser))
    public = keys[0].as_pem(private=False)
    provider.key, provider.algorithm = OctKey.import_key(provider.secret, {"kid": "one"}), "HS256"
    assert is_refused(browser, come_back(browser))
    provider.key = OctKey.import_key(base64.b64encode(public).decode(), {"kid": "one"})
    assert is_refused(browser, come_back(browser))


def test_a_new_key_of_the_provider_is_looked_up_and_not_more_than_once_a_minute(
    browser: httpx.Client, house: House, provider: Provider, keys: list[Any]
) -> None:
    browser.get(come_back(browser))
    provider.published, provider.key = list(keys), keys[1]
    browser.cookies.clear()
    assert is_refused(browser, come_back(browser))
    assert provider.asked.count("/keys") == 1
    house.later_s = 61
    browser.get(come_back(browser))
    assert browser.get("/session").status_code == 200
    assert provider.asked.count("/keys") == 2


def test_a_login_that_another_browser_began_is_refused(browser: httpx.Client, house: House) -> None:
    with httpx.Client(base_url=house.address + "/api/v1", verify=TRUSTED) as attacker:
        victims = come_back(attacker)
    assert is_refused(browser, victims), "with the attacker's code, a victim would work in the attacker's account"
    mine = come_back(browser)
    assert is_refused(browser, mine.replace("state=", "state=x"))


def test_a_code_that_was_seen_by_somebody_else_is_of_no_use_to_them(browser: httpx.Client, house: House) -> None:
    seen = parse_qs(urlsplit(come_back(browser)).query)["code"][0]
    with httpx.Client(base_url=house.address + "/api/v1", verify=TRUSTED) as thief:
        address = urlsplit(come_back(thief))
        own = {key: values[0] for key, values in parse_qs(address.query).items()}
        thief.get(address._replace(query=urlencode({**own, "code": seen})).geturl())
        assert thief.get("/session").status_code == 401


def test_a_return_holds_once_and_for_ten_minutes(browser: httpx.Client, house: House) -> None:
    address = come_back(browser)
    browser.get(address)
    assert browser.get("/session").status_code == 200
    browser.cookies.delete("nigoh-session")
    assert is_refused(browser, address)
    late = come_back(browser)
    house.later_s = 601
    assert is_refused(browser, late)


def test_nonsense_is_refused(browser: httpx.Client) -> None:
    for query in ("", "?error=access_denied", "?code=x", "?state=x&code=x", "?state=%00&code=%ff&iss=%00"):
        for cookie in ("", "1.2.3", "x", "9" * 200 + ".x", "٣.x"):
            browser.cookies.set("nigoh-login", quote(cookie), domain="127.0.0.1", path="/")
            assert is_refused(browser, f"/session/oidc/callback{query}")
    assert browser.get("/session/oidc/callback?code=" + "x" * 5000).status_code == 422


def test_an_answer_of_another_provider_is_refused(browser: httpx.Client, provider: Provider) -> None:
    address = come_back(browser)
    assert is_refused(browser, address.replace(urlencode({"iss": provider.issuer}), "iss=https%3A%2F%2Fevil"))
    provider.metadata["authorization_response_iss_parameter_supported"] = True


def test_many_refusals_are_slowed_down(browser: httpx.Client, provider: Provider) -> None:
    provider.lies = {"nonce": "x"}
    for _ in range(23):
        is_refused(browser, come_back(browser))
    provider.lies = {}
    assert provider.asked.count("/token") == 21
    assert is_refused(browser, come_back(browser))
    assert provider.asked.count("/token") == 21


def test_a_provider_that_is_away_or_calls_itself_otherwise_is_said_to_be_unavailable(
    browser: httpx.Client, provider: Provider
) -> None:
    provider.metadata["issuer"] = "https://evil.example"
    answer = browser.get("/session/oidc")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?oidc=unavailable")


def test_the_gate_for_outbound_connections_is_asked(desks: AccessDesks, settings: OidcSettings) -> None:
    closed = open_provider(settings, Outbound(OutboundPolicy(listed_only=True)))
    oidc = OpenIdConnect(desks.database, settings, closed, desks.sessions, desks.doorkeeper)
    with pytest.raises(OutboundRefused):
        oidc.begin(time.time())


@pytest.mark.parametrize("issuer", ["http://id.example", "ftp://id.example", "id.example", "", "https://"])
def test_a_provider_without_tls_is_refused_unless_it_is_on_this_machine(issuer: str) -> None:
    with pytest.raises(ConfigError, match="https"):
        OidcSettings(issuer=issuer, client_id="x", address="https://nigoh.example")


def test_a_role_may_lie_within_an_object_and_the_first_that_is_listed_counts() -> None:
    settings = OidcSettings(
        issuer="https://id.example",
        client_id="x",
        address="https://nigoh.example/",
        roles_claim="realm_access.roles",
        roles=(("a", Role.ADMINISTRATOR), ("b", Role.VIEWER)),
        other_role=Role.AUDITOR,
    )
    assert settings.role_of({"realm_access": {"roles": ["b", "a"]}}) is Role.ADMINISTRATOR
    assert settings.role_of({"realm_access.roles": "b"}) is Role.VIEWER
    assert settings.role_of({"realm_access": ["a"]}) is Role.AUDITOR
    assert settings.callback == "https://nigoh.example/api/v1/session/oidc/callback"
    assert "x" not in repr(replace(settings, client_id="y", client_secret="x" * 9)).replace("example", "")
