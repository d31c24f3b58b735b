"""Where the photos of a list of pairs lie."""

from pathlib import Path

import pytest

from nigoh.domain.sighting import PersonId
from nigoh.errors import ConfigError, SourceError
from nigoh.evaluation.photo_folders import find_photos, images_beside, list_people, read_pairs


def put(*files: Path) -> None:
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"")


def test_a_photo_is_found_with_any_suffix_and_dots_in_its_name(tmp_path: Path) -> None:
    put(tmp_path / "A" / "A_0001.jpg", tmp_path / "A" / "A_0002.PNG", tmp_path / "J. R." / "J. R._0001.webp")

    found = find_photos(tmp_path, ["A/A_0001", "A/A_0002", "J. R./J. R._0001", "A/A_0001.jpg"])

    assert [path.name for path in found.values()] == ["A_0001.jpg", "A_0002.PNG", "J. R._0001.webp", "A_0001.jpg"]


def test_missing_photos_are_counted_and_the_first_is_named(tmp_path: Path) -> None:
    put(tmp_path / "A" / "A_0001.jpg", tmp_path / "A" / "A_0002.txt")

    with pytest.raises(SourceError, match=r"no photo 'A/A_0002' \(and 1 more\).*--images"):
        find_photos(tmp_path, ["A/A_0001", "A/A_0002", "B/B_0001"])
    with pytest.raises(SourceError, match="is not a folder"):
        find_photos(tmp_path / "nowhere", ["A/A_0001"])


def test_photos_lie_in_images_beside_the_list_or_else_beside_it(tmp_path: Path) -> None:
    assert images_beside(tmp_path / "pairs.txt") == tmp_path
    (tmp_path / "images").mkdir()
    assert images_beside(tmp_path / "pairs.txt") == tmp_path / "images"


def test_a_list_is_read_from_a_file_with_or_without_a_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "pairs.txt").write_bytes("\ufeffЎктам 1 2\r\n".encode())

    assert read_pairs(tmp_path / "pairs.txt").photos == ("Ўктам/Ўктам_0001", "Ўктам/Ўктам_0002")


def test_a_list_that_is_missing_or_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="No such file"):
        read_pairs(tmp_path / "none.txt")
    (tmp_path / "pairs.txt").write_bytes(b"\xff\xfe\x00\x81")
    with pytest.raises(SourceError, match="is not text in UTF-8"):
        read_pairs(tmp_path / "pairs.txt")


def test_people_are_folders_or_files_and_both_forms_may_stand_together(tmp_path: Path) -> None:
    put(tmp_path / "Anna" / "2.jpg", tmp_path / "Anna" / "1.jpg", tmp_path / "Bob.png", tmp_path / "notes.txt")

    people = list_people(tmp_path)

    assert list(people) == ["Anna", "Bob"]
    assert [photo.name for photo in people[PersonId("Anna")]] == ["1.jpg", "2.jpg"]


def test_a_folder_without_people_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="holds no photos"):
        list_people(tmp_path)
    with pytest.raises(ConfigError):
        list_people(tmp_path / "nowhere")
