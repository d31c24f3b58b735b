"""How the whole of it is told over the API: history, versions, the log, the support file; the audit's chain."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import TYPE_CHECKING

import pytest

from nigoh.domain.access import Role

if TYPE_CHECKING:
    from tests.flow.api.conftest import House


def test_history_begins_with_the_start_and_says_what_is_possible(house: House) -> None:
    with house.client(Role.VIEWER) as client:
        told = client.get("/api/v1/system/history", params={"points": 10}).json()
    assert told["samples"] == []
    assert told["capacity"]["possible"] is None
    assert told["capacity"]["cores"] >= 1
    assert told["sample_s"] > 0


def test_versions_of_what_nigoh_stands_on_are_told(house: House) -> None:
    with house.client(Role.OPERATOR) as client:
        libraries = client.get("/api/v1/system/versions").json()["libraries"]
    assert {"nigoh", "python", "numpy", "openvino"} <= libraries.keys()


def test_the_log_is_for_administrators_who_may_see_all_cameras(house: House) -> None:
    house.parts.log.write(house.now_unix_s, "warning", "nigoh.test", {"event": "lost", "camera": house.door})
    with house.client() as client:
        told = client.get("/api/v1/system/logs", params={"level": "warning"}).json()["items"]
        assert [(each["text"], each["camera"]) for each in told] == [("lost", house.door)]
        assert client.get("/api/v1/system/logs", params={"level": "error"}).json()["items"] == []
        assert client.get("/api/v1/system/logs", params={"after": told[-1]["number"]}).json()["items"] == []
    with house.client(scoped=True) as client:
        assert client.get("/api/v1/system/logs").status_code == 403
        assert client.get("/api/v1/system/support").status_code == 403
    for role in (Role.OPERATOR, Role.VIEWER, Role.AUDITOR):
        with house.client(role) as client:
            assert client.get("/api/v1/system/logs").status_code == 403
            assert client.get("/api/v1/system/support").status_code == 403


def test_the_support_file_helps_and_holds_no_secret(house: House) -> None:
    # A canary where it hurts: the address of a camera in a line of the log, as somebody might log it some day.
    facts = {"event": f"cannot open rtsp://admin:{house.canary}@10.0.0.5/live", "token": "***"}
    house.parts.log.write(house.now_unix_s, "error", "nigoh.test", facts)
    with house.client() as client:
        answer = client.get("/api/v1/system/support", headers={"Audit-Reason": "ticket 7"})
        assert answer.status_code == 200, answer.text
        newest = client.get("/api/v1/audit", params={"action": "export", "target_kind": "support"}).json()["items"][0]
    assert answer.headers["content-disposition"] == 'attachment; filename="nigoh-support.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        held = {name: archive.read(name).decode() for name in archive.namelist()}
    assert {
        "status.json",
        "history.json",
        "versions.json",
        "settings.json",
        "doctor.json",
        "log.jsonl",
    } <= held.keys()
    for name, text in held.items():
        assert house.canary not in text, name
        if name.endswith(".json"):
            json.loads(text)
    lines = [json.loads(line) for line in held["log.jsonl"].splitlines()]
    assert lines[-1]["text"] == "cannot open rtsp://***@10.0.0.5/live"
    assert {each["camera"] for each in json.loads(held["status.json"])["shards"][0]["cameras"]} == {
        house.gate,
        house.door,
    }
    assert (newest["actor"], newest["reason"]) == ("administrator-all", "ticket 7")


def test_the_metrics_say_what_the_server_has_in_hand(house: House) -> None:
    with house.client() as client:
        told = client.get("/metrics").text
    (line,) = [each for each in told.splitlines() if each.startswith("nigoh_server_tasks ")]
    assert float(line.split()[1]) >= 2


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
def test_auditors_check_the_chain(house: House, role: Role) -> None:
    with house.client(role) as client:
        told = client.get("/api/v1/audit/check").json()
        newest = client.get("/api/v1/audit", params={"limit": 1}).json()["items"][0]
    assert told["whole"]
    assert told["broken"] is None
    assert told["head"] == newest["hash"]
    assert told["entries"] == newest["number"]


def test_auditors_take_entries_along_and_that_is_written_down(house: House) -> None:
    with house.client(Role.AUDITOR) as client:
        answer = client.get("/api/v1/audit/export", params={"target_kind": "audit"})
        assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert {row["target_kind"] for row in rows} == {"audit"}
    assert (rows[-1]["action"], rows[-1]["actor"]) == ("export", "auditor-all")
    with house.client(Role.AUDITOR, scoped=True) as client:
        assert client.get("/api/v1/audit/export").status_code == 403
        assert client.get("/api/v1/audit/check").status_code == 403
