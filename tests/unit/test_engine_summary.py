"""What `nigoh top` says is computed from two statuses: rates, cores, quantiles, and who is in trouble."""

import math
from dataclasses import replace
from typing import Any

import pytest

from nigoh.cli.engine_summary import RecentStatuses, Trouble, latency_quantile, summarise
from nigoh.domain.camera_status import (
    LATENCY_BOUNDS_S,
    Activity,
    CameraCounts,
    CameraStatus,
    Drop,
    EngineStatus,
    LinkState,
    ShardStatus,
)
from nigoh.domain.sighting import CameraId

NOW_S = 1_700_000_100.0


def camera(name: str, **fields: Any) -> CameraStatus:  # noqa: ANN401 - each field has its own type
    given = {"state": LinkState.WATCHING, "since_unix_s": NOW_S - 60.0, "coverage": 1.0, **fields}
    return CameraStatus(camera=CameraId(name), shard="shard-1", **given)


def shard(*cameras: CameraStatus, name: str = "shard-1", pid: int = 2, cpu_s: float = 20.0) -> ShardStatus:
    return ShardStatus(
        shard=name, pid=pid, cpu_s=cpu_s, resident_bytes=300, threads=4, descriptors=10, cameras=cameras, restarts=1
    )


def engine(*shards: ShardStatus, ago_s: float = 0.0, cpu_s: float = 5.0) -> EngineStatus:
    return EngineStatus(
        unix_s=NOW_S - ago_s, started_unix_s=NOW_S - 100.0, pid=1, cpu_s=cpu_s, resident_bytes=200, shards=shards
    )


BEFORE = CameraCounts(received=100, offered=10, analysed=8, faces=4, drops={Drop.NEWER: 2}, latency=(8, *(0,) * 12))
AFTER = CameraCounts(
    received=150,
    offered=30,
    analysed=18,
    faces=9,
    sightings=1,
    drops={Drop.NEWER: 6, Drop.OVERLOAD: 5},
    latency=(8, 0, 10, *(0,) * 10),
)


def test_rates_are_what_happened_between_the_statuses() -> None:
    summary = summarise(
        engine(shard(camera("gate", counts=AFTER), cpu_s=26.0), cpu_s=5.5),
        engine(shard(camera("gate", counts=BEFORE), cpu_s=20.0), ago_s=5.0, cpu_s=5.0),
    )
    (row,) = summary.cameras
    assert (row.received_fps, row.analysed_fps, row.faces_per_s, row.sightings_per_s) == (10.0, 2.0, 1.0, 0.2)
    assert row.drops_per_s == {Drop.NEWER: pytest.approx(0.8), Drop.OVERLOAD: 1.0}
    assert row.drop_share == pytest.approx(9 / 20)
    assert [row.latency_p50_s, row.latency_p95_s] == pytest.approx([0.15, 0.195])
    assert summary.cores == pytest.approx((6.0 + 0.5) / 5)
    assert (summary.resident_bytes, summary.up_s, summary.over_s, summary.restarts) == (500, 100.0, 5.0, 1)


def test_without_an_earlier_status_rates_are_those_since_the_engine_began() -> None:
    summary = summarise(engine(shard(camera("gate", counts=AFTER))), None)
    assert summary.cameras[0].received_fps == pytest.approx(1.5)
    assert summary.cores == pytest.approx(0.25)
    assert summary.over_s == 100.0


def test_another_engine_at_the_same_place_is_not_compared_with() -> None:
    other = replace(engine(shard(camera("gate", counts=BEFORE)), ago_s=5.0), started_unix_s=NOW_S - 1000.0)
    assert summarise(engine(shard(camera("gate", counts=AFTER))), other).over_s == 100.0


def test_a_camera_that_moved_to_another_process_counts_from_zero_and_nothing_is_negative() -> None:
    moved = CameraCounts(received=10, offered=2, analysed=2)
    summary = summarise(
        engine(shard(name="shard-1", cpu_s=1.0, pid=9), shard(camera("gate", counts=moved), name="shard-2")),
        engine(shard(camera("gate", counts=BEFORE), cpu_s=50.0), ago_s=5.0),
    )
    assert summary.cameras[0].received_fps == 2.0
    assert summary.cores == pytest.approx((1.0 + 20.0) / 5)


def test_the_whole_is_the_sum_of_the_cameras() -> None:
    summary = summarise(
        engine(
            shard(camera("a", counts=AFTER, coverage=0.5), camera("b", counts=AFTER, coverage=1.0)),
            shard(camera("c", state=LinkState.RESTING, coverage=0.0), name="shard-2", pid=3),
        ),
        engine(shard(camera("a", counts=BEFORE), camera("b", counts=BEFORE)), ago_s=5.0),
    )
    assert summary.states == {LinkState.WATCHING: 2, LinkState.RESTING: 1}
    assert (summary.received_fps, summary.analysed_fps, summary.faces_per_s) == (20.0, 4.0, 2.0)
    assert (summary.coverage_mean, summary.coverage_least) == (0.75, 0.5)
    assert summary.shards == 2
    assert summary.latency_p50_s == pytest.approx(0.15)


