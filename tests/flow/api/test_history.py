"""Searches in the past over HTTP: a picture or a sighting in, past sightings out, of cameras that one may see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from nigoh.domain.access import Role
from nigoh.domain.audit import AuditAction
from nigoh.domain.erasure import ErasurePolicy
from nigoh.domain.spooled_sighting import SpooledSighting, TrackTemplate
from nigoh.domain.template import Templates
from nigoh.office.actor import Actor
from nigoh.office.erasure import Eraser
from nigoh.office.person_draft import PersonDraft
from nigoh.office.photo_examiner import PhotoExaminer
from nigoh.office.sighting_writing import SightingWriter
from nigoh.storage.audit import Audit
from nigoh.storage.safe_pictures import PictureReader
from nigoh.testing.told_sightings import told_sighting

if TYPE_CHECKING:
    from pathlib import Path

    import httpx
    from tests.flow.api.conftest import House

    from nigoh.domain.geometry import Floats
    from nigoh.engine.analysis import FaceAnalyser

SEARCH = "/api/v1/sightings/search"
JPEG = {"Content-Type": "image/jpeg"}


@pytest.fixture(scope="module")
def photos(shared_data: Path) -> dict[str, bytes]:
    folder = shared_data / "photos" / "portraits"
    found = {"one": folder / "obama.jpg", "other": folder / "obama2.jpg", "two": folder / "two_people.jpg"}
    return {name: path.read_bytes() for name, path in found.items()}


@pytest.fixture(scope="module")
def seen(house: House, analyser: FaceAnalyser, photos: dict[str, bytes]) -> list[str]:
    """Sightings of the same man at the gate (five) and at the door (one), and of nobody like him: all unknown."""
    face = PhotoExaminer(analyser).examine([PictureReader().read(photos["one"], "one")])[0].templates
    rng = np.random.default_rng(7)
    rows = [(f"past{number}", "gate" if number < 5 else "secret door", near(face, rng, 0.2)) for number in range(6)]
    rows += [(f"else{number}", "gate", near(face, rng, 60.0)) for number in range(3)]
    store(house, [(name, camera, None, vector) for name, camera, vector in rows], face)
    return [name for name, _, _ in rows]


def near(face: Templates, rng: np.random.Generator, noise: float) -> Floats:
    vector = face.vectors[0] + rng.normal(0, noise / 128**0.5, 128).astype(np.float32)
    return np.asarray(vector / np.linalg.norm(vector), np.float32)


def store(house: House, rows: list[tuple[str, str, str | None, Floats]], face: Templates) -> None:
    """Write them as the intake does."""
    news = [
        SpooledSighting(
            told=told_sighting(name, camera=camera, person=person, first_unix_s=house.now_unix_s + number),
            template=TrackTemplate(vector.tobytes(), face.model),
        )
        for number, (name, camera, person, vector) in enumerate(rows)
    ]
    with house.parts.database.begin() as connection:
        SightingWriter(house.parts.media.vault, house.parts.media).write(connection, news, house.now_unix_s)


def found(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [each["sighting"]["id"] for each in answer.json()["items"]]


def search(client: httpx.Client, picture: bytes, **params: Any) -> httpx.Response:  # noqa: ANN401 - a query's values
    return client.post(SEARCH, content=picture, headers=JPEG, params=params)


def test_another_photo_of_somebody_finds_when_and_where_they_were(
    house: House, seen: list[str], photos: dict[str, bytes]
) -> None:
    with house.client() as client:
        answer = search(client, photos["other"])
    body = answer.json()
    assert sorted(found(answer)) == sorted(seen[:6])
    scores = [each["similarity"] for each in body["items"]]
    assert scores == sorted(scores, reverse=True)
    assert (body["number"], body["threshold"], len(body["faces"]), body["next_cursor"]) == (6, 0.4, 1, None)
    with house.parts.database.read() as connection:
        events = [entry.event for entry in Audit(connection).entries() if entry.event.action is AuditAction.SEARCH]
    assert events[-1].detail == {"history": True, "found": 6, "shown": 6, "least": 0.4}


def test_it_is_narrowed_by_likeness_camera_and_time_and_sorted_by_time(
    house: House, seen: list[str], photos: dict[str, bytes]
) -> None:
    with house.client() as client:
        picture = photos["one"]
        newest = search(client, picture, sort="time")
        assert found(newest) == list(reversed(seen[:6]))
        assert found(search(client, picture, camera="secret door")) == [seen[5]]
        since, until = (house.now_unix_s + second for second in (2, 4))
        assert sorted(found(search(client, picture, since=time(since), until=time(until)))) == seen[2:4]
        assert found(search(client, picture, least_similarity=0.9999)) == []
        assert len(found(search(client, picture, least_similarity=-1))) == 9
        assert search(client, picture, least_similarity=2).status_code == 422


def time(unix_s: float) -> str:
    return str(np.datetime64(int(unix_s), "s")) + "Z"


@pytest.mark.parametrize("sort", ["likeness", "time"])
def test_pages_hold_everything_once(house: House, seen: list[str], photos: dict[str, bytes], sort: str) -> None:
    with house.client() as client:
        got, cursor = list[str](), None
        while True:
            params = {"limit": 4, "sort": sort} | ({"cursor": cursor} if cursor else {})
            answer = search(client, photos["one"], **params)
            got += found(answer)
            if not (cursor := answer.json()["next_cursor"]):
                break
        assert sorted(got) == sorted(seen[:6])
        assert search(client, photos["one"], cursor="nonsense").status_code == 422


def test_a_sighting_finds_the_others_of_its_face(house: House, seen: list[str]) -> None:
    with house.client() as client:
        assert sorted(found(client.get(f"/api/v1/sightings/{seen[0]}/similar"))) == sorted(seen[1:6])
        assert client.get(f"/api/v1/sightings/{house.ids['sighting:gate']}/similar").status_code == 404


def test_who_may_see_one_camera_finds_what_was_there_alone(
    house: House, seen: list[str], photos: dict[str, bytes]
) -> None:
    with house.client(Role.OPERATOR, scoped=True) as client:
        answer = search(client, photos["one"])
        assert (sorted(found(answer)), answer.json()["number"]) == (sorted(seen[:5]), 5)
        assert found(search(client, photos["one"], camera="secret door")) == []
        assert client.get(f"/api/v1/sightings/{seen[5]}/similar").status_code == 404
    with house.client(Role.VIEWER) as client:
        assert search(client, photos["one"]).status_code == 403


def test_of_several_faces_one_is_chosen(house: House, photos: dict[str, bytes]) -> None:
    with house.client() as client:
        both = search(client, photos["two"], face=1).json()
        assert (len(both["faces"]) >= 2, both["face"]) == (True, 1)
        assert search(client, photos["two"], face=50).status_code == 422


def test_whoever_was_erased_is_not_found(
    house: House, seen: list[str], photos: dict[str, bytes], analyser: FaceAnalyser
) -> None:
    parts = house.parts
    person = parts.people.enrolment.enrol(Actor("test"), PersonDraft(name="Erased"), ()).person
    assert person is not None
    face = PhotoExaminer(analyser).examine([PictureReader().read(photos["one"], "one")])[0].templates
    store(house, [("erased0", "gate", person.id, face.vectors[0])], face)
    with house.client() as client:
        assert found(search(client, photos["one"]))[0] == "erased0"
        Eraser(parts.database, parts.media, None, ErasurePolicy, now=house.clock).erase(Actor("test"), person.id)
        assert sorted(found(search(client, photos["one"]))) == sorted(seen[:6])
    before = parts.people.tracks.follow()
    assert before == len(seen), "nor is their template in memory any more"
