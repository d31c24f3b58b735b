"""At most so many pictures a second, evenly."""

import itertools

import pytest

from nigoh.engine.viewing_pace import ViewingPace


def picked(times_s: list[float], fps: float) -> list[float]:
    pace, found = ViewingPace(fps), []
    for at_s in times_s:
        if pace.is_due(at_s):
            pace.took(at_s)
            found.append(at_s)
    return found


@pytest.mark.parametrize("camera_fps", [5, 7.3, 10, 12.5, 15, 25, 30])
@pytest.mark.parametrize("fps", [1, 2, 5])
def test_any_camera_gives_as_many_as_were_asked_for_and_not_more(camera_fps: float, fps: float) -> None:
    shown = picked([number / camera_fps for number in range(int(20 * camera_fps))], fps)
    assert len(shown) == pytest.approx(min(fps, camera_fps) * 20, abs=1.5)
    gaps = [after - before for before, after in itertools.pairwise(shown)]
    assert max(gaps) <= 1 / fps + 1 / camera_fps + 1e-9, "evenly"


def test_a_slower_camera_gives_all_it_has() -> None:
    assert len(picked([0.0, 1.0, 2.0, 3.0], 5)) == 4


def test_pictures_that_come_a_little_early_or_late_are_taken() -> None:
    times_s = [0.0, 0.19, 0.41, 0.6, 0.79, 1.0]
    assert picked(times_s, 5) == times_s


def test_after_a_break_it_does_not_catch_up() -> None:
    times_s = [0.0, *(10 + number / 25 for number in range(25))]
    assert len(picked(times_s, 2)) <= 4


def test_a_clock_that_goes_back_does_not_stop_it() -> None:
    assert picked([1000.0, 1000.2, 5.0, 5.2], 5) == [1000.0, 1000.2, 5.0, 5.2]
