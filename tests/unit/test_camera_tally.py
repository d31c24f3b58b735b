"""A camera's counts: nothing is lost between threads, and the books balance at every moment."""

import threading
from dataclasses import replace

import pytest

from nigoh.domain.camera_status import LATENCY_BOUNDS_S, CameraCounts, Drop
from nigoh.engine.camera_tally import CameraTally, books_balance


def test_a_new_tally_is_empty() -> None:
    assert CameraTally().snapshot() == CameraCounts()


def test_what_was_counted_is_in_the_snapshot_and_a_snapshot_does_not_change() -> None:
    tally = CameraTally()
    tally.add(received=2, bytes=1500)
    tally.add(received=1)
    tally.drop(Drop.NEWER)
    before = tally.snapshot()
    tally.add(received=1, sightings=1)
    tally.drop(Drop.NEWER, 3)
    assert before == CameraCounts(received=3, bytes=1500, drops={Drop.NEWER: 1})
    assert tally.snapshot() == replace(before, received=4, sightings=1, drops={Drop.NEWER: 4})


@pytest.mark.parametrize(
    ("seconds", "bucket"), [(0.0, 0), (-3.0, 0), (0.05, 0), (0.051, 1), (1.0, 6), (10.0, 11), (10.1, 12), (1e9, 12)]
)
def test_a_latency_falls_into_the_bucket_whose_bound_it_does_not_exceed(seconds: float, bucket: int) -> None:
    tally = CameraTally()
    tally.observe_latency(seconds)
    counts = tally.snapshot()
    assert [index for index, count in enumerate(counts.latency) if count] == [bucket]
    assert len(counts.latency) == len(LATENCY_BOUNDS_S) + 1
    assert counts.latency_sum_s == max(seconds, 0.0)


def test_threads_lose_no_count_and_the_books_balance_while_they_run() -> None:
    tally, frames, unbalanced = CameraTally(), 2000, []
    going = threading.Event()
    going.set()

    def work(cause: Drop) -> None:
        for frame in range(frames):
            tally.add(offered=1, analysed=1, faces_offered=2, embedded=1, deferred=1, embedded_late=1)
            tally.add(offered=1, unchanged=1)
            tally.observe_latency(frame % 3)
            tally.drop(cause)

    def watch() -> None:
        while going.is_set():
            counts = replace(tally.snapshot(), drops={})
            if not books_balance(counts, waiting=0, late_waiting=0):
                unbalanced.append(counts)

    watcher = threading.Thread(target=watch)
    workers = [threading.Thread(target=work, args=(cause,)) for cause in Drop]
    for thread in (watcher, *workers):
        thread.start()
    for thread in workers:
        thread.join(60)
    going.clear()
    watcher.join(60)
    counts = tally.snapshot()
    assert unbalanced == []
    assert counts.drops == dict.fromkeys(Drop, frames)
    assert (counts.offered, sum(counts.latency)) == (2 * 4 * frames, 4 * frames)


BALANCED = CameraCounts(
    offered=20,
    unchanged=4,
    analysed=9,
    drops={Drop.NEWER: 3, Drop.OVERLOAD: 2},
    faces_offered=12,
    embedded=7,
    deferred=5,
    embedded_late=2,
    late_dropped=1,
)


def test_books_balance_when_every_frame_and_face_is_accounted_for() -> None:
    assert books_balance(BALANCED, waiting=2, late_waiting=2)


@pytest.mark.parametrize(
    ("counts", "waiting", "late_waiting"),
    [
        (BALANCED, 1, 2),
        (BALANCED, 2, 3),
        (replace(BALANCED, drops={Drop.NEWER: 3}), 2, 2),
        (replace(BALANCED, unchanged=5), 2, 2),
        (replace(BALANCED, embedded=8), 2, 2),
        (replace(BALANCED, late_dropped=2), 2, 2),
    ],
)
def test_a_frame_or_face_too_few_or_too_many_is_found(counts: CameraCounts, waiting: int, late_waiting: int) -> None:
    assert not books_balance(counts, waiting, late_waiting)
