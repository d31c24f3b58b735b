"""Where late faces wait: a bounded, sealed ring on disk whose books balance."""

import itertools
import random
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from nigoh.domain.late_face import LateCounts, LateFace
from nigoh.domain.sighting import CameraId
from nigoh.errors import OutputError
from nigoh.storage.late_faces import LateFaceFile, LateLimits, remove_leftovers

MARK = b"a picture that nobody else may read"
CROP_BYTES = 112 * 112 * 3


def face(number: int, *, captured_s: float = 0.0, jpeg: bytes = MARK, feed: int = 0) -> LateFace:
    crop = np.random.default_rng(number).integers(0, 256, (112, 112, 3), np.uint8)
    return LateFace(
        camera=CameraId("gate"),
        feed=feed,
        captured_s=captured_s,
        captured_unix_s=1e9 + number,
        watch_s=float(number),
        box=(1.0, 2.5, 33.0, 44.0),
        detection=0.93,
        quality=0.61,
        crop=crop,
        jpeg=jpeg,
    )


def number_of(late: LateFace) -> int:
    return int(late.watch_s)


def open_file(folder: Path, *, most_faces: float = 10, clock: Callable[[], float] = lambda: 0.0) -> LateFaceFile:
    return LateFaceFile(folder, LateLimits(most_bytes=int(most_faces * (CROP_BYTES + 400)), most_age_s=60), clock)


def balanced(counts: LateCounts) -> bool:
    return counts.offered == counts.taken + counts.dropped + counts.waiting


def bin_of(folder: Path) -> Path:
    (path,) = folder.iterdir()
    return path


def test_a_face_comes_back_as_it_was(tmp_path: Path) -> None:
    with open_file(tmp_path) as late:
        late.put(face(7, captured_s=3.5, feed=4))
        (back,) = late.take(1)
    assert np.array_equal(back.crop, face(7).crop), "recognition gets exactly what it would have got"
    assert (back.camera, back.feed, back.captured_s, back.captured_unix_s) == ("gate", 4, 3.5, 1e9 + 7)
    assert (back.box, back.detection, back.quality, back.jpeg) == ((1.0, 2.5, 33.0, 44.0), 0.93, 0.61, MARK)


def test_the_newest_come_first(tmp_path: Path) -> None:
    with open_file(tmp_path) as late:
        for number in range(5):
            late.put(face(number))
        assert [number_of(each) for each in late.take(3)] == [4, 3, 2]
        late.put(face(9))
        assert [number_of(each) for each in late.take(10)] == [9, 1, 0]
        assert late.take(1) == []


def test_when_it_is_full_the_oldest_go_and_are_counted_by_feed(tmp_path: Path) -> None:
    with open_file(tmp_path, most_faces=4) as late:
        for number in range(10):
            late.put(face(number, feed=number % 2))
        assert late.counts == LateCounts(offered=10, full=6, waiting=4)
        assert late.losses() == {0: 3, 1: 3}
        assert late.losses() == {}
        assert bin_of(tmp_path).stat().st_size <= 4 * (CROP_BYTES + 400)
        assert [number_of(each) for each in late.take(10)] == [9, 8, 7, 6]


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_it_holds_the_newest_within_its_size_and_the_books_balance(
    seed: int, tmp_path: Path
) -> None:
    """Against a plain list: put and take in any order, of any sizes."""
    limit = 6 * (CROP_BYTES + 400)
    chance = random.Random(seed)  # noqa: S311 - a plan that can be repeated, no secret
    waiting: list[int] = []
    with open_file(tmp_path, most_faces=6) as late:
        for number in range(120):
            if chance.random() < 0.7:
                late.put(face(number, jpeg=chance.randbytes(chance.choice([10, 5_000, 60_000]))))
                waiting.append(number)
                lost = len(waiting) - late.counts.waiting
                assert lost >= 0
                waiting = waiting[lost:]
            else:
                taken = [number_of(each) for each in late.take(chance.randint(1, 4))]
                assert taken == waiting[::-1][: len(taken)]
                waiting = waiting[: len(waiting) - len(taken)]
            assert bin_of(tmp_path).stat().st_size <= limit
            assert balanced(late.counts)
        assert [number_of(each) for each in late.take(100)] == waiting[::-1]
        assert late.counts.failed == 0


