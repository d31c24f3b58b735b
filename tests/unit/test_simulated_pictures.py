"""What a simulated clip shows, and that its truth says the same. A bright square stands in for a person here."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from nigoh.domain.frame import Pixels
from nigoh.domain.sighting import Box, PersonId
from nigoh.testing.clip_options import ClipOptions
from nigoh.testing.clip_truth import truth_of
from nigoh.testing.cutout import DOWN, SIDE, UP, Cutout
from nigoh.testing.renderer import Cast, ClipRenderer
from nigoh.testing.walk import ClipScript, Walk, Waypoint

FACE_PX = 40
OPTIONS = ClipOptions(width_px=480, height_px=270, fps=10, seconds=3, noise=0, blur=0, face_px=(20, 80))
ANNA, BOTIR = PersonId("Anna"), PersonId("Botir")


def square(colour: tuple[int, int, int]) -> Cutout:
    """A face that is a square of one colour, without hair or body."""
    sprite = np.zeros((round((UP + DOWN) * FACE_PX), round(2 * SIDE * FACE_PX), 4), np.uint8)
    top, left = round((UP - 0.5) * FACE_PX), round((SIDE - 0.5) * FACE_PX)
    sprite[top : top + FACE_PX, left : left + FACE_PX] = (*colour, 255)
    return Cutout((sprite,), (float(FACE_PX),), 1.0)


CAST = Cast({ANNA: [square((255, 0, 255))], BOTIR: [square((0, 0, 255))]})


def centre(box: NDArray[np.float64]) -> NDArray[np.float64]:
    return (box[:2] + box[2:]) / 2


def walk(person: PersonId, *places: tuple[float, float, float, float]) -> Walk:
    return Walk(person, 0, tuple(Waypoint(*place) for place in places))


def magenta(picture: Pixels) -> Box:
    """The box around the magenta pixels."""
    blue, green, red = (picture[..., channel].astype(int) for channel in range(3))
    rows, columns = np.nonzero((np.minimum(blue, red) - green) > 120)
    return float(columns.min()), float(rows.min()), float(columns.max() + 1), float(rows.max() + 1)


ACROSS = ClipScript((walk(ANNA, (0, 60, 90, 24), (1.5, 240, 120, 50), (2.9, 380, 120, 60)),))


@pytest.mark.parametrize("index", [1, 4, 7, 11, 15, 19, 22, 25, 28])
def test_the_truth_is_where_the_face_is_drawn(index: int) -> None:
    truth = truth_of(ACROSS, CAST, OPTIONS, "clip")
    box = truth.appearances[0].box_at(OPTIONS.time_of(index))
    assert box is not None
    # The head rolls by up to 2 degrees, which widens the square by 4 %; sampling blurs its edge by a pixel.
    drawn = np.array(magenta(ClipRenderer(ACROSS, CAST, OPTIONS).picture(index)))
    assert np.allclose(box, drawn, atol=3)
    assert np.allclose(centre(np.array(box)), centre(drawn), atol=0.8), "the sway of the camera is part of the truth"


def test_the_same_seed_gives_the_same_pictures_in_any_order() -> None:
    options = replace(OPTIONS, noise=0.03, blur=0.5)
    forwards = list(ClipRenderer(ACROSS, CAST, options).pictures())
    again = ClipRenderer(ACROSS, CAST, options)
    assert len(forwards) == options.frames
    assert all(np.array_equal(forwards[index], again.picture(index)) for index in (20, 3, 11))
    other = ClipRenderer(ACROSS, CAST, replace(options, seed=2))
    assert not np.array_equal(forwards[3], other.picture(3))


def test_noise_is_as_strong_as_asked_for() -> None:
    clean = ClipRenderer(ACROSS, CAST, OPTIONS).picture(5).astype(float)
    noisy = ClipRenderer(ACROSS, CAST, replace(OPTIONS, noise=0.04)).picture(5).astype(float)
    inside = (clean > 60) & (clean < 200)
    assert (noisy - clean)[inside].std() == pytest.approx(0.04 * 255, rel=0.1)


def test_an_open_shutter_smears_who_moves_along_their_way() -> None:
    fast = ClipScript((walk(ANNA, (0, 60, 120, 40), (1, 420, 120, 40)),))
    sharp = magenta(ClipRenderer(fast, CAST, OPTIONS).picture(5))
    smeared = ClipRenderer(fast, CAST, replace(OPTIONS, blur=1.0)).picture(5)
    row = smeared[int((sharp[1] + sharp[3]) / 2)].astype(int)
    redder = np.abs(np.diff(row[:, 2] - row[:, 1]))
    assert redder.max() < 40, "no sharp edge is left across the way"


def test_the_scene_moves_though_nobody_is_there() -> None:
    empty = ClipRenderer(ClipScript(()), CAST, OPTIONS)
    before, after = empty.picture(0).astype(int), empty.picture(10).astype(int)
    assert (np.abs(after - before).max(axis=2) > 25).mean() > 0.005


def test_half_a_face_at_the_border_counts_and_less_does_not() -> None:
    entering = ClipScript((walk(ANNA, (0, -50, 120, 40), (2.9, 94, 120, 40)),))
    (appearance,) = truth_of(entering, CAST, OPTIONS, "clip").appearances
    widths = [place.box[2] - place.box[0] for place in appearance.track]
    assert 20 <= widths[0] < 28, "the first box is the half that is in the picture"
    assert widths[-1] == pytest.approx(40, abs=0.1)
    assert all(place.box[0] >= 0 for place in appearance.track)
    assert appearance.enter_s == appearance.track[0].t_s > 0.8


def test_a_face_behind_somebody_nearer_is_not_in_the_truth_until_it_comes_out() -> None:
    script = ClipScript(
        (walk(ANNA, (0, 60, 110, 30), (2.9, 420, 110, 30)), walk(BOTIR, (0, 240, 110, 80), (2.9, 240.5, 110, 80)))
    )
    truth = truth_of(script, CAST, OPTIONS, "clip")
    seen = {appearance.person: [place.t_s for place in appearance.track] for appearance in truth.appearances}
    assert len(seen[BOTIR]) == 30
    assert not [t_s for t_s in seen[ANNA] if 1.3 < t_s < 1.6]
    assert {0.0, 2.9} <= set(seen[ANNA])


def test_who_never_comes_into_the_picture_is_not_in_the_truth() -> None:
    outside = ClipScript((walk(ANNA, (0, -90, 120, 40), (2, -40, 120, 40)),))
    assert truth_of(outside, CAST, OPTIONS, "clip").appearances == ()
