"""What an engine did between two statuses, and whether that is enough."""

from dataclasses import replace

import pytest

from nigoh.domain.camera_sighting import CameraSighting
from nigoh.domain.camera_status import (
    CameraCounts,
    CameraStatus,
    Drop,
    EngineStatus,
    LinkState,
    ShardStatus,
)
from nigoh.domain.farm_truth import FarmAppearance
from nigoh.domain.sighting import CameraId, PersonId
from nigoh.evaluation.cameras_report import CamerasReport, Consumption, Limits, report_cameras, shortfalls
from nigoh.evaluation.engine_window import EngineWindow, between
from nigoh.evaluation.farm_scoring import FarmScore, FoundAppearance

USED = Consumption(
    engine_cores=1.25,
    farm_cores=0.1,
    resident_bytes=900_000_000,
    proportional_bytes=700_000_000,
    threads=30,
    descriptors=300,
)


def camera(name: str, counts: CameraCounts, state: LinkState = LinkState.WATCHING, **more: float) -> CameraStatus:
    return CameraStatus(
        camera=CameraId(name),
        shard="shard-1",
        state=state,
        since_unix_s=0.0,
        counts=counts,
        waiting=int(more.get("waiting", 0)),
        coverage=more.get("coverage", 1.0),
    )


def engine(unix_s: float, *cameras: CameraStatus, restarts: int = 0) -> EngineStatus:
    shard = ShardStatus(
        shard="shard-1",
        pid=10,
        cpu_s=0.0,
        resident_bytes=0,
        threads=1,
        descriptors=1,
        cameras=cameras,
        restarts=restarts,
    )
    return EngineStatus(unix_s=unix_s, started_unix_s=900.0, pid=9, cpu_s=0.0, resident_bytes=0, shards=(shard,))


@pytest.mark.parametrize(
    ("before_s", "before", "after_s", "after", "expected"),
    [
        # 95 s of which half was watched, then ten seconds without a gap.
        (100.0, 0.5, 110.0, 57.5 / 105, 1.0),
        (100.0, 0.5, 110.0, 52.5 / 105, 0.5),
        (100.0, 0.9, 110.0, 85.5 / 105, 0.0),
        (100.0, 1.0, 110.0, 1.0, 1.0),
        # Too young, or too old: as the engine tells.
        (4.0, 0.0, 14.0, 0.4, 0.4),
        (290.0, 0.5, 310.0, 0.7, 0.7),
    ],
)
def test_coverage_is_that_of_the_window_and_not_of_the_connecting_before(
    before_s: float, before: float, after_s: float, after: float, expected: float
) -> None:
    began_unix_s = engine(0.0).started_unix_s
    seen = between(
        engine(began_unix_s + before_s, camera("gate", CameraCounts(), coverage=before)),
        engine(began_unix_s + after_s, camera("gate", CameraCounts(), coverage=after)),
    )
    assert seen.coverage == pytest.approx(expected, abs=1e-9)


def window(*after: CameraStatus) -> EngineWindow:
    before = [replace(each, counts=CameraCounts(), waiting=0) for each in after]
    return between(engine(1000.0, *before), engine(1010.0, *after))


def appeared(person: str) -> FarmAppearance:
    return FarmAppearance(
        camera=CameraId("gate"), person=PersonId(person), enter_unix_s=1002, leave_unix_s=1006, face_px=(60, 90)
    )


def score(found: int, missed: int, latency_s: float = 0.8, wrong: tuple[CameraSighting, ...] = ()) -> FarmScore:
    return FarmScore(
        found=tuple(FoundAppearance(appeared("Anna"), latency_s, late=False) for _ in range(found)),
        missed=tuple(appeared("Bob") for _ in range(missed)),
        noticed=(),
        unnoticed=(),
        wrong_names=wrong,
    )


def report(seen: EngineWindow, scored: FarmScore) -> CamerasReport:
    return report_cameras(seen, scored, USED, {}, {})


def test_only_what_happened_in_the_window_counts() -> None:
    before = CameraCounts(offered=100, analysed=60, unchanged=30, drops={Drop.NEWER: 10}, reconnects=2)
    after = CameraCounts(
        offered=130, analysed=70, unchanged=45, drops={Drop.NEWER: 10, Drop.OVERLOAD: 3}, reconnects=3
    )
    seen = between(
        engine(1000.0, camera("gate", before), restarts=1),
        engine(1010.0, camera("gate", after, waiting=2), restarts=2),
    )
    assert (seen.seconds, seen.offered, seen.analysed, seen.unchanged) == (10, 30, 10, 15)
    assert seen.drops == {Drop.OVERLOAD: 3}
    assert seen.shed == 0.1
    assert seen.restarts == 1
    (gate,) = seen.cameras
    assert (gate.analysed_fps, gate.looked_fps, gate.reconnects) == (1.0, 2.5, 1)
    assert seen.balanced


