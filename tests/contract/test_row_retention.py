"""What is too old goes, each kind at its time; what is not stays."""

import threading
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from nigoh.domain.clip import Clip
from nigoh.domain.master_key import MasterKey
from nigoh.domain.page import PageQuery
from nigoh.domain.retention_times import RetentionCounts, RetentionTimes
from nigoh.domain.sighting import CameraId
from nigoh.domain.sighting_filter import SightingFilter
from nigoh.domain.spooled_sighting import SpooledSighting, TrackTemplate
from nigoh.domain.template import ModelIdentity
from nigoh.errors import KeyDestroyed
from nigoh.office.row_retention import RetentionParts, RowRetention, SweepPace
from nigoh.office.sighting_writing import SightingWriter, WritingOptions
from nigoh.storage.database.clips import Clips
from nigoh.storage.database.database import Database
from nigoh.storage.database.events import Events
from nigoh.storage.database.outbox import Outbox
from nigoh.storage.database.sightings import Sightings
from nigoh.storage.database.tracks import TrackRows
from nigoh.storage.media import MediaStore
from nigoh.storage.vault.vault import Vault
from nigoh.testing.told_sightings import told_sighting

NOW = 1_795_400_000.0
DAY_S = 86_400.0
TIMES = RetentionTimes(
    unknown_s=7 * DAY_S, sightings_s=90 * DAY_S, crops_s=30 * DAY_S, clips_s=10 * DAY_S, events_s=5 * DAY_S
)
AGES = [1, 6, 8, 20, 40, 100]
"""Days: within all times, then beyond one after the other."""


@dataclass
class House:
    database: Database
    vault: Vault
    media: MediaStore
    files: list[str] = field(default_factory=list)

    def expire(self, times: RetentionTimes = TIMES, stopping: threading.Event | None = None) -> RetentionCounts:
        parts = RetentionParts(
            media=self.media,
            destroy_key=self.vault.destroy,
            remove_clips=lambda clips: self.files.extend(clip.path for clip in clips),
        )
        pace = SweepPace(portion=2, rest=0)
        return RowRetention(self.database, parts, pace=pace, stopping=stopping).expire(times, NOW)

    def left(self) -> list[str]:
        with self.database.read() as connection:
            page = Sightings(connection).page(SightingFilter(newest_first=False), PageQuery(1000))
        return sorted(each.id for each in page.items)

    def pictured(self) -> list[str]:
        with self.database.read() as connection:
            page = Sightings(connection).page(SightingFilter(), PageQuery(1000))
            return sorted(
                each.id for each in page.items if each.media_id and self.media.get(connection, each.media_id)
            )

    def with_template(self) -> list[str]:
        with self.database.read() as connection:
            names = [f"{who}{age}" for who in ("ann", "nobody") for age in AGES]
            return sorted(name for name in names if TrackRows(connection).get(name))


@pytest.fixture
def house(database: Database, tmp_path: Path, model: ModelIdentity) -> House:
    vault = Vault(MasterKey(bytes(range(32))), database, now=lambda: NOW)
    house = House(database, vault, MediaStore(tmp_path / "media", vault, now=lambda: NOW))
    writer = SightingWriter(vault, house.media, WritingOptions(sinks=lambda: ("broker",)))
    template = TrackTemplate(b"\0\0\x80\x3f" + bytes(4 * model.dimension - 4), model)
    for age in AGES:
        first = NOW - age * DAY_S
        words = [
            SpooledSighting(told=told_sighting(f"{who}{age}", person=person, first_unix_s=first), jpeg=b"face")
            for who, person in (("ann", "ann"), ("nobody", None))
        ]
        with database.begin() as connection:
            writer.write(connection, [replace(word, template=template) for word in words], first)
            number = Events(connection).newest()
            if age != 6:
                Outbox(connection).delivered("broker", [number - 1, number])
            clip = Clip(
                id=f"clip{age}",
                camera=CameraId("gate"),
                path=f"{age}.mp4",
                first_unix_s=first,
                last_unix_s=first + 60,
                size_bytes=1,
            )
            Clips(connection).add(clip)
    return house


def names(who: str, *ages: int) -> list[str]:
    return sorted(f"{who}{age}" for age in ages)


def test_each_kind_goes_at_its_time(house: House) -> None:
    counts = house.expire()
    assert house.left() == names("ann", 1, 6, 8, 20, 40) + names("nobody", 1, 6, 8, 20, 40)
    assert house.with_template() == names("ann", 1, 6, 8, 20, 40) + names("nobody", 1, 6)
    assert house.pictured() == names("ann", 1, 6, 8, 20) + names("nobody", 1, 6)
    assert house.files == ["100.mp4", "40.mp4", "20.mp4"]
    # What a sink still has to be told stays, however old it is.
    with house.database.read() as connection:
        assert [event.subject for event in Events(connection).after(0, 100)] == [
            "ann1",
            "nobody1",
            "ann6",
            "nobody6",
        ]
    assert counts == RetentionCounts(sightings=2, templates=5, crops=6, clips=3, events=8, keys=4)


def test_days_that_are_over_are_erased_for_good(house: House) -> None:
    with house.database.read() as connection:
        row = TrackRows(connection).get("nobody20")
        assert row is not None
        assert house.vault.open(connection, row.vector, "track:nobody20")
    house.expire()
    with house.database.read() as connection, pytest.raises(KeyDestroyed):
        house.vault.open(connection, row.vector, "track:nobody20")


def test_a_second_round_finds_nothing(house: House) -> None:
    house.expire()
    assert house.expire() == RetentionCounts()


def test_without_a_time_clips_are_the_recorders_business(house: House) -> None:
    assert house.expire(replace(TIMES, clips_s=None)).clips == 0
    assert house.files == []


def test_pictures_of_unknown_people_go_at_the_sooner_of_two_times(house: House) -> None:
    house.expire(replace(TIMES, unknown_s=50 * DAY_S, crops_s=7 * DAY_S))
    assert house.pictured() == names("ann", 1, 6) + names("nobody", 1, 6)
    assert house.with_template() == names("ann", 1, 6, 8, 20, 40) + names("nobody", 1, 6, 8, 20, 40)


def test_a_round_can_be_stopped_and_gone_on_with(house: House) -> None:
    stopping = threading.Event()
    stopping.set()
    assert house.expire(stopping=stopping) == RetentionCounts()
    assert len(house.left()) == 2 * len(AGES)


def test_files_of_pictures_go_with_their_rows(house: House) -> None:
    house.expire()
    assert sum(1 for path in house.media.folder.glob("*/*") if path.is_file()) == len(house.pictured())
