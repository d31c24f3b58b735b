"""The picture that is kept of a face: the face with its surroundings, never outside the frame, never large."""

import numpy as np
import pytest

from nigoh.domain.frame import Pixels
from nigoh.engine.cut_out import cut_out


def numbered(width: int, height: int) -> Pixels:
    """A picture whose pixels tell where they are: blue is the column, green the row."""
    rows, columns = np.mgrid[:height, :width]
    return np.stack([columns, rows, np.zeros_like(rows)], axis=2).astype(np.uint8)


def test_half_the_face_is_added_on_each_side() -> None:
    cut = cut_out(numbered(200, 160), np.array([60, 50, 100, 90], np.float32))
    assert cut.shape == (80, 80, 3)
    assert cut[0, 0].tolist() == [40, 30, 0]
    assert cut[-1, -1].tolist() == [119, 109, 0]


@pytest.mark.parametrize(
    ("box", "shape"),
    [
        ((0, 0, 40, 40), (60, 60)),
        ((170, 130, 230, 190), (60, 60)),
        ((-30, -30, 300, 300), (160, 200)),
        ((300, 300, 340, 340), (1, 1)),
        ((-90, -90, -50, -50), (1, 1)),
        ((50, 50, 50, 50), (1, 1)),
    ],
    ids=["corner", "half outside", "larger than the picture", "right of it", "left of it", "no extent"],
)
def test_there_is_always_a_picture_from_inside_the_frame(
    box: tuple[float, float, float, float], shape: tuple[int, int]
) -> None:
    assert cut_out(numbered(200, 160), np.array(box, np.float32)).shape[:2] == shape


def test_a_large_face_is_shrunk_in_proportion() -> None:
    cut = cut_out(np.full((2000, 2000, 3), 77, np.uint8), np.array([500, 600, 1300, 1000], np.float32))
    assert cut.shape == (160, 320, 3)
    assert (cut == 77).all()


def test_the_picture_outlives_its_frame() -> None:
    frame = numbered(200, 160)
    cut = cut_out(frame, np.array([60, 50, 100, 90], np.float32))
    frame[:] = 0
    assert cut[0, 0].tolist() == [40, 30, 0]
