"""What a benchmark with cameras found, as it is written with --json."""

import statistics
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from nigoh.evaluation.engine_window import EngineWindow
from nigoh.evaluation.farm_scoring import FarmScore

_MB = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Consumption:
    """What was used in the window.

    Attributes:
        engine_cores, farm_cores: CPU seconds a second, of all processes of each.
        resident_bytes: of the engine's processes, added up; the most that was seen.
        proportional_bytes: the same at the end, with pages that they share divided among them.
        threads, descriptors: of the engine's processes, at the end.
    """

    engine_cores: float
    farm_cores: float
    resident_bytes: int
    proportional_bytes: int
    threads: int
    descriptors: int


class NamedAppearance(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who was not found."""

    camera: str
    person: str
    enter_unix_s: float
    leave_unix_s: float


class WrongName(msgspec.Struct, frozen=True, kw_only=True):
    """A name that was given to somebody else."""

    camera: str
    id: str
    person: str | None
    score: float
    told_unix_s: float


class CamerasReport(msgspec.Struct, frozen=True, kw_only=True):
    """A window of a benchmark.

    Attributes:
        cameras: how many there were; `watching` of them sent pictures at its end.
        seconds: its length.
        analysed_fps_min, analysed_fps_median: frames a second in which faces were searched for, over the cameras. A
            still camera's are few by design: a frame that shows what the last one did is looked at, not analysed.
        looked_fps_min, looked_fps_median: analysed frames and those.
        engine_cores, farm_cores: CPU seconds a second of all processes of the engine, and of the simulated cameras.
        engine_rss_mb: memory of the engine's processes, 10^6 bytes, added up, the most in the window; `engine_pss_mb`
            at its end with shared pages counted once.
        appearances, found: of known people for at least two seconds, and those that were named; `recall` their share.
        strangers, strangers_noticed: the same of unknown people, who are noticed when a track is there.
        wrong_names: tracks that named somebody who was not there.
        latency_p50_s, latency_p95_s: from entering the picture to the name being told; None when nobody was found.
        coverage, coverage_least: share of time in which a camera was really watched, mean and least over the cameras.
        offered, analysed, unchanged, waiting, drops: frames that were to be looked at, and what became of them, drops
            by cause. `books_balance` says whether they add up on every camera since the engine began.
        decoded: pictures that were decoded.
        embedded, deferred: faces that were embedded at once, or put aside until there is time.
        reconnects, restarts: of cameras and of shards in the window.
        threads, descriptors: of the engine's processes at the end.
        options: what was asked for.
        machine: what it ran on, with versions.
        missed, wrong: who was not found, and the wrong names.
    """

    cameras: int
    watching: int
    seconds: float
    analysed_fps_min: float
    analysed_fps_median: float
    looked_fps_min: float
    looked_fps_median: float
    engine_cores: float
    farm_cores: float
    engine_rss_mb: float
    engine_pss_mb: float
    appearances: int
    found: int
    recall: float | None
    strangers: int
    strangers_noticed: int
    wrong_names: int
    latency_p50_s: float | None
    latency_p95_s: float | None
    coverage: float
    coverage_least: float
    drops: Mapping[str, int]
    offered: int
    analysed: int
    unchanged: int
    waiting: int
    books_balance: bool
    decoded: int
    embedded: int
    deferred: int
    reconnects: int
    restarts: int
    threads: int
    descriptors: int
    options: Mapping[str, object]
    machine: Mapping[str, object]
    missed: tuple[NamedAppearance, ...]
    wrong: tuple[WrongName, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """When a machine sustains cameras: bounds on what a report says.

    Attributes:
        least_coverage, least_camera_coverage: of the mean, and of each camera.
        most_shed: share of offered frames that newer ones replaced.
        least_recall, most_latency_p95_s: of known people who appeared.
    """

    least_coverage: float = 0.95
    least_camera_coverage: float = 0.8
    most_shed: float = 0.02
    least_recall: float = 0.9
    most_latency_p95_s: float = 2.0


def report_cameras(
    window: EngineWindow,
    score: FarmScore,
    used: Consumption,
    options: Mapping[str, object],
    machine: Mapping[str, object],
) -> CamerasReport:
    """Put together what was measured."""
    analysed = [camera.analysed_fps for camera in window.cameras]
    looked = [camera.looked_fps for camera in window.cameras]
    return CamerasReport(
        cameras=len(window.cameras),
        watching=window.watching,
        seconds=window.seconds,
        analysed_fps_min=min(analysed),
        analysed_fps_median=statistics.median(analysed),
        looked_fps_min=min(looked),
        looked_fps_median=statistics.median(looked),
        engine_cores=used.engine_cores,
        farm_cores=used.farm_cores,
        engine_rss_mb=used.resident_bytes / _MB,
        engine_pss_mb=used.proportional_bytes / _MB,
        appearances=score.appearances,
        found=len(score.found),
        recall=score.recall,
        strangers=len(score.noticed) + len(score.unnoticed),
        strangers_noticed=len(score.noticed),
        wrong_names=len(score.wrong_names),
        latency_p50_s=score.latency_s(0.5),
        latency_p95_s=score.latency_s(0.95),
        coverage=window.coverage,
        coverage_least=min(camera.coverage for camera in window.cameras),
        drops={cause.value: count for cause, count in window.drops.items()},
        offered=window.offered,
        analysed=window.analysed,
        unchanged=window.unchanged,
        waiting=window.waiting,
        books_balance=window.balanced,
        decoded=window.decoded,
        embedded=window.embedded,
        deferred=window.deferred,
        reconnects=sum(camera.reconnects for camera in window.cameras),
        restarts=window.restarts,
        threads=used.threads,
        descriptors=used.descriptors,
        options=options,
        machine=machine,
        missed=tuple(
            NamedAppearance(
                camera=each.camera,
                person=each.person,
                enter_unix_s=each.enter_unix_s,
                leave_unix_s=each.leave_unix_s,
            )
            for each in score.missed
        ),
        wrong=tuple(
            WrongName(
                camera=word.sighting.camera,
                id=word.id,
                person=word.sighting.person,
                score=word.sighting.score,
                told_unix_s=word.told_unix_s,
            )
            for word in score.wrong_names
        ),
    )


def shortfalls(report: CamerasReport, limits: Limits) -> tuple[str, ...]:
    """What keeps a machine from sustaining these cameras, one clause each; nothing when it does."""
    shed = sum(report.drops.get(cause, 0) for cause in ("newer", "overload")) / max(report.offered, 1)
    found = [
        (report.watching < report.cameras, f"{report.cameras - report.watching} cameras are not watched"),
        (report.coverage < limits.least_coverage, f"coverage {report.coverage:.2f}"),
        (report.coverage_least < limits.least_camera_coverage, f"a camera's coverage {report.coverage_least:.2f}"),
        (shed > limits.most_shed, f"{100 * shed:.1f} % of the frames were shed"),
        (not report.books_balance, "the books do not balance"),
    ]
    if report.recall is not None:
        found.append((report.recall < limits.least_recall, f"recall {report.recall:.2f}"))
    if report.latency_p95_s is not None:
        late = report.latency_p95_s > limits.most_latency_p95_s
        found.append((late, f"latency p95 {report.latency_p95_s:.1f} s"))
    return tuple(clause for applies, clause in found if applies)
