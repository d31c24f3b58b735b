"""A folder of known faces becomes a gallery, and each photo that needs attention is named with what to do."""

import os
import unicodedata
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from nigoh.config.settings import VisionSettings
from nigoh.domain.enrolment import Finding, PhotoReport
from nigoh.engine.analysis import FaceAnalyser
from nigoh.engine.known_faces import KnownFaces
from nigoh.errors import ConfigError, EnrolmentError
from nigoh.storage.known_faces import list_known_photos
from nigoh.wiring import build_analyser, enrol_folder


@pytest.fixture(scope="module")
def analyser() -> FaceAnalyser:
    return build_analyser(VisionSettings())


@pytest.fixture
def portraits(shared_data: Path) -> Path:
    return shared_data / "photos" / "portraits"


@pytest.fixture
def place(portraits: Path, tmp_path: Path) -> Callable[[str, str], Path]:
    """Puts a portrait into the folder of known faces under another name."""

    def put(name: str, target: str) -> Path:
        path = tmp_path / "known" / target
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes((portraits / name).read_bytes())
        return path

    return put


def _report(known: KnownFaces, path: Path) -> PhotoReport:
    return next(photo for photo in known.photos if photo.path == path)


def test_a_file_or_a_folder_is_a_person_and_unicode_names_are_kept(
    place: Callable[[str, str], Path], analyser: FaceAnalyser, tmp_path: Path
) -> None:
    place("lin-manuel-miranda.png", "Oʻktam.png")
    place("knn_examples/train/biden/biden.jpg", f"{unicodedata.normalize('NFD', 'Ўктам')}/1.jpg")
    place("knn_examples/train/biden/biden2.jpg", "Ўктам/2.jpg")
    place("32bit.png", "Alpha Channel.PNG")
    (tmp_path / "known" / "notes.txt").write_text("not a photo")
    (tmp_path / "known" / ".hidden.jpg").write_text("not a photo")
    known = enrol_folder(tmp_path / "known", analyser)
    assert set(known.people) == {"Oʻktam", "Ўктам", "Alpha Channel"}
    assert len(known.gallery) == 4
    assert [photo.finding for photo in known.photos] == [Finding.ENROLLED] * 4
    assert not known.complaints


def test_each_photo_that_cannot_be_used_is_reported_and_the_rest_loads(
    place: Callable[[str, str], Path], portraits: Path, analyser: FaceAnalyser
) -> None:
    good = place("obama.jpg", "Good.jpg")
    two = place("two_people.jpg", "Two.jpg")
    folder = good.parent
    damaged = folder / "Damaged.jpg"
    damaged.write_bytes(b"this is no picture")
    empty = folder / "Empty.png"
    empty.touch()
    nobody = folder / "Nobody.jpg"
    Image.fromarray(np.full((300, 300, 3), 120, np.uint8)).save(nobody)
    portrait = cv2.imread(str(portraits / "biden.jpg"))
    assert portrait is not None
    small = folder / "Small.png"
    canvas = np.full((400, 400, 3), 128, np.uint8)
    tiny = cv2.resize(portrait, (72, 90), interpolation=cv2.INTER_AREA)
    canvas[100:190, 100:172] = tiny
    cv2.imwrite(str(small), canvas)
    blurred = folder / "Blurred.jpg"
    cv2.imwrite(str(blurred), cv2.GaussianBlur(portrait, (0, 0), 14))

    known = enrol_folder(folder, analyser)

    assert known.people == ("Good",)
    findings = {photo.path: photo.finding for photo in known.photos}
    assert findings == {
        good: Finding.ENROLLED,
        two: Finding.SEVERAL_FACES,
        damaged: Finding.UNREADABLE,
        empty: Finding.UNREADABLE,
        nobody: Finding.NO_FACE,
        small: Finding.TOO_SMALL,
        blurred: Finding.BLURRED,
    }
    assert "crop" in _report(known, two).detail
    assert all(photo.detail for photo in known.photos if photo.path != good)


