"""The folder of recordings: what it is called, who may look, and that it never holds more than it may."""

import fcntl
import os
import stat
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from nigoh.domain.recording import Recording, RecordingKind
from nigoh.domain.sighting import CameraId
from nigoh.errors import OutputError
from nigoh.storage.recordings import RecordingFolder, RoomyFile, find_recordings, list_recordings
from nigoh.storage.retention import DAY_S, RetentionLimits

BEGIN_S = 1_795_356_185.123  # 2026-11-22 14:03:05.123 UTC
ABOUT = Recording(
    camera=CameraId("door"), kind=RecordingKind.CLIP, begin_unix_s=BEGIN_S, codec="h264", sightings=("s1",)
)
ROOMY = RetentionLimits(least_free_bytes=0)
MB = 1_000_000


def limited(most_bytes: int) -> RetentionLimits:
    return RetentionLimits(most_bytes=most_bytes, least_free_bytes=0)


def about(number: int, camera: str = "door") -> Recording:
    return replace(ABOUT, camera=CameraId(camera), begin_unix_s=BEGIN_S + number)


def record(store: RecordingFolder, number: int, size: int) -> Path:
    """A finished recording of this size."""
    file = store.begin(about(number))
    for begin in range(0, size, 32768):
        file.write(bytes(min(32768, size - begin)))
    file.close()
    return file.path


def held_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and ".grants" not in path.parts)


def test_a_recording_is_named_by_camera_day_and_time(tmp_path: Path) -> None:
    with RecordingFolder(tmp_path / "recordings", ROOMY) as store:
        store.begin(ABOUT).close()
    assert [
        str(path.relative_to(tmp_path)) for path in sorted(tmp_path.rglob("*.*")) if not path.name.startswith(".")
    ] == [
        "recordings/door/2026-11-22/14-03-05.123Z_clip_s1.json",
        "recordings/door/2026-11-22/14-03-05.123Z_clip_s1.mp4",
    ]


@pytest.mark.parametrize("name", ["../../etc", "a/b", "Oʻktam 1", ".", "..", ".hidden", "x" * 300, ""])
def test_no_name_leads_out_of_the_folder_or_meets_another(name: str, tmp_path: Path) -> None:
    with RecordingFolder(tmp_path, ROOMY) as store:
        files = [store.begin(about(0, name)), store.begin(about(0, f"{name}_")), store.begin(about(0, "a_b"))]
        for file in files:
            file.close()
    assert len({file.path.parent for file in files}) == 3
    for file in files:
        assert file.path.resolve().relative_to(tmp_path.resolve()).parts[1:2] == ("2026-11-22",)
        assert not file.path.relative_to(tmp_path).parts[0].startswith(".")


def test_only_the_owner_may_look(tmp_path: Path) -> None:
    folder = tmp_path / "recordings"
    with RecordingFolder(folder, ROOMY) as store:
        store.begin(ABOUT).close()
        for path in [folder, *folder.rglob("*")]:
            assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_a_recording_is_found_by_its_sighting(tmp_path: Path) -> None:
    with RecordingFolder(tmp_path, ROOMY) as store:
        first, second = store.begin(about(9)), store.begin(replace(about(1), sightings=()))
        store.describe(second, replace(about(1), sightings=("s0", "s1"), end_unix_s=BEGIN_S + 9, pictures=120))
        first.close()
        second.close()
    assert [path for path, _ in find_recordings(tmp_path, "s1")] == [second.path, first.path]
    assert find_recordings(tmp_path, "s0")[0][1].pictures == 120
    assert find_recordings(tmp_path, "s2") == []
    assert [each.camera for _, each in list_recordings(tmp_path, CameraId("door"))] == ["door", "door"]
    assert list(list_recordings(tmp_path, CameraId("gate"))) == []


def test_two_recordings_of_one_moment_are_two_files(tmp_path: Path) -> None:
    with RecordingFolder(tmp_path, ROOMY) as store:
        paths = {record(store, 0, 10) for _ in range(3)}
    assert len(paths) == 3
    assert len(list(list_recordings(tmp_path))) == 3


def test_the_oldest_go_first_and_the_limit_holds_at_every_moment(tmp_path: Path) -> None:
    with RecordingFolder(tmp_path, limited(10 * MB)) as store:
        for number in range(30):
            file = store.begin(about(number))
            for _ in range(30):
                file.write(bytes(32768))
                assert held_bytes(tmp_path) <= 10 * MB
            file.close()
    kept = [each.begin_unix_s - BEGIN_S for _, each in list_recordings(tmp_path)]
    assert kept == list(range(30 - len(kept), 30))
    assert len(kept) >= 8, "more was removed than had to be"


def test_what_is_being_written_is_not_removed_but_stops_at_the_limit(tmp_path: Path) -> None:
    with RecordingFolder(tmp_path, limited(2 * MB)) as store:
        finished = record(store, 5, MB)
        file = store.begin(about(0))
        with pytest.raises(OutputError, match="limit of 2 MB is reached by what is being written"):
            fill(file, tmp_path, 2 * MB)
        assert not finished.exists()
        assert file.path.exists()
        file.close()
        store.tend()
        assert not file.path.exists(), "finished, it makes room for what comes"
        record(store, 6, MB)


def fill(file: RoomyFile, folder: Path, limit: int) -> None:
    for _ in range(1000):
        file.write(bytes(32768))
        assert held_bytes(folder) <= limit


