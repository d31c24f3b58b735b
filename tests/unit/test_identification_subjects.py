"""Which face of a photo is its subject."""

import numpy as np
import pytest

from nigoh.domain.faces import Faces
from nigoh.domain.sighting import Box
from nigoh.evaluation.subjects import choose_subject


def faces(*boxes: Box) -> Faces:
    count = len(boxes)
    return Faces(
        np.array(boxes, np.float32).reshape(-1, 4), np.ones(count, np.float32), np.zeros((count, 5, 2), np.float32)
    )


@pytest.mark.parametrize(
    ("boxes", "chosen"),
    [
        ([(75, 75, 175, 175)], 0),
        ([(180, 20, 250, 110), (75, 75, 175, 175)], 1),  # a neighbour at the edge
        ([(0, 60, 110, 200), (75, 75, 175, 175)], 1),  # a neighbour that is even larger
        ([(115, 115, 135, 135), (10, 20, 150, 200)], 1),  # a tiny face, or a mistake, at the very centre
        ([(0, 0, 30, 30)], 0),  # alone in a corner
    ],
)
def test_the_subject_is_large_and_near_the_centre(boxes: list[Box], chosen: int) -> None:
    assert choose_subject(faces(*boxes), 250, 250) == chosen


def test_the_choice_does_not_depend_on_the_size_of_the_photo() -> None:
    boxes: list[Box] = [(0, 60, 110, 200), (75, 75, 175, 175)]
    larger: list[Box] = [(x1 * 8, y1 * 8, x2 * 8, y2 * 8) for x1, y1, x2, y2 in boxes]

    assert choose_subject(faces(*boxes), 250, 250) == choose_subject(faces(*larger), 2000, 2000)


def test_no_faces_have_no_subject() -> None:
    assert choose_subject(Faces.none(), 250, 250) is None
