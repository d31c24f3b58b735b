"""Coverage: exact shares of watched time, whatever the order of looks, gaps and rests."""

import sys

import pytest

from nigoh.engine.coverage import Coverage


def look_every(coverage: Coverage, step_s: float, begin_s: float, end_s: float, allowed_gap_s: float) -> None:
    looks = round((end_s - begin_s) / step_s)
    for look in range(looks + 1):
        coverage.watched(begin_s + look * step_s, allowed_gap_s)


def test_a_camera_looked_at_in_time_is_covered_wholly() -> None:
    coverage = Coverage(begun_s=100.0)
    look_every(coverage, 1.0, 100.0, 200.0, allowed_gap_s=1.5)
    assert coverage.share(200.0) == 1.0


def test_a_gap_counts_only_as_far_as_it_was_allowed() -> None:
    coverage = Coverage(begun_s=0.0)
    coverage.watched(0.0, 2.0)
    coverage.watched(8.0, 2.0)
    assert coverage.share(8.0) == pytest.approx(2 / 8)


def test_each_gap_is_judged_by_what_is_allowed_when_it_ends() -> None:
    coverage = Coverage(begun_s=0.0)
    coverage.watched(0.0, 1.0)
    coverage.watched(4.0, 4.0)  # it was still: four seconds are no gap
    coverage.watched(8.0, 1.0)  # it moved: one second would have been right
    assert coverage.share(8.0) == pytest.approx(5 / 8)


def test_time_until_the_first_look_was_not_watched() -> None:
    coverage = Coverage(begun_s=50.0)
    assert coverage.share(60.0) == 0.0
    coverage.watched(60.0, 4.0)
    assert coverage.share(60.0) == 0.0
    coverage.watched(64.0, 4.0)
    assert coverage.share(70.0) == pytest.approx(8 / 20)


def test_a_camera_that_is_gone_loses_its_coverage_and_gains_it_back() -> None:
    coverage = Coverage(begun_s=0.0, window_s=60.0)
    look_every(coverage, 1.0, 0.0, 60.0, allowed_gap_s=1.0)
    assert coverage.share(75.0) == pytest.approx(1 - 14 / 60, abs=1 / 60)
    assert coverage.share(500.0) == 0.0
    look_every(coverage, 1.0, 500.0, 530.0, allowed_gap_s=1.0)
    assert coverage.share(530.0) == pytest.approx(0.5, abs=1 / 59)


def test_asking_changes_nothing() -> None:
    asked, silent = Coverage(begun_s=0.0), Coverage(begun_s=0.0)
    for coverage in (asked, silent):
        for at_s in (0.0, 3.0, 11.0, 12.5):
            coverage.watched(at_s, 4.0)
            if coverage is asked:
                coverage.share(at_s + 2.0)
                coverage.share(at_s + 1000.0)
    assert asked.share(20.0) == silent.share(20.0) == pytest.approx((3 + 4 + 1.5 + 4) / 20)


def test_resting_counts_neither_way() -> None:
    coverage = Coverage(begun_s=0.0)
    look_every(coverage, 1.0, 0.0, 10.0, allowed_gap_s=1.0)
    coverage.pause(10.0)
    assert coverage.share(200.0) == 1.0
    coverage.watched(150.0, 1.0)  # a frame that was on its way
    coverage.resume(200.0)
    assert coverage.share(205.0) == pytest.approx(10 / 15)
    look_every(coverage, 1.0, 205.0, 210.0, allowed_gap_s=1.0)
    assert coverage.share(210.0) == pytest.approx(15 / 20)


def test_resting_longer_than_the_window_leaves_nothing_to_complain_of() -> None:
    coverage = Coverage(begun_s=0.0)
    coverage.pause(100.0)
    assert coverage.share(150.0) == 0.0
    assert coverage.share(1000.0) == 1.0


def test_resting_begins_and_ends_once() -> None:
    coverage = Coverage(begun_s=0.0)
    coverage.watched(0.0, 10.0)
    coverage.resume(5.0)
    coverage.pause(8.0)
    coverage.pause(9.0)
    assert coverage.share(20.0) == 1.0
    coverage.resume(20.0)
    assert coverage.share(24.0) == pytest.approx(8 / 12)


def test_times_that_are_already_accounted_for_change_nothing() -> None:
    coverage = Coverage(begun_s=100.0)
    for at_s in (100.0, 110.0, 104.0, 99.0, 110.0):
        coverage.watched(at_s, 5.0)
    assert coverage.share(110.0) == pytest.approx(5 / 10)


def test_what_is_older_than_the_window_is_forgotten() -> None:
    coverage = Coverage(begun_s=0.0, window_s=10.0)
    coverage.watched(0.0, 1.0)
    coverage.watched(95.0, 1.0)
    look_every(coverage, 1.0, 95.0, 105.0, allowed_gap_s=1.0)
    assert coverage.share(105.0) == pytest.approx(1.0)
    assert Coverage(begun_s=0.0, window_s=10.0).share(1e9) == 0.0


@pytest.mark.parametrize("bucket_s", [0.1, 1.0, 7.0])
def test_uneven_looks_add_up_whatever_the_buckets(bucket_s: float) -> None:
    coverage = Coverage(begun_s=1e6, window_s=700.0, bucket_s=bucket_s)
    look_every(coverage, 0.37, 1e6, 1e6 + 0.37 * 500, allowed_gap_s=0.185)
    assert coverage.share(1e6 + 0.37 * 500) == pytest.approx(0.5)


def test_memory_is_bounded() -> None:
    coverage = Coverage(begun_s=0.0)
    before = sys.getsizeof(coverage._due) + sys.getsizeof(coverage._watched)
    look_every(coverage, 3.0, 0.0, 30_000.0, allowed_gap_s=3.0)
    assert sys.getsizeof(coverage._due) + sys.getsizeof(coverage._watched) == before < 6000


@pytest.mark.parametrize("bucket_s", [0.0, -1.0, 301.0])
def test_buckets_that_cannot_be_are_refused(bucket_s: float) -> None:
    with pytest.raises(ValueError, match="a bucket"):
        Coverage(0.0, bucket_s=bucket_s)
