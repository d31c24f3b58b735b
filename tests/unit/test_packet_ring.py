"""The ring keeps whole groups of pictures, no longer and no more than it may, and gives what a decoder needs."""

import threading
from collections.abc import Iterable

import pytest

from nigoh.video.access_unit import AccessUnit
from nigoh.video.ring import PacketRing, RingLimits, StoredUnit

FPS = 10
GROUP = 5


def stored(number: int, *, key: bool, size: int = 10, captured_s: float | None = None) -> StoredUnit:
    unit = AccessUnit(b"x" * size, number / FPS, None, key, size)
    return StoredUnit(number, number / FPS if captured_s is None else captured_s, unit)


def filled(pictures: int, limits: RingLimits | None = None) -> PacketRing:
    """A ring to which so many pictures came, ten a second, a keyframe in each five."""
    ring = PacketRing(limits or RingLimits(keep_s=1.0))
    for number in range(pictures):
        ring.add(stored(number, key=number % GROUP == 0))
    return ring


def numbers(units: Iterable[StoredUnit]) -> list[int]:
    return [unit.number for unit in units]


def test_an_empty_ring_has_nothing_for_anybody() -> None:
    ring = filled(0)
    assert ring.since(0) == []
    assert ring.path_to(0, None) == []
    assert ring.size_bytes == 0


def test_what_comes_before_the_first_keyframe_or_without_data_is_not_kept() -> None:
    ring = PacketRing(RingLimits())
    ring.add(stored(0, key=False))
    ring.add(stored(1, key=True, size=0))
    ring.add(stored(2, key=False))
    assert ring.since(0) == []
    ring.add(stored(3, key=True))
    ring.add(stored(4, key=False, size=0))
    ring.add(stored(5, key=False))
    assert numbers(ring.since(0)) == [3, 5]
    assert ring.size_bytes == 20


@pytest.mark.parametrize("pictures", range(1, 60))
def test_whole_groups_cover_what_is_to_be_kept_and_little_more(pictures: int) -> None:
    ring = filled(pictures)
    kept = numbers(ring.since(-1))
    assert kept == list(range(kept[0], pictures))
    assert kept[0] % GROUP == 0
    covered_s = (pictures - 1 - kept[0]) / FPS
    assert covered_s >= min(1.0, (pictures - 1) / FPS)
    assert covered_s < 1.0 + 2 * GROUP / FPS
    assert ring.size_bytes == 10 * len(kept)


def test_bytes_are_bounded_and_the_oldest_groups_go_first() -> None:
    ring = filled(20, RingLimits(keep_s=100, most_bytes=120))
    assert numbers(ring.since(0)) == list(range(10, 20))
    ring.add(stored(20, key=True, size=60))
    assert numbers(ring.since(0)) == list(range(15, 21))
    assert ring.size_bytes == 110


def test_a_group_that_is_too_large_by_itself_is_given_up_until_the_next_keyframe() -> None:
    ring = PacketRing(RingLimits(keep_s=1, most_bytes=100))
    ring.add(stored(0, key=True, size=60))
    ring.add(stored(1, key=False, size=60))
    assert (ring.since(0), ring.size_bytes) == ([], 0)
    ring.add(stored(2, key=False, size=10))
    assert ring.since(0) == []
    ring.add(stored(3, key=True, size=101))
    assert (ring.since(0), ring.size_bytes) == ([], 0)
    ring.add(stored(4, key=True, size=100))
    assert numbers(ring.since(0)) == [4]


def test_a_group_without_end_stays_within_its_bytes() -> None:
    ring = PacketRing(RingLimits(keep_s=1, most_bytes=1000))
    ring.add(stored(0, key=True))
    most = 0
    for number in range(1, 5000):
        ring.add(stored(number, key=False))
        most = max(most, ring.size_bytes)
    assert 900 < most <= 1000


@pytest.mark.parametrize(
    ("captured_s", "first"), [(-5.0, 5), (0.5, 5), (0.99, 5), (1.0, 10), (1.49, 10), (1.5, 15), (99.0, 15)]
)
def test_since_begins_with_the_keyframe_at_or_before_a_time(captured_s: float, first: int) -> None:
    assert numbers(filled(18).since(captured_s)) == list(range(first, 18))


@pytest.mark.parametrize(
    ("number", "decoded", "path"),
    [
        (12, None, [10, 11, 12]),
        (10, None, [10]),
        (12, 11, [12]),
        (12, 10, [11, 12]),
        (12, 12, [10, 11, 12]),
        (12, 14, [10, 11, 12]),
        (12, 9, [10, 11, 12]),
        (17, 16, [17]),
        (18, None, []),
        (4, None, []),
        (-1, None, []),
    ],
)
def test_a_decoder_is_given_the_shortest_way_to_a_picture(number: int, decoded: int | None, path: list[int]) -> None:
    assert numbers(filled(18).path_to(number, decoded)) == path


def test_there_is_no_way_to_a_picture_that_came_without_data() -> None:
    ring = filled(8)
    ring.add(stored(8, key=False, size=0))
    ring.add(stored(9, key=False))
    assert ring.path_to(8, None) == []
    assert numbers(ring.path_to(9, None)) == [5, 6, 7, 9]


def test_after_a_new_connection_numbers_begin_again() -> None:
    ring = filled(18)
    ring.clear()
    assert (ring.since(0), ring.size_bytes) == ([], 0)
    ring.add(stored(0, key=False, captured_s=9.0))
    ring.add(stored(1, key=True, captured_s=9.1))
    assert numbers(ring.path_to(1, None)) == [1]
    assert ring.path_to(17, None) == []


def test_readers_see_whole_groups_in_order_while_another_thread_adds() -> None:
    ring = PacketRing(RingLimits(keep_s=0.2, most_bytes=400))
    problems: list[str] = []
    reads = [0, 0]
    done = threading.Event()

    def read(reader: int) -> None:
        while not done.is_set():
            units = ring.since(-1)
            if units and (
                not units[0].unit.is_keyframe or numbers(units) != list(range(units[0].number, units[-1].number + 1))
            ):
                problems.append(f"since: {numbers(units)}")
            if units:
                path = ring.path_to(units[-1].number, None)
                if path and (path[-1] != units[-1] or not path[0].unit.is_keyframe):
                    problems.append(f"path: {numbers(path)}")
                reads[reader] += 1

    readers = [threading.Thread(target=read, args=(reader,)) for reader in range(2)]
    for reader in readers:
        reader.start()
    number = 0
    while min(reads) < 300 and number < 2_000_000:
        ring.add(stored(number, key=number % GROUP == 0))
        number += 1
    done.set()
    for reader in readers:
        reader.join(10)
    assert problems == []
    assert min(reads) >= 300
    assert 0 < ring.size_bytes <= 400


def test_a_ring_knows_what_it_had_to_let_go() -> None:
    ring = filled(0)
    assert not ring.has_passed(0)
    ring = filled(60)
    first = numbers(ring.since(-1))[0]
    assert ring.has_passed(first - 1)
    assert not ring.has_passed(first)
    assert not ring.has_passed(1000), "what has not come yet"
