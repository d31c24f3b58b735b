"""Pictures that are made to do harm, posted to whatever takes a picture."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx
    from tests.flow.api.conftest import House

NASTY = (
    "<script>alert(1)</script>",
    "'; DROP TABLE sighting; --",
    '=HYPERLINK("http://evil","x")',
    "\u202eevil\u202c عبد 👩‍🔬 Ўктам e\u0301",
    "{{7*7}}${7*7}%00..\\..\\",
)


@pytest.fixture
def client(house: House) -> Iterator[httpx.Client]:
    with house.client() as client:
        yield client


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))


def png(side: int) -> bytes:
    """Of one bit a pixel, all black: 20,000 x 20,000 are 49 kB that become 1.2 GB."""
    head = chunk(b"IHDR", struct.pack(">LLBBBBB", side, side, 1, 0, 0, 0, 0))
    rows = zlib.compress(bytes((side // 8 + 1) * side), 9)
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def polyglot() -> bytes:
    """An archive and a page that begin as a picture."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("evil.html", "<script>alert(1)</script>")
    return b"\xff\xd8\xff\xe0<html><script>alert(1)</script>" + made.getvalue()


HOSTILE = {
    "bomb": png(20_000),
    "polyglot": polyglot(),
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><image href="file:///etc/passwd"/></svg>',
    "postscript": b"%!PS-Adobe-3.0\n(/etc/passwd) (r) file",
    "truncated": png(64)[:45],
    "liar": b"GIF89a" + struct.pack("<HHBBB", 60_000, 60_000, 0, 0, 0),
    "empty": b"",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_each_is_refused_wherever_a_picture_is_taken(client: httpx.Client, house: House, kind: str) -> None:
    data, person = HOSTILE[kind], house.ids["person"]
    before = client.get(f"/api/v1/people/{person}/photos").json()
    for path in ("recognise", "sightings/search", "photos/check", f"people/{person}/photos"):
        answer = client.post(f"/api/v1/{path}", files={"photo": ("../../x.html", data, "text/html")})
        if answer.status_code == 200:
            assert answer.json()["outcome"] == "unreadable", path
        else:
            assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json"), path
        assert "passwd" not in answer.text
    both = client.post("/api/v1/compare", files={"a": data, "b": data})
    assert both.status_code == 422
    form = client.post("/api/v1/people/enrol", files={"photo": data}, data={"person": '{"name": "Nobody"}'})
    assert form.status_code == 422
    assert client.get(f"/api/v1/people/{person}/photos").json() == before


def test_of_a_polyglot_that_is_a_photo_too_nothing_but_the_photo_is_kept(
    client: httpx.Client, shared_data: Path
) -> None:
    portrait = (shared_data / "photos" / "portraits" / "obama.jpg").read_bytes()
    data = portrait + polyglot() + b"<?php evil(); ?>"
    form = client.post("/api/v1/people/enrol", files={"photo": data}, data={"person": '{"name": "Poly"}'})
    assert form.status_code == 201, form.text
    person = form.json()["person"]["id"]
    photo = form.json()["photos"][0]["photo_id"]
    for shown in ("picture", "face"):
        answer = client.get(f"/api/v1/photos/{photo}/{shown}")
        assert answer.headers["content-type"] == "image/jpeg"
        assert not any(trace in answer.content for trace in (b"script", b"php", b"PK\3\4"))
    client.delete(f"/api/v1/people/{person}")


@pytest.mark.parametrize("text", NASTY)
def test_every_text_of_people_and_sightings_is_kept_as_it_is_or_refused(
    client: httpx.Client, house: House, text: str
) -> None:
    person = f"/api/v1/people/{house.ids['person']}"
    for field, value in (("notes", text), ("group", text), ("external_id", text), ("other_names", [text])):
        answer = client.patch(person, json={field: value})
        assert answer.status_code in {200, 422}, answer.text
        if answer.status_code == 200:
            told = client.get(person).json()[field]
            assert told in (value, normal(text), [normal(text)])
    sighting = f"/api/v1/sightings/{house.ids['sighting:gate']}"
    judged = client.put(f"{sighting}/verdict", json={"verdict": "none", "comment": text})
    assert (judged.status_code, judged.json()["comment"]) == (200, text)
    reason = client.get(f"{sighting}/picture", headers={"Audit-Reason": text.encode("ascii", "replace").decode()})
    assert reason.status_code == 200
    for path in (f"{person}/merge", f"{sighting}/enrol", f"{person}/photos/camera"):
        body = {"into": text, "person": text, "camera": text}
        (field,) = {"merge": ["into"], "enrol": ["person"], "camera": ["camera"]}[path.rpartition("/")[2]]
        assert client.post(path, json={field: body[field]}).status_code in {404, 422}
    assert client.get("/api/v1/sightings").status_code == 200


def normal(text: str) -> str:
    """As names are kept: in the composed form."""
    return " ".join(text.replace("e\u0301", "é").split())
