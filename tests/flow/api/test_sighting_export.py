"""Sightings leave as files: bounded, written down, and only what whoever asks may see."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import httpx
import pytest
from openpyxl import load_workbook

from nigoh.domain.access import Permission, Role
from nigoh.domain.audit import AuditAction
from nigoh.office import sighting_export
from nigoh.office.sighting_export import SightingFile
from nigoh.storage.audit import Audit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.flow.api.conftest import House

PATH = "/api/v1/sightings/export"
EVIL = "=cmd|' /C calc'!A0"


@pytest.fixture
def client(house: House) -> Iterator[httpx.Client]:
    with house.client() as client:
        yield client


@pytest.fixture(scope="module")
def evil(house: House) -> str:
    """The sighting at the gate, of which somebody has said what a spreadsheet would run."""
    sighting = house.ids[f"sighting:{house.gate}"]
    with house.client() as client:
        body = {"verdict": "confirmed", "comment": EVIL}
        assert client.put(f"/api/v1/sightings/{sighting}/verdict", json=body).status_code == 200
    return sighting


def exports(house: House) -> list[dict[str, object]]:
    with house.parts.database.read() as connection:
        found = [each.event for each in Audit(connection).entries() if each.event.action is AuditAction.EXPORT]
    return [{"by": each.actor, "reason": each.reason, **each.detail} for each in found]


def test_a_csv_holds_a_line_a_sighting_and_no_formula(client: httpx.Client, house: House, evil: str) -> None:
    answer = client.get(PATH, params={"format": "csv"}, headers={"Audit-Reason": "case 7"})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/csv")
    assert ".csv" in answer.headers["content-disposition"]
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(answer.text))}
    assert set(rows) == {house.ids[f"sighting:{camera}"] for camera in (house.gate, house.door)}
    assert rows[evil]["person_name"] == "Oʻktam"
    assert rows[evil]["first_at"] == "2026-09-21T14:13:20.000Z"
    assert rows[evil]["verdict"] == "confirmed"
    assert rows[evil]["comment"] == "'" + EVIL
    assert exports(house)[-1] == {
        "by": "administrator-all", "reason": "case 7", "file": "csv", "sightings": 2, "pictures": False,
    }  # fmt: skip


def test_an_xlsx_is_in_the_language_that_is_asked_for_and_holds_no_formula(client: httpx.Client, evil: str) -> None:
    answer = client.get(PATH, params={"format": "xlsx", "language": "ru", "id": evil})
    assert answer.status_code == 200
    (sheet,) = load_workbook(io.BytesIO(answer.content)).worksheets
    head, row = sheet.iter_rows()
    assert head[2].value == "Камера"
    assert (row[2].value, row[4].value, row[5].value) == ("gate", "Oʻktam", 0.7)
    assert row[0].is_date
    assert (row[9].value, row[9].data_type) == (EVIL, "s")


def test_a_pdf_holds_the_faces_if_they_are_asked_for(client: httpx.Client, house: House, evil: str) -> None:
    plain = client.get(PATH, params={"format": "pdf", "language": "uz_Cyrl"})
    assert plain.status_code == 200
    assert plain.content.startswith(b"%PDF-")
    assert b"DejaVuSans" in plain.content
    # What is kept of the gate is no picture that can be drawn: the report is made all the same.
    pictured = client.get(PATH, params={"format": "pdf", "pictures": True, "id": evil})
    assert pictured.content.startswith(b"%PDF-")
    assert exports(house)[-1]["pictures"] is True


def test_filters_choose_what_is_in_the_file(client: httpx.Client, house: House) -> None:
    def ids(**params: str) -> set[str]:
        return {row["id"] for row in csv.DictReader(io.StringIO(client.get(PATH, params=params).text))}

    gate, door = (house.ids[f"sighting:{camera}"] for camera in (house.gate, house.door))
    assert ids(camera=house.door) == {door}
    assert ids(list=house.ids["list"]) == {gate, door}
    assert ids(list="no-such-list") == set()
    assert ids(until="2026-09-21T14:13:21Z") == {gate}


def test_whoever_sees_one_camera_takes_nothing_of_the_other(house: House) -> None:
    door = house.ids[f"sighting:{house.door}"]
    with house.client(Role.OPERATOR, scoped=True) as client:
        for params in ({}, {"id": door}, {"camera": house.door}):
            assert door not in client.get(PATH, params=params).text


def test_looking_on_is_not_taking_away_and_names_are_for_those_who_may_read_them(house: House) -> None:
    with house.client(Role.VIEWER) as client:
        assert client.get(PATH).status_code == 403
    narrow = house.token({Permission.SIGHTINGS_READ, Permission.SIGHTINGS_EXPORT})
    with httpx.Client(base_url=house.address, headers={"Authorization": f"Bearer {narrow}"}) as client:
        answer = client.get(PATH)
    assert answer.status_code == 200
    assert "Oʻktam" not in answer.text


def test_more_than_a_file_holds_is_refused_and_not_written_down(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = exports(house)
    monkeypatch.setitem(sighting_export.MOST_ROWS, SightingFile.PDF, 1)
    with house.client() as client:
        answer = client.get(PATH, params={"format": "pdf"})
    assert answer.status_code == 422
    assert "more than 1 sightings" in answer.json()["detail"]
    assert exports(house) == before
