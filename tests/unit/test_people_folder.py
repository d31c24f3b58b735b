"""A folder or a table on this machine as a source of people: nothing outside the folder is ever read."""

import os
import unicodedata
import zipfile
from pathlib import Path

import pytest

from nigoh.errors import ConfigError, PhotoError
from nigoh.storage.people_archive import ZipPhotos
from nigoh.storage.people_folder import FolderPhotos, open_photo_source


def names(source: FolderPhotos | ZipPhotos) -> dict[str, tuple[str, ...]]:
    return {person.name: person.photos for person in source.plan.people}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "known_faces"
    folder.mkdir()
    return folder


def test_a_folder_of_known_faces_is_read_as_ever(folder: Path) -> None:
    spelt = unicodedata.normalize("NFD", "Ёлка")
    (folder / spelt).mkdir()
    (folder / spelt / "1.jpg").write_bytes(b"1")
    (folder / "Oʻktam.png").write_bytes(b"2")
    (folder / "notes.txt").touch()
    (folder / ".hidden.jpg").touch()
    os.mkfifo(folder / "Pipe.jpg")
    (folder / "Gone.jpg").symlink_to(folder / "absent.jpg")
    source = open_photo_source(folder)
    assert set(names(source)) == {"Ёлка", "Oʻktam", "Gone"}
    (photo,) = names(source)["Ёлка"]
    assert source.read(photo) == b"1"
    with pytest.raises(PhotoError, match="Gone"):
        source.read("Gone.jpg")


def test_a_table_names_photos_beside_it_in_any_unicode_form(folder: Path) -> None:
    (folder / unicodedata.normalize("NFD", "й.jpg")).write_bytes(b"here")
    (folder / "people.csv").write_text("name,photos\nAnna,й.jpg\n", "utf-8")
    for source in (open_photo_source(folder), open_photo_source(folder / "people.csv")):
        assert names(source) == {"Anna": ("й.jpg",)}
        assert source.read("й.jpg") == b"here"


@pytest.mark.parametrize("photo", ["../secret.jpg", "/etc/passwd", "a/../../secret.jpg", "..\\secret.jpg", "a\0.jpg"])
def test_a_table_reads_nothing_outside_its_folder(photo: str, folder: Path) -> None:
    (folder.parent / "secret.jpg").write_bytes(b"secret")
    source = FolderPhotos(folder)
    with pytest.raises(PhotoError, match="lies outside"):
        source.read(photo)


def test_a_photo_that_is_missing_or_too_large_is_a_complaint(folder: Path) -> None:
    (folder / "large.jpg").write_bytes(bytes(1001))
    source = FolderPhotos(folder, most_photo_bytes=1000)
    with pytest.raises(PhotoError, match=r"large\.jpg has more than"):
        source.read("large.jpg")
    with pytest.raises(PhotoError, match=r"none\.jpg cannot be read: No such file"):
        source.read("none.jpg")


def test_an_archive_is_told_by_its_content(folder: Path) -> None:
    path = folder / "export.bin"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("Anna.jpg", b"1")
    with open_photo_source(path) as source:
        assert names(source) == {"Anna": ("Anna.jpg",)}


def test_anything_else_is_refused_with_what_to_give(folder: Path) -> None:
    (folder / "a.txt.gz").write_bytes(b"?")
    with pytest.raises(ConfigError, match=r"does not exist\. Give a folder or a ZIP"):
        open_photo_source(folder / "absent")
    with pytest.raises(ConfigError, match="is no folder, ZIP or CSV"):
        open_photo_source(folder / "a.txt.gz")
