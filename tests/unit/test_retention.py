"""Which recordings go first, and what their names say."""

from dataclasses import replace
from pathlib import Path

import pytest

from nigoh.domain.recording import Recording, RecordingKind
from nigoh.domain.sighting import CameraId
from nigoh.storage.recording_names import begin_label, recording_of, recording_path
from nigoh.storage.retention import KeptFile, RetentionLimits, expired, oldest_first

ABOUT = Recording(camera=CameraId("door"), kind=RecordingKind.ALWAYS, begin_unix_s=1_795_356_185.1239, codec="h264")


def kept(name: str, begin: str, end_unix_s: float = 0) -> KeptFile:
    return KeptFile(Path(name), 1, begin, end_unix_s)


def test_the_oldest_go_first_whatever_their_camera() -> None:
    files = [kept("a", "2026-11-22/10"), kept("c", "2026-11-21/10"), kept("b", "2026-11-22/09")]
    assert [file.path.name for file in oldest_first(files)] == ["c", "b", "a"]


@pytest.mark.parametrize(("most_age_s", "gone"), [(None, []), (50, ["a"]), (10, ["a", "b"]), (1000, [])])
def test_age_counts_from_the_end_of_a_recording(most_age_s: float | None, gone: list[str]) -> None:
    files = [kept("a", "1", 40), kept("b", "0", 60), kept("c", "2", 95)]
    old = expired(files, RetentionLimits(most_age_s=most_age_s), 100)
    assert sorted(file.path.name for file in old) == gone


@pytest.mark.parametrize(
    ("name", "value"), [("most_age_s", 0), ("most_bytes", 0), ("most_bytes", -1), ("least_free_bytes", -1)]
)
def test_an_impossible_limit_is_named(name: str, value: int) -> None:
    with pytest.raises(ValueError, match=name):
        RetentionLimits(**{name: value})


def test_a_name_sorts_by_time_and_can_be_read_back() -> None:
    path = recording_path(Path("kept"), ABOUT)
    assert path == Path("kept/door/2026-11-22/14-03-05.123Z_always.mp4")
    assert begin_label(path) == "2026-11-22/14-03-05.123Z"
    later = recording_path(Path("kept"), replace(ABOUT, begin_unix_s=ABOUT.begin_unix_s + 0.001))
    assert (begin_label(later) or "") > "2026-11-22/14-03-05.123Z"


@pytest.mark.parametrize(
    "path",
    ["holiday.mp4", "2026-11-22/holiday.mp4", "x/14-03-05.123Z_clip.mp4", "2026-11-22/14-03-05.123Z_clip.json"],
)
def test_other_files_are_none_of_ours(path: str) -> None:
    assert begin_label(Path(path)) is None


def test_a_note_belongs_to_its_recording() -> None:
    path = recording_path(Path("kept"), ABOUT)
    assert recording_of(path.with_suffix(".json")) == path
    assert recording_of(path.with_name(f".{path.stem}.json.part")) == path
    assert recording_of(path) is None
    assert recording_of(path.with_name("holiday.json")) is None
