"""How users want the console to be, over HTTP: each their own, in every role."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from nigoh.domain.access import Role, UserId, command_principal
from nigoh.domain.audit import AuditAction
from nigoh.office.accounts import NewUser
from nigoh.office.sessions import Visitor
from nigoh.storage.audit import Audit
from nigoh.storage.database.preferences import StoredPreferences

if TYPE_CHECKING:
    from tests.flow.api.conftest import House

PATH = "/api/v1/me/preferences"
WALL = {"name": "Kirish", "tiles": 4, "cameras": ["gate", None, "secret door"], "tour_s": 10.0}


def browser(house: House, user: str, client: httpx.Client) -> httpx.Client:
    """The client with a session of this user."""
    account = house.desks.accounts.get(UserId(user))
    with house.parts.database.begin() as connection:
        visitor = Visitor(address="127.0.0.1", agent="test")
        cookie = house.desks.sessions.open(connection, account, visitor, house.clock()).cookie
    client.cookies.set("nigoh-session", cookie)
    client.headers["X-CSRF-Token"] = client.get("/api/v1/session").json()["csrf_token"]
    return client


@pytest.mark.parametrize("scoped", [False, True], ids=["all cameras", "one camera"])
@pytest.mark.parametrize("role", list(Role))
def test_everybody_keeps_preferences_of_their_own_and_sees_no_camera_by_them(
    house: House, role: Role, scoped: bool
) -> None:
    user = house.ids[f"user:{role.value}-{'gate' if scoped else 'all'}"]
    with httpx.Client(base_url=house.address) as client:
        browser(house, user, client)
        first = client.get(PATH)
        assert (first.json()["language"], first.json()["layouts"]) == ("en", [])
        sounds = {house.ids["list"]: {"name": "bell", "volume": 0.5}, "unknown": {"name": "", "volume": 1.0}}
        wanted = {
            "language": "uz_Cyrl",
            "theme": "dark",
            "seed_color": "#aabbcc",
            "navigation": "one_page",
            "layouts": [WALL],
            "sounds": sounds,
            "other": {"sightings.columns": "time,person", "muted": True, "rows": 50},
        }
        answer = client.put(PATH, json=wanted, headers={"If-Match": first.headers["ETag"]})
        assert answer.status_code == 200, answer.text
        assert answer.headers["ETag"].startswith('"v1')
        shown = {**WALL, "cameras": ["gate", None, None]} if scoped else WALL
        assert client.get(PATH).json() == {**wanted, "layouts": [shown]}


def test_who_changes_what_another_browser_has_changed_is_told(house: House) -> None:
    with httpx.Client(base_url=house.address) as client:
        browser(house, house.administrator, client)
        old = client.get(PATH).headers["ETag"]
        assert client.put(PATH, json={"theme": "light"}, headers={"If-Match": old}).status_code == 200
        refused = client.put(PATH, json={"theme": "dark"}, headers={"If-Match": old})
        assert (refused.status_code, refused.json()["type"]) == (412, "/api/problems/stale")
        assert client.get(PATH).json()["theme"] == "light"


@pytest.mark.parametrize(
    "wrong",
    [
        {"language": "tlh"},
        {"theme": "pink"},
        {"seed_color": "red"},
        {"navigation": "dock"},
        {"layouts": [{**WALL, "tiles": 5}]},
        {"layouts": [{**WALL, "tour_s": -1}]},
        {"layouts": [{**WALL, "cameras": ["../etc"]}]},
        {"layouts": [WALL, WALL]},
        {"layouts": [{**WALL, "name": str(number)} for number in range(33)]},
        {"layouts": [{**WALL, "cameras": [None] * 401}]},
        {"sounds": {"x": {"name": "../bell.mp3"}}},
        {"sounds": {"x": {"volume": 2}}},
        {"other": {"x" * 65: 1}},
        {"other": {"x": {"deep": 1}}},
        {"other": {"x": "y" * 1025}},
        {"other": {str(number): 1 for number in range(65)}},
        {"unheard": 1},
    ],
)
def test_what_is_no_preference_is_refused(house: House, wrong: dict[str, object]) -> None:
    with httpx.Client(base_url=house.address) as client:
        browser(house, house.administrator, client)
        assert client.put(PATH, json=wrong).status_code == 422


def test_infinity_is_no_preference(house: House) -> None:
    with httpx.Client(base_url=house.address) as client:
        browser(house, house.administrator, client)
        for body in ('{"other": {"x": 1e999}}', '{"other": {"x": NaN}}', '{"layouts": "no"}'):
            answer = client.put(PATH, content=body, headers={"Content-Type": "application/json"})
            assert answer.status_code == 422, answer.text


def test_a_token_reads_and_does_not_change_them(house: House) -> None:
    with house.client() as client:
        assert client.get(PATH).status_code == 200
        assert client.put(PATH, json={}).status_code == 403


def test_the_audit_says_what_kind_of_preference_changed_and_they_go_with_their_user(house: House) -> None:
    root = command_principal("root")
    user = house.desks.accounts.add(root, NewUser(name="leaver", role=Role.VIEWER), house.clock())
    with httpx.Client(base_url=house.address) as client:
        browser(house, user.id, client)
        for _ in range(2):
            client.put(PATH, json={"theme": "dark", "layouts": [WALL]})
    with house.parts.database.read() as connection:
        told = [each.event for each in Audit(connection).entries() if each.event.actor == "leaver"]
        assert StoredPreferences(connection).get(user.id) is not None
    assert [(event.action, event.detail) for event in told] == [
        (AuditAction.CHANGE, {"what": "preferences", "fields": "theme, layouts"})
    ]
    house.desks.accounts.remove(root, user.id, house.clock())
    with house.parts.database.read() as connection:
        assert StoredPreferences(connection).get(user.id) is None
