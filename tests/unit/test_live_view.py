"""Live pictures of a shard's cameras."""

import queue
import threading
from collections.abc import Iterator, Sequence

import av
import cv2
import numpy as np
import pytest

from nigoh.domain.frame import Pixels
from nigoh.domain.language import Language, Words
from nigoh.domain.sighting import Box, CameraId, PersonId, Status
from nigoh.engine.camera_watch import SeenFace
from nigoh.engine.live_view import LiveView
from nigoh.engine.mailbox import Closed
from nigoh.engine.shard_seam import LiveOptions, LivePicture, News
from nigoh.ui.painter import LiveAnnotator
from nigoh.video.overlay import Colour

GATE, DOOR = CameraId("gate"), CameraId("door")
GROUND = 90
BOX: Box = (600.0, 200.0, 720.0, 320.0)


def video_frame(width: int = 1280, height: int = 720, value: int = GROUND) -> av.VideoFrame:
    return av.VideoFrame.from_ndarray(np.full((height, width, 3), value, np.uint8), "bgr24").reformat(
        format="yuv420p"
    )


def known(person: str = "Anna", box: Box = BOX) -> SeenFace:
    return SeenFace(track=1, box=box, detection=0.9, status=Status.KNOWN, person=PersonId(person), score=0.61)


