"""Photos and crops: sealed files beside their rows."""

import os
import stat
from pathlib import Path

import pytest
from sqlalchemy import select, update

from nigoh.domain.master_key import MasterKey
from nigoh.domain.sighting import PersonId
from nigoh.errors import KeyDestroyed, Missing, OutputError, VaultError
from nigoh.storage.database.database import Database
from nigoh.storage.database.tables import MEDIA
from nigoh.storage.media import MOST_BYTES, MediaStore
from nigoh.storage.vault.scopes import person_scope
from nigoh.storage.vault.vault import Vault

ALICE = person_scope(PersonId("alice"))
PICTURE = b"\xff\xd8 a face that nobody else may see " * 40
HOUR_S = 3600.0


class Clock:
    """Seconds since 1970 that pass when a test says so; files are as old as the system says."""

    def __init__(self, folder: Path) -> None:
        folder.touch()
        self.seconds = folder.stat().st_mtime

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock(tmp_path / "now")


@pytest.fixture
def media(database: Database, tmp_path: Path, clock: Clock) -> MediaStore:
    return MediaStore(tmp_path / "media", Vault(MasterKey.generate(), database), now=clock)


def put(database: Database, media: MediaStore, data: bytes = PICTURE) -> str:
    with database.begin() as connection:
        return media.put(connection, ALICE, "photo", "image/jpeg", data)


def got(database: Database, media: MediaStore, media_id: str) -> tuple[str, bytes]:
    with database.read() as connection:
        return media.get(connection, media_id)


def files(media: MediaStore) -> list[Path]:
    return [path for path in media.folder.rglob("*") if path.is_file()]


def test_a_picture_comes_back_and_its_file_shows_nothing(database: Database, media: MediaStore) -> None:
    media_id = put(database, media)
    assert got(database, media, media_id) == ("image/jpeg", PICTURE)
    assert got(database, media, put(database, media, b"")) == ("image/jpeg", b"")
    (path, _) = sorted(files(media), key=lambda each: -each.stat().st_size)
    assert path.name == media_id
    content = path.read_bytes()
    assert not any(PICTURE[at : at + 8] in content for at in range(0, len(PICTURE), 8))


def test_files_and_folders_are_for_their_owner_alone(database: Database, media: MediaStore) -> None:
    before = os.umask(0)
    try:
        put(database, media)
    finally:
        os.umask(before)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (media.folder, *media.folder.rglob("*")) if path.is_dir()}
    assert modes == {0o700}
    assert {stat.S_IMODE(path.stat().st_mode) for path in files(media)} == {0o600}


def test_pictures_of_one_moment_lie_in_many_folders(database: Database, media: MediaStore) -> None:
    with database.begin() as connection:
        for _ in range(60):
            media.put(connection, ALICE, "crop", "image/jpeg", b"x")
    assert len({path.parent for path in files(media)}) > 40


def test_a_picture_that_is_missing_changed_or_another_one_is_named(database: Database, media: MediaStore) -> None:
    first, second = put(database, media), put(database, media, b"another face")
    content = media.path(first).read_bytes()
    for changed in (content[:-1] + b"?", content[:40], content[5:], b"", media.path(second).read_bytes()):
        media.path(first).write_bytes(changed)
        with pytest.raises(VaultError, match=first) as error:
            got(database, media, first)
        assert error.value.next_step
    media.path(first).unlink()
    with pytest.raises(VaultError, match=rf"the file of picture {first} is missing"):
        got(database, media, first)
    assert got(database, media, second)[1] == b"another face"


def test_a_face_is_not_passed_off_as_a_web_page(database: Database, media: MediaStore) -> None:
    media_id = put(database, media)
    with database.begin() as connection:
        connection.execute(update(MEDIA).values(content_type="text/html"))
    with pytest.raises(VaultError):
        got(database, media, media_id)


@pytest.mark.parametrize(
    "asked", ["nothing", "../../etc/passwd", "", "0" * 26, "0" * 25 + "/", "\0" * 26, "0" * 26 + "\n"]
)
def test_what_is_no_picture_is_missing(sqlite_database: Database, tmp_path: Path, asked: str) -> None:
    media = MediaStore(tmp_path / "media", Vault(MasterKey.generate(), sqlite_database))
    if asked != "0" * 26:
        with pytest.raises(Missing):
            media.path(asked)
    if "\0" not in asked:
        with pytest.raises(Missing):
            got(sqlite_database, media, asked)


def test_an_erased_persons_pictures_do_not_open_wherever_their_files_are(
    database: Database, media: MediaStore
) -> None:
    media_id = put(database, media)
    with database.begin() as connection:
        media.vault.destroy(connection, ALICE)
    assert media.path(media_id).exists()
    with pytest.raises(KeyDestroyed, match=rf"media:{media_id} .*was erased"):
        got(database, media, media_id)


def test_a_removed_picture_is_gone_with_its_file(database: Database, media: MediaStore) -> None:
    media_id, other = put(database, media), put(database, media)
    with database.begin() as connection:
        media.remove(connection, [media_id, "0" * 26])
    media.discard([media_id, "0" * 26])
    with pytest.raises(Missing):
        got(database, media, media_id)
    assert [path.name for path in files(media)] == [other]


def test_a_sweep_removes_what_has_no_row_and_leaves_what_is_being_put(
    database: Database, media: MediaStore, clock: Clock
) -> None:
    kept, removed = put(database, media), put(database, media)
    with database.begin() as connection:
        media.remove(connection, [removed])
    with database.begin() as connection:
        undone = media.put(connection, ALICE, "crop", "image/jpeg", b"x")
        connection.rollback()
    (media.path(kept).parent / ".half-written.part").touch()
    assert media.sweep(database) == 0, "a file is there before its row is"
    clock.seconds += HOUR_S
    assert media.sweep(database) == 3
    assert [path.name for path in files(media)] == [kept]
    assert not media.path(undone).exists()
    assert got(database, media, kept)[1] == PICTURE


def test_a_folder_that_does_not_exist_has_nothing_to_sweep(database: Database, media: MediaStore) -> None:
    assert media.sweep(database) == 0


def test_what_cannot_be_written_leaves_no_row(sqlite_database: Database, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    media = MediaStore(tmp_path / "file" / "media", Vault(MasterKey.generate(), sqlite_database))
    with pytest.raises(OutputError, match="cannot be written"):
        put(sqlite_database, media)
    with sqlite_database.read() as connection:
        assert connection.execute(select(MEDIA)).all() == []


def test_a_picture_of_any_size_is_bounded(sqlite_database: Database, tmp_path: Path) -> None:
    media = MediaStore(tmp_path / "media", Vault(MasterKey.generate(), sqlite_database))
    with pytest.raises(ValueError, match="at most"):
        put(sqlite_database, media, bytes(MOST_BYTES + 1))
