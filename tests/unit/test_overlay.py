"""Boxes and names over pictures."""

import numpy as np
import pytest

from nigoh.domain.frame import Pixels
from nigoh.video.overlay import Colour, Mark, draw_overlay

GROUND = 90


def picture(width: int = 640, height: int = 360) -> Pixels:
    return np.full((height, width, 3), GROUND, np.uint8)


def drawn(before: Pixels, after: Pixels) -> tuple[int, int, int, int]:
    """The rectangle in which anything was drawn: left, top, right, bottom."""
    rows, columns = np.nonzero((before != after).any(axis=2))
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1


def test_a_frame_is_never_written_to() -> None:
    before = picture()
    before.setflags(write=False)
    after = draw_overlay(before, [Mark((100, 100, 200, 200), "Anna", Colour.GREEN)], "Frame: 1")
    assert (before == GROUND).all()
    assert after.shape == before.shape
    assert (after != before).any()


def test_nothing_to_draw() -> None:
    assert np.array_equal(draw_overlay(picture(), []), picture())


def test_a_box_is_drawn_where_it_is() -> None:
    after = draw_overlay(picture(), [Mark((100, 120, 200, 220), "", Colour.RED)])
    assert after[120, 150].tolist() == list(Colour.RED.value)
    assert after[170, 100].tolist() == list(Colour.RED.value)
    assert after[170, 150].tolist() == [GROUND] * 3
    assert drawn(picture(), after) == pytest.approx((100, 120, 201, 221), abs=2)


@pytest.mark.parametrize("box", [(-50, -50, 60, 60), (600, 10, 700, 90), (300, 250, 400, 359), (0, 0, 640, 360)])
def test_labels_stay_inside_the_picture(box: tuple[float, float, float, float]) -> None:
    without = draw_overlay(picture(), [Mark(box, "", Colour.GREEN)])
    after = draw_overlay(picture(), [Mark(box, "Oʻktam 0.61", Colour.GREEN)])
    left, top, right, bottom = drawn(without, after)
    filled = (after[top:bottom, left:right] == Colour.GREEN.value).all(axis=2).mean()
    assert right - left > 60
    assert bottom - top >= 12
    assert filled > 0.4


def test_a_label_wider_than_the_picture_is_cut() -> None:
    after = draw_overlay(picture(80, 60), [Mark((10, 10, 40, 40), "a very long name indeed" * 5, Colour.AMBER)])
    assert after.shape == (60, 80, 3)


@pytest.mark.parametrize("height", [90, 360, 1080, 2160])
def test_letters_grow_with_the_picture(height: int) -> None:
    empty = picture(height * 16 // 9, height)
    left, top, right, bottom = drawn(empty, draw_overlay(empty, [], "Frame: 12  FPS: 25"))
    assert (left, top) == (0, 0)
    assert 0.03 * height < bottom - top < 0.2 * height
    assert right - left < empty.shape[1]


@pytest.mark.parametrize("letter", "ʻʼЎўҚқҒғҲҳOʻшё")
def test_letters_of_uzbek_and_russian_have_their_own_shapes(letter: str) -> None:
    """A font that lacks a letter draws the same empty box for it as for a letter that no font has."""
    lacking = draw_overlay(picture(), [], "\U000f0000")
    assert not np.array_equal(draw_overlay(picture(), [], letter), lacking)


@pytest.mark.parametrize("colour", Colour)
def test_text_can_be_read_on_every_colour(colour: Colour) -> None:
    def luminance(bgr: tuple[int, int, int]) -> float:
        linear = [(value / 255 / 12.92 if value < 11 else ((value / 255 + 0.055) / 1.055) ** 2.4) for value in bgr]
        return 0.0722 * linear[0] + 0.7152 * linear[1] + 0.2126 * linear[2]

    dark, light = sorted([luminance(colour.value), luminance(colour.text)])
    assert (light + 0.05) / (dark + 0.05) > 3  # WCAG 2: large text
