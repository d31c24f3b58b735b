"""How much of a face lies inside the picture."""

import numpy as np
import pytest

from nigoh.vision.alignment import REFERENCE_PX, visible_shares


@pytest.mark.parametrize(
    ("shift_px", "share"),
    [((0, 0), 1.0), ((-56, 0), 0.5), ((0, -56), 0.5), ((-56, -56), 0.25), ((144, 0), 0.5), ((500, 0), 0.0)],
)
def test_the_share_of_the_crop_inside_the_picture(shift_px: tuple[float, float], share: float) -> None:
    landmarks = REFERENCE_PX[None] + np.array(shift_px, np.float32)
    assert visible_shares(landmarks, 200, 200) == pytest.approx([share])


def test_rotation_and_scale_are_followed() -> None:
    turned = np.stack([300 - 2 * REFERENCE_PX[:, 1], 2 * REFERENCE_PX[:, 0]], axis=1)[None]
    assert visible_shares(turned.astype(np.float32), 400, 400) == pytest.approx([1.0])
    assert visible_shares(turned.astype(np.float32), 400, 112) == pytest.approx([0.5])


def test_no_faces_and_landmarks_at_one_point_are_ordinary() -> None:
    assert visible_shares(np.empty((0, 5, 2), np.float32), 10, 10).shape == (0,)
    assert visible_shares(np.ones((1, 5, 2), np.float32), 10, 10) == pytest.approx([0.0])
