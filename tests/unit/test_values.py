"""Values are checked at birth, and no faces are an ordinary row."""

import numpy as np
import pytest

from nigoh.domain.camera_url import CameraUrl, redact
from nigoh.domain.faces import Faces
from nigoh.domain.frame import Frame
from nigoh.domain.geometry import iou, sizes
from nigoh.domain.language import Language, Words, status_label
from nigoh.domain.quality import Qualities
from nigoh.domain.sighting import Candidate, PersonId, Status
from nigoh.domain.template import ModelIdentity, Templates

MODEL = ModelIdentity("toy", "1", "0" * 64, "none", 2)


def test_no_faces_are_faces() -> None:
    assert len(Faces.none()) == 0
    assert len(Faces.none().pick([])) == 0
    assert iou(Faces.none().boxes, Faces.none().boxes).shape == (0, 0)
    assert len(Templates.none(MODEL)) == 0


@pytest.mark.parametrize(
    ("boxes", "scores", "landmarks"),
    [((2, 4), (1,), (1, 5, 2)), ((1, 3), (1,), (1, 5, 2)), ((1, 4), (1,), (1, 5)), ((1, 4), (1, 1), (1, 5, 2))],
)
def test_faces_of_other_shapes_are_refused(
    boxes: tuple[int, ...], scores: tuple[int, ...], landmarks: tuple[int, ...]
) -> None:
    with pytest.raises(ValueError, match="faces are"):
        Faces(np.zeros(boxes, np.float32), np.zeros(scores, np.float32), np.zeros(landmarks, np.float32))


def test_faces_of_another_type_are_refused() -> None:
    with pytest.raises(ValueError, match="float32"):
        Faces(np.zeros((1, 4)), np.zeros(1), np.zeros((1, 5, 2)))  # type: ignore[arg-type]  # the point of the test


@pytest.mark.parametrize("shape", [(4, 4), (4, 4, 4), (0, 4, 3)])
def test_a_frame_is_a_colour_picture(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="picture"):
        Frame(np.zeros(shape, np.uint8), 0, 0.0)


def test_templates_have_their_models_length_and_unit_norm() -> None:
    with pytest.raises(ValueError, match=r"\(N, 2\)"):
        Templates(np.zeros((1, 3), np.float32), MODEL)
    with pytest.raises(ValueError, match="unit length"):
        Templates(np.full((1, 2), 0.9, np.float32), MODEL)


def test_overlap_and_size_of_boxes() -> None:
    boxes = np.array([[0, 0, 10, 10], [5, 0, 15, 10], [20, 20, 30, 30]], np.float32)
    assert iou(boxes[:1], boxes) == pytest.approx(np.array([[1, 1 / 3, 0]]))
    assert sizes(boxes) == pytest.approx([10, 10, 10])
    inside_out = np.array([[10, 10, 0, 0]], np.float32)
    assert iou(inside_out, boxes) == pytest.approx(np.zeros((1, 3)))


def test_one_bad_part_spoils_the_quality_and_is_named() -> None:
    good = np.ones(2, np.float32)
    blurred = np.array([1, 0.01], np.float32)
    qualities = Qualities(
        size=good, sharpness=blurred, frontality=good, exposure=good, detection=good, visibility=good
    )
    assert qualities.overall == pytest.approx([1.0, 0.01 ** (1 / 5)], abs=1e-3)
    assert qualities.worst(1) == "sharpness"


def test_a_face_half_outside_the_picture_counts_for_nothing_however_good_the_rest() -> None:
    good, cut = np.ones(2, np.float32), np.array([1, 0], np.float32)
    qualities = Qualities(size=good, sharpness=good, frontality=good, exposure=good, detection=good, visibility=cut)
    assert qualities.overall == pytest.approx([1.0, 0.0])


@pytest.mark.parametrize(
    "url",
    [
        "rtsp://admin:s3cr3t@10.0.0.5:554/stream",
        "rtsp://admin:s3cr3t%40x@10.0.0.5/stream",
        "rtsp://admin:p@ss/s3cr3t@10.0.0.5/stream",
        "http://10.0.0.5/mjpg?user=admin&password=s3cr3t",
        "http://10.0.0.5/mjpg?token=s3cr3t&fps=5",
    ],
)
def test_a_cameras_password_is_shown_nowhere(url: str) -> None:
    camera = CameraUrl(url)
    for text in (repr(camera), str(camera), f"{camera}", redact(f"cannot open {url}: refused")):
        assert "s3cr3t" not in text
        assert "10.0.0.5" in text


@pytest.mark.parametrize(
    ("url", "revealed"),
    [
        ("rtsp://u:p@host/1", "rtsp://u:p@host/1"),
        ("rtsp://u:p%40ss@host/1", "rtsp://u:p%40ss@host/1"),
        ("rtsp://u:p@ss@host/1", "rtsp://u:p%40ss@host/1"),
        ("rtsp://u:p/s@s?@host:554/1?a=b", "rtsp://u:p%2Fs%40s%3F@host:554/1?a=b"),
        ("rtsp://u@[::1]:554/1", "rtsp://u@[::1]:554/1"),
        ("rtsp://host:554/user@1", "rtsp://host:554/user@1"),
        ("rtsp://host/1", "rtsp://host/1"),
    ],
)
def test_the_connection_gets_the_password_as_the_protocol_wants_it(url: str, revealed: str) -> None:
    assert CameraUrl(url).reveal() == revealed


@pytest.mark.parametrize("language", list(Language))
def test_every_status_has_a_word_of_its_own_in_every_language(language: Language) -> None:
    words = [status_label(status, language) for status in Status]
    assert all(words)
    assert len(set(words)) == len(words)


def test_the_words_of_the_classic_script() -> None:
    plain, searching = Words(language=Language.UZBEK), Words(language=Language.UZBEK, someone_is_wanted=True)
    assert plain.name(Status.UNKNOWN, None) == "Noma'lum"
    assert searching.name(Status.UNKNOWN, None) == "Boshqa inson"
    assert searching.name(Status.WANTED, "Dmitriy") == "Izlanayotgan inson: Dmitriy"
    assert plain.name(Status.KNOWN, "Oʻktam") == "Oʻktam"
    pair = (Candidate(PersonId("A"), 0.5), Candidate(PersonId("B"), 0.49), Candidate(PersonId("C"), 0.2))
    assert plain.name(Status.AMBIGUOUS, None, pair) == "Noaniq: A / B"
