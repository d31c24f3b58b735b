"""One suite over every detector that can be had here, on real photos."""

import xml.etree.ElementTree as ET
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from nigoh.domain.faces import Faces
from nigoh.domain.frame import Pixels
from nigoh.domain.geometry import Floats, iou
from nigoh.vision.detector import Detector
from nigoh.vision.model_files import open_models
from nigoh.vision.openvino_runtime import OpenVinoRuntime
from nigoh.vision.yunet import YuNet


@pytest.fixture(scope="module", params=["yunet", "yunet-float32"])
def detector(request: pytest.FixtureRequest, shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Detector:
    folder = tmp_path_factory.mktemp("models")
    store = open_models(models=shared_data / "models", cache=folder, config=folder)
    found = store.obtain(request.param, "detector")
    return YuNet(OpenVinoRuntime("cpu").load(found.path))


@pytest.fixture(scope="module")
def photos(shared_data: Path) -> Path:
    return shared_data / "photos"


def read(path: Path) -> Pixels:
    pixels = cv2.imread(str(path), cv2.IMREAD_COLOR)
    assert pixels is not None
    return np.asarray(pixels, np.uint8)


def same(a: Faces, b: Faces, tolerance_px: float = 0.05) -> bool:
    return (
        len(a) == len(b)
        and np.allclose(a.boxes, b.boxes, atol=tolerance_px)
        and np.allclose(a.landmarks, b.landmarks, atol=tolerance_px)
        and np.allclose(a.scores, b.scores, atol=1e-3)
    )


@pytest.mark.parametrize(
    ("photo", "people"),
    [
        ("portraits/obama.jpg", 1),
        ("portraits/biden.jpg", 1),
        ("portraits/two_people.jpg", 2),
        ("group/solvay1927.jpg", 29),
    ],
)
def test_it_finds_everybody(detector: Detector, photos: Path, photo: str, people: int) -> None:
    (faces,) = detector.detect([read(photos / photo)])
    assert len(faces) == people


def test_it_finds_the_hand_drawn_faces_of_group_photos(detector: Detector, photos: Path) -> None:
    drawn, found = 0, 0
    for image in _drawn(photos / "group" / "training.xml") + _drawn(photos / "group" / "testing.xml"):
        (faces,) = detector.detect([read(image[0])])
        drawn += len(image[1])
        found += int((iou(image[1], faces.boxes).max(axis=1, initial=0) > 0.3).sum())
    assert drawn == 43
    assert found == drawn


def test_everything_lies_in_the_picture_best_score_first(detector: Detector, photos: Path) -> None:
    picture = read(photos / "group" / "solvay1927.jpg")
    (faces,) = detector.detect([picture])
    height, width = picture.shape[:2]
    assert (faces.boxes >= 0).all()
    assert (faces.boxes <= [width, height, width, height]).all()
    assert (faces.boxes[:, 2:] > faces.boxes[:, :2]).all()
    assert (np.diff(faces.scores) <= 0).all()
    assert ((faces.scores >= 0.6) & (faces.scores <= 1)).all()


def test_landmarks_are_the_subjects_right_eye_left_eye_nose_and_mouth_corners(
    detector: Detector, photos: Path
) -> None:
    (faces,) = detector.detect([read(photos / "portraits" / "obama.jpg")])
    right_eye, left_eye, nose, right_corner, left_corner = faces.landmarks[0]
    # The subject's right is the viewer's left.
    assert right_eye[0] < nose[0] < left_eye[0]
    assert right_corner[0] < nose[0] < left_corner[0]
    assert max(right_eye[1], left_eye[1]) < nose[1] < min(right_corner[1], left_corner[1])
    x1, y1, x2, y2 = faces.boxes[0]
    assert ((faces.landmarks[0] > [x1, y1]) & (faces.landmarks[0] < [x2, y2])).all()


def test_pictures_of_many_sizes_together_give_what_they_give_alone_in_their_order(
    detector: Detector, photos: Path
) -> None:
    names = ["obama.jpg", "two_people.jpg", "biden.jpg", "obama-240p.jpg", "obama2.jpg"]
    pictures = [read(photos / "portraits" / name) for name in names]
    pictures += [np.zeros((120, 160, 3), np.uint8), pictures[0][:, ::-1], pictures[0]]
    together = detector.detect(pictures)
    assert [len(faces) for faces in together] == [1, 2, 1, 1, 1, 0, 1, 1]
    for faces, picture in zip(together, pictures, strict=True):
        assert same(faces, detector.detect([picture])[0])


def test_boxes_follow_the_picture_when_it_is_shifted_and_enlarged(detector: Detector, photos: Path) -> None:
    small = cv2.resize(read(photos / "portraits" / "two_people.jpg"), (600, 352), interpolation=cv2.INTER_AREA)
    (plain,) = detector.detect([np.asarray(small, np.uint8)])
    padded = np.zeros((352 + 64, 600 + 32, 3), np.uint8)
    padded[64:, 32:] = small
    (shifted,) = detector.detect([padded])
    assert np.allclose(_left_to_right(shifted), _left_to_right(plain) + np.array([32, 64, 32, 64]), atol=2)
    enlarged = cv2.resize(small, (1800, 1056), interpolation=cv2.INTER_CUBIC)
    (large,) = detector.detect([np.asarray(enlarged, np.uint8)])
    assert np.allclose(_left_to_right(large), _left_to_right(plain) * 3, atol=12)


def test_pictures_are_read_and_not_written(detector: Detector, photos: Path) -> None:
    picture = read(photos / "portraits" / "obama-240p.jpg")
    picture.flags.writeable = False
    assert len(detector.detect([picture])[0]) == 1


def test_a_view_into_a_larger_picture_is_a_picture(detector: Detector, photos: Path) -> None:
    picture = read(photos / "portraits" / "two_people.jpg")
    view = picture[:, : picture.shape[1] // 2]
    assert same(detector.detect([view])[0], detector.detect([view.copy()])[0])


def test_no_pictures_give_no_results(detector: Detector) -> None:
    assert detector.detect([]) == []


@pytest.mark.parametrize("shape", [(1, 1, 3), (7, 3000, 3), (3000, 7, 3), (100, 100, 3)])
def test_a_picture_without_a_face_gives_none(detector: Detector, shape: tuple[int, int, int]) -> None:
    noise = np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)
    (faces,) = detector.detect([noise])
    assert len(faces) == 0
    assert faces.boxes.shape == (0, 4)


@pytest.mark.parametrize(
    "wrong",
    [np.zeros((10, 10), np.uint8), np.zeros((10, 10, 4), np.uint8), np.zeros((0, 10, 3), np.uint8)],
)
def test_what_is_no_picture_is_refused(detector: Detector, wrong: NDArray[np.uint8]) -> None:
    with pytest.raises(ValueError, match="a picture is"):
        detector.detect([wrong])


def _left_to_right(faces: Faces) -> Floats:
    return faces.boxes[np.argsort(faces.boxes[:, 0])]


def _drawn(file: Path) -> list[tuple[Path, Floats]]:
    """Photos and the faces drawn in them, (N, 4)."""
    images = []
    for image in ET.parse(file).getroot().iter("image"):  # noqa: S314 - our own test data
        corners = [
            (
                float(box.attrib["left"]),
                float(box.attrib["top"]),
                float(box.attrib["width"]),
                float(box.attrib["height"]),
            )
            for box in image.iter("box")
        ]
        boxes = np.array([(x, y, x + width, y + height) for x, y, width, height in corners], np.float32)
        images.append((file.parent / image.attrib["file"], boxes.reshape(-1, 4)))
    return images
