"""What clients rely on that ask twice: ETags, pages, and posts with an idempotency key."""

from __future__ import annotations

import threading
from http import HTTPStatus
from typing import TYPE_CHECKING

import httpx
import pytest

from nigoh.server.idempotency import KEPT_S
from nigoh.storage.database.idempotency import ABANDONED_S, KeptAnswers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.flow.api.conftest import House


@pytest.fixture
def client(house: House) -> Iterator[httpx.Client]:
    with house.client() as client:
        yield client


def test_who_has_the_newest_is_told_so_without_sending_it(client: httpx.Client, house: House) -> None:
    for path in ("/api/v1/people", f"/api/v1/people/{house.ids['person']}", "/api/openapi.json", "/api/docs"):
        first = client.get(path)
        again = client.get(path, headers={"If-None-Match": f'"other", {first.headers["etag"]}'})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
        assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize("noun", ["people", "watch-lists", "camera-groups"])
def test_what_somebody_else_has_changed_is_not_changed_by_an_old_version(client: httpx.Client, noun: str) -> None:
    path = f"/api/v1/{noun}"
    made = client.post(path, json={"name": f"Bek of {noun}"})
    path += f"/{made.json()['id']}"
    assert made.headers["location"] == path
    old = client.get(path).headers["etag"]
    newer = client.patch(path, json={"name": "Bek"}, headers={"If-Match": old}).headers["etag"]
    assert newer != old
    stale = client.patch(path, json={"name": "Beka"}, headers={"If-Match": old})
    assert (stale.status_code, stale.json()["type"]) == (412, "/api/problems/stale")
    assert client.delete(path, headers={"If-Match": old}).status_code == 412
    assert client.patch(path, json={"name": "Beka"}, headers={"If-Match": '"v1'}).status_code == 412
    assert client.patch(path, json={"name": "Beka"}, headers={"If-Match": "*"}).json()["name"] == "Beka"
    newest = client.get(path).headers["etag"]
    assert client.delete(path, headers={"If-Match": newest}).is_success


def test_a_camera_and_a_setting_have_versions_too(client: httpx.Client) -> None:
    threshold = "settings/watch.threshold"
    # What nobody has changed has no version yet.
    assert client.put(f"/api/v1/{threshold}", json={"value": 0.5}).status_code == 200
    for path, change in (("cameras/gate", {"fps": 2}), (threshold, {"value": 0.4})):
        send = client.patch if path.startswith("cameras") else client.put
        old = client.get(f"/api/v1/{path}").headers["etag"]
        assert send(f"/api/v1/{path}", json=change, headers={"If-Match": old}).status_code == 200
        assert send(f"/api/v1/{path}", json=change, headers={"If-Match": old}).status_code == 412


def test_a_list_is_read_in_pages_whose_links_lead_to_the_end(client: httpx.Client) -> None:
    names = {f"Page {number:02}" for number in range(7)}
    for name in names:
        client.post("/api/v1/people", json={"name": name})
    found, url = [], "/api/v1/people?search=page&limit=3"
    for _ in range(3):
        answer = client.get(url)
        found += [each["name"] for each in answer.json()["items"]]
        if "next" in answer.links:
            url = answer.links["next"]["url"]
            assert "search=page" in url
    assert (sorted(found), found) == (sorted(names), sorted(found))
    assert "link" not in answer.headers
    assert answer.json()["next_cursor"] is None
    backwards = client.get("/api/v1/people", params={"search": "page", "descending": True, "limit": 7}).json()[
        "items"
    ]
    assert [each["name"] for each in backwards] == found[::-1]


@pytest.mark.parametrize("noun", ["people", "watch-lists", "cameras", "camera-groups", "sightings", "clips", "users"])
def test_a_cursor_that_is_none_is_refused(client: httpx.Client, noun: str) -> None:
    for cursor in ("x", "WzFd", "é", "a" * 4096, "W10="):
        answer = client.get(f"/api/v1/{noun}", params={"cursor": cursor})
        assert (answer.status_code, answer.json()["type"]) == (422, "/api/problems/cursor")


