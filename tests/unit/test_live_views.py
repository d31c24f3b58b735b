"""Many viewers of a camera share one encoding."""

import threading
from collections.abc import Callable

import pytest

from nigoh.domain.sighting import CameraId
from nigoh.engine.shard_seam import LiveOptions, LivePicture
from nigoh.engine.viewing_pace import ViewingPace
from nigoh.errors import SourceError
from nigoh.server.live_views import LiveViews

GATE, DOOR = CameraId("gate"), CameraId("door")
SMALL, LARGE = LiveOptions(long_side_px=320, fps=2, quality=90), LiveOptions(long_side_px=1280, fps=1, quality=70)


class Engine:
    """What is asked of an engine with two cameras."""

    def __init__(self) -> None:
        self.asked: list[tuple[CameraId, LiveOptions | None]] = []

    def show(self, camera: CameraId, options: LiveOptions | None) -> bool:
        if camera not in {GATE, DOOR}:
            return False
        self.asked.append((camera, options))
        return True


@pytest.fixture
def engine() -> Engine:
    return Engine()


@pytest.fixture
def views(engine: Engine) -> LiveViews:
    return LiveViews(engine.show)


def picture(at_s: float, camera: CameraId = GATE) -> LivePicture:
    return LivePicture(camera, f"{at_s}".encode(), 1e9 + at_s)


def test_a_camera_is_asked_once_for_what_serves_all_and_until_the_last_leaves(
    engine: Engine, views: LiveViews
) -> None:
    widest = LiveOptions(long_side_px=1280, fps=2, quality=90)
    with views.look(GATE, SMALL):
        with views.look(GATE, LARGE), views.look(GATE, LARGE), views.look(GATE, SMALL):
            assert engine.asked == [(GATE, SMALL), (GATE, widest)]
        assert engine.asked[2:] == [(GATE, SMALL)]
    assert engine.asked[3:] == [(GATE, None)]


def test_all_who_look_at_a_camera_get_its_pictures_and_nobody_else_does(views: LiveViews) -> None:
    with views.look(GATE, SMALL) as one, views.look(GATE, LARGE) as two, views.look(DOOR, SMALL) as other:
        views.deliver(picture(0))
        assert one.take(0) == two.take(0) == picture(0)
        assert other.take(0) is None
    views.deliver(picture(9))
    assert one.take(0) is None, "whoever has left gets none"


@pytest.mark.parametrize("camera_fps", [7.3, 12.0, 15.0, 25.0])
@pytest.mark.parametrize("fps", [2.0, 5.0])
def test_each_viewer_gets_as_many_pictures_as_it_asked_for(camera_fps: float, fps: float, views: LiveViews) -> None:
    """As the shard paces them: alone, and beside a viewer who wants them all."""
    alone, taken, beside = ViewingPace(fps), [0, 0], LiveOptions(fps=fps)
    with views.look(GATE, beside) as viewer, views.look(DOOR, beside) as of_all:
        for number in range(int(20 * camera_fps)):
            at_s = number / camera_fps
            views.deliver(picture(at_s, DOOR))
            if alone.is_due(1e9 + at_s):
                alone.took(1e9 + at_s)
                views.deliver(picture(at_s))
            taken = [count + (each.take(0) is not None) for count, each in zip(taken, (viewer, of_all), strict=True)]
    assert taken == pytest.approx([20 * fps] * 2, abs=1.5)


def test_a_slow_viewer_gets_the_newest_picture_and_holds_nobody_up(views: LiveViews) -> None:
    with views.look(GATE, LiveOptions(fps=5)) as slow, views.look(GATE, LiveOptions(fps=5)) as quick:
        for number in range(100):
            views.deliver(picture(number))
            assert quick.take(0) == picture(number)
        assert slow.take(0) == picture(99)
        assert slow.take(0) is None


def test_whoever_waits_is_woken_by_a_picture_and_by_the_end(views: LiveViews) -> None:
    got: list[LivePicture | None] = []
    wakes: list[Callable[[], None]] = [lambda: views.deliver(picture(0)), views.close]
    with views.look(GATE, SMALL) as viewer:
        for wake in wakes:
            waiting = threading.Thread(target=lambda: got.append(viewer.take(30)))
            waiting.start()
            wake()
            waiting.join(20)
            assert not waiting.is_alive()
    assert got == [picture(0), None]


def test_a_camera_that_does_not_exist_is_refused_and_leaves_nothing_behind(engine: Engine, views: LiveViews) -> None:
    with pytest.raises(SourceError, match="there is no camera 'attic'"), views.look(CameraId("attic"), SMALL):
        pass
    assert engine.asked == []
    with views.look(GATE, SMALL):
        assert engine.asked == [(GATE, SMALL)]
