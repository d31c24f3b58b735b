"""Whoever asks what is known of them gets all of it, and nothing that harms them or others."""

import csv
import hashlib
import io
import json
import zipfile
from pathlib import Path

import pytest

from nigoh.domain.audit import AuditAction, AuditEvent
from nigoh.domain.audit_filter import AuditFilter
from nigoh.domain.master_key import MasterKey
from nigoh.domain.sighting import PersonId
from nigoh.domain.subject_copy import CopyOptions, SubjectCopy
from nigoh.errors import Missing
from nigoh.office.actor import Actor
from nigoh.office.subject_export import SubjectExporter
from nigoh.storage.audit import Audit
from nigoh.storage.database.database import Database
from nigoh.storage.media import MediaStore
from nigoh.storage.vault.vault import Vault
from nigoh.testing.stored_person import SEEN_UNIX_S, StoredPerson, store_person

ACTOR = Actor("dilnoza", "10.0.0.7", "asked by letter")


@pytest.fixture
def media(database: Database, tmp_path: Path) -> MediaStore:
    return MediaStore(tmp_path / "media", Vault(MasterKey.generate(), database))


@pytest.fixture
def stored(database: Database, media: MediaStore, tmp_path: Path) -> StoredPerson:
    made = store_person(database, media, tmp_path / "recordings", "../Oʻktam=cmd|' /C calc'!A0")
    with database.begin() as connection:
        for event in (
            AuditEvent(action=AuditAction.VIEW_FACE, actor="timur", address="10.0.0.9", target_kind="sighting",
                       target_id=made.sightings[0], reason="=1+1"),
            AuditEvent(action=AuditAction.RETENTION, actor="system", target_kind="person", target_id=made.person.id),
            AuditEvent(action=AuditAction.VIEW_FACE, actor="timur", target_kind="sighting", target_id="of-somebody"),
        ):  # fmt: skip
            Audit(connection).write(event, SEEN_UNIX_S)
    return made


@pytest.fixture
def exporter(database: Database, media: MediaStore, tmp_path: Path) -> SubjectExporter:
    return SubjectExporter(database, media, tmp_path / "recordings", now=lambda: SEEN_UNIX_S + 9)


def export(
    exporter: SubjectExporter, person: PersonId, options: CopyOptions | None = None
) -> tuple[SubjectCopy, zipfile.ZipFile]:
    target = io.BytesIO()
    copy = exporter.export(ACTOR, person, target, options)
    return copy, zipfile.ZipFile(target)


def rows(archive: zipfile.ZipFile, name: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in archive.read(name).decode().splitlines()]


def test_all_that_is_known_of_them_is_in_it(exporter: SubjectExporter, stored: StoredPerson) -> None:
    copy, archive = export(exporter, stored.person.id)
    assert copy == SubjectCopy(
        person=stored.person.id,
        photos=2,
        templates=2,
        negatives=1,
        sightings=2,
        crops=2,
        recordings=2,
        entries=3,
    )
    person = json.loads(archive.read("person.json"))
    assert (person["name"], person["other_names"], person["legal_basis"]) == (
        stored.person.name,
        ["Ўктам"],
        "consent",
    )
    photos = json.loads(archive.read("photos.json"))
    assert archive.read(photos[1]["file"]) == f"photo 1 of {stored.person.id}".encode()
    sightings = rows(archive, "sightings.jsonl")
    assert [each["id"] for each in sightings] == list(stored.sightings)
    assert archive.read(str(sightings[0]["file"])) == f"crop of {stored.sightings[0]}".encode()
    assert archive.read(str(rows(archive, "recordings.jsonl")[0]["file"])) == b"video"
    assert [each["sighting"] for each in json.loads(archive.read("negatives.json"))] == ["gate-somebody-else"]


def test_each_file_is_listed_with_its_digest(exporter: SubjectExporter, stored: StoredPerson) -> None:
    _, archive = export(exporter, stored.person.id)
    manifest = json.loads(archive.read("manifest.json"))
    listed = {each["name"]: each["sha256"] for each in manifest["files"]}
    assert set(archive.namelist()) == {*listed, "manifest.json"}
    assert all(hashlib.sha256(archive.read(name)).hexdigest() == digest for name, digest in listed.items())


def test_nothing_that_was_typed_becomes_a_path_or_a_formula(exporter: SubjectExporter, stored: StoredPerson) -> None:
    _, archive = export(exporter, stored.person.id)
    for name in archive.namelist():
        assert all(letter.isalnum() or letter in "._/" for letter in name)
        assert ".." not in name
        assert not name.startswith("/")
    for table in ("sightings.csv", "audit.csv"):
        read = list(csv.reader(io.StringIO(archive.read(table).decode(), newline="")))
        assert len(read) > 1
        assert not any(cell[:1] in tuple("=+-@\t\r") for row in read for cell in row if cell)


def test_who_looked_is_a_number_unless_names_are_asked_for(exporter: SubjectExporter, stored: StoredPerson) -> None:
    _, archive = export(exporter, stored.person.id)
    told = rows(archive, "audit.jsonl")
    assert [(each["actor"], each["address"]) for each in told] == [("user 1", ""), ("system", ""), ("user 2", "")]
    assert b"timur" not in archive.read("audit.csv")
    _, named = export(exporter, stored.person.id, CopyOptions(users=True))
    assert rows(named, "audit.jsonl")[0]["actor"] == "timur"


def test_video_can_be_left_out(exporter: SubjectExporter, stored: StoredPerson) -> None:
    copy, archive = export(exporter, stored.person.id, CopyOptions(recordings=False))
    assert copy.recordings == 0
    assert [each["file"] for each in rows(archive, "recordings.jsonl")] == [None, None]
    assert not [name for name in archive.namelist() if name.startswith("recordings/")]


def test_what_is_lost_is_said(exporter: SubjectExporter, stored: StoredPerson, media: MediaStore) -> None:
    for media_id in (stored.media[0], stored.media[2]):
        media.path(media_id).unlink()
    copy, archive = export(exporter, stored.person.id)
    assert copy.lost == ("photos/000001", "crops/000001")
    assert (copy.photos, copy.crops) == (1, 1)
    assert json.loads(archive.read("manifest.json"))["lost"] == list(copy.lost)
    assert rows(archive, "sightings.jsonl")[0]["file"] is None


def test_it_is_written_down_before_anything_is_handed_out(
    exporter: SubjectExporter, stored: StoredPerson, database: Database
) -> None:
    class Full(io.BytesIO):
        def write(self, data: object, /) -> int:
            raise OSError(28, "No space left on device", str(data)[:0])

    with pytest.raises(OSError, match="No space"):
        exporter.export(ACTOR, stored.person.id, Full())
    with database.read() as connection:
        (entry,) = Audit(connection).entries(AuditFilter(actions=frozenset({AuditAction.EXPORT})))
    assert (entry.event.target_id, entry.event.reason) == (stored.person.id, "asked by letter")


def test_nobody_is_not_exported_nor_written_down(exporter: SubjectExporter, database: Database) -> None:
    with pytest.raises(Missing):
        exporter.export(ACTOR, PersonId("nobody"), io.BytesIO())
    with database.read() as connection:
        assert Audit(connection).newest() is None
