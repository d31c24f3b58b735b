"""What every executor keeps, and what only processes can."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import psutil
import pytest

from nigoh.domain.camera import Camera, Mode, Priority, Record
from nigoh.domain.camera_url import CameraUrl
from nigoh.domain.gallery_change import GalleryChange, HalfTemplates
from nigoh.domain.naming_rule import NamingRule
from nigoh.domain.people import PersonTerms
from nigoh.domain.region import Regions
from nigoh.domain.schedule import Schedule, parse_hours
from nigoh.domain.sighting import CameraId, Candidate, PersonId
from nigoh.domain.template import ModelIdentity
from nigoh.engine.executor import Executor, RunningShard
from nigoh.engine.inline_executor import InlineExecutor
from nigoh.engine.process_executor import ProcessExecutor
from nigoh.engine.shard_seam import LiveOptions, LivePicture, News, Pulse, SightingNews
from nigoh.testing.scripted_shard import Script, ScriptedShards, Trouble, digest_of

PATIENCE_S = 60.0
PASSWORD = "s3cret:word/with@signs"  # noqa: S105 - of a camera that does not exist
GATE = Camera(name=CameraId("gate"), url=CameraUrl(f"rtsp://admin:{PASSWORD}@10.0.0.5/stream"))
YARD = Camera(
    name=CameraId("yard"),
    url=CameraUrl("rtsp://10.0.0.6/stream"),
    mode=Mode.FULL,
    priority=Priority.HIGH,
    record=Record.SIGHTINGS,
    regions=Regions(zones=(((0.0, 0.0), (1.0, 0.0), (0.5, 1.0)),)),
    schedule=Schedule((parse_hours("mon-fri 08:00-18:00"),)),
)
EXECUTORS = {"inline": InlineExecutor, "process": ProcessExecutor}


@dataclass
class Running:
    """A started shard, all news that were received of it, and how often it woke its owner."""

    shard: RunningShard
    woken: threading.Event
    news: list[News] = field(default_factory=list)

    def until(self, done: Callable[[], bool]) -> None:
        end_s = time.monotonic() + PATIENCE_S
        while not done():
            assert time.monotonic() < end_s, f"not within {PATIENCE_S} s; {self.shard.failure}; {self.news[-3:]}"
            self.news += self.shard.receive(0.05)

    def until_over(self) -> None:
        self.until(lambda: not self.shard.is_alive)
        self.news += self.shard.receive()

    def sightings(self) -> list[SightingNews]:
        return [news for news in self.news if isinstance(news, SightingNews)]

    def pictures(self) -> list[LivePicture]:
        return [news for news in self.news if isinstance(news, LivePicture)]

    def pulses(self) -> list[Pulse]:
        return [news for news in self.news if isinstance(news, Pulse)]


@contextmanager
def running(executor: Executor, script: Script) -> Iterator[Running]:
    woken = threading.Event()
    started = Running(executor.start("shard-1", ScriptedShards(script), woken.set), woken)
    try:
        yield started
    finally:
        started.shard.kill()
        started.until_over()


@pytest.fixture(params=EXECUTORS)
def executor(request: pytest.FixtureRequest) -> Executor:
    built: Executor = EXECUTORS[request.param]()
    return built


def test_cameras_arrive_whole_and_pulses_tell_of_them(executor: Executor) -> None:
    with running(executor, Script(sightings=1)) as it:
        it.shard.watch([GATE, YARD])
        it.until(lambda: len(it.sightings()) == 2)
        models = [news.sighting.sighting.model for news in it.sightings()]
        assert models == [digest_of(GATE), digest_of(YARD)]
        it.until(lambda: any(len(pulse.status.cameras) == 2 for pulse in it.pulses()))
        assert {pulse.status.shard for pulse in it.pulses()} == {"shard-1"}
        assert it.pulses()[-1].status.pid == it.shard.pid


def test_only_new_and_changed_cameras_begin(executor: Executor) -> None:
    with running(executor, Script(sightings=1)) as it:
        it.shard.watch([GATE])
        it.until(lambda: len(it.sightings()) == 1)
        it.shard.watch([GATE, YARD])
        it.until(lambda: len(it.sightings()) == 2)
        it.shard.watch([YARD])
        it.until(lambda: [each.camera for each in it.pulses()[-1].status.cameras] == ["yard"])
        assert len(it.sightings()) == 2


def enrolled(name: str, first: float) -> GalleryChange:
    model = ModelIdentity("toy", "1", "a" * 64, "none", 4)
    vectors = np.array([[first, np.sqrt(1 - first**2), 0, 0]], np.float16)
    person = PersonId(f"01{name}")
    terms = PersonTerms(person=person, name=name, wanted=True, threshold=0.5, lists=("Staff",))
    return GalleryChange(person=person, terms=terms, templates=(HalfTemplates(vectors, model),))


def test_people_are_known_before_the_first_camera_is_watched(executor: Executor) -> None:
    people = [enrolled(f"person {number}", number / 8000) for number in range(8000)]
    with running(executor, Script(sightings=1)) as it:
        it.shard.watch([])
        it.shard.enrol(people[:5000])
        it.shard.enrol(people[5000:])
        it.shard.watch([GATE])
        it.until(lambda: bool(it.sightings()))
        known = it.sightings()[0].sighting.sighting.candidates
        assert len(known) == 8000
        assert known[4000] == Candidate(PersonId("person 4000"), 0.5)


def test_changed_people_are_others_and_removed_ones_are_known_no_longer(executor: Executor) -> None:
    with running(executor, Script(sightings=1)) as it:
        it.shard.enrol([enrolled("Anna", 0.25), enrolled("Bek", 0.5), enrolled("Carl", 0.75)])
        it.shard.watch([GATE])
        it.until(lambda: len(it.sightings()) == 1)
        it.shard.enrol([GalleryChange(person=PersonId("01Anna"), terms=None), enrolled("Bek", 1.0)])
        it.shard.watch([YARD])
        it.until(lambda: len(it.sightings()) == 2)
        known = it.sightings()[1].sighting.sighting.candidates
        assert {each.person: each.score for each in known} == {"Bek": 1.0, "Carl": 0.75}


def test_a_rule_of_naming_holds_for_cameras_that_are_watched_after_it_and_the_last_one_counts(
    executor: Executor,
) -> None:
    with running(executor, Script(sightings=1)) as it:
        it.shard.watch([])
        it.shard.tune(NamingRule(threshold=0.7))
        it.shard.tune(NamingRule(threshold=0.6, false_alarms=0.5))
        it.shard.watch([GATE])
        it.until(lambda: bool(it.sightings()))
        assert it.sightings()[0].sighting.sighting.threshold == 0.6


def test_pulses_follow_each_other(executor: Executor) -> None:
    with running(executor, Script()) as it:
        it.until(lambda: len(it.pulses()) >= 3)


def test_no_sighting_is_lost_however_late_it_is_received(executor: Executor) -> None:
    with running(executor, Script(sightings=900)) as it:
        it.shard.watch([GATE])
        it.until(lambda: len(it.sightings()) == 900)
        assert [news.sighting.sighting.track for news in it.sightings()] == list(range(1, 901))


def test_whoever_waits_is_woken(executor: Executor) -> None:
    with running(executor, Script(sightings=1)) as it:
        it.shard.watch([GATE])
        assert it.woken.wait(PATIENCE_S)


def test_a_camera_is_shown_and_one_that_is_not_there_is_passed_over(executor: Executor) -> None:
    with running(executor, Script()) as it:
        it.shard.watch([GATE])
        it.shard.show(CameraId("nowhere"), LiveOptions())
        it.shard.show(GATE.name, LiveOptions(long_side_px=320))
        it.until(lambda: bool(it.pictures()))
        it.shard.show(GATE.name, None)
        assert {picture.camera for picture in it.pictures()} == {"gate"}
        assert it.pictures()[0].jpeg == Script().jpeg


def test_of_pictures_that_nobody_took_the_newest_is_kept(executor: Executor) -> None:
    with running(executor, Script(pictures=5000, jpeg=bytes(10_000))) as it:
        it.shard.watch([GATE])
        it.shard.show(GATE.name, LiveOptions())
        it.until(lambda: bool(it.pictures()) and it.pictures()[-1].captured_unix_s == 4999)
        order = [picture.captured_unix_s for picture in it.pictures()]
        assert order == sorted(order)


def test_it_ends_with_its_last_sightings_and_without_a_failure(executor: Executor) -> None:
    with running(executor, Script(parting_sightings=900)) as it:
        it.shard.watch([GATE])
        it.until(lambda: any(pulse.status.cameras for pulse in it.pulses()))
        it.shard.end()
        it.until_over()
        assert len(it.sightings()) == 900
        assert it.shard.failure == ""


def test_the_end_does_not_keep_its_owner_waiting(executor: Executor) -> None:
    with running(executor, Script(stays_s=0.5)) as it:
        it.until(lambda: bool(it.pulses()))
        it.shard.end()
        assert it.shard.is_alive
        it.until_over()
        assert it.shard.failure == ""


def test_a_shard_that_cannot_be_built_says_why(executor: Executor) -> None:
    with running(executor, Script(refusal="there is no model")) as it:
        it.until_over()
        assert it.shard.failure == "there is no model. Ask for something else."
        it.shard.watch([GATE])
        it.shard.end()


def test_a_killed_one_is_over(executor: Executor) -> None:
    with running(executor, Script()) as it:
        it.until(lambda: bool(it.pulses()))
        it.shard.kill()
        it.until_over()
        assert it.shard.failure


def test_it_can_be_told_to_end_before_it_is_ready(executor: Executor) -> None:
    with running(executor, Script(parting_sightings=1)) as it:
        it.shard.watch([GATE])
        it.shard.end()
        it.until_over()
        assert len(it.sightings()) == 1
        assert it.shard.failure == ""


# From here on: what only processes of their own can do.


def test_more_sightings_than_any_queue_holds_wait_and_pulses_overtake_them() -> None:
    with running(ProcessExecutor(), Script(sightings=6000, jpeg=bytes(2000))) as it:
        it.shard.watch([GATE])
        assert it.woken.wait(PATIENCE_S)
        it.until(lambda: len(it.sightings()) == 6000)
        assert [news.sighting.sighting.track for news in it.sightings()] == list(range(1, 6001))


def test_kill_9_is_seen_at_once_and_named() -> None:
    with running(ProcessExecutor(), Script(sightings=3)) as it:
        it.shard.watch([GATE])
        it.until(lambda: len(it.sightings()) == 3)
        os.kill(it.shard.pid, signal.SIGKILL)
        it.until_over()
        assert it.shard.failure == "its process was ended by SIGKILL"


def test_signals_that_a_terminal_sends_to_all_are_left_to_the_supervisor() -> None:
    with running(ProcessExecutor(), Script()) as it:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            os.kill(it.shard.pid, number)
        it.until(lambda: bool(it.pulses()))
        seen = len(it.pulses())
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            os.kill(it.shard.pid, number)
        it.until(lambda: len(it.pulses()) >= seen + 2)
        it.shard.end()
        it.until_over()
        assert it.shard.failure == ""


@pytest.mark.parametrize("trouble", [Trouble.RAISE, Trouble.RAISE_IN_THREAD])
def test_an_error_ends_it_is_logged_whole_and_shows_no_password(
    trouble: Trouble, caplog: pytest.LogCaptureFixture
) -> None:
    with running(ProcessExecutor(), Script(troubles={GATE.name: trouble})) as it:
        it.shard.watch([GATE])
        it.until_over()
    assert it.shard.failure == "RuntimeError: gate at rtsp://***@10.0.0.5/stream is not to be watched"
    assert "Traceback" in caplog.text
    assert "scripted_shard.py" in caplog.text
    assert "s3cret" not in caplog.text


def test_what_it_logs_is_logged_here(caplog: pytest.LogCaptureFixture) -> None:
    with running(ProcessExecutor(), Script(troubles={GATE.name: Trouble.WARN}, sightings=1)) as it:
        it.shard.watch([GATE])
        it.until(lambda: any(record.message == "odd" for record in caplog.records))
    record = next(record for record in caplog.records if record.message == "odd")
    assert (record.name, record.levelno, vars(record)["camera"]) == (
        "nigoh.testing.scripted",
        logging.WARNING,
        "gate",
    )
    assert record.processName == "nigoh shard-1"


def test_its_process_shows_its_name_and_no_password() -> None:
    with running(ProcessExecutor(), Script(sightings=1)) as it:
        it.shard.watch([GATE])
        it.until(lambda: bool(it.sightings()))
        process = psutil.Process(it.shard.pid)
        assert process.name() == "nigoh shard-1"
        shown = " ".join(process.cmdline()) + " ".join(process.environ().values())
        assert "s3cret" not in shown


def test_it_leaves_no_descriptor_and_no_thread_behind() -> None:
    with running(ProcessExecutor(), Script()) as it:
        it.until(lambda: bool(it.pulses()))
    descriptors, threads = psutil.Process().num_fds(), threading.active_count()
    for _ in range(3):
        with running(ProcessExecutor(), Script()) as it:
            it.until(lambda: bool(it.pulses()))
    assert (psutil.Process().num_fds(), threading.active_count()) == (descriptors, threads)


ORPHAN = """
import os, sys, time
from nigoh.engine.process_executor import ProcessExecutor
from nigoh.testing.scripted_shard import Script, ScriptedShards
if __name__ == "__main__":
    shard = ProcessExecutor().start("shard-1", ScriptedShards(Script()), lambda: None)
    while not shard.receive(0.1):
        pass
    sys.stdout.write(f"{shard.pid}\\n")
    sys.stdout.flush()
    if sys.argv[1] == "leave":
        sys.exit(0)
    time.sleep(600)
"""


@pytest.mark.parametrize("way", ["killed", "leave"])
def test_it_ends_with_its_parent(way: str, tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(ORPHAN)
    with subprocess.Popen([sys.executable, str(script), way], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        shard = psutil.Process(int(parent.stdout.readline()))
        if way == "killed":
            parent.kill()
        parent.wait(PATIENCE_S)
        shard.wait(PATIENCE_S)
