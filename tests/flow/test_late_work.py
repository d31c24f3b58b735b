"""Faces put aside by the analysis, recognised later: with real faces, models and files."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from nigoh.config.settings import VisionSettings
from nigoh.domain.camera import Camera
from nigoh.domain.camera_sighting import Stage
from nigoh.domain.camera_url import CameraUrl
from nigoh.domain.frame import Frame, Pixels
from nigoh.domain.sighting import CameraId, PersonId, Status
from nigoh.engine.analysis import FaceAnalyser
from nigoh.engine.camera_feed import CameraFeed, Want
from nigoh.engine.camera_tally import books_balance
from nigoh.engine.camera_watch import CameraWatch, PendingFrame, WatchPolicy
from nigoh.engine.clocks import Clocks
from nigoh.engine.known_people import KnownPeople
from nigoh.engine.late_work import LateWork, Recognition
from nigoh.engine.shard_seam import News, SightingNews
from nigoh.errors import NigohError
from nigoh.identity.decision import DecisionPolicy
from nigoh.identity.gallery import ExactGallery
from nigoh.storage.late_faces import LateFaceFile, LateLimits
from nigoh.video.ring import RingLimits
from nigoh.wiring import build_analyser

GATE = CameraId("gate")
OBAMA = PersonId("Obama")
POLICY = WatchPolicy(DecisionPolicy(threshold=0.363))


class NoOwner:
    """Of a feed that receives nothing."""

    def is_shown(self, camera: CameraId, now_s: float) -> bool:
        del camera, now_s
        return False

    def want(self, want: Want) -> None:
        raise AssertionError(want)

    def opened(self) -> None:
        raise AssertionError

    def ended(self, feed: CameraFeed, error: NigohError | None) -> None:
        raise AssertionError(feed, error)


class Shelf:
    """Late work with all it needs, and a camera whose faces are put aside."""

    def __init__(self, analyser: FaceAnalyser, photos: Path, folder: Path) -> None:
        self.now_s = 50.0
        self.photos = photos
        self.analyser = analyser
        self.gallery = ExactGallery(analyser.model)
        self.gallery.add(OBAMA, analyser.embed(self.pending("obama.jpg").crops))
        clocks = Clocks(monotonic=lambda: self.now_s, wall=lambda: 1e9 + self.now_s)
        self.file = LateFaceFile(folder, LateLimits(most_bytes=300_000, most_age_s=600), clocks.monotonic)
        self.told: list[News] = []
        recognition = Recognition(analyser, KnownPeople(self.gallery), POLICY)
        self.work = LateWork(self.file, recognition, self.told.append, clocks)
        self.feed = self.new_feed()

    def new_feed(self) -> CameraFeed:
        camera = Camera(name=GATE, url=CameraUrl("rtsp://127.0.0.1/gate"))
        return CameraFeed(camera, NoOwner(), None, RingLimits(), lambda: self.now_s)

    def picture(self, photo: str) -> Pixels:
        pixels = cv2.imread(str(self.photos / photo))
        assert pixels is not None
        return np.asarray(cv2.resize(pixels, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)

    def pending(self, photo: str) -> PendingFrame:
        pixels = self.picture(photo)
        watch = CameraWatch(GATE, self.analyser, KnownPeople(ExactGallery(self.analyser.model)), POLICY)
        return watch.begin(Frame(pixels, 0, 7.0), self.analyser.detect([pixels])[0])

    def put_aside(self, photo: str, captured_s: float, feed: CameraFeed | None = None) -> None:
        """As the analysis does when it has no time for any face of a frame."""
        pending, feed = self.pending(photo), feed or self.feed
        assert len(pending.rows) == 1
        feed.tally.add(faces_offered=1, deferred=1)
        self.work.put(feed, pending, 0, captured_s)

    @property
    def sightings(self) -> list[SightingNews]:
        return [news for news in self.told if isinstance(news, SightingNews)]


@pytest.fixture(scope="module")
def analyser() -> FaceAnalyser:
    return build_analyser(VisionSettings())


@pytest.fixture
def shelf(analyser: FaceAnalyser, shared_data: Path, tmp_path: Path) -> Iterator[Shelf]:
    shelf = Shelf(analyser, shared_data / "photos/portraits", tmp_path)
    with shelf.work:
        yield shelf


def test_a_face_put_aside_is_named_later_with_the_time_at_which_it_was_there(shelf: Shelf) -> None:
    shelf.put_aside("obama3.jpg", captured_s=48.0)
    assert shelf.work.waiting == 1
    shelf.now_s = 110.0
    shelf.work.work()
    (news,) = shelf.sightings
    told = news.sighting
    assert (told.late, told.stage) == (True, Stage.LEFT)
    assert (told.sighting.person, told.sighting.status, told.sighting.camera) == (OBAMA, Status.KNOWN, GATE)
    assert (told.first_unix_s, told.last_unix_s, told.told_unix_s) == (1e9 + 48, 1e9 + 48, 1e9 + 110)
    shown = cv2.imdecode(np.frombuffer(news.jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert shown is not None
    assert len(shelf.analyser.detect([np.asarray(shown, np.uint8)])[0]) == 1, "the picture shows the face"


def test_it_comes_to_the_same_score_as_at_once(shelf: Shelf) -> None:
    shelf.put_aside("obama3.jpg", captured_s=48.0)
    shelf.work.work()
    at_once = shelf.gallery.search(shelf.analyser.embed(shelf.pending("obama3.jpg").crops), 1).rows[0][0]
    assert shelf.sightings[0].sighting.sighting.score == pytest.approx(at_once.score, abs=1e-5)


def test_one_visit_is_told_once_and_the_next_again(shelf: Shelf) -> None:
    for captured_s in (10.0, 12.0, 14.0, 48.0):
        shelf.put_aside("obama3.jpg", captured_s)
    for _ in range(4):
        shelf.work.work()
    assert sorted(news.sighting.first_unix_s - 1e9 for news in shelf.sightings) == [14.0, 48.0]
    counts = shelf.feed.tally.snapshot()
    assert (counts.embedded_late, counts.sightings, counts.matched) == (4, 2, 2)


def test_what_has_been_told_in_time_is_not_told_late(shelf: Shelf) -> None:
    shelf.put_aside("obama3.jpg", captured_s=48.0)
    shelf.work.work()
    told = shelf.sightings.pop()
    shelf.told.clear()
    in_time = replace(told.sighting, id="of a track", stage=Stage.APPEARED, late=False, first_unix_s=1e9 + 400)
    shelf.work.told(SightingNews(in_time, b""))
    shelf.put_aside("obama3.jpg", captured_s=430.0)
    shelf.work.work()
    assert shelf.told == []


def test_a_stranger_is_counted_and_not_told(shelf: Shelf) -> None:
    shelf.put_aside("lin-manuel-miranda.png", captured_s=48.0)
    shelf.work.work()
    assert shelf.told == []
    assert shelf.feed.tally.snapshot().embedded_late == 1


def test_the_books_of_each_feed_balance_whatever_is_given_up(shelf: Shelf) -> None:
    old_feed, new_feed = shelf.feed, shelf.new_feed()
    for number in range(9):
        shelf.put_aside("obama3.jpg", captured_s=float(number), feed=old_feed if number < 4 else new_feed)
    old_feed.is_gone = True
    shelf.work.work()
    waiting = shelf.work.waiting
    assert 0 < waiting < 7
    assert books_balance(old_feed.tally.snapshot(), 0, 0)
    assert books_balance(new_feed.tally.snapshot(), 0, waiting)
    assert new_feed.tally.snapshot().embedded_late == 2
    shelf.put_aside("obama3.jpg", captured_s=20.0, feed=new_feed)
    shelf.now_s = 2000.0
    shelf.work.work()
    assert books_balance(new_feed.tally.snapshot(), 0, 0)
    assert new_feed.tally.snapshot().late_dropped > 0


def test_a_face_that_could_not_be_reported_alone_does_not_wait(shelf: Shelf) -> None:
    pending = shelf.pending("obama3.jpg")
    poor = replace(pending, qualities=np.full(1, 0.2, np.float32))
    shelf.feed.tally.add(faces_offered=1, deferred=1)
    shelf.work.put(shelf.feed, poor, 0, 48.0)
    assert shelf.work.waiting == 0
    assert shelf.feed.tally.snapshot().late_dropped == 1


def test_what_waits_at_the_end_is_counted(shelf: Shelf) -> None:
    shelf.put_aside("obama3.jpg", captured_s=48.0)
    shelf.work.__exit__(None, None, None)
    assert books_balance(shelf.feed.tally.snapshot(), 0, 0)
    assert shelf.feed.tally.snapshot().late_dropped == 1
