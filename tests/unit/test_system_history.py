"""How nigoh was over the last day, and how many cameras that lets expect."""

from dataclasses import replace
from itertools import pairwise

import pytest

from nigoh.domain.camera_status import (
    LATENCY_BOUNDS_S,
    CameraCounts,
    CameraStatus,
    Drop,
    EngineStatus,
    LinkState,
    ShardStatus,
)
from nigoh.domain.sighting import CameraId
from nigoh.office.system_history import SystemHistory, quantile_s, thinned


def engine(unix_s: float, cpu_s: float, counts: CameraCounts, cameras: int = 2) -> EngineStatus:
    watched = tuple(
        CameraStatus(
            camera=CameraId(f"camera {number}"),
            shard="shard-1",
            state=LinkState.WATCHING if number else LinkState.RETRYING,
            since_unix_s=0.0,
            coverage=1.0 if number else 0.5,
            counts=counts,
        )
        for number in range(cameras)
    )
    shard = ShardStatus(
        shard="shard-1", pid=2, cpu_s=cpu_s, resident_bytes=300, threads=1, descriptors=1, cameras=watched
    )
    return EngineStatus(
        unix_s=unix_s, started_unix_s=0.0, pid=1, cpu_s=10.0, resident_bytes=700, shards=(shard,) if cameras else ()
    )


def counts(analysed: int, *, offered: int = 0, dropped: int = 0, faces: int = 0) -> CameraCounts:
    return CameraCounts(
        offered=offered or analysed + dropped,
        analysed=analysed,
        drops={Drop.OVERLOAD: dropped},
        faces=faces,
        sightings=faces,
        latency=(analysed, *(0,) * len(LATENCY_BOUNDS_S)),
    )


def test_a_sample_tells_what_happened_since_the_one_before() -> None:
    history = SystemHistory(cores=4)
    history.take(engine(1_000.0, 50.0, counts(100)))
    assert history.samples() == ()
    history.take(engine(1_030.0, 65.0, counts(160, dropped=30, faces=3)))
    (sample,) = history.samples()
    assert sample.cpu_cores == pytest.approx(0.5)
    assert sample.resident_bytes == 1_000
    assert (sample.cameras, sample.watching) == (2, 1)
    assert sample.coverage == pytest.approx(0.75)
    assert sample.analysed_per_s == pytest.approx(2 * 60 / 30)
    assert sample.dropped_per_s == pytest.approx(2 * 30 / 30)
    assert sample.sightings == 6
    assert 0 < sample.latency_s < LATENCY_BOUNDS_S[0]


def test_what_a_lost_shard_has_counted_is_no_negative_work() -> None:
    history = SystemHistory(cores=4)
    history.take(engine(1_000.0, 50.0, counts(100)))
    history.take(engine(1_030.0, 1.0, counts(0)))
    (sample,) = history.samples()
    assert (sample.cpu_cores, sample.analysed_per_s, sample.latency_s) == (0.0, 0.0, 0.0)


def test_a_day_of_samples_is_kept_and_no_more() -> None:
    history = SystemHistory(cores=4, kept_s=300.0, sample_s=30.0)
    for number in range(50):
        history.take(engine(number * 30.0, float(number), counts(number)))
    kept = history.samples()
    assert len(kept) == 10
    assert kept[-1].unix_s == 49 * 30.0
    assert [each.unix_s for each in history.samples(since_unix_s=48 * 30.0)] == [49 * 30.0]


def test_fewer_points_are_as_far_apart_as_each_other_and_end_with_the_newest() -> None:
    history = SystemHistory(cores=4)
    for number in range(101):
        history.take(engine(number * 30.0, float(number), counts(number)))
    points = thinned(history.samples(), 30)
    assert len(points) <= 30
    assert points[-1] == history.samples()[-1]
    gaps = {after.unix_s - before.unix_s for before, after in pairwise(points)}
    assert len(gaps) == 1


def test_as_many_cameras_are_possible_as_four_fifths_of_the_cores_carry() -> None:
    history = SystemHistory(cores=4)
    history.take(engine(1_000.0, 0.0, counts(0), cameras=5))
    history.take(engine(1_100.0, 40.0, counts(100), cameras=5))
    capacity = history.capacity()
    # Four cameras are watched (the fifth is not reached) with 0.4 of a core together.
    assert capacity.used_cores == pytest.approx(0.4)
    assert capacity.cameras == pytest.approx(4.0)
    assert capacity.possible == 32
    assert not capacity.is_exhausted


def test_a_machine_that_drops_frames_for_want_of_time_can_watch_no_more_cameras() -> None:
    history = SystemHistory(cores=4)
    history.take(engine(1_000.0, 0.0, counts(0), cameras=5))
    history.take(engine(1_100.0, 40.0, counts(100, dropped=30), cameras=5))
    capacity = history.capacity()
    assert capacity.is_exhausted
    assert capacity.possible == 4


def test_without_a_camera_nobody_knows_how_many_are_possible() -> None:
    history = SystemHistory(cores=4)
    history.take(engine(1_000.0, 0.0, counts(0), cameras=0))
    history.take(engine(1_030.0, 1.0, counts(0), cameras=0))
    assert history.capacity().possible is None


def test_the_same_status_twice_is_one_sample() -> None:
    history = SystemHistory(cores=4)
    status = engine(1_000.0, 0.0, counts(0))
    history.take(status)
    history.take(replace(status, unix_s=1_030.0))
    history.take(replace(status, unix_s=1_030.0))
    assert len(history.samples()) == 1


@pytest.mark.parametrize(
    ("buckets", "share", "wanted"),
    [
        ((0,) * 13, 0.5, 0.0),
        ((10, *(0,) * 12), 0.5, 0.025),
        ((0, 10, *(0,) * 11), 0.5, 0.075),
        (((0,) * 12) + (5,), 0.95, 10.0),
    ],
)
def test_a_quantile_is_as_exact_as_the_buckets(buckets: tuple[int, ...], share: float, wanted: float) -> None:
    assert quantile_s(buckets, share) == pytest.approx(wanted)