def test_one_limit_holds_over_all_processes(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from dataclasses import replace\n"
        "from nigoh.domain.recording import Recording; from nigoh.errors import OutputError\n"
        "from nigoh.storage.recordings import RecordingFolder; from nigoh.storage.retention import RetentionLimits\n"
        "limits = RetentionLimits(most_bytes=20_000_000, least_free_bytes=0)\n"
        "with RecordingFolder(Path(sys.argv[1]), limits) as store:\n"
        "    for n in range(60):\n"
        f"        about = Recording(camera=sys.argv[2], kind='clip', begin_unix_s={BEGIN_S} + n, codec='')\n"
        "        file = store.begin(about)\n"
        "        for _ in range(32): file.write(bytes(32768))\n"
        "        file.close()\n"
    )
    writers = [subprocess.Popen([sys.executable, "-c", script, str(tmp_path), f"cam{at}"]) for at in range(3)]
    most = 0
    while any(writer.poll() is None for writer in writers):
        most = max(most, seen_bytes(tmp_path))
        time.sleep(0.002)  # leaves the lock to the writers
    assert [writer.returncode for writer in writers] == [0, 0, 0]
    assert most <= 20 * MB
    assert held_bytes(tmp_path) > 15 * MB, "180 MB were written"


def seen_bytes(folder: Path) -> int:
    """As `held_bytes`, at one moment: nothing is removed while the lock is held, and files only grow."""
    with (folder / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return held_bytes(folder)


def test_what_a_dead_process_was_granted_is_free_again(tmp_path: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path; from nigoh.domain.recording import Recording\n"
        "from nigoh.storage.recordings import RecordingFolder; from nigoh.storage.retention import RetentionLimits\n"
        "store = RecordingFolder(Path(sys.argv[1]), RetentionLimits(most_bytes=600_000, least_free_bytes=0))\n"
        f"about = Recording(camera='dead', kind='clip', begin_unix_s={BEGIN_S}, codec='')\n"
        "store.begin(about).write(bytes(300_000))\n"
        "os._exit(9)\n"
    )
    assert subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False).returncode == 9
    assert len(list((tmp_path / ".grants").iterdir())) == 1
    with RecordingFolder(tmp_path, limited(600_000)) as store:
        record(store, 1, 500_000)
        assert len(list((tmp_path / ".grants").iterdir())) == 1
    assert not (tmp_path / "dead").exists(), "its recording was finished, and the oldest"


def test_what_is_too_old_goes(tmp_path: Path) -> None:
    now_s = BEGIN_S
    limits = RetentionLimits(most_age_s=DAY_S, least_free_bytes=0)
    with RecordingFolder(tmp_path, limits, lambda: now_s) as store:
        old, young, going_on = record(store, 1, 10), record(store, 2, 10), store.begin(about(3))
        for path, age_s in ((old, DAY_S + 1), (young, DAY_S - 1), (going_on.path, 2 * DAY_S)):
            os.utime(path, (now_s - age_s, now_s - age_s))
        store.tend()
        assert [path.exists() for path in (old, young, going_on.path)] == [False, True, True]
        assert not old.with_suffix(".json").exists()
        going_on.close()


def test_nothing_is_removed_that_nigoh_has_not_named(tmp_path: Path) -> None:
    foreign = [
        tmp_path / "notes.mp4",
        tmp_path / "door" / "2026-11-22" / "holiday.mp4",
        tmp_path / "door" / "2026-11-22" / "holiday.json",
        tmp_path / "door" / "old" / "14-03-05.123Z_clip_s1.mp4",
    ]
    for path in foreign:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes(500_000))
        os.utime(path, (0, 0))
    with RecordingFolder(tmp_path, RetentionLimits(most_age_s=1, most_bytes=MB, least_free_bytes=0)) as store:
        store.tend()
        for number in range(5):
            record(store, number, 400_000)
    assert all(path.exists() for path in foreign)


def test_what_a_killed_process_has_left_half_done_is_tidied_up(tmp_path: Path) -> None:
    with RecordingFolder(tmp_path, ROOMY) as store:
        path = record(store, 0, 10)
        lonely = path.with_name("13-00-00.000Z_clip_x.json")
        part = path.with_name(".13-00-00.000Z_clip_x.json.part")
        lonely.write_text("{}")
        part.write_text("{")
        store.tend()
    assert path.exists()
    assert not lonely.exists()
    assert not part.exists()


def test_a_disk_with_too_little_room_pauses(tmp_path: Path) -> None:
    with RecordingFolder(tmp_path, RetentionLimits(least_free_bytes=2**60)) as store:
        with pytest.raises(OutputError, match=r"the disk is full: .* MB are free"):
            store.tend()
        with pytest.raises(OutputError, match="the disk is full"):
            store.begin(ABOUT)
    assert list(list_recordings(tmp_path)) == []


def test_a_place_that_cannot_be_written_says_so_when_it_is_used_and_may_come_back(tmp_path: Path) -> None:
    (tmp_path / "disk").write_text("x")
    with RecordingFolder(tmp_path / "disk", ROOMY) as store:
        with pytest.raises(OutputError, match="cannot be written"):
            store.tend()
        (tmp_path / "disk").unlink()
        store.tend()
        store.begin(ABOUT).close()


def test_threads_of_other_recorders_wait_for_each_other(tmp_path: Path) -> None:
    failures: list[OutputError] = []

    def write(camera: str) -> None:
        try:
            with RecordingFolder(tmp_path, limited(5 * MB)) as store:
                for number in range(20):
                    file = store.begin(about(number, camera))
                    file.write(bytes(200_000))
                    file.close()
        except OutputError as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(f"cam{at}",)) for at in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert held_bytes(tmp_path) <= 5 * MB