def repeat(client: httpx.Client, key: str, name: str = "Twice") -> httpx.Response:
    return client.post("/api/v1/people", json={"name": name}, headers={"Idempotency-Key": key})


def test_a_post_that_is_sent_again_is_done_once(client: httpx.Client) -> None:
    first, again = repeat(client, "a-1"), repeat(client, "a-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert (first.headers.get("idempotency-replayed"), again.headers["idempotency-replayed"]) == (None, "true")
    assert len(client.get("/api/v1/people", params={"search": "twice"}).json()["items"]) == 1


def test_a_key_stands_for_one_request_of_one_user(client: httpx.Client, house: House) -> None:
    repeat(client, "b-1", "Only")
    other = repeat(client, "b-1", "Other")
    assert (other.status_code, other.json()["type"]) == (422, "/api/problems/key-reused")
    elsewhere = client.post("/api/v1/camera-groups", json={"name": "Only"}, headers={"Idempotency-Key": "b-1"})
    assert elsewhere.status_code == 422
    with house.client(scoped=True) as somebody:
        assert "idempotency-replayed" not in repeat(somebody, "b-1", "Only").headers


def test_a_form_that_is_sent_again_with_another_boundary_is_the_same(
    client: httpx.Client, house: House, grey: bytes
) -> None:
    path, key = f"/api/v1/people/{house.ids['person']}/photos", {"Idempotency-Key": "form"}
    answers = [client.post(path, files={"photo": ("a.png", grey)}, headers=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert answers[1].headers["idempotency-replayed"] == "true"


def test_a_refused_post_may_be_sent_again_with_its_key(client: httpx.Client) -> None:
    bad = client.post("/api/v1/watch-lists", json={"name": "Staff"}, headers={"Idempotency-Key": "c-1"})
    assert bad.status_code == 409
    again = client.post("/api/v1/watch-lists", json={"name": "Staff"}, headers={"Idempotency-Key": "c-1"})
    assert (again.status_code, "idempotency-replayed" in again.headers) == (409, False)


def test_two_at_once_with_one_key_do_it_once(house: House) -> None:
    answers: list[httpx.Response] = []

    def send() -> None:
        with house.client() as client:
            answers.append(repeat(client, "d-1", "Simultaneous"))

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} <= {HTTPStatus.CREATED, HTTPStatus.CONFLICT}
    with house.client() as client:
        assert len(client.get("/api/v1/people", params={"search": "simultaneous"}).json()["items"]) == 1


def test_an_answer_is_kept_for_a_day_and_a_killed_servers_claim_for_minutes(
    client: httpx.Client, house: House
) -> None:
    repeat(client, "e-1", "Yesterday")
    house.clock.unix_s += KEPT_S + 1
    assert "idempotency-replayed" not in repeat(client, "e-1", "Yesterday").headers
    with house.parts.database.begin() as connection:
        user = house.ids["user:administrator-all"]
        assert KeptAnswers(connection).claim(user, "e-2", "0" * 64, house.clock()) is None
    assert repeat(client, "e-2").status_code == 422
    house.clock.unix_s += ABANDONED_S + 1
    assert repeat(client, "e-2").status_code == 201


def test_kept_answers_forget_who_is_erased(client: httpx.Client) -> None:
    person = repeat(client, "f-1", "Forget Me").json()["id"]
    client.delete(f"/api/v1/people/{person}")
    assert "idempotency-replayed" not in repeat(client, "f-1", "Forget Me").headers


def test_a_key_is_a_short_text(client: httpx.Client) -> None:
    for key in ("", "x" * 256, "tab\there"):
        assert repeat(client, key).status_code == 400


def test_an_answer_is_nothing_for_who_may_not_ask_any_more(client: httpx.Client, house: House) -> None:
    token = house.token(name="short-lived")
    headers = {"Authorization": f"Bearer {token}"}
    asked = client.post("/api/v1/people", json={"name": "Mine"}, headers={**headers, "Idempotency-Key": "g-1"})
    assert asked.status_code == 201
    house.revoke("short-lived")
    again = client.post("/api/v1/people", json={"name": "Mine"}, headers={**headers, "Idempotency-Key": "g-1"})
    assert again.status_code == 401