def test_a_face_that_is_larger_than_all_room_is_dropped_alone(tmp_path: Path) -> None:
    with open_file(tmp_path, most_faces=2) as late:
        late.put(face(1))
        late.put(face(2, jpeg=bytes(4 * CROP_BYTES)))
        assert late.counts == LateCounts(offered=2, full=1, waiting=1)
        assert [number_of(each) for each in late.take(2)] == [1]


def test_faces_that_waited_too_long_are_dropped(tmp_path: Path) -> None:
    now_s = 0.0
    with open_file(tmp_path, clock=lambda: now_s) as late:
        late.put(face(1, captured_s=0))
        late.put(face(2, captured_s=30))
        now_s = 61.0
        assert [number_of(each) for each in late.take(5)] == [2]
        assert late.counts == LateCounts(offered=2, taken=1, old=1)


def test_on_disk_there_is_noise_in_a_folder_of_its_owner(tmp_path: Path) -> None:
    folder = tmp_path / "shards" / "shard-1"
    with open_file(folder) as late:
        late.put(face(3))
        data = bin_of(folder).read_bytes()
        assert MARK not in data
        assert b"gate" not in data
        assert face(3).crop.tobytes()[:64] not in data
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE(bin_of(folder).stat().st_mode) == 0o600


def test_the_same_face_twice_is_sealed_differently(tmp_path: Path) -> None:
    with open_file(tmp_path) as late:
        late.put(face(3))
        late.put(face(3))
        data = bin_of(tmp_path).read_bytes()
    half = len(data) // 2
    assert len(data) > 2 * CROP_BYTES
    assert data[:half] != data[half:]


def test_another_process_s_key_opens_nothing(tmp_path: Path) -> None:
    """The same bytes at the same place under another key are dropped and counted, not believed."""
    with open_file(tmp_path / "a") as one, open_file(tmp_path / "b") as other:
        one.put(face(1))
        other.put(face(1))
        bin_of(tmp_path / "b").write_bytes(bin_of(tmp_path / "a").read_bytes())
        assert other.take(1) == []
        assert other.counts == LateCounts(offered=1, failed=1)


def test_damage_on_disk_costs_the_damaged_face(tmp_path: Path) -> None:
    with open_file(tmp_path) as late:
        late.put(face(1))
        late.put(face(2))
        path = bin_of(tmp_path)
        data = bytearray(path.read_bytes())
        data[-100] ^= 1
        path.write_bytes(data)
        assert [number_of(each) for each in late.take(5)] == [1]
        assert late.counts == LateCounts(offered=2, taken=1, failed=1)


def test_room_is_given_back_when_nothing_waits(tmp_path: Path) -> None:
    with open_file(tmp_path) as late:
        late.put(face(1))
        late.take(1)
        assert bin_of(tmp_path).stat().st_size == 0


def test_the_end_removes_the_file_and_counts_what_waited(tmp_path: Path) -> None:
    late = open_file(tmp_path)
    late.put(face(1))
    late.close()
    late.close()
    late.put(face(2))
    assert late.take(1) == []
    assert late.counts == LateCounts(offered=2, old=1, failed=1)
    assert list(tmp_path.iterdir()) == []