@pytest.mark.parametrize(
    ("counts", "waiting"),
    [
        (CameraCounts(offered=10, analysed=9), 0),
        (CameraCounts(offered=10, analysed=10), 1),
        (CameraCounts(faces_offered=3, embedded=2), 0),
        (CameraCounts(faces_offered=3, embedded=2, deferred=1, embedded_late=2), 0),
    ],
)
def test_books_that_do_not_add_up_are_seen(counts: CameraCounts, waiting: int) -> None:
    good = camera("gate", CameraCounts(offered=4, analysed=4))
    seen = window(good, camera("door", counts, waiting=waiting))
    assert [each.balanced for each in seen.cameras] == [False, True]
    assert not seen.balanced
    assert shortfalls(report(seen, score(1, 0)), Limits()) == ("the books do not balance",)


def test_a_camera_that_was_added_in_the_window_counts_from_zero() -> None:
    gate = camera("gate", CameraCounts())
    added = camera("door", CameraCounts(offered=5, analysed=5))
    seen = between(engine(1000.0, gate), engine(1010.0, gate, added))
    assert [each.analysed_fps for each in seen.cameras] == [0.5, 0]


def test_statuses_of_two_engines_are_refused() -> None:
    gate = camera("gate", CameraCounts())
    with pytest.raises(ValueError, match="one engine"):
        between(engine(1000.0, gate), replace(engine(1010.0, gate), started_unix_s=950.0))
    with pytest.raises(ValueError, match="the earlier first"):
        between(engine(1010.0, gate), engine(1000.0, gate))


def test_a_report_tells_every_figure_as_its_reader_counts() -> None:
    still = CameraCounts(offered=10, analysed=2, unchanged=8)
    seen = window(
        camera("gate", CameraCounts(offered=20, analysed=18, drops={Drop.NEWER: 2}), coverage=0.9),
        camera("door", still, coverage=1.0),
        camera("yard", CameraCounts(), LinkState.RETRYING, coverage=0.2),
    )
    told = report(seen, score(3, 1))
    assert (told.cameras, told.watching) == (3, 2)
    assert (told.analysed_fps_min, told.analysed_fps_median, told.looked_fps_median) == (0, 0.2, 1.0)
    assert (told.engine_cores, told.farm_cores) == (1.25, 0.1)
    assert (told.engine_rss_mb, told.engine_pss_mb) == (900, 700)
    assert (told.appearances, told.found, told.recall, len(told.missed)) == (4, 3, 0.75, 1)
    assert told.coverage == pytest.approx(0.7)
    assert told.coverage_least == 0.2
    assert told.drops == {"newer": 2}


def test_cameras_that_are_all_watched_well_are_sustained() -> None:
    seen = window(camera("gate", CameraCounts(offered=100, analysed=99, drops={Drop.NEWER: 1}), coverage=0.99))
    assert shortfalls(report(seen, score(19, 1)), Limits()) == ()


@pytest.mark.parametrize(
    ("seen", "scored", "reason"),
    [
        (camera("gate", CameraCounts(), LinkState.RETRYING), score(1, 0), "1 cameras are not watched"),
        (camera("gate", CameraCounts(), coverage=0.9), score(1, 0), "coverage 0.90"),
        (
            camera("gate", CameraCounts(offered=100, analysed=97, drops={Drop.OVERLOAD: 2, Drop.NEWER: 1})),
            score(1, 0),
            "3.0 % of the frames were shed",
        ),
        (camera("gate", CameraCounts()), score(8, 2), "recall 0.80"),
        (camera("gate", CameraCounts()), score(1, 0, latency_s=2.5), "latency p95 2.5 s"),
    ],
)
def test_what_keeps_a_machine_from_sustaining_cameras_is_said(
    seen: CameraStatus, scored: FarmScore, reason: str
) -> None:
    assert reason in shortfalls(report(window(seen), scored), Limits())


def test_one_camera_that_is_watched_badly_is_enough() -> None:
    good = [camera(f"cam{number}", CameraCounts(), coverage=1.0) for number in range(99)]
    told = report(window(*good, camera("gate", CameraCounts(), coverage=0.5)), score(0, 0))
    assert shortfalls(told, Limits()) == ("a camera's coverage 0.50",)
