"""The templates of past tracks: all of them are searched, those in memory and those that are too old for it."""

from pathlib import Path

import numpy as np
import pytest

from nigoh.domain.camera_sighting import Stage
from nigoh.domain.geometry import Floats
from nigoh.domain.history import HistoryFilter, TrackPart
from nigoh.domain.master_key import MasterKey
from nigoh.domain.sighting import CameraId
from nigoh.domain.spooled_sighting import SpooledSighting, TrackTemplate
from nigoh.domain.template import ModelIdentity, Templates
from nigoh.identity.track_vectors import TrackVectors
from nigoh.office.sighting_writing import SightingWriter
from nigoh.office.track_history import HistoryLimits, TrackHistory
from nigoh.storage.database.database import Database
from nigoh.storage.database.events import Events
from nigoh.storage.database.tracks import TrackRows
from nigoh.storage.media import MediaStore
from nigoh.storage.track_feed import TrackFeed
from nigoh.storage.vault.vault import Vault
from nigoh.testing.told_sightings import later_word, told_sighting

FACE = np.eye(1, 128, dtype=np.float32)[0]
ALL = HistoryFilter(least=0.5)


class Past:
    """What was seen, and whoever searches it."""

    def __init__(self, database: Database, folder: Path, model: ModelIdentity) -> None:
        self.database, self.model, self.now_s = database, model, 0.0
        self.media = MediaStore(folder / "media", Vault(MasterKey.generate(), database))

    def see(self, *names: str, vector: Floats = FACE, camera: str = "gate") -> None:
        """Tracks that were first seen at the second that ends their name."""
        news = [
            SpooledSighting(
                told=told_sighting(name, camera=camera, first_unix_s=float(name.rpartition("-")[2])),
                template=TrackTemplate(vector.tobytes(), self.model),
            )
            for name in names
        ]
        with self.database.begin() as connection:
            SightingWriter(self.media.vault, self.media).write(connection, news, 1.0)

    def history(self, most: int = 1000) -> TrackHistory:
        feed = TrackFeed(self.database, self.media.vault, self.model)
        return TrackHistory(feed, HistoryLimits(most_tracks=most, stale_s=60), clock=lambda: self.now_s)

    def found(self, history: TrackHistory, wanted: HistoryFilter = ALL) -> list[str]:
        probe = history.turned(Templates(FACE[None], self.model))
        return sorted(hit.id for hit in history.search(probe, wanted))


@pytest.fixture
def past(database: Database, tmp_path: Path, model: ModelIdentity) -> Past:
    return Past(database, tmp_path, model)


def test_what_came_before_and_since_is_found_and_what_went_is_not(past: Past, database: Database) -> None:
    past.see("a-1", "a-2")
    past.see("b-3", vector=np.roll(FACE, 1))
    history = past.history()
    assert past.found(history) == ["a-1", "a-2"]
    past.see("a-4")
    assert past.found(history) == ["a-1", "a-2", "a-4"]
    with database.begin() as connection:
        TrackRows(connection).remove(["a-1"])
    assert history.follow() == 3
    assert past.found(history) == ["a-2", "a-4"]
    assert past.found(history, HistoryFilter(least=0.5, cameras=frozenset({CameraId("yard")}))) == []


def test_what_is_too_old_for_memory_is_found_all_the_same(past: Past) -> None:
    past.see(*(f"a-{second}" for second in range(1, 41)))
    history = past.history(most=10)
    assert history.follow() <= 10
    assert len(past.found(history)) == 40
    assert past.found(history, HistoryFilter(least=0.5, since_unix_s=3, until_unix_s=5)) == ["a-3", "a-4"]
    assert past.found(history, HistoryFilter(least=0.5, since_unix_s=39)) == ["a-39", "a-40"]
    past.see("a-41")
    assert len(past.found(history)) == 41


def test_a_better_template_of_a_track_takes_the_place_of_the_first(past: Past, database: Database) -> None:
    past.see("a-1", vector=np.roll(FACE, 1))
    history = past.history()
    assert past.found(history) == []
    told = later_word(told_sighting("a-1", first_unix_s=1.0), Stage.LEFT)
    later = SpooledSighting(told=told, template=TrackTemplate(FACE.tobytes(), past.model))
    with database.begin() as connection:
        SightingWriter(past.media.vault, past.media).write(connection, [later], 2.0)
    assert past.found(history) == ["a-1"]


def test_whoever_did_not_follow_for_too_long_reads_all_anew(past: Past, database: Database) -> None:
    past.see("a-1")
    history = past.history()
    assert past.found(history) == ["a-1"]
    past.see("a-2")
    with database.begin() as connection:
        Events(connection).remove_before(1e12, 1000)
    past.now_s = 59.0
    assert past.found(history) == ["a-1"], "its event is gone"
    past.now_s = 59.0 + 61.0
    assert past.found(history) == ["a-1", "a-2"]


def test_a_thread_reads_them_before_anybody_asks(past: Past) -> None:
    past.see("a-1")
    history = past.history()
    with history:
        assert past.found(history) == ["a-1"]


def test_the_oldest_tenth_goes_when_memory_is_full() -> None:
    vectors = TrackVectors(2, most=20)
    rows = np.tile(np.array([[1, 0]], np.float32), (30, 1))
    part = TrackPart(tuple(map(str, range(30))), (CameraId("gate"),) * 30, np.arange(30.0), rows)
    vectors.put(part)
    assert (len(vectors), vectors.since_unix_s > 11) == (18, True)
    assert vectors.ids == {str(each) for each in range(12, 30)}
    vectors.put(part)
    assert len(vectors) == 18
    with pytest.raises(ValueError, match="at least one track"):
        TrackVectors(2, most=0)
