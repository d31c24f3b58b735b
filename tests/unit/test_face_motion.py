"""Where faces are between two analysed pictures."""

import pytest

from nigoh.domain.sighting import Box, Status
from nigoh.engine.camera_watch import SeenFace
from nigoh.engine.face_motion import FaceMotion


def face(track: int, box: Box) -> SeenFace:
    return SeenFace(track, box, 0.9, Status.UNKNOWN, None, 0.1)


LEFT, RIGHT = face(1, (100.0, 50.0, 140.0, 90.0)), face(1, (120.0, 50.0, 160.0, 90.0))
WALKING = FaceMotion().then([LEFT], 10.0).then([RIGHT], 11.0)


@pytest.mark.parametrize(("at_s", "x1"), [(10.0, 100.0), (11.0, 120.0), (11.5, 130.0), (11.9, 138.0)])
def test_a_face_goes_on_as_it_moved(at_s: float, x1: float) -> None:
    (there,) = WALKING.at(at_s)
    assert there.box == pytest.approx((x1, 50, x1 + 40, 90))


def test_it_is_not_drawn_where_it_may_not_be_any_more() -> None:
    assert WALKING.at(12.1) == [], "more than half a face further"
    quick = FaceMotion().then([LEFT], 10.0).then([RIGHT], 10.2)
    assert len(quick.at(10.55)) == 1
    assert quick.at(10.65) == []
    still = FaceMotion().then([LEFT], 10.0).then([LEFT], 11.0)
    assert still.at(12.4) == [LEFT]
    assert still.at(12.6) == []


def test_a_face_that_was_seen_once_stays_for_a_moment() -> None:
    once = FaceMotion().then([LEFT], 10.0)
    assert once.at(10.3) == [LEFT]
    assert once.at(10.5) == []


def test_who_comes_and_who_goes() -> None:
    other = face(2, (300.0, 50.0, 340.0, 90.0))
    after = WALKING.then([other], 12.0)
    assert [each.track for each in after.at(12.2)] == [2]
    assert after.at(12.2)[0].box == other.box, "another face's motion is not its own"
    assert WALKING.then([], 12.0).at(12.0) == []


@pytest.mark.parametrize("seen_s", [11.0, 5.0, 60.0])
def test_without_a_time_between_there_is_no_motion(seen_s: float) -> None:
    after = WALKING.then([LEFT], seen_s)
    assert after.at(seen_s + 0.3) == [LEFT]


def test_a_face_that_grows_smaller_is_never_inside_out() -> None:
    small, tiny = face(1, (100.0, 100.0, 120.0, 120.0)), face(1, (109.0, 109.0, 111.0, 111.0))
    (there,) = FaceMotion().then([small], 1.0).then([tiny], 2.0).at(3.4)
    x1, y1, x2, y2 = there.box
    assert x1 <= x2
    assert y1 <= y2
