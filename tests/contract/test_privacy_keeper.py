"""What was promised about data is kept, every hour, whatever goes wrong meanwhile."""

import logging
import os
import threading
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from nigoh.domain.audit import AuditAction
from nigoh.domain.audit_filter import AuditFilter
from nigoh.domain.erasure import ErasurePolicy
from nigoh.domain.master_key import MasterKey
from nigoh.domain.retention_times import RetentionCounts, RetentionTimes
from nigoh.errors import DatabaseUnavailable
from nigoh.office.erasure import Eraser
from nigoh.office.privacy_keeper import KeeperParts, PrivacyKeeper
from nigoh.office.privacy_thread import PrivacyThread
from nigoh.storage.audit import Audit
from nigoh.storage.audit.anchor_file import read_anchors
from nigoh.storage.audit.chain import verify
from nigoh.storage.database.database import Database
from nigoh.storage.database.people import People
from nigoh.storage.media import MediaStore
from nigoh.storage.vault.vault import Vault
from nigoh.testing.stored_person import SEEN_UNIX_S, store_person

TIMES = RetentionTimes(unknown_s=1, sightings_s=2, crops_s=3, clips_s=None, events_s=4)
NOW = SEEN_UNIX_S + 10_000


@dataclass
class Scripted:
    """Stands for what removes rows; removes so many sightings each time, or raises."""

    sightings: int = 0
    error: Exception | None = None
    asked: list[tuple[RetentionTimes, float]] = field(default_factory=list)
    was_asked: threading.Event = field(default_factory=threading.Event)

    def expire(self, times: RetentionTimes, now_unix_s: float) -> RetentionCounts:
        self.asked.append((times, now_unix_s))
        self.was_asked.set()
        if self.error is not None:
            raise self.error
        return RetentionCounts(sightings=self.sightings)


@pytest.fixture
def parts(database: Database, tmp_path: Path) -> KeeperParts:
    media = MediaStore(tmp_path / "media", Vault(MasterKey.generate(), database))
    eraser = Eraser(database, media, tmp_path / "recordings", ErasurePolicy, now=lambda: NOW)
    return KeeperParts(database=database, media=media, eraser=eraser, retention=Scripted(), times=TIMES)


def entries(database: Database, action: AuditAction) -> list[dict[str, object]]:
    with database.read() as connection:
        found = Audit(connection).entries(AuditFilter(actions=frozenset({action})))
        return [{**entry.event.detail, "by": entry.event.actor, "why": entry.event.reason} for entry in found]


def test_a_round_is_done_at_once_and_then_every_hour(parts: KeeperParts) -> None:
    rows = Scripted()
    keeper = PrivacyKeeper(replace(parts, retention=rows))
    assert [keeper.step(s, NOW + s) is not None for s in (0.0, 60.0, 3599.0, 3600.0, 3700.0)] == [
        True, False, False, True, False,
    ]  # fmt: skip
    assert rows.asked == [(TIMES, NOW), (TIMES, NOW + 3600)]


def test_other_times_are_kept_from_the_next_step_on_which_does_a_round(parts: KeeperParts) -> None:
    rows = Scripted()
    keeper = PrivacyKeeper(replace(parts, retention=rows))
    keeper.step(0.0, NOW)
    keeper.keep(TIMES)
    assert keeper.step(60.0, NOW) is None, "these are the times that it has"
    shorter = replace(TIMES, sightings_s=1)
    keeper.keep(shorter)
    assert keeper.step(120.0, NOW) is not None
    assert rows.asked[-1][0] == shorter


def test_what_was_removed_is_written_down_with_its_counts(parts: KeeperParts, database: Database) -> None:
    keeper = PrivacyKeeper(replace(parts, retention=Scripted(sightings=7)))
    assert keeper.round(NOW) == RetentionCounts(sightings=7)
    assert entries(database, AuditAction.RETENTION) == [{"sightings": 7, "by": "system", "why": ""}]


def test_a_round_that_removes_nothing_writes_nothing(parts: KeeperParts, database: Database) -> None:
    PrivacyKeeper(parts).round(NOW)
    with database.read() as connection:
        assert Audit(connection).newest() is None


def test_whose_legal_basis_has_ended_is_erased(parts: KeeperParts, database: Database, tmp_path: Path) -> None:
    people = {
        name: store_person(database, parts.media, tmp_path / "recordings", name).person
        for name in ("over", "later", "never")
    }
    with database.begin() as connection:
        for name, expires in (("over", NOW - 1), ("later", NOW + 1)):
            People(connection).update(replace(people[name], expires_unix_s=expires), NOW)
    keeper = PrivacyKeeper(parts)
    assert keeper.round(NOW).people == 1
    with database.read() as connection:
        left = People(connection).get_many([person.id for person in people.values()])
    assert set(left) == {people["later"].id, people["never"].id}
    assert entries(database, AuditAction.ERASE)[0]["why"] == "their legal basis has ended"
    assert entries(database, AuditAction.RETENTION) == [{"people": 1, "by": "system", "why": ""}]


def test_what_goes_wrong_keeps_nothing_else_from_being_done(
    parts: KeeperParts, database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    person = store_person(database, parts.media, tmp_path / "recordings").person
    with database.begin() as connection:
        People(connection).update(replace(person, expires_unix_s=NOW - 1), NOW)
    rows = Scripted(error=DatabaseUnavailable("the database is busy", "Try again later."))
    with caplog.at_level(logging.WARNING):
        assert PrivacyKeeper(replace(parts, retention=rows, anchor=tmp_path / "no" / "folder")).round(NOW).people == 1
    assert "the database is busy" in caplog.text
    assert "folder cannot be written" in caplog.text


def test_the_head_of_the_audit_is_noted_outside_once(parts: KeeperParts, database: Database, tmp_path: Path) -> None:
    anchor = tmp_path / "anchor"
    rows = Scripted(sightings=1)
    keeper = PrivacyKeeper(replace(parts, retention=rows, anchor=anchor))
    keeper.round(NOW)
    rows.sightings = 0
    keeper.round(NOW + 3600)
    rows.sightings = 2
    keeper.round(NOW + 7200)
    noted = read_anchors(anchor)
    assert [each.number for each in noted] == [1, 2]
    with database.read() as connection:
        assert verify(Audit(connection).stored(), noted).anchors == 2


def test_a_thread_does_it_and_ends_with_its_block(parts: KeeperParts) -> None:
    rows, stopping = Scripted(), threading.Event()
    with PrivacyThread(PrivacyKeeper(replace(parts, retention=rows)), stopping, lambda: 0.0, lambda: NOW):
        assert rows.was_asked.wait(10)
    assert stopping.is_set()
    assert not [thread for thread in threading.enumerate() if thread.name == "privacy"]


def test_files_of_pictures_that_a_crash_has_left_go_within_the_hour(parts: KeeperParts, database: Database) -> None:
    def leave(name: str) -> Path:
        path = parts.media.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"sealed, and its row was never committed")
        os.utime(path, (1, 1))
        return path

    first = leave("01m3250v00k8bx9pc8qpb5fyjy")
    keeper = PrivacyKeeper(parts)
    counts = keeper.step(0.0, NOW)
    assert counts is not None
    assert (counts.files, first.exists()) == (1, False)
    second = leave("01m3250v00k8bx9pc8qpb5fyjz")
    assert keeper.step(3599.0, NOW) is None
    assert second.exists()
    assert keeper.step(3601.0, NOW) == replace(counts, files=1)
    assert not second.exists()
    assert [entry["files"] for entry in entries(database, AuditAction.RETENTION)] == [1, 1]
