"""Every noun over HTTP, as other systems use it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import httpx
import pytest

from nigoh.domain.audit import AuditAction
from nigoh.domain.camera_url import CameraUrl
from nigoh.storage.audit import Audit
from nigoh.storage.gallery_feed import GalleryFeed
from nigoh.testing.stored_person import store_person

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.flow.api.conftest import House

NOUNS = ("people", "watch-lists", "cameras", "camera-groups", "sightings", "clips", "events", "settings", "users")


@pytest.fixture
def client(house: House) -> Iterator[httpx.Client]:
    with house.client() as client:
        yield client


def written(house: House, action: AuditAction) -> list[str]:
    with house.parts.database.read() as connection:
        return [each.event.target_id for each in Audit(connection).entries() if each.event.action is action]


def made(answer: httpx.Response) -> dict[str, object]:
    assert answer.status_code == 201, answer.text
    found = answer.json()
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("noun", NOUNS)
def test_every_noun_is_listed_in_snake_case_and_without_a_password(
    client: httpx.Client, house: House, noun: str
) -> None:
    answer = client.get(f"/api/v1/{noun}")
    assert answer.status_code == 200
    items = answer.json()["items"]
    assert items
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for each in items for name in each)
    assert house.canary not in answer.text
    times = [value for each in items for name, value in each.items() if name.endswith("_at") and value]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", str(time)) for time in times)


def test_people_are_added_found_changed_and_erased(client: httpx.Client, house: House) -> None:
    person = made(client.post("/api/v1/people", json={"name": "Шаҳло Каримова", "group": "night"}))
    path = f"/api/v1/people/{person['id']}"
    found = client.get("/api/v1/people", params={"search": "shahlo", "group": "night"}).json()["items"]
    assert [each["id"] for each in found] == [person["id"]]
    changed = client.patch(path, json={"notes": "left-handed"})
    assert (changed.json()["notes"], changed.json()["group"]) == ("left-handed", "night")
    assert client.patch(path, json={"group": ""}).json()["group"] == ""
    erased = client.delete(path, headers={"Audit-Reason": "asked for it"})
    assert erased.json()["person"] == person["id"]
    assert client.get(path).status_code == 404
    assert person["id"] in written(house, AuditAction.ERASE)


def test_people_are_listed_with_a_photo_counted_and_grouped(client: httpx.Client, house: House) -> None:
    parts = house.parts
    assert parts.recordings is not None
    stored = store_person(parts.database, parts.media, parts.recordings / "Zuhra", "Zuhra")
    client.patch(f"/api/v1/people/{stored.person.id}", json={"group": "canteen"})
    (listed,) = client.get("/api/v1/people", params={"search": "zuhra"}).json()["items"]
    photos = client.get(f"/api/v1/people/{stored.person.id}/photos").json()["items"]
    best = max(photos, key=lambda each: (each["quality"], each["created_at"], each["id"]))
    assert (listed["photos"], listed["best_photo"]) == (2, best["id"])
    assert client.get(f"/api/v1/people/{stored.person.id}").json() == listed
    nobodys = made(client.post("/api/v1/people", json={"name": "Without A Photo"}))
    found = client.get(f"/api/v1/people/{nobodys['id']}").json()
    assert (found["photos"], found["best_photo"]) == (0, None)
    assert client.get("/api/v1/people/count", params={"search": "zuhra"}).json() == {"number": 1, "exact": True}
    assert "canteen" in client.get("/api/v1/people/groups").json()["items"]


def test_the_faces_that_are_meant_are_as_many_as_the_photos(client: httpx.Client, grey: bytes) -> None:
    form = {"person": '{"name": "Somebody"}', "faces": "[0, null]"}
    answer = client.post("/api/v1/people/enrol", data=form, files={"photo": ("1.jpg", grey, "image/jpeg")})
    assert (answer.status_code, "2 faces to 1 photos" in answer.json()["detail"]) == (422, True)
    form["faces"] = "[0]"
    answer = client.post("/api/v1/people/enrol", data=form, files={"photo": ("1.jpg", grey, "image/jpeg")})
    assert (answer.status_code, "has 0 faces" in answer.json()["detail"]) == (422, True)


def test_people_stand_on_watch_lists(client: httpx.Client, house: House) -> None:
    wanted = made(client.post("/api/v1/watch-lists", json={"name": "Wanted", "wanted": True, "threshold": 0.5}))
    path = f"/api/v1/people/{house.ids['person']}/lists/{wanted['id']}"
    assert client.put(path).status_code == 204
    assert client.put(path).status_code == 204
    assert client.get(f"/api/v1/watch-lists/{wanted['id']}").json()["people"] == 1
    listed = client.get("/api/v1/people", params={"list": str(wanted["id"])}).json()["items"]
    assert [each["id"] for each in listed] == [house.ids["person"]]
    assert client.delete(path).status_code == 204
    assert client.get("/api/v1/people", params={"list": str(wanted["id"])}).json()["items"] == []
    renamed = client.patch(f"/api/v1/watch-lists/{wanted['id']}", json={"colour": "#AA0000"}).json()
    assert (renamed["name"], renamed["colour"], renamed["threshold"]) == ("Wanted", "#aa0000", 0.5)
    assert client.delete(f"/api/v1/watch-lists/{wanted['id']}").status_code == 204


def test_a_cameras_password_goes_in_and_never_comes_out(client: httpx.Client, house: House) -> None:
    body = {"name": "yard 2", "url": f"rtsp://root:{house.canary}@10.1.2.3:8554/main?token={house.canary}"}
    answers = [client.post("/api/v1/cameras", json=body)]
    camera = made(answers[0])
    assert camera["url"] == "rtsp://***@10.1.2.3:8554/main?token=***"
    path = "/api/v1/cameras/yard 2"
    answers += [client.get(path), client.patch(path, json={"fps": 2.5, "schedule": ["mon-fri 08:00-18:00"]})]
    assert answers[-1].json()["fps"] == 2.5
    answers += [client.post("/api/v1/cameras", json=body), client.post("/api/v1/cameras", json={**body, "url": "x"})]
    assert [answer.status_code for answer in answers[-2:]] == [409, 422]
    assert all(house.canary not in answer.text for answer in answers)
    watched = {str(each.name): each.url for each in house.parts.cameras.watched()}
    assert watched["yard 2"] == CameraUrl(body["url"]), "a change keeps what it does not name"
    assert client.patch(path, json={"url": "rtsp://***@10.1.2.3:8554/main"}).status_code == 422
    assert client.delete(path).status_code == 204
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "/dev/video0",
        "http://169.254.169.254/latest/meta-data",
        "http://[fd00:ec2::254]/",
        "http://2852039166/",
        "rtsp://0251.0376.0251.0376/stream",
        "rtsp://[::ffff:169.254.169.254]/stream",
        "http://metadata.google.internal/",
        "rtsp:///no-host",
        "rtsp://10.0.0.5:99999/",
        "gopher://10.0.0.5/",
    ],
)
def test_a_camera_is_not_where_no_camera_may_be(client: httpx.Client, url: str) -> None:
    answer = client.post("/api/v1/cameras", json={"name": "trap", "url": url})
    assert answer.status_code == 422, answer.text
    assert answer.json()["detail"]


def test_camera_groups_are_made_renamed_and_removed(client: httpx.Client) -> None:
    group = made(client.post("/api/v1/camera-groups", json={"name": "Roof"}))
    path = f"/api/v1/camera-groups/{group['id']}"
    assert client.post("/api/v1/camera-groups", json={"name": "Roof"}).status_code == 409
    assert client.patch(path, json={"name": "Attic"}).json()["name"] == "Attic"
    made(client.post("/api/v1/cameras", json={"name": "attic", "url": "rtsp://10.0.0.9/1", "group": group["id"]}))
    assert client.get(path).json()["cameras"] == 1
    assert client.delete(path).status_code == 204
    assert client.get("/api/v1/cameras/attic").json()["group"] is None
    assert client.delete("/api/v1/cameras/attic").status_code == 204


def test_sightings_are_filtered_judged_and_seen(client: httpx.Client, house: House) -> None:
    at_gate = house.ids[f"sighting:{house.gate}"]
    at_door = house.ids[f"sighting:{house.door}"]
    ours = httpx.QueryParams([("id", at_gate), ("id", at_door)])
    chosen = ours.merge({"camera": house.gate, "status": "known", "least_score": 0.6})
    found = client.get("/api/v1/sightings", params=chosen)
    assert [each["id"] for each in found.json()["items"]] == [at_gate]
    counted = client.get("/api/v1/sightings/count", params=ours.merge({"verdict": "none"}))
    assert counted.json() == {"number": 2, "exact": True}
    assert client.get("/api/v1/sightings", params={"until": "2000-01-01T00:00:00Z"}).json()["items"] == []
    verdict = {"verdict": "confirmed", "comment": "<b>yes</b>"}
    judged = client.put(f"/api/v1/sightings/{at_gate}/verdict", json=verdict).json()
    assert (judged["verdict"], judged["verdict_by"]) == ("confirmed", "administrator-all")
    picture = client.get(f"/api/v1/sightings/{at_gate}/picture", headers={"Audit-Reason": "case 12"})
    assert (picture.headers["content-type"], picture.content) == ("image/jpeg", b"\xff\xd8crop of gate")
    assert picture.headers["cache-control"] == "no-store"
    assert at_gate in written(house, AuditAction.VIEW_FACE)
    assert at_gate in written(house, AuditAction.VERDICT)
    kinds = [each["kind"] for each in client.get("/api/v1/events").json()["items"]]
    assert "sighting.verdict" in kinds


def test_clips_are_sent_in_ranges_and_their_views_written_down(client: httpx.Client, house: House) -> None:
    clip = house.ids[f"clip:{house.gate}"]
    path = f"/api/v1/clips/{clip}/video"
    whole = client.get(path)
    assert (whole.status_code, len(whole.content), whole.headers["accept-ranges"]) == (200, 10_240, "bytes")
    part = client.get(path, headers={"Range": "bytes=256-259"})
    assert (part.status_code, part.content) == (206, bytes(range(4)))
    assert part.headers["content-range"] == "bytes 256-259/10240"
    assert client.get(path, headers={"Range": "bytes=-2"}).content == b"\xfe\xff"
    beyond = client.get(path, headers={"Range": "bytes=99999-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, "bytes */10240")
    assert beyond.json()["type"] == "/api/problems/range"
    assert client.get(path, headers={"If-None-Match": whole.headers["etag"]}).status_code == 304
    assert written(house, AuditAction.VIEW_CLIP) == [clip]
    house.clock.unix_s += 3600
    client.get(path)
    assert written(house, AuditAction.VIEW_CLIP) == [clip, clip]


def test_a_clip_whose_row_points_out_of_the_folder_is_not_sent(client: httpx.Client, house: House) -> None:
    assert house.parts.recordings is not None
    (house.parts.recordings.parent / "secret.txt").write_text("secret")
    (house.parts.recordings / "link.mp4").symlink_to(house.parts.recordings.parent / "secret.txt")
    for number, path in enumerate(("../secret.txt", str(house.parts.recordings.parent / "secret.txt"), "link.mp4")):
        clip = house.add_clip(f"01trap{number}", path)
        answer = client.get(f"/api/v1/clips/{clip}/video")
        assert (answer.status_code, "secret" in answer.text) == (404, False)


def test_the_system_says_how_its_cameras_are(client: httpx.Client, house: House) -> None:
    found = client.get("/api/v1/system").json()
    assert [each["camera"] for each in found["cameras"]] == [house.gate, house.door]
    assert client.get("/api/v1/cameras/gate").json()["status"]["state"] == "watching"


def test_a_photo_without_a_face_is_refused_with_what_to_do(client: httpx.Client, house: House, grey: bytes) -> None:
    path = f"/api/v1/people/{house.ids['person']}/photos"
    for answer in (
        client.post(path, content=grey, headers={"Content-Type": "image/png"}),
        client.post(path, files={"photo": ("grey.png", grey)}),
    ):
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["photos"][0]["outcome"] == "no-face"
    assert client.get(path).json() == {"items": []}
    checked = client.post("/api/v1/photos/check", files={"photo": ("grey.png", grey)})
    assert (checked.status_code, checked.json()["outcome"]) == (200, "no-face")
    assert client.post(path, files={"photo": b"no picture"}).json()["photos"][0]["outcome"] == "unreadable"
    assert client.post(path, json={}).status_code == 415
    assert client.post(path, files=[("photo", grey), ("photo", grey)]).status_code == 422


def test_a_posted_picture_is_searched_for_faces_and_that_is_written_down(
    client: httpx.Client, house: House, grey: bytes
) -> None:
    before = len(written(house, AuditAction.SEARCH))
    found = client.post("/api/v1/recognise", content=grey, headers={"Content-Type": "image/png"})
    assert (found.status_code, found.json()["faces"]) == (200, [])
    compared = client.post("/api/v1/compare", files={"a": grey, "b": grey})
    assert (compared.status_code, compared.json()["similarities"]) == (200, [])
    assert client.post("/api/v1/compare", files={"a": grey}).status_code == 422
    broken = client.post("/api/v1/recognise", content=grey[:50], headers={"Content-Type": "image/png"})
    assert (broken.status_code, broken.json()["type"]) == (422, "/api/problems/photo")
    assert len(written(house, AuditAction.SEARCH)) == before + 2


def test_erasing_somebody_over_the_api_goes_as_far_as_by_a_command(client: httpx.Client, house: House) -> None:
    parts = house.parts
    assert parts.recordings is not None
    stored = store_person(parts.database, parts.media, parts.recordings, "Temur")
    feed = GalleryFeed(parts.database, parts.media.vault)
    _, known = feed.changes_after(0)
    report = client.delete(f"/api/v1/people/{stored.person.id}", headers={"Audit-Reason": "letter"}).json()
    counted = {name: report[name] for name in ("photos", "templates", "negatives", "sightings", "tracks", "clips")}
    assert counted == {"photos": 2, "templates": 2, "negatives": 1, "sightings": 2, "tracks": 2, "clips": 2}
    assert "data keys 1: destroyed" in report["text"]
    assert client.get("/api/v1/sightings", params={"person": stored.person.id}).json()["items"] == []
    assert not any((parts.recordings / each).exists() for each in stored.recordings)
    (change,) = feed.changes_after(known)[0]
    assert (change.person, change.terms, change.templates) == (stored.person.id, None, ())


def test_two_entries_of_one_person_are_merged(client: httpx.Client, house: House) -> None:
    parts = house.parts
    assert parts.recordings is not None
    one, other = (
        store_person(parts.database, parts.media, parts.recordings / name, name) for name in ("Rustam", "Anvar")
    )
    path = f"/api/v1/people/{one.person.id}"
    preview = client.get(f"{path}/erasure-preview").json()
    assert {name: preview[name] for name in ("photos", "keys", "sightings", "crops", "mentions", "clips")} == {
        "photos": 2, "keys": 1, "sightings": 2, "crops": 2, "mentions": 1, "clips": 0,
    }  # fmt: skip
    assert client.post(f"{path}/merge", json={"into": one.person.id}).status_code == 422
    assert client.post(f"{path}/merge", json={"into": "01nobody"}).status_code == 404
    stale = client.post(f"{path}/merge", json={"into": other.person.id}, headers={"If-Match": '"9"'})
    assert stale.status_code == 412
    done = client.post(f"{path}/merge", json={"into": other.person.id}, headers={"Audit-Reason": "the same man"})
    assert (done.json()["gone"], done.json()["sightings"]) == (one.person.id, 2)
    assert "Rustam" in done.json()["person"]["other_names"]
    assert client.get(path).status_code == 404
    assert len(client.get(f"/api/v1/people/{other.person.id}/photos").json()["items"]) == 4
    assert written(house, AuditAction.MERGE) == [one.person.id, other.person.id]
    assert client.get(f"/api/v1/people/{other.person.id}/erasure-preview").json()["photos"] == 4
