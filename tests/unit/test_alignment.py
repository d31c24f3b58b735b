"""Alignment: faces turned, scaled and moved come out the same."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from nigoh.vision.alignment import REFERENCE_PX, align_faces, estimate_similarities

RNG = np.random.default_rng(11)


def moved(scale: float, degrees: float, shift: tuple[float, float]) -> NDArray[np.float32]:
    """The reference landmarks, turned, scaled and moved."""
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.asarray(scale * REFERENCE_PX @ turn.T + shift, np.float32)


def portrait() -> NDArray[np.uint8]:
    """A smooth pattern of crop size that looks different under any turn."""
    noise = RNG.integers(0, 256, (14, 14, 3), dtype=np.uint8)
    return np.asarray(cv2.resize(noise, (112, 112), interpolation=cv2.INTER_CUBIC), np.uint8)


@pytest.mark.parametrize("scale", [0.2, 1.0, 3.0])
@pytest.mark.parametrize("degrees", [0, 30, -75, 180])
def test_the_transform_undoes_how_the_landmarks_were_moved(scale: float, degrees: float) -> None:
    landmarks = moved(scale, degrees, (40, -7))
    (transform,) = estimate_similarities(landmarks[None])
    back = landmarks @ transform[:, :2].T + transform[:, 2]
    assert np.allclose(back, REFERENCE_PX, atol=1e-3)


def test_it_is_the_least_squares_similarity() -> None:
    landmarks = moved(2, 20, (5, 5)) + RNG.normal(0, 3, (5, 2)).astype(np.float32)
    (best,) = estimate_similarities(landmarks[None])

    def error(a: float, b: float, x: float, y: float) -> float:
        transform = np.array([[a, -b, x], [b, a, y]])
        return float(((landmarks @ transform[:, :2].T + transform[:, 2] - REFERENCE_PX) ** 2).sum())

    parameters = np.array([best[0, 0], best[1, 0], best[0, 2], best[1, 2]])
    least = error(*parameters)
    for row in range(4):
        for step in (-1e-3, 1e-3):
            assert error(*(parameters + step * np.eye(4)[row])) > least


def test_a_mirrored_face_is_not_mirrored_back() -> None:
    mirrored = REFERENCE_PX * np.array([-1, 1], np.float32) + np.array([112, 0], np.float32)
    (transform,) = estimate_similarities(mirrored[None])
    assert np.linalg.det(transform[:, :2]) > 0


@pytest.mark.parametrize("degrees", [0, 25, -140])
def test_a_turned_and_enlarged_face_is_cut_out_as_it_was(degrees: float) -> None:
    face, landmarks = portrait(), moved(1.5, degrees, (300, 300))
    angle = np.radians(degrees)
    cosine, sine = 1.5 * np.cos(angle), 1.5 * np.sin(angle)
    picture = cv2.warpAffine(face, np.array([[cosine, -sine, 300], [sine, cosine, 300]]), (600, 600))
    (crop,) = align_faces(np.asarray(picture, np.uint8), landmarks[None])
    assert np.abs(crop[8:-8, 8:-8].astype(int) - face[8:-8, 8:-8]).mean() < 3


def test_grain_of_a_large_face_is_averaged_away() -> None:
    face = portrait()
    large = cv2.resize(face, (896, 896), interpolation=cv2.INTER_CUBIC).astype(float)
    grainy = np.clip(large + RNG.normal(0, 40, large.shape), 0, 255).astype(np.uint8)
    landmarks = (REFERENCE_PX + 0.5) * 8 - 0.5
    (crop,) = align_faces(grainy, landmarks[None])
    assert np.abs(crop.astype(int) - face).mean() < 8


def test_crops_come_row_for_row_and_what_lies_outside_is_black() -> None:
    picture = np.full((100, 100, 3), 255, np.uint8)
    inside, outside = moved(0.3, 0, (20, 20)), moved(0.3, 0, (-500, -500))
    crops = align_faces(picture, np.stack([outside, inside]))
    assert crops.shape == (2, 112, 112, 3)
    assert crops[0].max() == 0
    assert crops[1].min() == 255


def test_no_faces_give_no_crops() -> None:
    assert align_faces(np.zeros((9, 9, 3), np.uint8), np.empty((0, 5, 2), np.float32)).shape == (0, 112, 112, 3)


@pytest.mark.parametrize("landmarks", [np.full((5, 2), 7.0), np.full((5, 2), np.nan), np.full((5, 2), np.inf)])
def test_landmarks_that_determine_nothing_give_a_black_crop(landmarks: NDArray[np.float64]) -> None:
    crops = align_faces(np.full((50, 50, 3), 200, np.uint8), landmarks[None].astype(np.float32))
    assert crops.shape == (1, 112, 112, 3)
    assert crops.max() == 0
