"""Somebody who is erased is gone: from the database, from the folders, from backups."""

import fcntl
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from nigoh.domain.audit import AuditAction
from nigoh.domain.audit_filter import AuditFilter
from nigoh.domain.erasure import ErasedClips, ErasedSightings, ErasurePolicy, ErasureReport
from nigoh.domain.master_key import MasterKey
from nigoh.domain.records import EventKind
from nigoh.domain.sighting import PersonId, Status
from nigoh.errors import KeyDestroyed, Missing, Stale
from nigoh.office.actor import Actor
from nigoh.office.erasure import Eraser
from nigoh.storage.audit import Audit
from nigoh.storage.database.clips import Clips
from nigoh.storage.database.database import Database
from nigoh.storage.database.events import Events
from nigoh.storage.database.people import People
from nigoh.storage.database.sightings import Sightings
from nigoh.storage.database.tables import IDEMPOTENCY, METADATA
from nigoh.storage.database.tracks import TrackRows
from nigoh.storage.media import MediaStore
from nigoh.storage.vault.scopes import person_scope
from nigoh.storage.vault.vault import Vault
from nigoh.testing.stored_person import SEEN_UNIX_S, StoredPerson, store_person

ACTOR = Actor("dilnoza", "10.0.0.7", "asked by letter")
NOW = SEEN_UNIX_S + 1_000_000

Made = tuple[Eraser, StoredPerson]
Make = Callable[..., Made]


@pytest.fixture
def media(database: Database, tmp_path: Path) -> MediaStore:
    return MediaStore(tmp_path / "media", Vault(MasterKey.generate(), database))


@pytest.fixture
def make(database: Database, media: MediaStore, tmp_path: Path) -> Make:
    def made(policy: ErasurePolicy = ErasurePolicy(), sightings: int = 2) -> Made:  # noqa: B008 - a frozen value
        stored = store_person(database, media, tmp_path / "recordings", sightings=sightings)
        return Eraser(database, media, tmp_path / "recordings", lambda: policy, now=lambda: NOW), stored

    return made


def everything(database: Database, folder: Path) -> bytes:
    """All that is written in the database and in the names and contents of files, but the audit and the events."""
    with database.read() as connection:
        tables = [table for table in METADATA.sorted_tables if table.name not in {"audit", "event", "gallery_change"}]
        rows = [repr(tuple(row)) for table in tables for row in connection.execute(select(table))]
    files = [path for path in folder.rglob("*") if path.is_file() and "sqlite" not in path.name]
    return "".join(rows).encode() + b"".join(str(path).encode() + path.read_bytes() for path in files)


def test_nothing_is_left_of_them_but_that_somebody_was_there(database: Database, make: Make, tmp_path: Path) -> None:
    eraser, stored = make()
    report = eraser.erase(ACTOR, stored.person.id)
    assert replace(report, final=True) == ErasureReport(
        person=stored.person.id,
        erased_unix_s=NOW,
        was_enrolled=True,
        photos=2,
        templates=2,
        negatives=1,
        keys=1,
        sightings=2,
        anonymous=True,
        crops=2,
        tracks=2,
        mentions=1,
        answers=1,
        clips=2,
        final=True,
    )
    left = everything(database, tmp_path)
    for trace in (stored.person.name, "Ўктам", "77-", "=1+1", *stored.media, *stored.recordings):
        assert trace.encode() not in left
    # What remains: the scope of the destroyed key, and the names that the engine gave to tracks.
    assert left.replace(b"gate-" + stored.person.id.encode(), b"").replace(
        b"yard-" + stored.person.id.encode(), b""
    ).count(stored.person.id.encode() + b"'") == left.count(f"'{person_scope(stored.person.id)}'".encode())


def test_their_sightings_stay_without_them(database: Database, make: Make) -> None:
    eraser, stored = make()
    eraser.erase(ACTOR, stored.person.id)
    with database.read() as connection:
        kept = Sightings(connection).get(stored.sightings[0])
        assert TrackRows(connection).get(stored.sightings[0]) is None
    assert kept is not None
    assert (kept.person, kept.status, kept.score, kept.candidates) == (None, Status.UNKNOWN, 0.0, ())
    assert (kept.media_id, kept.comment, kept.camera) == ("", "", "gate")


def test_their_sightings_can_be_deleted_and_recordings_be_kept(
    database: Database, make: Make, tmp_path: Path
) -> None:
    eraser, stored = make(ErasurePolicy(ErasedSightings.DELETE, ErasedClips.KEEP))
    report = eraser.erase(ACTOR, stored.person.id)
    assert (report.sightings, report.anonymous, report.clips, report.clips_kept) == (2, False, 0, 2)
    with database.read() as connection:
        assert Sightings(connection).get(stored.sightings[0]) is None
        assert Clips(connection).get(f"clip-{stored.sightings[0]}") is not None
    assert all((tmp_path / "recordings" / each).exists() for each in stored.recordings)