def test_in_a_group_photo_the_person_is_found_by_their_other_photos(
    place: Callable[[str, str], Path], analyser: FaceAnalyser, tmp_path: Path
) -> None:
    place("obama.jpg", "Barack/1.jpg")
    group = place("knn_examples/test/obama_and_biden.jpg", "Barack/2.jpg")
    place("knn_examples/train/biden/biden.jpg", "Joe/1.jpg")
    alone = place("knn_examples/test/obama_and_biden.jpg", "Nobody Else.jpg")
    known = enrol_folder(tmp_path / "known", analyser)
    assert _report(known, group).finding is Finding.ENROLLED
    assert _report(known, alone).finding is Finding.SEVERAL_FACES
    assert len(known.gallery) == 3


def test_a_face_that_fills_its_photo_is_found(portraits: Path, analyser: FaceAnalyser, tmp_path: Path) -> None:
    portrait = cv2.imread(str(portraits / "obama.jpg"))
    assert portrait is not None
    cv2.imwrite(str(tmp_path / "Close.png"), portrait[130:400, 390:600])
    known = enrol_folder(tmp_path, analyser)
    assert known.people == ("Close",)


def test_a_photo_under_two_names_and_a_stranger_among_a_persons_photos_are_pointed_out(
    place: Callable[[str, str], Path], analyser: FaceAnalyser, tmp_path: Path
) -> None:
    first, second = place("obama.jpg", "Barack.jpg"), place("obama2.jpg", "Borat.jpg")
    place("knn_examples/train/kit_harington/john1.jpeg", "Kit/1.jpg")
    place("knn_examples/train/kit_harington/john2.jpeg", "Kit/2.jpg")
    stranger = place("knn_examples/train/biden/biden.jpg", "Kit/3.jpg")
    known = enrol_folder(tmp_path / "known", analyser)
    assert _report(known, first).finding is Finding.ALIKE
    assert "Borat" in _report(known, first).detail
    assert "Barack" in _report(known, second).detail
    assert _report(known, stranger).finding is Finding.UNLIKE
    assert len(known.complaints) == 3
    assert len(known.gallery) == 5


def test_a_dominant_face_is_enrolled_in_spite_of_bystanders(
    portraits: Path, analyser: FaceAnalyser, tmp_path: Path
) -> None:
    portrait, other = cv2.imread(str(portraits / "obama.jpg")), cv2.imread(str(portraits / "biden.jpg"))
    assert portrait is not None
    assert other is not None
    scale = portrait.shape[0] / other.shape[0] * 0.3
    bystander = cv2.resize(other, None, fx=scale, fy=scale)
    portrait[: bystander.shape[0], : bystander.shape[1]] = bystander
    cv2.imwrite(str(tmp_path / "Barack.jpg"), portrait)
    known = enrol_folder(tmp_path, analyser)
    assert [photo.finding for photo in known.photos] == [Finding.ENROLLED]


@pytest.mark.parametrize("content", ["nothing", "text", "damaged"])
def test_a_folder_that_yields_nobody_is_refused_with_the_reason(
    content: str, analyser: FaceAnalyser, tmp_path: Path
) -> None:
    if content == "text":
        (tmp_path / "readme.txt").write_text("no photos here")
    if content == "damaged":
        (tmp_path / "Anna.jpg").write_bytes(b"damaged")
    with pytest.raises(EnrolmentError, match=r"Anna\.jpg" if content == "damaged" else "holds no photos"):
        enrol_folder(tmp_path, analyser)


def test_a_folder_that_is_missing_or_a_file_is_refused(analyser: FaceAnalyser, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="does not exist"):
        enrol_folder(tmp_path / "absent", analyser)
    with pytest.raises(ConfigError, match="is not a folder"):
        enrol_folder(tmp_path / "file", analyser)


def test_a_pipe_among_the_photos_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "Anna.jpg")
    (tmp_path / "Bek.jpg").touch()
    (tmp_path / "Gone.jpg").symlink_to(tmp_path / "absent.jpg")
    assert [photo.person for photo in list_known_photos(tmp_path)] == ["Bek", "Gone"]