def decoded(picture: LivePicture) -> Pixels:
    pixels = cv2.imdecode(np.frombuffer(picture.jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert pixels is not None
    return np.asarray(pixels, np.uint8)


class Viewed:
    """A live view and what it tells."""

    def __init__(self, language: Language = Language.ENGLISH) -> None:
        self.told: queue.Queue[News] = queue.Queue()
        annotator = LiveAnnotator(Words(language=language))
        self.view = LiveView(annotator, self.told.put, lambda captured_s: 1e9 + captured_s)

    def next(self) -> LivePicture:
        news = self.told.get(timeout=20)
        assert isinstance(news, LivePicture)
        return news

    def shot(self, faces: Sequence[SeenFace], *, seen_s: float = 1.0, captured_s: float = 1.0) -> Pixels:
        self.view.seen(GATE, faces, seen_s)
        self.view.offer(GATE, video_frame(), captured_s)
        return decoded(self.next())


@pytest.fixture
def viewed() -> Iterator[Viewed]:
    found = Viewed()
    with found.view:
        yield found
    assert not [thread for thread in threading.enumerate() if thread.name == "live view"]


def is_near(pixel: Pixels, colour: Sequence[int], tolerance: int = 40) -> bool:
    return bool(np.abs(pixel.astype(int) - np.asarray(colour)).max() <= tolerance)


def test_the_picture_shows_the_box_and_the_name_at_their_scaled_places(viewed: Viewed) -> None:
    viewed.view.show(GATE, LiveOptions(long_side_px=640, quality=95))
    picture = viewed.shot([known()])
    assert picture.shape == (360, 640, 3)
    green = Colour.GREEN.value
    for x, y in [(300, 130), (360, 130), (330, 100)]:
        assert is_near(picture[y, x], green), "half of 600..720 and 200..320"
    assert is_near(picture[130, 330], [GROUND] * 3, 12), "the face itself is left free"
    assert is_near(picture[50, 100], [GROUND] * 3, 12)
    label = picture[163:178, 300:360]
    assert is_near(np.median(label, axis=(0, 1)), green)
    assert (label.min(axis=2) > 200).any(), "letters"


def test_the_label_is_in_the_operator_s_language() -> None:
    stranger = SeenFace(track=1, box=BOX, detection=0.9, status=Status.UNKNOWN, person=None, score=0.1)
    labels = []
    for language in (Language.ENGLISH, Language.RUSSIAN):
        viewed = Viewed(language)
        with viewed.view:
            viewed.view.show(GATE, LiveOptions())
            labels.append(viewed.shot([stranger])[161:185, 290:460])
    assert not np.array_equal(labels[0], labels[1])


@pytest.mark.parametrize(
    ("camera_px", "asked_px", "expected"),
    [
        ((1280, 720), 640, (360, 640)),
        ((1280, 720), 1280, (720, 1280)),
        ((1280, 720), 4000, (720, 1280)),
        ((480, 800), 400, (400, 240)),
        ((16, 16), 640, (16, 16)),
        ((2000, 2), 100, (1, 100)),
    ],
)
def test_pictures_are_made_smaller_and_never_larger(
    viewed: Viewed, camera_px: tuple[int, int], asked_px: int, expected: tuple[int, int]
) -> None:
    viewed.view.show(GATE, LiveOptions(long_side_px=asked_px))
    viewed.view.offer(GATE, video_frame(*camera_px), 1.0)
    assert decoded(viewed.next()).shape[:2] == expected


def test_boxes_go_on_with_their_faces_between_analysed_pictures(viewed: Viewed) -> None:
    viewed.view.show(GATE, LiveOptions())
    viewed.view.seen(GATE, [known(box=(500.0, 200.0, 620.0, 320.0))], 0.5)
    picture = viewed.shot([known()], seen_s=1.0, captured_s=1.2)
    assert is_near(picture[130, 320], Colour.GREEN.value), "40 px further right, on a picture of half the size"
    assert is_near(picture[130, 300], [GROUND] * 3, 12)


def test_faces_whose_place_is_not_known_any_more_are_not_drawn(viewed: Viewed) -> None:
    viewed.view.show(GATE, LiveOptions())
    assert is_near(viewed.shot([known()], seen_s=1.0, captured_s=1.3)[130, 300], Colour.GREEN.value)
    viewed.view.offer(GATE, video_frame(), 1.6)
    assert is_near(decoded(viewed.next())[130, 300], [GROUND] * 3, 12)


def test_what_was_seen_before_anybody_looked_is_on_the_first_picture(viewed: Viewed) -> None:
    viewed.view.seen(GATE, [known()], 1.0)
    viewed.view.show(GATE, LiveOptions())
    viewed.view.offer(GATE, video_frame(), 1.2)
    assert is_near(decoded(viewed.next())[130, 300], Colour.GREEN.value)


def test_while_nobody_looks_nothing_is_wanted_and_nothing_is_made(viewed: Viewed) -> None:
    assert not any(viewed.view.wants(GATE, number / 10) for number in range(20))
    viewed.view.offer(GATE, video_frame(), 1.0)
    viewed.view.show(DOOR, LiveOptions())
    viewed.view.offer(GATE, video_frame(), 2.0)
    viewed.view.offer(DOOR, video_frame(), 2.0)
    assert viewed.next().camera == DOOR
    assert viewed.told.empty()


def test_when_the_last_viewer_leaves_it_ends(viewed: Viewed) -> None:
    viewed.view.show(GATE, LiveOptions())
    viewed.view.show(GATE, None)
    viewed.view.show(DOOR, None)
    assert not viewed.view.wants(GATE, 1.0)
    viewed.view.offer(GATE, video_frame(), 1.0)
    viewed.view.show(DOOR, LiveOptions())
    viewed.view.offer(DOOR, video_frame(), 1.0)
    assert viewed.next().camera == DOOR


def test_it_asks_for_no_more_pictures_a_second_than_viewers_do(viewed: Viewed) -> None:
    viewed.view.show(GATE, LiveOptions(fps=5))
    wanted = [number / 25 for number in range(250) if viewed.view.wants(GATE, number / 25)]
    assert len(wanted) == pytest.approx(50, abs=1)


def test_a_picture_that_the_analysis_had_decoded_is_not_decoded_again(viewed: Viewed) -> None:
    viewed.view.show(GATE, LiveOptions(fps=5))
    assert viewed.view.wants(GATE, 1.0)
    viewed.view.offer(GATE, video_frame(), 1.0)
    viewed.view.offer(GATE, video_frame(), 1.17)
    assert not viewed.view.wants(GATE, 1.2)
    assert viewed.view.wants(GATE, 1.4)


def test_it_tells_when_the_picture_was_taken(viewed: Viewed) -> None:
    viewed.view.show(GATE, LiveOptions())
    viewed.view.offer(GATE, video_frame(), 12.5)
    assert viewed.next().captured_unix_s == 1e9 + 12.5


class SlowAnnotator:
    """Draws when it is allowed to."""

    def __init__(self) -> None:
        self.begun, self.allowed = threading.Event(), threading.Event()

    def annotate(self, pixels: Pixels, faces: Sequence[SeenFace], scale: float) -> Pixels:
        del faces, scale
        self.begun.set()
        assert self.allowed.wait(20)
        return pixels


def test_pictures_that_come_faster_than_they_are_made_replace_each_other_and_nobody_waits() -> None:
    annotator, told = SlowAnnotator(), queue.Queue[News]()
    with LiveView(annotator, told.put, lambda captured_s: captured_s) as view:
        view.seen(GATE, [known()], 1.0)
        view.show(GATE, LiveOptions(fps=50))
        view.offer(GATE, video_frame(), 1.0)
        assert annotator.begun.wait(20)
        for number in range(1, 9):
            view.offer(GATE, video_frame(), 1.0 + number / 10)
        annotator.allowed.set()
        pictures = [told.get(timeout=20), told.get(timeout=20)]
    assert [each.captured_unix_s for each in pictures if isinstance(each, LivePicture)] == [1.0, 1.8]
    assert told.empty()


class BrokenAnnotator:
    """Cannot draw what is dark."""

    def annotate(self, pixels: Pixels, faces: Sequence[SeenFace], scale: float) -> Pixels:
        del faces, scale
        if pixels.max() < 50:
            raise ValueError("too dark")
        return pixels


def test_a_picture_that_cannot_be_shown_stops_no_other(caplog: pytest.LogCaptureFixture) -> None:
    told = queue.Queue[News]()
    with LiveView(BrokenAnnotator(), told.put, lambda captured_s: captured_s) as view:
        for camera in (GATE, DOOR):
            view.seen(camera, [known()], 1.0)
            view.show(camera, LiveOptions())
        view.offer(GATE, video_frame(value=20), 1.0)
        view.offer(DOOR, video_frame(), 1.0)
        news = told.get(timeout=20)
    assert isinstance(news, LivePicture)
    assert news.camera == DOOR
    assert [record.message for record in caplog.records] == ["a picture could not be shown: too dark"]


def test_it_ends_when_nobody_takes_news_any_more() -> None:
    refused = threading.Event()

    def refuse(news: News) -> None:
        del news
        refused.set()
        raise Closed

    with LiveView(LiveAnnotator(Words(language=Language.ENGLISH)), refuse, lambda captured_s: captured_s) as view:
        view.show(GATE, LiveOptions())
        view.offer(GATE, video_frame(), 1.0)
        assert refused.wait(20)
