"""A spool keeps what it has taken, in order, whatever happens to its writer, its disk or its reader."""

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path, PosixPath
from typing import ClassVar

import pytest

from nigoh.domain.spooled_sighting import Room
from nigoh.errors import ConfigError, SpoolUnavailable
from nigoh.storage.spool import Spool, SpoolLimits
from nigoh.storage.spool_format import HEADER_BYTES, Position, segment_path, segments
from nigoh.storage.spool_reader import SpoolReader

KEY = bytes(range(32))
SMALL = SpoolLimits(most_bytes=20_000, segment_bytes=1_000, least_free_bytes=0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "shard-1"


@pytest.fixture
def spool(folder: Path) -> Iterator[Spool]:
    with Spool(folder, KEY, SMALL) as found:
        yield found


class Vanishing(PosixPath):
    """A folder that somebody removes as soon as it is made, three times."""

    times: ClassVar[list[int]] = []

    def mkdir(self, mode: int = 0o777, parents: bool = False, exist_ok: bool = False) -> None:  # noqa: FBT002 - as of all paths
        super().mkdir(mode, parents, exist_ok)
        if len(self.times) < 3:
            self.times.append(1)
            self.rmdir()


def numbered(first: int, count: int) -> list[bytes]:
    return [f"news {number}".encode() for number in range(first, first + count)]


def read_all(folder: Path, *, acknowledge: bool = True) -> list[bytes]:
    with SpoolReader(folder, KEY) as reader:
        found: list[bytes] = []
        while records := (batch := reader.read(7, 500)).records:
            found += records
            if acknowledge:
                reader.acknowledge(batch.end)
        if acknowledge:
            reader.acknowledge(batch.end)
        return found


def newest(folder: Path) -> Path:
    return segment_path(folder, max(segments(folder)))


def test_what_was_appended_is_read_in_order_across_segments(spool: Spool, folder: Path) -> None:
    for first in range(0, 100, 5):
        spool.append(numbered(first, 5))
    assert len(segments(folder)) > 3
    assert read_all(folder) == numbered(0, 100)


def test_a_folder_that_its_last_reader_removes_at_that_moment_is_made_again(folder: Path) -> None:
    with Spool(Vanishing(folder), KEY, SMALL) as spool:
        spool.append([b"news"])
    assert len(Vanishing.times) == 3
    assert read_all(folder) == [b"news"]


def test_what_was_acknowledged_is_not_read_again_and_its_segments_go(spool: Spool, folder: Path) -> None:
    spool.append(numbered(0, 50))
    read_all(folder)
    spool.append(numbered(50, 2))
    assert read_all(folder) == numbered(50, 2)
    assert len(segments(folder)) == 1


def test_what_was_not_acknowledged_is_read_again(spool: Spool, folder: Path) -> None:
    spool.append(numbered(0, 50))
    assert read_all(folder, acknowledge=False) == read_all(folder, acknowledge=False) == numbered(0, 50)


def test_a_reader_goes_on_where_the_writer_goes_on(spool: Spool, folder: Path) -> None:
    with SpoolReader(folder, KEY) as reader:
        assert reader.read(10, 1000).records == ()
        spool.append(numbered(0, 1))
        assert list(reader.read(10, 1000).records) == numbered(0, 1)
        spool.append(numbered(1, 40))
        spool.append(numbered(41, 1))
        assert list(reader.read(100, 100_000).records) == numbered(1, 41)


def test_a_lost_mark_costs_a_second_reading_and_nothing_else(spool: Spool, folder: Path) -> None:
    spool.append(numbered(0, 3))
    read_all(folder)
    (folder / "read").write_bytes(b"nonsense")
    assert read_all(folder) == numbered(0, 3)


def test_nothing_readable_lies_on_the_disk(spool: Spool, folder: Path) -> None:
    spool.append([b"a face, in the clear" * 20])
    assert b"a face" not in b"".join(path.read_bytes() for path in folder.iterdir())
    assert all(path.stat().st_mode & 0o077 == 0 for path in [folder, *folder.glob("*.spool")])


@pytest.mark.parametrize("cut", range(1, 60, 3))
def test_a_torn_tail_is_cut_off_and_counted_at_any_byte(folder: Path, cut: int) -> None:
    with Spool(folder, KEY, SMALL) as spool:
        spool.append(numbered(0, 4))
    path = newest(folder)
    os.truncate(path, path.stat().st_size - cut)
    with Spool(folder, KEY, SMALL) as spool:
        spool.append(numbered(4, 2))
        with SpoolReader(folder, KEY) as reader:
            found = [record for _ in range(3) for record in reader.read(10, 10_000).records]
            torn = reader.counts.torn_bytes
    whole = 3 if cut < 42 else 2
    assert found == numbered(0, whole) + numbered(4, 2)
    # One that was cut exactly at its beginning is not torn: nothing is left of it.
    assert 0 < torn < 42


@pytest.mark.parametrize("size", [0, 1, HEADER_BYTES - 1])
def test_a_segment_that_was_hardly_begun_is_passed_over(folder: Path, size: int) -> None:
    with Spool(folder, KEY, SMALL) as spool:
        spool.append(numbered(0, 1))
    os.truncate(newest(folder), size)
    with Spool(folder, KEY, SMALL) as spool:
        spool.append(numbered(1, 1))
    assert read_all(folder) == numbered(1, 1)


def test_a_changed_record_ends_its_segment_and_no_other(folder: Path) -> None:
    with Spool(folder, KEY, SMALL) as spool:
        spool.append(numbered(0, 3))
    path = newest(folder)
    data = bytearray(path.read_bytes())
    data[-3] ^= 1
    path.write_bytes(data)
    with Spool(folder, KEY, SMALL) as spool:
        spool.append(numbered(3, 1))
    assert read_all(folder) == [*numbered(0, 2), *numbered(3, 1)]


def test_a_record_put_in_another_ones_place_does_not_open(folder: Path) -> None:
    with Spool(folder, KEY, SMALL) as spool:
        spool.append([b"first", b"other"])
    path = newest(folder)
    data = path.read_bytes()
    size = (len(data) - HEADER_BYTES) // 2
    path.write_bytes(data[:HEADER_BYTES] + data[HEADER_BYTES + size :] + data[HEADER_BYTES : HEADER_BYTES + size])
    with SpoolReader(folder, KEY) as reader:
        assert reader.read(10, 10_000).records == ()
        assert reader.counts.unopened == 2


def test_news_of_another_key_are_set_aside_and_wait_for_it(folder: Path) -> None:
    with Spool(folder, bytes(32), SMALL) as spool:
        spool.append(numbered(0, 1))
    with Spool(folder, KEY, SMALL) as spool:
        spool.append(numbered(1, 1))
    with SpoolReader(folder, KEY) as reader:
        assert list(reader.read(10, 10_000).records) == numbered(1, 1)
        assert reader.counts.foreign_segments == 1
    assert len(list(folder.glob("*.foreign"))) == 1


def test_a_full_spool_refuses_and_takes_again_once_it_was_read(folder: Path) -> None:
    with Spool(folder, KEY, SMALL) as spool:
        taken = 0
        with suppress(SpoolUnavailable):
            while taken < 1000:
                spool.append([b"a picture" * 20])
                taken += 1
        assert spool.room() is not Room.AMPLE
        with pytest.raises(SpoolUnavailable, match="full"):
            spool.append([b"a picture" * 20])
        counts = spool.counts
        assert (counts.taken, counts.refused) == (taken, counts.offered - taken)
        assert len(read_all(folder)) == taken
        spool.append([b"again"])
        assert spool.room() is Room.AMPLE
        assert read_all(folder) == [b"again"]


class FailingDisk:
    """Forces nothing to the disk while it fails; somebody may look on."""

    def __init__(self) -> None:
        self.fails = False
        self.look: Callable[[], None] = lambda: None

    def __call__(self, handle: int) -> None:
        self.look()
        if self.fails:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fdatasync(handle)


def test_what_the_disk_refused_is_not_read_and_what_it_took_before_and_after_is(folder: Path) -> None:
    disk = FailingDisk()
    with Spool(folder, KEY, SMALL, sync=disk) as spool, SpoolReader(folder, KEY) as reader:
        spool.append(numbered(0, 2))
        assert list(reader.read(10, 10_000).records) == numbered(0, 2)
        disk.fails = True
        for _ in range(3):
            with pytest.raises(SpoolUnavailable, match="cannot be written"):
                spool.append(numbered(2, 2))
        disk.fails = False
        spool.append(numbered(2, 2))
        assert [record for _ in range(3) for record in reader.read(10, 10_000).records] == numbered(2, 2)
        assert (spool.counts.failures, reader.counts.torn_bytes) == (3, 0)


def test_a_reader_that_saw_what_the_disk_then_refused_still_gets_all_that_follows(folder: Path) -> None:
    disk = FailingDisk()
    with Spool(folder, KEY, SMALL, sync=disk) as spool, SpoolReader(folder, KEY) as reader:
        spool.append(numbered(0, 1))
        seen: list[bytes] = []
        disk.look = lambda: seen.extend(reader.read(10, 10_000).records)
        disk.fails = True
        with pytest.raises(SpoolUnavailable):
            spool.append(numbered(1, 3))
        disk.fails = False
        spool.append(numbered(1, 3))
        seen.extend(record for _ in range(3) for record in reader.read(10, 10_000).records)
    assert seen == numbered(0, 1) + numbered(1, 3) + numbered(1, 3)


def test_one_process_writes_a_spool(folder: Path) -> None:
    with Spool(folder, KEY, SMALL), pytest.raises(ConfigError, match="another process"):
        Spool(folder, KEY, replace(SMALL, wait_s=0))


def test_the_spool_of_a_dead_writer_goes_once_it_was_read(folder: Path) -> None:
    with Spool(folder, KEY, SMALL) as spool:
        spool.append(numbered(0, 3))
        with SpoolReader(folder, KEY) as reader:
            reader.acknowledge(reader.read(10, 10_000).end)
            assert not reader.remove_if_left()
    with SpoolReader(folder, KEY) as reader:
        reader.acknowledge(reader.read(10, 10_000).end)
        assert reader.remove_if_left()
    assert not folder.exists()


def test_a_writer_that_comes_back_writes_behind_what_was_read(folder: Path) -> None:
    for first in range(0, 30, 10):
        with Spool(folder, KEY, SMALL) as spool:
            spool.append(numbered(first, 10))
        assert read_all(folder) == numbered(first, 10)


def test_a_segment_that_is_old_is_followed_by_a_new_one(folder: Path) -> None:
    now = [0.0]
    clock: Callable[[], float] = lambda: now[0]  # noqa: E731
    with Spool(folder, KEY, SMALL, clock=clock) as spool:
        spool.append(numbered(0, 1))
        now[0] = SMALL.segment_s
        spool.append(numbered(1, 1))
    assert len(segments(folder)) == 2


def test_a_record_larger_than_what_is_read_at_once_is_read_whole(folder: Path) -> None:
    large = os.urandom(300_000)
    with Spool(folder, KEY) as spool:
        spool.append([b"a", large, b"b"])
    with SpoolReader(folder, KEY) as reader:
        assert [record for _ in range(3) for record in reader.read(1, 100).records] == [b"a", large, b"b"]


def test_positions_are_in_the_order_of_what_they_stand_behind() -> None:
    assert Position(1, 900) < Position(2, 0) < Position(2, 44)
