"""One trial of a benchmark: simulated cameras and the engine, each in processes of its own, and a window measured."""

import resource
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from nigoh.cli.bench_engine import EngineProcess, Usage
from nigoh.cli.bench_plan import BenchPlan, farm_arguments
from nigoh.domain.camera_status import EngineStatus
from nigoh.evaluation.camera_sightings import read_camera_sightings
from nigoh.evaluation.cameras_report import CamerasReport, Consumption, report_cameras
from nigoh.evaluation.engine_window import between
from nigoh.evaluation.farm_scoring import FarmScore, Window, score_farm
from nigoh.evaluation.machine import describe_machine
from nigoh.storage.farm_truth_file import read_farm_truth
from nigoh.storage.known_faces import list_known_photos
from nigoh.testing.farm.process import FarmProcess

START_S = 120.0
"""For an engine to load its models, enrol people and connect to its first camera; a busy machine takes long."""
LATE_S = 5.0
"""How long after the window words about it are waited for."""
_SAMPLE_S = 2.0

Say = Callable[[str], None]
"""Gets what is being done, one line."""


@dataclass(frozen=True, slots=True)
class Bench:
    """Simulated cameras and the engine that watches them, running.

    Attributes:
        plan: what was asked for.
        farm: the cameras.
        engine: the engine.
        truth: the file that gets who appears.
    """

    plan: BenchPlan
    farm: FarmProcess
    engine: EngineProcess
    truth: Path

    def score(self, window: Window) -> FarmScore:
        """Hold what was told until now against who was there. Raises SourceError, ConfigError."""
        known = {photo.person for photo in list_known_photos(self.plan.people.known)}
        sightings = read_camera_sightings(self.engine.sightings)
        return score_farm(read_farm_truth(self.truth), sightings, known, window)


@dataclass(frozen=True, slots=True)
class _Reading:
    """All counters at one moment; `monotonic_s` is when the CPU times were read."""

    monotonic_s: float
    status: EngineStatus
    usage: Usage
    farm_cpu_s: float


@contextmanager
def running(plan: BenchPlan, say: Say) -> Iterator[Bench]:
    """Cameras and engine from when every camera is watched. Raises Fatal, ConfigError."""
    _allow_many_files()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="nigoh-bench-")))
        truth = folder / "truth.jsonl"
        say(f"starting {plan.farm.cameras} simulated cameras")
        farm = stack.enter_context(FarmProcess(farm_arguments(plan, truth)))
        engine_folder = folder / "engine"
        engine_folder.mkdir()
        process = EngineProcess(engine_folder, plan.people.known, farm.place.urls, plan.watching)
        say("starting the engine")
        engine = stack.enter_context(process)
        engine.wait_until_watching(START_S + 3 * plan.farm.cameras / plan.watching.connects_per_s)
        yield Bench(plan, farm, engine, truth)


def run_trial(plan: BenchPlan, say: Say) -> CamerasReport:
    """Start everything, warm up, measure the window, and score it. Raises NigohError."""
    with running(plan, say) as bench:
        say(f"warming up for {plan.warmup_s:g} s")
        _pass_time(bench.engine, plan.warmup_s)
        say(f"measuring for {plan.seconds:g} s")
        return measure(bench, plan.seconds)


def measure(bench: Bench, seconds: float) -> CamerasReport:
    """Measure a window from now on. Raises Fatal: the engine has ended."""
    begun_unix_s, before = time.time(), _read(bench)
    most_resident = _pass_time(bench.engine, seconds)
    after, ended_unix_s = _read(bench), time.time()
    proportional = bench.engine.proportional_bytes()
    _pass_time(bench.engine, LATE_S)
    took_s = after.monotonic_s - before.monotonic_s
    used = Consumption(
        engine_cores=(after.usage.cpu_s - before.usage.cpu_s) / took_s,
        farm_cores=(after.farm_cpu_s - before.farm_cpu_s) / took_s,
        resident_bytes=max(most_resident, after.usage.resident_bytes),
        proportional_bytes=proportional,
        threads=after.usage.threads,
        descriptors=after.usage.descriptors,
    )
    return report_cameras(
        between(before.status, after.status),
        bench.score(Window(begun_unix_s, ended_unix_s)),
        used,
        bench.plan.as_json(),
        describe_machine().as_json(),
    )


def _read(bench: Bench) -> _Reading:
    status = bench.engine.status()
    usage, now_s = bench.engine.usage(), time.monotonic()
    return _Reading(now_s, status, usage, bench.farm.status().cpu_s)


def _pass_time(engine: EngineProcess, seconds: float) -> int:
    """Wait; the most memory that the engine's processes had meanwhile, bytes. Raises Fatal: it has ended."""
    end_s, most = time.monotonic() + seconds, 0
    while (left_s := end_s - time.monotonic()) > 0:
        time.sleep(min(_SAMPLE_S, left_s))
        most = max(most, engine.usage().resident_bytes)
    return most


def _allow_many_files() -> None:
    """Let the processes that are started here have a connection a camera: what systems allow first is 1,024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
