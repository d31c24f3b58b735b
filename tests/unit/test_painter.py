"""What an operator sees drawn over the frames of a watch."""

from collections.abc import Iterator

import numpy as np
import pytest

from nigoh.domain.frame import Frame, Pixels
from nigoh.domain.language import Language, Words
from nigoh.domain.sighting import Box, PersonId, Status
from nigoh.engine.camera_watch import FrameResult, SeenFace
from nigoh.engine.watching import PassedFrame
from nigoh.ui.painter import Painter
from nigoh.video.overlay import Colour

BOX: Box = (300.0, 100.0, 360.0, 160.0)
GROUND = 90


def frame(t_s: float = 0.0, index: int = 0) -> Frame:
    return Frame(np.full((360, 640, 3), GROUND, np.uint8), index, t_s)


def seen(status: Status | None, person: str | None = None, box: Box = BOX) -> SeenFace:
    name = None if person is None else PersonId(person)
    return SeenFace(track=1, box=box, detection=0.9, status=status, person=name, score=0.61)


def analysed(*faces: SeenFace, t_s: float = 0.0, index: int = 0) -> FrameResult:
    return FrameResult(frame(t_s, index), faces, (), ())


def painter(interval_s: float = 0.04, *, someone_is_wanted: bool = False) -> Painter:
    """A painter whose clock goes on by this much with each picture."""

    def ticks() -> Iterator[float]:
        now_s = 0.0
        while True:
            yield now_s
            now_s += interval_s

    words = Words(language=Language.ENGLISH, someone_is_wanted=someone_is_wanted)
    return Painter(words, clock=ticks().__next__)


def box_colour(picture: Pixels) -> list[int]:
    return [int(value) for value in picture[100, 330]]


@pytest.mark.parametrize(
    ("status", "colour"),
    [
        (Status.KNOWN, Colour.GREEN),
        (Status.UNKNOWN, Colour.RED),
        (Status.WANTED, Colour.AMBER),
        (Status.AMBIGUOUS, Colour.BLUE),
        (None, Colour.GREY),
    ],
)
def test_the_colour_of_a_box_says_what_was_decided(status: Status | None, colour: Colour) -> None:
    picture = painter().paint(analysed(seen(status, "Anna")))
    assert box_colour(picture) == list(colour.value)


def test_an_undecided_face_has_a_box_and_no_label() -> None:
    below = (slice(165, 200), slice(280, 420))
    assert (painter().paint(analysed(seen(None)))[below] == GROUND).all()
    assert (painter().paint(analysed(seen(Status.KNOWN, "Anna")))[below] != GROUND).any()


def test_boxes_stay_over_frames_that_are_not_analysed_for_half_a_second() -> None:
    overlay = painter()
    overlay.paint(analysed(seen(Status.KNOWN, "Anna"), t_s=1.0))
    assert box_colour(overlay.paint(PassedFrame(frame(1.4, 1)))) == list(Colour.GREEN.value)
    assert box_colour(overlay.paint(PassedFrame(frame(1.6, 2)))) == [GROUND] * 3


def test_boxes_of_faces_that_have_gone_are_not_drawn() -> None:
    overlay = painter()
    overlay.paint(analysed(seen(Status.KNOWN, "Anna")))
    assert box_colour(overlay.paint(analysed(t_s=0.1, index=1))) == [GROUND] * 3


@pytest.mark.parametrize("wanted_first", [True, False])
def test_whoever_is_wanted_is_drawn_in_front(wanted_first: bool) -> None:
    faces = [seen(Status.WANTED, "Anna"), seen(Status.UNKNOWN)]
    picture = painter(someone_is_wanted=True).paint(analysed(*(faces if wanted_first else faces[::-1])))
    assert box_colour(picture) == list(Colour.AMBER.value)


def test_the_caption_counts_frames_and_shows_their_rate() -> None:
    def caption(index: int, interval_s: float) -> Pixels:
        return painter(interval_s).paint(analysed(index=index))[:20, :200]

    assert np.array_equal(caption(1, 0.04), caption(1, 0.04))
    assert not np.array_equal(caption(1, 0.04), caption(2, 0.04)), "the frame's number"
    assert not np.array_equal(caption(1, 0.04), caption(1, 0.1)), "frames a second"


def test_the_frame_itself_is_left_alone() -> None:
    result = analysed(seen(Status.KNOWN, "Anna"))
    painter().paint(result)
    assert (result.frame.pixels == GROUND).all()