_CRASH = """
import os, signal, sys
from pathlib import Path
import numpy as np
from nigoh.domain.late_face import LateFace
from nigoh.storage.late_faces import LateFaceFile, LateLimits
late = LateFaceFile(Path(sys.argv[1]), LateLimits(), lambda: 0.0)
crop = np.zeros((112, 112, 3), np.uint8)
late.put(LateFace(camera="gate", captured_s=0, captured_unix_s=0, watch_s=0, box=(0, 0, 9, 9),
                  detection=0.9, quality=0.9, crop=crop, jpeg=b"a picture that nobody else may read"))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_process_leaves_is_noise_and_goes_with_the_next(tmp_path: Path) -> None:
    for shard in ("shard-1", "shard-2"):
        run = subprocess.run([sys.executable, "-c", _CRASH, str(tmp_path / shard)], check=False)
        assert run.returncode == -signal.SIGKILL
        left = bin_of(tmp_path / shard).read_bytes()
        assert len(left) > CROP_BYTES
        assert MARK not in left
        assert bytes(64) not in left, "a black crop is not black on disk"
    with open_file(tmp_path / "shard-1") as late:
        assert late.counts.waiting == 0
        assert bin_of(tmp_path / "shard-1").stat().st_size == 0
    remove_leftovers(tmp_path)
    assert list((tmp_path / "shard-2").iterdir()) == []


def test_a_process_that_takes_over_is_not_disturbed_by_the_end_of_the_one_before(tmp_path: Path) -> None:
    before = open_file(tmp_path)
    before.put(face(1))
    with open_file(tmp_path) as after:
        after.put(face(2))
        before.close()
        assert [number_of(each) for each in after.take(5)] == [2]
        assert bin_of(tmp_path).exists()


_FULL_DISK = """
import resource, sys
from pathlib import Path
import numpy as np
from nigoh.domain.late_face import LateFace
from nigoh.storage.late_faces import LateFaceFile, LateLimits
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
late = LateFaceFile(Path(sys.argv[1]), LateLimits(), lambda: 0.0)
crop = np.full((112, 112, 3), 7, np.uint8)
for number in range(5):
    late.put(LateFace(camera="gate", captured_s=0, captured_unix_s=0, watch_s=number, box=(0, 0, 9, 9),
                      detection=0.9, quality=0.9, crop=crop, jpeg=b"x"))
print(late.counts.waiting, late.counts.failed, [face.watch_s for face in late.take(9)], late.counts.failed)
late.put(LateFace(camera="gate", captured_s=0, captured_unix_s=0, watch_s=9, box=(0, 0, 9, 9),
                  detection=0.9, quality=0.9, crop=crop, jpeg=b"x"))
print([face.watch_s for face in late.take(9)])
"""


def test_a_disk_that_takes_no_more_costs_faces_and_raises_nothing(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", _FULL_DISK, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert run.stdout.splitlines() == ["2 3 [1.0, 0.0] 3", "[9.0]"], run.stderr


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="file/shard-1"):
        open_file(tmp_path / "file" / "shard-1")


def test_one_thread_puts_while_another_takes(tmp_path: Path) -> None:
    faces = 300
    done = threading.Event()
    taken: list[int] = []

    def take() -> None:
        while not (done.is_set() and not late.counts.waiting):
            for each in late.take(3):
                assert np.array_equal(each.crop, face(number_of(each)).crop)
                taken.append(number_of(each))

    with open_file(tmp_path, most_faces=7) as late:
        taker = threading.Thread(target=take)
        taker.start()
        for number in range(faces):
            late.put(face(number))
        done.set()
        taker.join(30)
        counts = late.counts
    assert len(set(taken)) == len(taken) == counts.taken
    assert counts.offered == faces == counts.taken + counts.dropped
    assert counts.failed == 0


@pytest.fixture
def descriptors() -> Iterator[None]:
    before = psutil.Process().num_fds()
    yield
    assert psutil.Process().num_fds() == before


@pytest.mark.usefixtures("descriptors")
def test_opening_and_closing_leaves_no_descriptor(tmp_path: Path) -> None:
    for _ in itertools.repeat(None, 20):
        open_file(tmp_path).close()
