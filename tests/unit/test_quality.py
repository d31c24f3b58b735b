"""Quality: each part falls when the picture gets worse in that way, and only then."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from nigoh.domain.faces import Faces
from nigoh.domain.quality import Qualities
from nigoh.vision.alignment import REFERENCE_PX
from nigoh.vision.quality import measure_quality

Crop = NDArray[np.uint8]


def drawn_face() -> Crop:
    """A pattern with the contrast and the detail of a sharp photo: octaves of noise, as natural pictures have."""
    rng = np.random.default_rng(2)
    layers = [
        cv2.resize(rng.normal(0, 1, (side, side, 3)), (112, 112), interpolation=cv2.INTER_CUBIC) * amplitude
        for side, amplitude in ((7, 40), (14, 20), (28, 12), (56, 8))
    ]
    return np.asarray(np.clip(128 + np.sum(layers, axis=0), 0, 255), np.uint8)


def faces(landmarks: NDArray[np.floating] = REFERENCE_PX, score: float = 0.95) -> Faces:
    return Faces(
        np.array([[0, 0, 112, 112]], np.float32),
        np.array([score], np.float32),
        np.asarray(landmarks, np.float32)[None],
    )


def judge(crop: Crop, found: Faces | None = None, visible: float = 1.0) -> Qualities:
    return measure_quality(found or faces(), crop[None], np.array([visible], np.float32))


def blurred(crop: Crop) -> Crop:
    return np.asarray(cv2.GaussianBlur(crop, (0, 0), 3), np.uint8)


def smeared(crop: Crop) -> Crop:
    return np.asarray(cv2.filter2D(crop, -1, np.full((1, 11), 1 / 11, np.float32)), np.uint8)


def grainy(crop: Crop) -> Crop:
    noise = np.random.default_rng(4).normal(0, 45, crop.shape)
    return np.asarray(np.clip(crop + noise, 0, 255), np.uint8)


def dark(crop: Crop) -> Crop:
    return (crop * 0.08).astype(np.uint8)


def burnt(crop: Crop) -> Crop:
    return np.asarray(np.clip(crop * 3.5, 0, 255), np.uint8)


def foggy(crop: Crop) -> Crop:
    return (crop * 0.1 + 150).astype(np.uint8)


def test_a_good_face_is_good_in_every_part() -> None:
    quality = judge(drawn_face())
    assert min(float(part[0]) for part in quality.parts.values()) > 0.6
    assert quality.overall[0] > 0.8


@pytest.mark.parametrize(
    ("worsen", "part"),
    [
        (blurred, "sharpness"),
        (smeared, "sharpness"),
        (grainy, "sharpness"),
        (dark, "exposure"),
        (burnt, "exposure"),
        (foggy, "exposure"),
    ],
)
def test_a_worse_picture_is_worst_in_the_part_that_is_to_blame(worsen: Callable[[Crop], Crop], part: str) -> None:
    good, bad = judge(drawn_face()), judge(worsen(drawn_face()))
    assert bad.worst(0) == part
    assert bad.parts[part][0] < 0.3
    assert bad.overall[0] < 0.75 * good.overall[0]


def test_darkening_is_not_taken_for_blur() -> None:
    half_as_bright = (drawn_face() // 2).astype(np.uint8)
    assert judge(half_as_bright).sharpness[0] == pytest.approx(judge(drawn_face()).sharpness[0], abs=0.1)


def test_a_small_face_is_small_and_its_enlargement_is_not_taken_for_blur() -> None:
    small = cv2.resize(drawn_face(), (28, 28), interpolation=cv2.INTER_AREA)
    crop = np.asarray(cv2.resize(small, (112, 112), interpolation=cv2.INTER_LINEAR), np.uint8)
    quality = judge(crop, faces(REFERENCE_PX / 4))
    assert quality.worst(0) == "size"
    assert quality.size[0] < 0.3
    assert quality.sharpness[0] > 0.5
    assert judge(crop).sharpness[0] < 0.3


def test_a_larger_face_is_never_worse() -> None:
    sizes = [float(judge(drawn_face(), faces(REFERENCE_PX * scale)).size[0]) for scale in (0.1, 0.3, 0.6, 1, 2, 9)]
    assert sizes == sorted(sizes)
    assert (sizes[0], sizes[-1]) == (0, 1)


def test_frontality_falls_as_the_nose_turns_away_and_not_as_the_head_tilts() -> None:
    turned = []
    for nose in (0.0, 10.0, 20.0, 35.0):
        landmarks = REFERENCE_PX.copy()
        landmarks[2, 0] += nose
        turned.append(float(judge(drawn_face(), faces(landmarks)).frontality[0]))
    assert turned == sorted(turned, reverse=True)
    assert turned[0] > 0.95
    assert turned[-1] < 0.05
    tilt = np.array([[0.8, -0.6], [0.6, 0.8]], np.float32)
    assert judge(drawn_face(), faces(REFERENCE_PX @ tilt.T)).frontality[0] == pytest.approx(turned[0], abs=1e-3)


def test_looking_up_or_down_is_less_frontal() -> None:
    for lift in (-12.0, 12.0):
        landmarks = REFERENCE_PX.copy()
        landmarks[2, 1] += lift
        assert judge(drawn_face(), faces(landmarks)).frontality[0] < 0.7


def test_a_doubtful_detection_counts() -> None:
    doubtful, sure = (judge(drawn_face(), faces(score=score)).detection[0] for score in (0.5, 0.95))
    assert doubtful < 0.2
    assert sure == pytest.approx(1)


def test_half_a_face_is_no_face() -> None:
    half = judge(drawn_face(), visible=0.5)
    assert half.worst(0) == "visibility"
    assert half.overall[0] < 0.1


def test_landmarks_on_one_line_are_no_face() -> None:
    line = np.stack([np.arange(5), np.arange(5)], axis=1).astype(np.float32) * 10
    quality = judge(drawn_face(), faces(line))
    assert quality.frontality[0] == 0
    assert quality.overall[0] < 0.3


def test_a_black_crop_is_useless() -> None:
    assert judge(np.zeros((112, 112, 3), np.uint8)).overall[0] < 0.1


def test_no_faces_have_no_qualities() -> None:
    assert len(measure_quality(Faces.none(), np.empty((0, 112, 112, 3), np.uint8), np.empty(0, np.float32))) == 0
