"""Rules and alerts over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from nigoh.domain.access import Role
from nigoh.domain.alert import Alert
from nigoh.domain.identifiers import new_id
from nigoh.domain.rule import RuleKind
from nigoh.domain.sighting import PersonId
from nigoh.storage.audit import Audit
from nigoh.storage.database.alerts import Alerts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.flow.api.conftest import House

    from nigoh.domain.sighting import CameraId

RULES, ALERTS = "/api/v1/rules", "/api/v1/alerts"
FULL = {
    "name": "Kechasi begona",
    "kind": "stays",
    "whom": {"statuses": ["unknown"], "people": [], "lists": []},
    "where": {
        "cameras": ["gate"],
        "groups": [],
        "zones": [{"camera": "gate", "polygon": [[0, 0], [1, 0], [0.5, 1]]}],
    },
    "when": {"hours": ["mon-fri 22:00-06:00"], "holidays": "never"},
    "evidence": {"score": 0.5, "frames": 3, "quality": 0.25},
    "stays_s": 120,
    "handling": {"priority": 5, "confirmations": 2, "escalate_s": 60, "sound": "siren"},
}


def raise_alert(house: House, camera: CameraId | None, **values: object) -> str:
    alert = Alert(
        id=new_id(house.now_unix_s),
        rule="r",
        rule_name="<b>wanted</b>",
        kind=RuleKind.SEEN,
        person=PersonId(house.ids["person"]),
        camera=camera,
        cameras=(house.gate, house.door) if camera else (),
        sightings=(house.ids[f"sighting:{house.gate}"], house.ids[f"sighting:{house.door}"]) if camera else (),
        needed=int(str(values.get("needed", 1))),
        first_unix_s=house.now_unix_s,
        last_unix_s=house.now_unix_s + 1,
        raised_unix_s=house.now_unix_s + 1,
    )
    with house.parts.database.begin() as connection:
        Alerts(connection).add(alert)
    return alert.id


def test_a_rule_comes_back_as_it_was_sent(house: House) -> None:
    with house.client() as client:
        made = client.post(RULES, json=FULL)
        assert made.status_code == 201, made.text
        place = made.headers["location"]
        shown = client.get(place)
        assert {name: shown.json()[name] for name in FULL} == FULL
        assert shown.json()["by_min"] == 540
        assert [each["name"] for each in client.get(RULES).json()["items"]] == [FULL["name"]]
        changed = client.put(place, json={**FULL, "enabled": False}, headers={"If-Match": shown.headers["etag"]})
        assert (changed.status_code, changed.json()["enabled"]) == (200, False)
        stale = client.put(place, json=FULL, headers={"If-Match": shown.headers["etag"]})
        assert stale.status_code == 412
        assert client.delete(place).status_code == 204
        assert client.get(place).status_code == 404


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"name": ""}, 422),
        ({"name": "a\u0000b"}, 422),
        ({"kind": "together"}, 422),
        ({"kind": "missing"}, 422),
        ({"stays_s": 0}, 422),
        ({"where": {"cameras": ["no such camera"]}}, 404),
        ({"where": {"groups": ["01none"]}}, 404),
        ({"whom": {"lists": ["01none"]}}, 404),
        ({"where": {"zones": [{"camera": "gate", "polygon": [[0, 0], [1, 1], [0.5, 0.5]]}]}}, 422),
        ({"when": {"hours": ["someday"]}}, 422),
        ({"surprise": 1}, 422),
    ],
)
def test_a_rule_that_means_nothing_is_refused(house: House, change: Mapping[str, object], status: int) -> None:
    with house.client() as client:
        answer = client.post(RULES, json={**FULL, **change})
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_rule_is_tried_on_what_was_seen(house: House) -> None:
    def at(offset_s: float) -> str:
        return datetime.fromtimestamp(house.now_unix_s + offset_s, UTC).isoformat()

    with house.client(Role.OPERATOR) as client:
        rule = {"name": "anybody", "cool_down_s": 0}
        body = {"rule": rule, "since": at(-3600), "until": at(3600)}
        found = client.post(f"{RULES}/trial", json=body).json()
        assert (found["count"], found["tried"], found["whole"]) == (1, 2, True)
        assert found["items"][0]["person"] == house.ids["person"]
        nobody = client.post(f"{RULES}/trial", json={**body, "until": at(-3000)}).json()
        assert nobody["count"] == 0
        backwards = client.post(f"{RULES}/trial", json={**body, "until": at(-7200)})
        assert backwards.status_code == 422
        listed = client.get(RULES).json()["items"]
        assert "anybody" not in [each["name"] for each in listed], "a trial keeps nothing"


def test_holidays_are_days_with_names(house: House) -> None:
    days = [{"day": "2026-03-21", "name": "Navroʻz"}, {"day": "2026-09-01", "name": ""}]
    with house.client() as client:
        assert client.put(f"{RULES}/holidays", json=days).json() == days
        assert client.get(f"{RULES}/holidays").json() == days
        assert client.put(f"{RULES}/holidays", json=[{"day": "never"}]).status_code == 422
        assert client.put(f"{RULES}/holidays", json=[]).json() == []


def test_an_alert_is_taken_care_of_and_every_step_is_written_down(house: House) -> None:
    alert = raise_alert(house, house.gate)
    with house.client(Role.OPERATOR) as client:
        shown = client.get(f"{ALERTS}/{alert}")
        assert (shown.json()["state"], shown.json()["person_name"]) == ("new", "Oʻktam")
        taken = client.post(f"{ALERTS}/{alert}/acts", json={"act": "acknowledge"})
        assert taken.json()["state"] == "acknowledged"
        old = client.post(
            f"{ALERTS}/{alert}/acts", json={"act": "confirm"}, headers={"If-Match": shown.headers["etag"]}
        )
        assert old.status_code == 412
        done = client.post(f"{ALERTS}/{alert}/acts", json={"act": "confirm", "comment": "it is <i>him</i>"})
        assert done.json()["state"] == "confirmed"
        assert [each["act"] for each in done.json()["steps"]] == ["acknowledge", "confirm"]
        assert client.post(f"{ALERTS}/{alert}/acts", json={"act": "acknowledge"}).status_code == 422
        assert client.post(f"{ALERTS}/{alert}/acts", json={"act": "escalate"}).status_code == 422
        assert client.post(f"{ALERTS}/{alert}/acts", json={"act": "comment"}).status_code == 422
    with house.parts.database.read() as connection:
        written = Audit(connection).numbered(Audit(connection).numbers_about([alert]))
        actions = [each.event.detail["act"] for each in written]
    assert actions == ["acknowledge", "confirm"]


def test_two_people_confirm_where_that_is_asked_for(house: House) -> None:
    alert = raise_alert(house, house.gate, needed=2)
    with house.client(Role.OPERATOR) as first, house.client(Role.ADMINISTRATOR) as second:
        assert first.post(f"{ALERTS}/{alert}/acts", json={"act": "confirm"}).json()["state"] == "acknowledged"
        assert first.post(f"{ALERTS}/{alert}/acts", json={"act": "confirm"}).status_code == 422
        assert second.post(f"{ALERTS}/{alert}/acts", json={"act": "confirm"}).json()["state"] == "confirmed"


def test_whoever_sees_one_camera_sees_its_alerts_alone_and_no_rule(house: House) -> None:
    at_gate, at_door, missing = (raise_alert(house, camera) for camera in (house.gate, house.door, None))
    with house.client(Role.OPERATOR, scoped=True) as client:
        listed = {each["id"]: each for each in client.get(ALERTS, params={"limit": 100}).json()["items"]}
        assert at_gate in listed
        assert not {at_door, missing} & listed.keys()
        assert listed[at_gate]["cameras"] == ["gate"]
        assert listed[at_gate]["sightings"] == [house.ids[f"sighting:{house.gate}"]]
        for alert in (at_door, missing):
            assert client.get(f"{ALERTS}/{alert}").status_code == 404
            assert client.post(f"{ALERTS}/{alert}/acts", json={"act": "acknowledge"}).status_code == 404
        assert client.get(RULES).status_code == 403
        asked = client.get(ALERTS, params={"camera": str(house.door)}).json()
        assert asked["items"] == []


def test_why_there_is_no_alert_is_told(house: House) -> None:
    with house.client() as client:
        place = client.post(RULES, json={"name": "at the door", "where": {"cameras": [str(house.door)]}}).headers[
            "location"
        ]
        sighting = house.ids[f"sighting:{house.gate}"]
        told = client.get(f"/api/v1/sightings/{sighting}/explanation").json()
        assert told["named"] == "named"
        assert [(each["rule_name"], each["reason"]) for each in told["rules"]] == [("at the door", "other-camera")]
        client.delete(place)
    with house.client(Role.OPERATOR, scoped=True) as client:
        hidden = client.get(f"/api/v1/sightings/{house.ids[f'sighting:{house.door}']}/explanation")
        assert hidden.status_code == 404
