"""A whole shard, on simulated cameras with real faces and real faults."""

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import psutil
import pytest

from nigoh.config.engine_file import parse_engine_file
from nigoh.config.engine_settings import EngineSettings
from nigoh.config.settings import VisionSettings
from nigoh.domain.camera import Camera, Mode
from nigoh.domain.camera_sighting import CameraSighting, Stage
from nigoh.domain.camera_status import CameraStatus, LinkState
from nigoh.domain.camera_url import CameraUrl
from nigoh.domain.gallery_change import GalleryChange, HalfTemplates
from nigoh.domain.naming_rule import NamingRule
from nigoh.domain.people import PersonTerms
from nigoh.domain.schedule import Schedule, parse_hours
from nigoh.domain.sighting import CameraId, PersonId
from nigoh.engine.camera_tally import books_balance
from nigoh.engine.known_faces import KnownFaces
from nigoh.engine.shard import CameraShard
from nigoh.engine.shard_seam import LiveOptions, LivePicture, News, SightingNews
from nigoh.engine_wiring import ShardPlan, build_shard
from nigoh.testing.clip_options import ClipOptions
from nigoh.testing.farm import Farm, FarmOptions, Fault, FaultKind, prepare_footage
from nigoh.wiring import build_analyser, enrol_folder

PICTURE = ClipOptions(width_px=640, height_px=360, fps=10, gop=10, bitrate=600_000, noise=0.01)
OPTIONS = FarmOptions(cameras=3, picture=PICTURE, people=2, face_share=0.5)
PATIENCE_S = 60.0


def wait_for(condition: Callable[[], bool], what: str) -> None:
    end_s = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end_s, f"in {PATIENCE_S:g} s: {what}"
        threading.Event().wait(0.05)


