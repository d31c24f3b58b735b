"""Coded pictures wait for a reader, and a slow one loses whole groups, each counted."""

import threading
from itertools import pairwise

import pytest

from nigoh.errors import SourceUnavailable
from nigoh.video.access_unit import AccessUnit
from nigoh.video.rtsp.unit_queue import UnitQueue


def unit(number: int, *, key: bool = False, size: int = 1) -> AccessUnit:
    return AccessUnit(bytes([number]) * size, number / 25, None, key, size)


def taken(queue: UnitQueue) -> list[int]:
    return [each.data[0] for _ in range(len(queue)) if (each := queue.take(0)) is not None]


def test_pictures_come_out_in_order_and_empty_ones_are_not_kept() -> None:
    queue = UnitQueue()
    queue.put(unit(1, key=True))
    queue.put(AccessUnit(b"", 0.04, None, is_keyframe=False, size_bytes=900))
    queue.put(unit(2))
    assert taken(queue) == [1, 2]
    assert (queue.offered, queue.dropped) == (2, 0)


def test_a_full_queue_loses_its_oldest_group() -> None:
    queue = UnitQueue(most_units=6)
    for number in range(9):
        queue.put(unit(number, key=number % 3 == 0))
    assert taken(queue) == [3, 4, 5, 6, 7, 8]
    assert (queue.offered, queue.dropped) == (9, 3)


def test_a_group_that_does_not_fit_is_lost_up_to_the_next_keyframe() -> None:
    queue = UnitQueue(most_units=4)
    for number in range(7):
        queue.put(unit(number, key=number == 0))
    assert taken(queue) == []
    queue.put(unit(7, key=True))
    queue.put(unit(8))
    assert taken(queue) == [7, 8]
    assert (queue.offered, queue.dropped) == (9, 7)


def test_bytes_are_bounded_too() -> None:
    queue = UnitQueue(most_bytes=100)
    for number in range(4):
        queue.put(unit(number, key=True, size=40))
    assert taken(queue) == [2, 3]
    queue.put(unit(5, key=True, size=101))
    assert taken(queue) == []


@pytest.mark.parametrize("gop", [1, 3, 4, 7, 30])
def test_nothing_is_lost_uncounted_and_nothing_undecodable_is_handed_on(gop: int) -> None:
    queue, out = UnitQueue(most_units=10), list[int]()
    for number in range(240):
        queue.put(unit(number, key=number % gop == 0))
        # A reader that is now quick, now slow, now asleep.
        for _ in range((number // 40) % 3):
            if (each := queue.take(0)) is not None:
                out.append(each.data[0])
    out += taken(queue)
    assert (queue.offered, queue.dropped) == (240, 240 - len(out))
    assert 40 < len(out) < 240
    for before, after in pairwise(out):
        assert after == before + 1 or after % gop == 0


def test_what_is_kept_comes_before_the_bad_news() -> None:
    queue = UnitQueue()
    queue.put(unit(1, key=True))
    queue.ended(SourceUnavailable("the camera has stopped sending"))
    assert queue.take(0) is not None
    with pytest.raises(SourceUnavailable, match="stopped"):
        queue.take(0)
    with pytest.raises(SourceUnavailable, match="stopped"):
        queue.wait_for_track(0)


def test_closing_wakes_the_reader_and_counts_what_was_kept() -> None:
    queue, got = UnitQueue(), []
    reader = threading.Thread(target=lambda: got.append(queue.take()))
    reader.start()
    queue.close()
    reader.join(5)
    assert got == [None]
    queue.put(unit(1, key=True))
    assert (len(queue), queue.offered, queue.dropped) == (0, 1, 1)
    assert queue.take(0) is None


def test_time_runs_out() -> None:
    queue = UnitQueue()
    assert queue.take(0) is None
    assert queue.wait_for_track(0) is None
