"""The audit over HTTP: auditors read, nobody edits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from nigoh.domain.access import Role
from nigoh.domain.audit import AuditAction, AuditEvent
from nigoh.storage.audit import Audit

if TYPE_CHECKING:
    from tests.flow.api.conftest import House

PATH = "/api/v1/audit"


@pytest.fixture
def written(house: House) -> list[int]:
    """Five entries of somebody's own, and their numbers."""
    views = [AuditEvent(action=AuditAction.VIEW_FACE, actor="lola", target_kind="sighting", target_id="s1")] * 4
    export = AuditEvent(
        action=AuditAction.EXPORT, actor="lola", reason="<script>'\"--", detail={"rows": 3, "all": True}
    )
    with house.parts.database.begin() as connection:
        return [Audit(connection).write(event, 1_000.25).number for event in (*views, export)]


def test_auditors_read_what_was_done_newest_first_in_pages(house: House, written: list[int]) -> None:
    with house.client(Role.AUDITOR) as client:
        first = client.get(PATH, params={"actor": "lola", "limit": 3})
        assert first.status_code == 200
        cursor = first.json()["next_cursor"]
        assert first.links["next"]["url"].startswith(PATH)
        rest = client.get(PATH, params={"actor": "lola", "limit": 1000, "cursor": cursor}).json()
    numbers = [each["number"] for each in (*first.json()["items"], *rest["items"])]
    assert numbers[:5] == sorted(written, reverse=True)
    newest = first.json()["items"][0]
    assert (newest["action"], newest["reason"]) == ("export", "<script>'\"--")
    assert newest["detail"] == {"rows": 3, "all": True}
    assert newest["time"] == "1970-01-01T00:16:40.250000Z"
    assert len(newest["hash"]) == len(newest["previous"]) == 64


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"action": "export"}, 1),
        ({"action": ["export", "view-face"], "target_kind": "sighting", "target_id": "s1"}, 4),
        ({"until": "1970-01-01T00:16:40Z"}, 0),
        ({"since": "1970-01-01T00:16:40Z", "until": "1970-01-01T00:16:41Z"}, 5),
        ({"actor": "lola' OR '1'='1"}, 0),
    ],
)
def test_entries_are_chosen(house: House, written: list[int], params: dict[str, str | list[str]], found: int) -> None:
    with house.client(Role.AUDITOR) as client:
        items = client.get(PATH, params={"actor": "lola", "limit": 1000, **params}).json()["items"]
    assert len([each for each in items if each["number"] in written]) == found


def test_one_entry_is_read(house: House, written: list[int]) -> None:
    with house.client(Role.AUDITOR) as client:
        assert client.get(f"{PATH}/{written[0]}").json()["action"] == "view-face"
        assert client.get(f"{PATH}/999999").status_code == 404
        assert client.get(f"{PATH}/0").status_code == 422


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.VIEWER])
def test_others_do_not_read_it(house: House, role: Role) -> None:
    with house.client(role) as client:
        assert client.get(PATH).status_code == 403


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR])
def test_who_may_see_some_cameras_alone_reads_none_of_it(house: House, role: Role, written: list[int]) -> None:
    with house.client(role, scoped=True) as client:
        for path in (PATH, f"{PATH}/{written[0]}"):
            answer = client.get(path)
            assert (answer.status_code, answer.json()["detail"]) == (
                403,
                "who may see some cameras alone may not read the audit",
            )


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", [PATH, f"{PATH}/1"])
def test_nobody_edits_it(house: House, method: str, path: str) -> None:
    with house.client(Role.ADMINISTRATOR) as client:
        before = client.get(f"{PATH}/1").json()
        assert client.request(method, path, json={}).status_code == 405
        assert client.get(f"{PATH}/1").json() == before
