"""Settings over HTTP: what a form needs to ask for them, changes that are followed, refused and written down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from nigoh.domain.access import Role
from nigoh.domain.audit import AuditAction
from nigoh.errors import ConfigError
from nigoh.storage.audit import Audit

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx
    from tests.flow.api.conftest import House

    from nigoh.config.engine_settings import EngineSettings

PATH = "/api/v1/settings"
CAMERAS = ("cameras_default.record", "cameras_default.priority")
DAYS = f"{PATH}/privacy.unknown_days"


class Follower:
    """Follows, and refuses thresholds above 0.9."""

    def __init__(self) -> None:
        self.days: list[float] = []

    def check(self, settings: EngineSettings) -> None:
        if (settings.watch.threshold or 0) > 0.9:
            raise ConfigError("nobody would be known", "Lower it.")

    def follow(self, settings: EngineSettings) -> None:
        self.days.append(settings.privacy.unknown_days)


@pytest.fixture
def client(house: House) -> Iterator[httpx.Client]:
    with house.client() as client:
        yield client
        for key in ("privacy.unknown_days", "watch.threshold", "watch.false_alarms", "engine.shards", *CAMERAS):
            client.delete(f"{PATH}/{key}")


def told(house: House, key: str) -> list[tuple[str, object, object, str]]:
    with house.parts.database.read() as connection:
        events = [each.event for each in Audit(connection).entries()]
    return [
        (event.actor, event.detail["before"], event.detail["after"], event.reason)
        for event in events
        if event.action is AuditAction.SETTING and event.target_id == key
    ]


def test_each_setting_says_all_that_a_form_needs(client: httpx.Client) -> None:
    items = {each["key"]: each for each in client.get(PATH).json()["items"]}
    assert items["watch.threshold"] == {
        "key": "watch.threshold",
        "section": "watch",
        "kind": "number",
        "title": "Recognition threshold",
        "description": "Least similarity of a known person; default: what false_alarms asks of the model.",
        "unit": "cosine",
        "minimum": 0.0,
        "maximum": 1.0,
        "exclusive_minimum": True,
        "exclusive_maximum": True,
        "choices": [],
        "optional": True,
        "default": None,
        "value": None,
        "in_force": None,
        "origin": "default",
        "applies": "at once",
        "version": 0,
    }
    assert items["cameras_default.record"]["choices"] == ["never", "sightings", "always"]
    assert items["privacy.store_unknown"]["kind"] == "switch"
    alarms = items["watch.false_alarms"]
    assert (alarms["value"], alarms["default"], alarms["origin"]) == (0.02, 0.01, "file")
    assert not any(key.startswith(("server.", "network.", "oidc.")) for key in items)


def test_a_change_goes_before_the_file_until_it_is_reset_and_both_are_written_down(
    client: httpx.Client, house: House
) -> None:
    path = f"{PATH}/watch.false_alarms"
    changed = client.put(path, json={"value": 0.001}, headers={"Audit-Reason": "too many names"}).json()
    assert (changed["value"], changed["origin"], changed["version"]) == (0.001, "database", 1)
    reset = client.delete(path).json()
    assert (reset["value"], reset["origin"], reset["version"]) == (0.02, "file", 2)
    assert told(house, "watch.false_alarms")[:2] == [
        ("administrator-all", 0.02, 0.001, "too many names"),
        ("administrator-all", 0.001, 0.02, ""),
    ]


def test_whoever_changes_what_another_has_changed_is_told(client: httpx.Client) -> None:
    old = client.get(DAYS).headers["ETag"]
    assert client.put(DAYS, json={"value": 3}, headers={"If-Match": old}).status_code == 200
    assert client.put(DAYS, json={"value": 4}, headers={"If-Match": old}).status_code == 412
    client.delete(DAYS)
    assert client.put(DAYS, json={"value": 4}, headers={"If-Match": old}).status_code == 412, "a reset is a change"


def test_what_holds_at_once_is_followed_and_what_waits_for_a_start_is_told_apart(
    client: httpx.Client, house: House
) -> None:
    follower = Follower()
    house.parts.settings.attach(follower)
    follower.days.clear()
    client.put(DAYS, json={"value": 2.5})
    client.put(DAYS, json={"value": 2.5})
    assert follower.days == [2.5]
    shards = client.put(f"{PATH}/engine.shards", json={"value": 3}).json()
    assert (shards["value"], shards["in_force"], shards["applies"]) == (3, 0, "after restart")


def test_cameras_that_are_added_say_what_the_settings_say_unless_they_say_otherwise(client: httpx.Client) -> None:
    client.put(f"{PATH}/cameras_default.record", json={"value": "always"})
    client.put(f"{PATH}/cameras_default.priority", json={"value": "high"})
    bodies = ({"name": "porch"}, {"name": "attic", "record": "never"})
    made = [client.post("/api/v1/cameras", json={"url": "rtsp://10.0.0.7/", **body}).json() for body in bodies]
    assert [(each["record"], each["priority"]) for each in made] == [("always", "high"), ("never", "high")]
    for body in bodies:
        client.delete(f"/api/v1/cameras/{body['name']}")


def test_a_change_that_cannot_be_followed_is_refused_and_not_kept(client: httpx.Client, house: House) -> None:
    house.parts.settings.attach(Follower())
    refused = client.put(f"{PATH}/watch.threshold", json={"value": 0.95})
    assert (refused.status_code, refused.json()["detail"]) == (422, "nobody would be known")
    assert client.get(f"{PATH}/watch.threshold").json()["value"] is None


def test_changes_of_another_program_are_followed_too(client: httpx.Client, house: House) -> None:
    follower, settings = Follower(), house.parts.settings
    elsewhere = type(settings)(house.parts.database, settings.begun_with, now=house.clock)
    elsewhere.attach(follower)
    elsewhere.step(0.0)
    client.put(DAYS, json={"value": 5.5})
    elsewhere.step(0.5)
    assert 5.5 not in follower.days, "it looks once a second"
    elsewhere.step(1.5)
    assert follower.days[-1] == 5.5
    again = type(settings)(house.parts.database, settings.begun_with, now=house.clock)
    assert again.begun_with.privacy.unknown_days == 5.5, "it holds after the next start, too"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("privacy.unknown_days", 0),
        ("privacy.unknown_days", 1e9),
        ("privacy.unknown_days", "7"),
        ("privacy.unknown_days", None),
        ("privacy.store_unknown", 1),
        ("engine.shards", 1.5),
        ("engine.shards", True),
        ("cameras_default.record", "sometimes"),
        ("watch.threshold", 0),
        ("watch.threshold", [1]),
        ("watch.threshold", {"a": 1}),
        ("watch.threshold", "x" * 300),
    ],
)
def test_what_a_setting_cannot_be_is_refused(client: httpx.Client, key: str, value: object) -> None:
    before = client.get(f"{PATH}/{key}").json()
    assert client.put(f"{PATH}/{key}", json={"value": value}).status_code == 422
    assert client.get(f"{PATH}/{key}").json() == before


@pytest.mark.parametrize("key", ["server.host", "network.outbound", "oidc.issuer", "watch.known", "loud", "a.b"])
def test_what_is_no_setting_or_belongs_to_the_file_alone_is_not_there(client: httpx.Client, key: str) -> None:
    for answer in (client.get(f"{PATH}/{key}"), client.put(f"{PATH}/{key}", json={"value": "elsewhere"})):
        assert answer.status_code in {404, 405}


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.AUDITOR])
def test_operators_and_auditors_read_them_and_change_none(house: House, role: Role) -> None:
    with house.client(role) as client:
        assert client.get(DAYS).status_code == 200
        assert client.put(DAYS, json={"value": 1}).status_code == 403
        assert client.delete(DAYS).status_code == 403
