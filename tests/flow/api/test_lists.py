"""Lists over HTTP: sorted, both ways, page by page, and filtered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from nigoh.domain.access import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx
    from tests.flow.api.conftest import House

SORTS = [
    ("people", "name", "id"),
    ("people", "created", "id"),
    ("watch-lists", "name", "id"),
    ("watch-lists", "priority", "id"),
    ("watch-lists", "created", "id"),
    ("camera-groups", "name", "id"),
    ("camera-groups", "created", "id"),
    ("cameras", "name", "name"),
    ("cameras", "created", "name"),
    ("users", "name", "id"),
    ("users", "created", "id"),
]


@pytest.fixture(scope="module")
def client(house: House) -> Iterator[httpx.Client]:
    """Of a house with three of each noun at least, added one after the other, in no order of their names."""
    with house.client() as client:
        for number, name in enumerate(("zebra 100%", "Apple", "mango")):
            house.clock.unix_s += 1
            client.post("/api/v1/people", json={"name": name})
            client.post("/api/v1/watch-lists", json={"name": name, "priority": (7, 3, 5)[number]})
            client.post("/api/v1/camera-groups", json={"name": name})
            body = {"name": name.removesuffix("100%").strip(), "url": "rtsp://10.0.0.8/s"}
            client.post("/api/v1/cameras", json=body)
        yield client


def walked(client: httpx.Client, noun: str, limit: int, **params: str) -> list[dict[str, Any]]:
    """All items of a list, page by page."""
    items: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        asked: dict[str, str | int] = {"limit": limit, **params, **({"cursor": cursor} if cursor else {})}
        page = client.get(f"/api/v1/{noun}", params=asked)
        assert page.status_code == 200, page.text
        items += page.json()["items"]
        cursor = page.json()["next_cursor"]
        if cursor is None:
            return items


@pytest.mark.parametrize(("noun", "sort", "key"), SORTS)
def test_a_list_is_sorted_both_ways_and_its_pages_hold_each_thing_once(
    client: httpx.Client, noun: str, sort: str, key: str
) -> None:
    whole = walked(client, noun, 1000, sort=sort)
    field = "created_at" if sort == "created" else sort
    values = [each[field] for each in whole]
    assert values == sorted(values, key=str.lower if noun == "people" and sort == "name" else None)
    assert len(whole) >= 3
    assert [each[key] for each in walked(client, noun, 1, sort=sort)] == [each[key] for each in whole]
    turned = walked(client, noun, 2, sort=sort, descending="true")
    assert [each[key] for each in turned] == [each[key] for each in reversed(whole)]


def test_the_place_in_one_order_is_none_in_another(client: httpx.Client) -> None:
    cursor = client.get("/api/v1/users", params={"limit": 1, "sort": "created"}).json()["next_cursor"]
    for other in ({"sort": "name"}, {"sort": "created", "descending": "true"}):
        refused = client.get("/api/v1/users", params={"limit": 1, "cursor": cursor, **other})
        assert (refused.status_code, refused.json()["type"]) == (422, "/api/problems/cursor")


@pytest.mark.parametrize("noun", ["watch-lists", "camera-groups"])
def test_names_are_searched_as_they_are_written(client: httpx.Client, noun: str) -> None:
    found = {
        text: [each["name"] for each in walked(client, noun, 50, search=text)] for text in ("APP", "%", "_", "x")
    }
    assert found == {"APP": ["Apple"], "%": ["zebra 100%"], "_": [], "x": []}


def test_users_are_filtered_by_role_name_and_whether_they_may_log_in(client: httpx.Client, house: House) -> None:
    names = {each["name"] for each in walked(client, "users", 50, role="viewer")}
    assert names == {"viewer-all", "viewer-gate"}
    assert [each["name"] for each in walked(client, "users", 50, search="tor-GATE", role="operator")] == [
        "operator-gate"
    ]
    assert walked(client, "users", 50, disabled="true") == []
    viewer = house.ids[f"user:{Role.VIEWER.value}-gate"]
    client.patch(f"/api/v1/users/{viewer}", json={"disabled": True})
    assert [each["name"] for each in walked(client, "users", 50, disabled="true")] == ["viewer-gate"]


@pytest.mark.parametrize(("noun", "key"), [("clips", "id"), ("audit", "number"), ("sightings", "id")])
def test_what_happened_is_told_newest_or_oldest_first(client: httpx.Client, noun: str, key: str) -> None:
    newest = [each[key] for each in client.get(f"/api/v1/{noun}", params={"limit": 1000}).json()["items"]]
    assert len(newest) >= 2
    oldest = [each[key] for each in walked(client, noun, 3, oldest_first="true")]
    assert oldest[: len(newest)] == list(reversed(newest))
