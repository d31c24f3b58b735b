"""Suppression: of boxes that overlap, the best stays."""

import numpy as np
from numpy.typing import NDArray

from nigoh.vision.suppression import suppress


def boxes(*rows: tuple[float, float, float, float]) -> NDArray[np.float32]:
    return np.array(rows, np.float32).reshape(-1, 4)


def scores(*values: float) -> NDArray[np.float32]:
    return np.array(values, np.float32)


def test_no_boxes_leave_no_boxes() -> None:
    assert suppress(boxes(), scores(), 0.3).tolist() == []


def test_of_two_that_overlap_the_better_stays() -> None:
    assert suppress(boxes((0, 0, 10, 10), (1, 1, 11, 11)), scores(0.7, 0.9), 0.3).tolist() == [1]


def test_those_apart_stay_best_first() -> None:
    apart = boxes((0, 0, 10, 10), (50, 0, 60, 10), (0, 50, 10, 60))
    assert suppress(apart, scores(0.7, 0.9, 0.8), 0.3).tolist() == [1, 2, 0]


def test_one_that_was_suppressed_suppresses_nobody() -> None:
    # The middle box overlaps both others, which do not overlap each other.
    chain = boxes((0, 0, 10, 10), (4, 0, 14, 10), (8, 0, 18, 10))
    assert suppress(chain, scores(0.9, 0.8, 0.7), 0.3).tolist() == [0, 2]


def test_equal_scores_keep_the_first() -> None:
    assert suppress(boxes((0, 0, 10, 10), (0, 0, 10, 10)), scores(0.9, 0.9), 0.3).tolist() == [0]
