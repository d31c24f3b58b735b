"""Zones and masks: which points count, and which polygons are none."""

import numpy as np
import pytest

from nigoh.domain.region import Polygon, Regions

SQUARE: Polygon = ((0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75))
LEFT: Polygon = ((0, 0), (0.5, 0), (0.5, 1), (0, 1))
ARROW: Polygon = ((0, 0), (1, 0.5), (0, 1), (0.5, 0.5))


def points(*pairs: tuple[float, float]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.asarray(pairs, np.float32).reshape(-1, 2)


@pytest.mark.parametrize(
    ("regions", "counts"),
    [
        (Regions(), [True, True, True, True]),
        (Regions(zones=(SQUARE,)), [True, False, False, True]),
        (Regions(masks=(SQUARE,)), [False, True, True, False]),
        (Regions(zones=(SQUARE, LEFT)), [True, True, False, True]),
        (Regions(zones=(LEFT,), masks=(SQUARE,)), [False, True, False, False]),
    ],
)
def test_a_point_counts_in_a_zone_and_outside_every_mask(regions: Regions, counts: list[bool]) -> None:
    assert regions.contain(points((0.4, 0.5), (0.1, 0.9), (0.9, 0.1), (0.7, 0.3))).tolist() == counts
    assert regions.is_everything == (regions == Regions())


def test_no_points_are_no_answer_of_length_zero() -> None:
    for regions in (Regions(), Regions(zones=(SQUARE,)), Regions(masks=(SQUARE,))):
        found = regions.contain(points())
        assert found.tolist() == []
        assert found.dtype == np.bool_


def test_a_polygon_may_be_hollow_on_one_side_and_go_round_either_way() -> None:
    inside = points((0.7, 0.5), (0.2, 0.15), (0.2, 0.5), (0.9, 0.2))
    for polygon in (ARROW, ARROW[::-1]):
        assert Regions(zones=(polygon,)).contain(inside).tolist() == [True, True, False, False]


def test_two_zones_side_by_side_leave_no_gap_and_share_no_point() -> None:
    right: Polygon = ((0.5, 0), (1, 0), (1, 1), (0.5, 1))
    grid = points(*((x / 16, y / 16) for x in range(16) for y in range(16)))
    one, other = Regions(zones=(LEFT,)).contain(grid), Regions(zones=(right,)).contain(grid)
    assert (one ^ other).all()


def test_a_zone_of_the_whole_picture_holds_each_cell_of_its_raster() -> None:
    whole: Polygon = ((0, 0), (1, 0), (1, 1), (0, 1))
    assert Regions(zones=(whole,)).raster(31, 17).all()
    assert Regions(zones=(LEFT,)).raster(4, 2).tolist() == [[True, True, False, False]] * 2
    assert Regions(masks=(((0, 0), (1, 0), (1, 0.5), (0, 0.5)),)).raster(2, 2).tolist() == [[False] * 2, [True] * 2]


def test_a_slanted_edge_divides_where_it_runs() -> None:
    dice = np.random.default_rng(2)
    some = dice.random((500, 2)).astype(np.float32)
    below = Regions(zones=(((0, 0), (1, 1), (0, 1)),)).contain(some)
    far = np.abs(some[:, 1] - some[:, 0]) > 1e-6
    assert (below == (some[:, 1] > some[:, 0]))[far].all()


@pytest.mark.parametrize(
    ("polygon", "message"),
    [
        ((), "at least 3 corners, not 0"),
        (((0, 0), (1, 1)), "at least 3 corners, not 2"),
        (((0, 0), (1, 0), (1.2, 0.5)), r"the corner \(1.2, 0.5\) is outside the picture"),
        (((0, 0), (1, 0), (0.5, -0.1)), "is outside the picture"),
        (((0, 0), (1, 0), (float("nan"), 0.5)), "is outside the picture"),
        (((0, 0), (0.5, 0.5), (1, 1)), "on one line"),
        (((0, 0), (0, 0), (0, 0)), "on one line"),
    ],
)
def test_what_is_no_polygon_in_the_picture_is_refused(polygon: Polygon, message: str) -> None:
    for regions in ("zones", "masks"):
        with pytest.raises(ValueError, match=message):
            Regions(**{regions: (polygon,)})


def test_a_polygon_that_crosses_itself_is_accepted_as_its_parts() -> None:
    hourglass: Polygon = ((0, 0), (1, 1), (1, 0), (0, 1))
    inside = Regions(zones=(hourglass,)).contain(points((0.1, 0.5), (0.9, 0.5), (0.5, 0.1), (0.5, 0.9)))
    assert inside.tolist() == [True, True, False, False]