@pytest.fixture(scope="module")
def people(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Photos of two people, two of each: one for the cameras, one to know them by."""
    folder = tmp_path_factory.mktemp("people")
    photos = shared_data / "photos/portraits"
    for name, shown, known in (
        ("Obama", "obama3.jpg", "obama.jpg"),
        ("Miranda", "lin-manuel-miranda.png", "lin-manuel-miranda.png"),
    ):
        for kind, photo in (("shown", shown), ("known", known)):
            (folder / kind).mkdir(exist_ok=True)
            shutil.copy(photos / photo, folder / kind / f"{name}{Path(photo).suffix}")
    return folder


@pytest.fixture(scope="module")
def known(people: Path) -> KnownFaces:
    return enrol_folder(people / "known", build_analyser(VisionSettings()))


@pytest.fixture
def farm(people: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Farm]:
    cache = tmp_path_factory.getbasetemp() / "farm-cache"
    footage = prepare_footage(people / "shown", lambda: build_analyser(VisionSettings()), OPTIONS, cache)
    with Farm(footage, OPTIONS) as farm:
        yield farm


class Watched:
    """A running shard and what it has told."""

    def __init__(self, shard: CameraShard, news: list[News]) -> None:
        self.shard = shard
        self.news = news

    def status(self, camera: str) -> CameraStatus:
        return next(each for each in self.shard.pulse().status.cameras if each.camera == camera)

    def states(self) -> set[LinkState]:
        return {each.state for each in self.shard.pulse().status.cameras}

    def sightings(self) -> list[CameraSighting]:
        return [each.sighting for each in list(self.news) if isinstance(each, SightingNews)]

    def analysed(self, camera: str) -> int:
        return self.status(camera).counts.analysed


@pytest.fixture
def run(known: KnownFaces, tmp_path: Path) -> Callable[[], Watched]:
    settings: EngineSettings = parse_engine_file(f'[engine]\ndata_dir = "{tmp_path}/data"\n', tmp_path / "nigoh.toml")

    def start() -> Watched:
        news: list[News] = []
        return Watched(build_shard(ShardPlan(settings, known, 1), "shard-1", news.append), news)

    return start


def cameras_of(farm: Farm) -> list[Camera]:
    return [Camera(name=CameraId(url.name.rpartition("/")[2]), url=url) for url in farm.urls]


def test_people_are_named_where_they_are_and_the_books_balance(farm: Farm, run: Callable[[], Watched]) -> None:
    watched = run()
    with watched.shard:
        watched.shard.watch(cameras_of(farm))
        wait_for(
            lambda: len({each.id for each in watched.sightings() if each.stage is Stage.LEFT}) >= 4,
            "four people have been seen and have left",
        )
        truth = farm.truth()
        for word in watched.sightings():
            there = {
                each.person
                for each in truth.appearances
                if each.camera == word.sighting.camera
                and each.enter_unix_s - 1 <= word.last_unix_s
                and word.first_unix_s <= each.leave_unix_s + 1
            }
            assert word.sighting.person is None or word.sighting.person in there
        assert {word.sighting.person for word in watched.sightings()} >= {"Obama", "Miranda"}
    for status in watched.shard.pulse().status.cameras:
        assert status.counts.offered > 0
        assert status.counts.analysed > 0
        assert books_balance(status.counts, waiting=0, late_waiting=0)


def test_each_track_is_told_from_its_appearance_to_its_leaving_under_one_id(
    farm: Farm, run: Callable[[], Watched]
) -> None:
    watched = run()
    with watched.shard:
        watched.shard.watch(cameras_of(farm))
        wait_for(lambda: any(each.stage is Stage.LEFT for each in watched.sightings()), "somebody has left")
    stages: dict[str, list[Stage]] = {}
    for word in watched.sightings():
        stages.setdefault(word.id, []).append(word.stage)
        assert word.first_unix_s <= word.last_unix_s <= word.told_unix_s
    for told in stages.values():
        assert told[-1] is Stage.LEFT
        assert told.count(Stage.LEFT) == 1
        assert told[0] in (Stage.APPEARED, Stage.LEFT)


@contextmanager
def at_fault(farm: Farm, kind: FaultKind, value: float | None = None) -> Iterator[None]:
    farm.disturb(Fault(kind, camera=1, value=value))
    try:
        yield
    finally:
        farm.clear()


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (FaultKind.REFUSE, ""),
        (FaultKind.FREEZE, "stopped sending"),
        (FaultKind.GARBAGE, ""),
        (FaultKind.UNAUTHORIZED, ""),
    ],
)
def test_a_lost_camera_says_why_and_when_it_is_tried_comes_back_and_disturbs_nobody(
    farm: Farm, run: Callable[[], Watched], kind: FaultKind, reason: str
) -> None:
    watched = run()
    with watched.shard:
        watched.shard.watch(cameras_of(farm))
        wait_for(lambda: watched.states() == {LinkState.WATCHING}, "all are watched")
        before = {name: watched.analysed(name) for name in ("cam002", "cam003")}
        with at_fault(farm, kind):
            if kind is FaultKind.UNAUTHORIZED:
                farm.disturb(Fault(FaultKind.DROP, camera=1))
            wait_for(lambda: watched.status("cam001").state is LinkState.RETRYING, "the fault is noticed")
            status = watched.status("cam001")
            assert reason in status.reason
            assert status.reason
            assert status.next_try_unix_s is not None
            wait_for(lambda: all(watched.analysed(name) >= before[name] + 3 for name in before), "the others go on")
        if kind is FaultKind.UNAUTHORIZED:
            return  # it is tried again only after a while, so that no account is locked
        wait_for(lambda: watched.status("cam001").state is LinkState.WATCHING, "it is back")
        analysed = watched.analysed("cam001")
        wait_for(lambda: watched.analysed("cam001") > analysed, "it is watched again")
        assert watched.status("cam001").counts.reconnects >= 1
        assert watched.status("cam002").counts.reconnects == 0


@pytest.mark.parametrize("kind", [FaultKind.RESIZE, FaultKind.BACKWARDS])
def test_another_size_or_clock_is_no_failure(farm: Farm, run: Callable[[], Watched], kind: FaultKind) -> None:
    watched = run()
    with watched.shard:
        watched.shard.watch(cameras_of(farm)[:1])
        wait_for(lambda: watched.analysed("cam001") >= 2, "it is watched")
        size = watched.status("cam001").width_px
        with at_fault(farm, kind):
            analysed = watched.analysed("cam001")
            wait_for(lambda: watched.analysed("cam001") >= analysed + 4, "it is still watched")
            if kind is FaultKind.RESIZE:
                wait_for(lambda: watched.status("cam001").width_px != size, "the other size is seen")
        assert watched.status("cam001").state is LinkState.WATCHING


def test_cameras_come_and_go_without_disturbing_the_others(farm: Farm, run: Callable[[], Watched]) -> None:
    watched = run()
    first, second, third = cameras_of(farm)
    with watched.shard:
        watched.shard.watch([first, second])
        wait_for(lambda: watched.states() == {LinkState.WATCHING}, "two are watched")
        analysed = watched.analysed("cam001")
        watched.shard.watch([first, third])
        assert {each.camera for each in watched.shard.pulse().status.cameras} == {"cam001", "cam003"}
        wait_for(lambda: watched.states() == {LinkState.WATCHING}, "the new one is watched")
        assert watched.analysed("cam001") >= analysed
        watched.shard.watch([replace(first, mode=Mode.FULL), third])
        assert watched.analysed("cam001") <= analysed
        wait_for(lambda: farm.status().viewers == 2, "the removed one is left")
        watched.shard.watch([])
        wait_for(lambda: farm.status().viewers == 0, "all are left")


def test_a_camera_rests_by_its_schedule(farm: Farm, run: Callable[[], Watched]) -> None:
    now = time.localtime()
    day = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[(now.tm_wday + 3) % 7]
    watched = run()
    with watched.shard:
        resting = replace(cameras_of(farm)[0], schedule=Schedule((parse_hours(f"{day} 08:00-09:00"),)))
        watched.shard.watch([resting])
        wait_for(lambda: watched.states() == {LinkState.RESTING}, "it rests")
        assert farm.status().viewers == 0
        assert watched.status("cam001").coverage == 1.0


def follow(known: KnownFaces) -> list[GalleryChange]:
    """The same people, as they are told by whoever follows the database."""
    templates, owners = known.gallery.enrolled
    return [
        GalleryChange(
            person=PersonId(f"01{owner}"),
            terms=PersonTerms(person=PersonId(f"01{owner}"), name=owner),
            templates=(HalfTemplates.of(templates.pick([row])),),
        )
        for row, owner in enumerate(owners)
    ]


def test_people_are_named_two_seconds_after_they_are_enrolled_and_unknown_two_seconds_after_they_are_gone(
    farm: Farm, known: KnownFaces, tmp_path: Path
) -> None:
    settings = parse_engine_file(f'[engine]\ndata_dir = "{tmp_path}/data"\n', tmp_path / "nigoh.toml")
    news: list[News] = []
    watched = Watched(build_shard(ShardPlan(settings, None, 1), "shard-1", news.append), news)
    people = follow(known)

    def named() -> list[CameraSighting]:
        return [each for each in watched.sightings() if each.sighting.person]

    with watched.shard:
        watched.shard.watch(cameras_of(farm))
        wait_for(lambda: bool(watched.sightings()), "somebody has been seen")
        assert not named()
        watched.shard.enrol(people)
        wait_for(lambda: bool(named()), "somebody who is known now is named")
        assert {each.sighting.person for each in named()} <= {change.person for change in people}
        gone_s = time.monotonic()
        watched.shard.enrol([GalleryChange(person=change.person, terms=None) for change in people])
        wait_for(lambda: time.monotonic() - gone_s > 2, "two seconds have passed")
        before, seen = len(named()), len(watched.sightings())
        wait_for(lambda: len(watched.sightings()) > seen + 2, "people are seen after that")
        assert len(named()) == before


def test_another_threshold_holds_for_whoever_is_there_and_for_whoever_comes(
    farm: Farm, known: KnownFaces, tmp_path: Path
) -> None:
    settings = parse_engine_file(f'[engine]\ndata_dir = "{tmp_path}/data"\n', tmp_path / "nigoh.toml")
    news: list[News] = []
    watched = Watched(build_shard(ShardPlan(settings, known, 1), "shard-1", news.append), news)

    def now() -> list[tuple[str | None, float]]:
        return [(each.sighting.person, each.sighting.threshold) for each in watched.sightings()]

    with watched.shard:
        watched.shard.watch(cameras_of(farm))
        wait_for(lambda: any(person for person, _ in now()), "somebody is named")
        watched.shard.tune(NamingRule(threshold=0.99))
        seen = len(now())
        wait_for(lambda: any(threshold == 0.99 for _, threshold in now()[seen:]), "the rule holds")
        after = [person for person, threshold in now()[seen:] if threshold == 0.99]
        assert after
        assert not any(after)
        watched.shard.tune(NamingRule(false_alarms=0.01))
        seen = len(now())
        wait_for(lambda: any(person for person, _ in now()[seen:]), "somebody is named again")


def test_live_pictures_come_while_somebody_looks(farm: Farm, run: Callable[[], Watched]) -> None:
    watched = run()
    with watched.shard:
        watched.shard.watch(cameras_of(farm)[:1])
        wait_for(lambda: watched.states() == {LinkState.WATCHING}, "it is watched")

        def pictures() -> list[LivePicture]:
            return [each for each in list(watched.news) if isinstance(each, LivePicture)]

        assert not pictures()
        watched.shard.show(CameraId("cam001"), LiveOptions(long_side_px=320, fps=5))
        wait_for(lambda: len(pictures()) >= 5, "five live pictures")
        watched.shard.show(CameraId("cam001"), None)
        picture = cv2.imdecode(np.frombuffer(pictures()[0].jpeg, np.uint8), cv2.IMREAD_COLOR)
        assert picture is not None
        assert picture.shape == (180, 320, 3)


def test_what_cannot_be_connected_is_tried_for_ever_and_shows_no_password(run: Callable[[], Watched]) -> None:
    watched = run()
    with watched.shard:
        url = CameraUrl("rtsp://operator:hunter2@127.0.0.1:9/stream")
        watched.shard.watch([Camera(name=CameraId("gate"), url=url)])
        wait_for(lambda: watched.status("gate").state is LinkState.RETRYING, "it is refused")
        status = watched.status("gate")
        assert "hunter2" not in repr(watched.shard.pulse())
        assert "refuses connections" in status.reason


def test_nothing_is_left_behind(farm: Farm, run: Callable[[], Watched]) -> None:
    process = psutil.Process()
    watched = run()
    with watched.shard:
        watched.shard.watch(cameras_of(farm))
        wait_for(lambda: watched.states() == {LinkState.WATCHING}, "all are watched")
    alive = {thread.name for thread in threading.enumerate()}
    assert not [name for name in alive if name.split()[0] in {"decode", "analyse", "links", "streams", "live"}]
    wait_for(lambda: farm.status().viewers == 0, "the cameras are left")
    assert process.num_fds() < 200
