"""What recorders leave in their folder is listed as clips, and what is gone from it is not."""

import fcntl
import os
import shutil
import threading
import time
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from nigoh.domain.clip import Clip, ClipFilter
from nigoh.domain.page import PageQuery
from nigoh.domain.recording import Recording, RecordingKind
from nigoh.domain.sighting import CameraId
from nigoh.errors import DatabaseUnavailable
from nigoh.office.clip_register import ClipChanges, ClipRegister, ClipThread
from nigoh.storage.database.clips import Clips
from nigoh.storage.database.database import Database
from nigoh.storage.recording_names import recording_path

BEGIN = 1_795_356_000.0
ABOUT = Recording(
    camera=CameraId("gate"), kind=RecordingKind.CLIP, begin_unix_s=BEGIN, end_unix_s=BEGIN + 12, codec="h264",
    pictures=300, sightings=("s1",),
)  # fmt: skip


class Place:
    """A folder of recordings and who looks into it, a minute after whatever happened there."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self.folder = database, folder
        self.register = self.begin()

    def begin(self) -> ClipRegister:
        return ClipRegister(self.database, self.folder, unix_ns=lambda: time.time_ns() + 60_000_000_000)

    def record(self, about: Recording = ABOUT, data: bytes = b"video") -> Path:
        path = recording_path(self.folder, about)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        path.with_suffix(".json").write_bytes(msgspec.json.encode(about))
        return path

    def clips(self) -> list[Clip]:
        """The oldest first."""
        with self.database.read() as connection:
            return list(reversed(Clips(connection).page(ClipFilter(), PageQuery()).items))


@pytest.fixture
def place(database: Database, tmp_path: Path) -> Place:
    return Place(database, tmp_path / "recordings")


def test_a_finished_recording_is_a_clip_until_its_file_is_gone(place: Place) -> None:
    assert place.register.look() == ClipChanges()
    path = place.record()
    next_day = replace(ABOUT, camera=CameraId("yard 2"), begin_unix_s=BEGIN + 86_400, end_unix_s=BEGIN + 86_401)
    yard = place.record(next_day)
    assert place.register.look() == ClipChanges(added=2)
    first, second = place.clips()
    assert (first.camera, first.first_unix_s, first.last_unix_s, first.size_bytes) == ("gate", BEGIN, BEGIN + 12, 5)
    assert place.folder / first.path == path
    assert (second.camera, place.folder / second.path) == ("yard 2", yard)
    assert place.register.look() == ClipChanges()
    path.unlink()
    shutil.rmtree(yard.parent.parent)
    assert place.register.look() == ClipChanges(removed=2)
    assert place.clips() == []


def test_what_is_being_written_is_no_clip_yet(place: Place) -> None:
    path = place.record(replace(ABOUT, end_unix_s=None))
    handle = os.open(path, os.O_RDWR)
    fcntl.flock(handle, fcntl.LOCK_EX)
    assert place.register.look() == ClipChanges()
    assert place.register.look() == ClipChanges()
    os.close(handle)
    os.utime(path, (BEGIN + 7, BEGIN + 7))
    assert place.register.look() == ClipChanges(added=1), "its writer died: it ends when it was last written"
    assert place.clips()[0].last_unix_s == BEGIN + 7


def test_a_register_that_begins_again_lists_what_it_missed_and_nothing_twice(place: Place) -> None:
    place.record()
    place.register.look()
    place.record(replace(ABOUT, begin_unix_s=BEGIN + 60, end_unix_s=BEGIN + 70))
    with place.database.begin() as connection:
        lost = replace(place.clips()[0], id="lost", path="roof/2026-11-22/10-00-00.000Z_clip_x.mp4")
        Clips(connection).add(lost)
    assert place.begin().look() == ClipChanges(added=1, removed=1)
    assert [clip.first_unix_s for clip in place.clips()] == [BEGIN, BEGIN + 60]


def test_what_is_no_recording_is_left_alone(place: Place, tmp_path: Path) -> None:
    path = place.record()
    (tmp_path / "secret.mp4").write_bytes(b"secret")
    (path.parent / "14-00-01.000Z_clip_x.mp4").symlink_to(tmp_path / "secret.mp4")
    (path.parent / "14-00-02.000Z_always.mp4").write_bytes(b"without a note")
    (path.parent / "14-00-03.000Z_always.mp4").write_bytes(b"with a broken one")
    (path.parent / "14-00-03.000Z_always.json").write_bytes(b'{"camera": 7')
    (path.parent / "notes.txt").write_text("mine")
    (place.folder / "readme").write_text("mine")
    assert place.register.look() == ClipChanges(added=1)
    assert place.register.look() == ClipChanges()


def test_clips_of_a_time_are_found(place: Place) -> None:
    for minute in range(3):
        place.record(replace(ABOUT, begin_unix_s=BEGIN + 60 * minute, end_unix_s=BEGIN + 60 * minute + 60))
    place.record(replace(ABOUT, camera=CameraId("door")))
    place.register.look()
    with place.database.read() as connection:
        showing = Clips(connection).showing
        found = [clip.first_unix_s for clip in showing(CameraId("gate"), BEGIN + 65, BEGIN + 130, 10)]
        assert found == [BEGIN + 60, BEGIN + 120]
        assert showing(CameraId("gate"), BEGIN + 500, BEGIN + 501, 10) == ()
        assert len(showing(CameraId("gate"), BEGIN, BEGIN + 500, 1)) == 1


def test_a_thread_looks_and_goes_on_after_a_failure(place: Place) -> None:
    place.record()
    looks: list[str] = []
    done = threading.Event()

    class Failing(ClipRegister):
        def look(self) -> ClipChanges:
            looks.append("look")
            if len(looks) == 1:
                raise DatabaseUnavailable("the database is away", "It is tried again.")
            changes = super().look()
            done.set()
            return changes

    with ClipThread(Failing(place.database, place.folder), look_s=0.0):
        assert done.wait(20)
    assert len(place.clips()) == 1
