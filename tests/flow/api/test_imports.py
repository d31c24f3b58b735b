"""Archives and tables over HTTP: what becomes of each file is told, and nothing of a hostile one gets anywhere."""

from __future__ import annotations

import csv
import io
import struct
import time
import zipfile
from contextlib import closing
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any

import pytest

from nigoh.domain.access import Role
from nigoh.server.limits import ARCHIVE_BYTES
from nigoh.storage.people_table import MOST_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import httpx
    from tests.flow.api.conftest import House

IMPORTS = "/api/v1/imports"
ZIP, CSV = {"Content-Type": "application/zip"}, {"Content-Type": "text/csv"}
DEADLINE_S = 60.0


@pytest.fixture
def client(house: House) -> Iterator[httpx.Client]:
    with house.client() as client:
        yield client


@pytest.fixture(scope="module")
def portrait(shared_data: Path) -> bytes:
    return (shared_data / "photos" / "portraits" / "obama.jpg").read_bytes()


def archive(files: Mapping[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compression) as written:
        for name, data in files.items():
            written.writestr(name, data)
    return made.getvalue()


def finished(client: httpx.Client, answer: httpx.Response) -> dict[str, Any]:
    """What became of an import, at its end."""
    assert answer.status_code == 202, answer.text
    end_s = time.monotonic() + DEADLINE_S
    while (told := client.get(answer.headers["location"]).json())["state"] == "running":
        assert time.monotonic() < end_s
        time.sleep(0.02)
    found: dict[str, Any] = told
    return found


def test_an_archive_is_imported_and_each_file_told_of(client: httpx.Client, portrait: bytes) -> None:
    done = finished(
        client, client.post(IMPORTS, content=archive({"Barack.jpg": portrait, "Bad.jpg": b"x"}), headers=ZIP)
    )
    assert (done["state"], done["total"], done["enrolled"], done["people_added"]) == ("done", 2, 1, 1)
    assert done["outcomes"] == {"enrolled": 1, "unreadable": 1}
    photos = client.get(f"{IMPORTS}/{done['id']}/photos", params={"limit": 1}).json()
    assert (len(photos["items"]), photos["next_after"]) == (1, 1)
    assert done["id"] in [each["id"] for each in client.get(IMPORTS).json()["items"]]
    again = finished(client, client.post(IMPORTS, content=archive({"Barack.jpg": portrait}), headers=ZIP))
    assert (again["people_added"], again["outcomes"]) == (0, {"duplicate": 1})


def test_names_that_lead_out_links_and_bombs_of_an_archive_get_nowhere(
    client: httpx.Client, house: House, portrait: bytes
) -> None:
    before = {path for path in house.parts.media.folder.parent.rglob("*") if path.name.endswith((".jpg", ".bmp"))}
    link = zipfile.ZipInfo("Link.jpg")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    made = io.BytesIO(archive({"../../Slip.jpg": portrait, "/tmp/Abs.jpg": portrait, "Inner.zip": archive({})}))  # noqa: S108 - of the archive
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as written:
        written.writestr(link, "/etc/passwd")
        written.writestr("Bomb.bmp", bytes(40 << 20))
    done = finished(client, client.post(IMPORTS, content=made.getvalue(), headers=ZIP))
    assert (done["state"], done["people"], done["enrolled"]) == ("done", 0, 0)
    assert {each["name"] for each in done["refusals"]} >= {"../../Slip.jpg", "/tmp/Abs.jpg", "Link.jpg", "Bomb.bmp"}  # noqa: S108 - as above
    folder = house.parts.media.folder.parent
    assert {path for path in folder.rglob("*") if path.name.endswith((".jpg", ".bmp"))} == before
    assert list((folder / "uploads").iterdir()) == [], "an archive has no name as soon as it is opened"


def test_what_cannot_be_imported_is_refused_before_it_is_begun(client: httpx.Client, house: House) -> None:
    directory = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, 1 << 31, 0, 0)
    for body in (b"", b"no archive", directory, archive({"a.jpg": b"x"})[:40]):
        answer = client.post(IMPORTS, content=body, headers=ZIP)
        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json"), body[:20]
    assert client.post(IMPORTS, json={}).status_code == 415
    host, _, port = house.address.removeprefix("http://").partition(":")
    announced = {"Content-Type": "application/zip", "Content-Length": str(ARCHIVE_BYTES + 1)} | house.headers()
    with closing(HTTPConnection(host, int(port), timeout=20)) as connection:
        connection.request("POST", IMPORTS, headers=announced)
        assert connection.getresponse().status == 413
    assert client.post(IMPORTS, content=b"name\n" + bytes(MOST_BYTES), headers=CSV).status_code == 422
    with house.client(Role.VIEWER) as viewer:
        assert viewer.post(IMPORTS, content=archive({}), headers=ZIP).status_code == 403


def test_a_table_that_a_spreadsheet_would_obey_comes_back_as_text(client: httpx.Client) -> None:
    nasty = [
        "=HYPERLINK(0)",
        "+1+1",
        "@SUM(A1)",
        "-2",
        "<script>alert(1)</script>",
        "Robert'); DROP TABLE person;--",
        "=1\u202e",
    ]
    table = io.StringIO()
    rows = csv.writer(table)
    rows.writerow(["name", "notes", "group"])
    rows.writerows([name, f"={number}", "=cmd|' /C calc'!A0"] for number, name in enumerate(nasty))
    done = finished(client, client.post(IMPORTS, content=table.getvalue().encode(), headers=CSV))
    refused = {each["name"] for each in done["refusals"]}
    assert (done["people_added"], len(refused)) == (len(nasty) - 1, 1), "a name has no control letters"
    group = client.get("/api/v1/people", params={"group": "=cmd|' /C calc'!A0"}).json()["items"]
    assert {each["name"] for each in group} == set(nasty[:-1])
    with zipfile.ZipFile(
        io.BytesIO(client.get("/api/v1/exports/people", params={"group": "=cmd|' /C calc'!A0"}).content)
    ) as out:
        cells = [cell for row in csv.reader(io.StringIO(out.read("people.csv").decode("utf-8-sig"))) for cell in row]
    assert "'=HYPERLINK(0)" in cells
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)
    for person in group:
        client.delete(f"/api/v1/people/{person['id']}")


def test_an_import_can_be_ended(client: httpx.Client, portrait: bytes) -> None:
    answer = client.post(
        IMPORTS, content=archive({f"Twin{number}.jpg": portrait for number in range(40)}), headers=ZIP
    )
    assert client.delete(answer.headers["location"]).status_code == 204
    assert finished(client, answer)["state"] in {"cancelled", "done"}
    assert client.delete(f"{IMPORTS}/01nobody").status_code == 404
