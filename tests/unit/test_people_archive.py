"""An archive that nobody vouches for names people and photos, and cannot harm whoever reads it."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import pytest

from nigoh.errors import EnrolmentError, PhotoError
from nigoh.storage.people_archive import ZipPhotos
from nigoh.storage.zip_directory import ArchiveLimits

PHOTO = b"photo" * 10


def make(path: Path, members: Mapping[str, bytes], compression: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return tmp_path / "people.zip"


def people(path: Path) -> dict[str, tuple[str, ...]]:
    with ZipPhotos(path) as photos:
        return {person.name: person.photos for person in photos.plan.people}


def refusals(path: Path, limits: ArchiveLimits | None = None) -> dict[str, str]:
    with ZipPhotos(path, limits) as photos:
        return {refusal.name: refusal.reason for refusal in photos.plan.refusals}


def test_a_file_or_a_folder_is_a_person(archive: Path) -> None:
    make(
        archive, {"Oʻktam.jpg": PHOTO, "Ўктам/2.png": PHOTO, "Ўктам/1.JPG": PHOTO, "__MACOSX/._x.jpg": b"", ".a": b""}
    )
    assert people(archive) == {"Oʻktam": ("Oʻktam.jpg",), "Ўктам": ("Ўктам/1.JPG", "Ўктам/2.png")}
    assert refusals(archive) == {}
    with ZipPhotos(archive) as photos:
        assert photos.read("Ўктам/2.png") == PHOTO


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["known_faces/Anna.jpg", "known_faces/Bek.jpg"], {"Anna", "Bek"}),
        (["photos/Anna/1.jpg", "photos/Bek.jpg"], {"Anna", "Bek"}),
        (["Anna/1.jpg", "Anna/2.jpg"], {"Anna"}),
        (["Anna/1.jpg", "Bek.jpg"], {"Anna", "Bek"}),
    ],
)
def test_a_folder_around_all_of_it_is_looked_through(archive: Path, names: list[str], expected: set[str]) -> None:
    assert set(people(make(archive, dict.fromkeys(names, PHOTO)))) == expected


def test_a_table_names_people_and_photos_beside_it(archive: Path) -> None:
    table = b"name,group,photos\nAnna,A,photos/1.jpg; ./photos\\2.jpg\nBek,B,\nGone,B,photos/9.jpg\n"
    make(archive, {"x/People.CSV": table, "x/photos/1.jpg": PHOTO, "x/photos/2.jpg": PHOTO, "x/photos/3.jpg": PHOTO})
    found = people(archive)
    assert found == {"Anna": ("x/photos/1.jpg", "x/photos/2.jpg"), "Bek": (), "Gone": ("x/photos/9.jpg",)}
    assert refusals(archive) == {"x/photos/3.jpg": "no row of people.csv names it"}
    with ZipPhotos(archive) as photos, pytest.raises(PhotoError, match=r"x/photos/9\.jpg is not in people\.zip"):
        photos.read("x/photos/9.jpg")


def test_names_that_lead_out_and_what_is_no_photo_are_refused_and_the_rest_is_read(archive: Path) -> None:
    make(archive, {
        "../../etc/cron.d/x.jpg": PHOTO, "/abs.jpg": PHOTO, "C:\\Windows\\x.jpg": PHOTO, "..\\up.jpg": PHOTO,
        "Anna.jpg": PHOTO, "notes.txt": b"-", "inner.zip": b"PK", "too/deep/in/here.jpg": PHOTO,
        "Evil\u202ename.jpg": PHOTO, "bell\x07.jpg": PHOTO,
    })  # fmt: skip
    link = zipfile.ZipInfo("Link.jpg")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    with zipfile.ZipFile(archive, "a") as grown:
        grown.writestr(link, "/etc/passwd")
    assert set(people(archive)) == {"Anna"}
    reasons = refusals(archive)
    out = "its name leads out of the archive"
    assert {name: reason for name, reason in reasons.items() if reason == out} == dict.fromkeys(
        ["../../etc/cron.d/x.jpg", "/abs.jpg", "C:/Windows/x.jpg", "../up.jpg"], out
    )
    assert reasons["Link.jpg"] == "it is a link"
    assert reasons["notes.txt"] == "it is no photo"
    assert reasons["inner.zip"].startswith("it is an archive in an archive")
    assert reasons["too/deep/in/here.jpg"].startswith("it lies too deep")
    assert reasons[r"Evil\u202ename.jpg"] == reasons[r"bell\x07.jpg"] == "a name has no control letters"


def test_a_file_that_is_packed_too_well_is_a_bomb(archive: Path) -> None:
    make(archive, {"Bomb.bmp": bytes(30 << 20), "Anna.jpg": PHOTO}, zipfile.ZIP_DEFLATED)
    assert set(people(archive)) == {"Anna"}
    assert "packed more than 200 times" in refusals(archive)["Bomb.bmp"]


@pytest.mark.parametrize("limits", [ArchiveLimits(most_members=2), ArchiveLimits(most_total_bytes=100)])
def test_too_many_files_or_bytes_are_refused_at_once(archive: Path, limits: ArchiveLimits) -> None:
    make(archive, {f"{number}.jpg": PHOTO for number in range(3)})
    with pytest.raises(EnrolmentError, match=r"which is too much\. Split it\."):
        ZipPhotos(archive, limits)


@pytest.mark.parametrize("wide", [False, True], ids=["zip", "zip64"])
def test_a_directory_that_would_fill_the_memory_is_refused_before_it_is_read(archive: Path, *, wide: bool) -> None:
    size = 70 << 20
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, 0xFFFFFFFF if wide else size, 0, 0)
    if wide:
        record = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, size, 0)
        end = record + struct.pack("<4sLQL", b"PK\6\7", 0, size, 1) + end
    with archive.open("wb") as file:
        file.seek(size)
        file.write(end)
    with pytest.raises(EnrolmentError, match=r"a directory of 70 MB\. Split it\."):
        ZipPhotos(archive)


def test_a_file_that_is_larger_than_its_entry_says_is_not_unpacked(archive: Path) -> None:
    make(archive, {"Liar.jpg": bytes(1000)}, zipfile.ZIP_DEFLATED)
    data = bytearray(archive.read_bytes())
    at = data.rindex(b"PK\1\2")
    struct.pack_into("<L", data, at + 24, 10)
    archive.write_bytes(data)
    with ZipPhotos(archive) as photos, pytest.raises(PhotoError, match="damaged in the archive"):
        photos.read("Liar.jpg")


def test_a_photo_above_the_limit_is_not_unpacked(archive: Path) -> None:
    make(archive, {"Large.jpg": bytes(2000)})
    with (
        ZipPhotos(archive, ArchiveLimits(most_photo_bytes=1 << 10)) as photos,
        pytest.raises(PhotoError, match="0 MB"),
    ):
        photos.read("Large.jpg")


def test_files_that_overlap_are_not_read_as_two(archive: Path) -> None:
    make(archive, {"Anna.jpg": PHOTO, "Bek.jpg": PHOTO * 2})
    data = bytearray(archive.read_bytes())
    at = data.rindex(b"PK\1\2")
    struct.pack_into("<L", data, at + 42, 0)  # the second entry points at the first file
    archive.write_bytes(data)
    with ZipPhotos(archive) as photos:
        assert photos.read("Anna.jpg") == PHOTO
        with pytest.raises(PhotoError, match="damaged in the archive"):
            photos.read("Bek.jpg")


def test_an_encrypted_file_is_refused_with_what_to_do(archive: Path) -> None:
    make(archive, {"Anna.jpg": PHOTO, "Bek.jpg": PHOTO})
    data = bytearray(archive.read_bytes())
    at = data.rindex(b"PK\1\2")
    struct.pack_into("<H", data, at + 8, 1)
    archive.write_bytes(data)
    assert refusals(archive) == {"Bek.jpg": "it is encrypted: make the archive without a password"}


@pytest.mark.parametrize(("encoding", "name"), [("cp866", "Уктам"), ("utf-8", "Oʻktam"), ("utf-8", "O\u0308")])
def test_names_of_old_archivers_are_read_as_they_were_meant(encoding: str, name: str, archive: Path) -> None:
    raw = f"{name}.jpg".encode(encoding)
    place = "x" * len(raw)
    make(archive, {place: PHOTO})
    archive.write_bytes(archive.read_bytes().replace(place.encode(), raw))
    assert set(people(archive)) == {"Ö" if name == "O\u0308" else name}


def test_a_name_in_the_field_for_unicode_names_counts(archive: Path) -> None:
    raw, meant = b"_____.jpg", "Уктам.jpg".encode()
    field = struct.pack("<BL", 1, zlib.crc32(raw)) + meant
    info = zipfile.ZipInfo(raw.decode())
    info.extra = struct.pack("<HH", 0x7075, len(field)) + field
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr(info, PHOTO)
    assert set(people(archive)) == {"Уктам"}


@pytest.mark.parametrize("content", [b"", b"PK\5\6", b"not a zip at all" * 100])
def test_what_is_no_archive_is_refused_with_its_name(content: bytes, archive: Path) -> None:
    archive.write_bytes(content)
    with pytest.raises(EnrolmentError, match=r"people\.zip cannot be read: it is no whole ZIP archive"):
        ZipPhotos(archive)


def test_damage_anywhere_is_an_answer_or_a_complaint_and_nothing_else(archive: Path, tmp_path: Path) -> None:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("Anna.jpg", PHOTO)
        made.writestr("Bek/1.jpg", PHOTO)
    data = whole.getvalue()
    complaints: list[EnrolmentError | PhotoError] = []
    for at in range(len(data)):
        damaged = bytearray(data)
        damaged[at] ^= 0xFF
        archive.write_bytes(damaged)
        try:
            with ZipPhotos(archive) as photos:
                for person in photos.plan.people:
                    for photo in person.photos:
                        assert photos.read(photo) == PHOTO
        except (EnrolmentError, PhotoError) as error:
            complaints.append(error)
    assert all(complaint.next_step for complaint in complaints)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["people.zip"]