def test_an_engine_without_cameras_has_a_summary_too() -> None:
    summary = summarise(engine(), None)
    assert (summary.cameras, summary.coverage_mean, summary.latency_p95_s, summary.analysed_fps) == (
        (),
        None,
        None,
        0,
    )


@pytest.mark.parametrize(
    ("status", "trouble"),
    [
        (camera("x"), Trouble.NONE),
        (camera("x", state=LinkState.RETRYING), Trouble.LINK),
        (camera("x", state=LinkState.LOST, coverage=0.2), Trouble.LINK),
        (camera("x", state=LinkState.CONNECTING, since_unix_s=NOW_S - 2.0, coverage=0.0), Trouble.NONE),
        (camera("x", state=LinkState.CONNECTING), Trouble.LINK),
        (camera("x", state=LinkState.RESTING, coverage=0.0), Trouble.NONE),
        (camera("x", coverage=0.89), Trouble.COVERAGE),
        (camera("x", counts=CameraCounts(offered=10, drops={Drop.NEWER: 2})), Trouble.DROPS),
        (camera("x", counts=CameraCounts(offered=10, drops={Drop.NEWER: 1})), Trouble.NONE),
        (camera("x", recording="paused: the disk is full"), Trouble.RECORDING),
        (camera("x", recording="always"), Trouble.NONE),
    ],
)
def test_trouble_is_told_from_what_is_well(status: CameraStatus, trouble: Trouble) -> None:
    assert summarise(engine(shard(status)), None).cameras[0].trouble is trouble


def test_trouble_comes_first_then_the_busiest_then_those_that_rest() -> None:
    busy = CameraCounts(received=500, offered=100, analysed=100, faces=50)
    cameras = [
        camera("resting", state=LinkState.RESTING, coverage=0.0),
        camera("still"),
        camera("moving", activity=Activity.MOVING, counts=busy),
        camera("moving less", activity=Activity.MOVING),
        camera("face", activity=Activity.FACE),
        camera("barely covered", coverage=0.1),
        camera("half covered", coverage=0.5),
        camera("dropping", counts=CameraCounts(offered=10, drops={Drop.OVERLOAD: 5})),
        camera("gone", state=LinkState.RETRYING),
    ]
    order = [row.camera for row in summarise(engine(shard(*cameras)), None).cameras]
    assert order == [
        "gone",
        "barely covered",
        "half covered",
        "dropping",
        "face",
        "moving",
        "moving less",
        "still",
        "resting",
    ]


def test_the_next_try_is_told_in_seconds_from_now_and_never_in_the_past() -> None:
    retrying = camera("a", state=LinkState.RETRYING, next_try_unix_s=NOW_S + 4.5)
    overdue = camera("b", state=LinkState.RETRYING, next_try_unix_s=NOW_S - 4.5)
    rows = summarise(engine(shard(retrying, overdue)), None).cameras
    assert [row.next_try_s for row in rows] == [4.5, 0.0]


def test_rates_are_taken_over_the_last_seconds() -> None:
    recent = RecentStatuses(window_s=10.0)
    statuses = [engine(shard(camera("gate")), ago_s=ago_s) for ago_s in (30.0, 29.0, 22.0, 20.0, 20.0, 5.0, 4.0, 0.0)]
    spans = [recent.summarise(status).over_s for status in statuses]
    assert spans == [70.0, 1.0, 8.0, 10.0, 10.0, 95.0, 1.0, 5.0]


def buckets(**counts: int) -> list[int]:
    found = [0] * (len(LATENCY_BOUNDS_S) + 1)
    for name, count in counts.items():
        found[int(name[1:])] = count
    return found


@pytest.mark.parametrize(
    ("counts", "share", "seconds"),
    [
        ([], 0.5, None),
        (buckets(), 0.5, None),
        (buckets(b0=10), 0.5, 0.025),
        (buckets(b0=10), 1.0, 0.05),
        (buckets(b0=50, b6=50), 0.5, 0.05),
        (buckets(b0=50, b6=50), 0.75, 0.875),
        (buckets(b2=1), 0.95, 0.195),
        (buckets(b0=9, b12=1), 0.9, 0.05),
        (buckets(b0=9, b12=1), 0.95, math.inf),
    ],
)
def test_a_quantile_lies_where_the_bucket_says(counts: list[int], share: float, seconds: float | None) -> None:
    found = latency_quantile(counts, share)
    assert found is None if seconds is None else found == pytest.approx(seconds)
