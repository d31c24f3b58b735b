"""The letterbox: into the canvas and exactly back."""

import numpy as np
import pytest

from nigoh.vision.letterbox import Letterbox, usual_detect_size_px

SHAPES = [(640, 360), (1920, 1080), (1080, 1920), (250, 250), (641, 479), (33, 31), (1, 1), (5000, 3), (4096, 2160)]


@pytest.mark.parametrize(("width_px", "height_px"), SHAPES)
def test_points_come_back_to_where_they_were(width_px: int, height_px: int) -> None:
    letterbox = Letterbox.fit(width_px, height_px, 640)
    points = np.random.default_rng(3).uniform(0, [width_px, height_px], (50, 5, 2)).astype(np.float32)
    assert np.allclose(letterbox.to_source(letterbox.to_canvas(points)), points, rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize(("width_px", "height_px"), SHAPES)
def test_the_corners_of_the_picture_are_the_corners_of_its_place_in_the_canvas(width_px: int, height_px: int) -> None:
    letterbox = Letterbox.fit(width_px, height_px, 640)
    corner = np.array([[width_px, height_px]], np.float32)
    assert np.allclose(letterbox.to_canvas(corner), [letterbox.scaled_px], rtol=1e-6)


@pytest.mark.parametrize(("width_px", "height_px"), SHAPES)
def test_the_canvas_holds_the_picture_in_whole_strides(width_px: int, height_px: int) -> None:
    letterbox = Letterbox.fit(width_px, height_px, 640)
    for scaled, canvas in zip(letterbox.scaled_px, letterbox.canvas_px, strict=True):
        assert 1 <= scaled <= 640
        assert canvas % 32 == 0
        assert scaled <= canvas < scaled + 32


def test_a_large_picture_is_shrunk_to_the_long_side_and_a_small_one_is_left_as_it_is() -> None:
    assert Letterbox.fit(1920, 1080, 640).scaled_px == (640, 360)
    assert Letterbox.fit(1080, 1920, 640).scaled_px == (360, 640)
    assert Letterbox.fit(250, 250, 640).scaled_px == (250, 250)


@pytest.mark.parametrize(
    ("picture_px", "size_px"),
    [
        ((640, 360), 320),
        ((352, 288), 320),
        ((960, 540), 320),
        ((1280, 720), 384),
        ((3840, 2160), 640),
        ((360, 640), 320),
    ],
)
def test_a_detector_usually_sees_three_tenths_of_the_picture_within_bounds(
    picture_px: tuple[int, int], size_px: int
) -> None:
    assert usual_detect_size_px(*picture_px) == size_px