def test_others_keep_what_is_theirs(database: Database, media: MediaStore, make: Make, tmp_path: Path) -> None:
    other = store_person(database, media, tmp_path / "elsewhere", "Timur")
    eraser, stored = make()
    eraser.erase(ACTOR, stored.person.id)
    with database.read() as connection:
        assert People(connection).get(other.person.id) is not None
        assert media.get(connection, other.media[0])[1] == f"photo 0 of {other.person.id}".encode()
        similar = Sightings(connection).get(f"yard-{stored.person.id}-similar")
        assert connection.execute(select(IDEMPOTENCY.c.key)).scalars().all() == [other.person.id]
    assert similar is not None
    assert [each.person for each in similar.candidates] == [f"{stored.person.id}x"]
    empty = [path for path in (tmp_path / "recordings").rglob("*.mp4") if path.is_file()]
    assert len(empty) == 1  # of when nobody was there


def test_a_copy_from_before_opens_no_more(database: Database, media: MediaStore, make: Make) -> None:
    eraser, stored = make()
    with database.read() as connection:
        sealed = media.read_file(stored.media[0])
    eraser.erase(ACTOR, stored.person.id)
    media.path(stored.media[0]).write_bytes(sealed)
    with database.begin() as connection, pytest.raises(KeyDestroyed):
        media.vault.seal(connection, person_scope(stored.person.id), b"x", "y")


def test_the_audit_keeps_that_it_was_done_and_no_name(database: Database, make: Make) -> None:
    eraser, stored = make()
    eraser.erase(ACTOR, stored.person.id)
    with database.read() as connection:
        entries = list(Audit(connection).entries(AuditFilter(actions=frozenset({AuditAction.ERASE}))))
        assert [(e.kind, e.subject) for e in Events(connection).after(0, 10)] == [
            (EventKind.PERSON_ERASED, stored.person.id)
        ]
    assert [entry.event.detail["stage"] for entry in entries] == ["begun", "done"]
    assert {entry.event.target_id for entry in entries} == {stored.person.id}
    assert entries[0].event.reason == "asked by letter"
    assert stored.person.name not in repr(entries)


def test_to_erase_again_changes_nothing_and_is_not_written_down_again(database: Database, make: Make) -> None:
    eraser, stored = make()
    eraser.erase(ACTOR, stored.person.id)
    again = eraser.erase(ACTOR, stored.person.id)
    assert replace(again, final=True) == ErasureReport(
        person=stored.person.id, erased_unix_s=NOW, was_enrolled=False, final=True
    )
    with database.read() as connection:
        assert len(list(Audit(connection).entries())) == 2


def test_what_an_interruption_has_left_is_found_by_itself(database: Database, media: MediaStore, make: Make) -> None:
    eraser, stored = make()
    assert eraser.finish(ACTOR) == ()
    with database.begin() as connection:
        People(connection).remove(stored.person.id, NOW)
        media.vault.destroy(connection, person_scope(stored.person.id))
    (report,) = eraser.finish(ACTOR)
    assert (report.person, report.sightings, report.clips) == (stored.person.id, 2, 2)
    assert eraser.finish(ACTOR) == ()


def test_missing_files_are_no_obstacle(make: Make, media: MediaStore, tmp_path: Path) -> None:
    eraser, stored = make()
    for media_id in stored.media:
        media.path(media_id).unlink()
    for path in (tmp_path / "recordings" / stored.recordings[0]).parent.iterdir():
        path.unlink()
    report = eraser.erase(ACTOR, stored.person.id)
    assert (report.photos, report.crops, report.clips) == (2, 2, 0)


def test_a_recording_that_is_being_written_is_named_and_goes_later(make: Make, tmp_path: Path) -> None:
    eraser, stored = make()
    with (tmp_path / "recordings" / stored.recordings[1]).open("rb") as writer:
        fcntl.flock(writer, fcntl.LOCK_EX)
        report = eraser.erase(ACTOR, stored.person.id)
        assert report.clips_left == (stored.recordings[1],)
        assert not report.is_complete
        assert "run it again" in report.text()


def test_many_sightings_go_in_parts(database: Database, make: Make) -> None:
    eraser, stored = make(sightings=205)
    assert eraser.erase(ACTOR, stored.person.id).sightings == 205
    with database.read() as connection:
        assert Sightings(connection).of_person(stored.person.id, 1) == ()


def test_who_was_never_there_is_missing(make: Make) -> None:
    eraser, _ = make()
    with pytest.raises(Missing):
        eraser.erase(ACTOR, PersonId("nobody"))


def test_who_was_changed_since_is_not_erased(make: Make, database: Database) -> None:
    eraser, stored = make()
    with pytest.raises(Stale):
        eraser.erase(ACTOR, stored.person.id, version=7)
    with database.read() as connection:
        assert People(connection).get(stored.person.id) == stored.person
