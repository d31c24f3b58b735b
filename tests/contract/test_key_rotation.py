"""Another master key and other data keys while everything goes on, ended at any moment and begun again."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Column, Connection, func, insert, select

from nigoh.config.key_file import read_key_file, write_key_file
from nigoh.config.master_key import KeyFile, KeyText, MasterKeyRing
from nigoh.domain.master_key import MasterKey
from nigoh.domain.sighting import PersonId
from nigoh.errors import ConfigError, KeyDestroyed, Missing, VaultError
from nigoh.storage.database.database import Database
from nigoh.storage.database.tables import DATA_KEYS, MEDIA, METADATA, SECRETS, TRACKS
from nigoh.storage.media import MediaStore
from nigoh.storage.vault.resealing import reseal_scope
from nigoh.storage.vault.rotation import one_rotation, rotate_master
from nigoh.storage.vault.scopes import INSTALLATION, person_scope, unknown_scope
from nigoh.storage.vault.sealed import Sealed
from nigoh.storage.vault.sealed_columns import SEALED_COLUMNS, row_binding
from nigoh.storage.vault.vault import Vault

Pieces = list[tuple[Sealed, str]]
TODAY = unknown_scope(1e9)


class Killed(BaseException):
    """What a test ends a rotation with."""


@pytest.fixture
def key_file(tmp_path: Path) -> KeyFile:
    source = KeyFile(tmp_path / "conf" / "master.key")
    source.make()
    return source


def started(key_file: KeyFile, database: Database) -> Vault:
    """The vault of a process that starts now."""
    return Vault(MasterKeyRing(key_file), database)


def seal_some(database: Database, vault: Vault, count: int, first: int = 0) -> Pieces:
    with database.begin() as connection:
        return [
            (vault.seal(connection, person_scope(PersonId(str(each))), str(each).encode(), f"t:{each}"), f"t:{each}")
            for each in range(first, first + count)
        ]


def all_open(database: Database, vault: Vault, pieces: Pieces) -> bool:
    with database.read() as connection:
        return vault.open_many(connection, pieces) == [where.removeprefix("t:").encode() for _, where in pieces]


def masters_in_use(database: Database) -> set[str]:
    with database.read() as connection:
        return set(connection.scalars(select(DATA_KEYS.c.master_id).where(DATA_KEYS.c.wrapped_key.is_not(None))))


def test_everything_opens_under_the_new_master_key_and_nothing_under_the_old_one(
    database: Database, key_file: KeyFile
) -> None:
    before, running = key_file.read()[0], started(key_file, database)
    pieces = seal_some(database, running, 25)
    noted: list[Connection] = []
    new = key_file.prepare_next()
    assert rotate_master(running, database, new, note=noted.append, at_once=10).keys == 26, (
        "and the one of the installation"
    )
    assert key_file.take_next() == ""
    assert len(noted) == 1
    assert masters_in_use(database) == {new.id}
    assert [path.name for path in key_file.path.parent.iterdir()] == ["master.key"]
    assert all_open(database, started(key_file, database), pieces)
    with pytest.raises(ConfigError, match="the master key is another one"):
        Vault(before, database)


def test_what_runs_meanwhile_opens_and_seals_all_the_time(database: Database, key_file: KeyFile) -> None:
    running, rotating = started(key_file, database), started(key_file, database)
    pieces = seal_some(database, running, 25)
    steps: list[int] = []

    def go_on(done: int) -> None:
        steps.append(done)
        fresh = started(key_file, database)
        pieces.extend(seal_some(database, running, 3, first=1000 + 10 * len(steps)))
        pieces.extend(seal_some(database, fresh, 3, first=2000 + 10 * len(steps)))
        assert all_open(database, running, pieces)
        assert all_open(database, fresh, pieces)

    new = key_file.prepare_next()
    rotate_master(rotating, database, new, told=go_on, at_once=10)
    assert len(steps) >= 3
    key_file.take_next()
    pieces.extend(seal_some(database, running, 3, first=3000))
    assert masters_in_use(database) == {new.id}, "also what older processes have sealed since"
    assert all_open(database, started(key_file, database), pieces)


@pytest.mark.parametrize("ended_at", [0, 10, 20, 25])
def test_a_rotation_that_is_ended_between_two_steps_goes_on_when_it_is_begun_again(
    sqlite_database: Database, key_file: KeyFile, ended_at: int
) -> None:
    pieces = seal_some(sqlite_database, started(key_file, sqlite_database), 25)

    def end(done: int) -> None:
        if done >= ended_at:
            raise Killed

    first = key_file.prepare_next()
    with pytest.raises(Killed):
        rotate_master(started(key_file, sqlite_database), sqlite_database, first, told=end, at_once=10)
    assert all_open(sqlite_database, started(key_file, sqlite_database), pieces)
    second = key_file.prepare_next()
    assert second == first, "the key that some are wrapped under already"
    rotate_master(started(key_file, sqlite_database), sqlite_database, second)
    key_file.take_next()
    assert masters_in_use(sqlite_database) == {second.id}
    assert all_open(sqlite_database, started(key_file, sqlite_database), pieces)


def states_of_the_files(source: KeyFile, old: MasterKey, new: MasterKey) -> Iterator[str]:
    """What a power cut at each step of taking the next key leaves on the disk."""
    write_key_file(source.next_path, new)
    yield "before"
    os.link(source.path, source.last_path)
    yield "linked"
    source.next_path.replace(source.path)
    yield "renamed"
    source.last_path.unlink()
    yield "done"
    del old


def test_no_power_cut_leaves_files_that_do_not_open_the_database(
    sqlite_database: Database, key_file: KeyFile
) -> None:
    old, new = key_file.read()[0], MasterKey.generate()
    pieces = seal_some(sqlite_database, started(key_file, sqlite_database), 20)
    seen = []
    for state in states_of_the_files(key_file, old, new):
        if state == "before":
            rotate_master(started(key_file, sqlite_database), sqlite_database, new)
        seen.append(key_file.was_interrupted)
        assert all_open(sqlite_database, started(key_file, sqlite_database), pieces), state
    assert seen == [False, False, True, False]
    write_key_file(key_file.next_path, MasterKey.generate())
    write_key_file(key_file.last_path, old)
    key_file.take_next()
    assert [path.name for path in key_file.path.parent.iterdir()] == ["master.key"], "a leftover is no obstacle"


def test_a_key_that_does_not_open_stays_as_it_is_and_is_told(database: Database, key_file: KeyFile) -> None:
    vault = started(key_file, database)
    pieces = seal_some(database, vault, 5)
    with database.begin() as connection:
        row = connection.execute(select(DATA_KEYS).where(DATA_KEYS.c.id == pieces[2][0].key_id)).one()
        broken = DATA_KEYS.update().where(DATA_KEYS.c.id == row.id).values(wrapped_key=row.wrapped_key[:-1] + b"?")
        connection.execute(broken)
    rotated = rotate_master(vault, database, key_file.prepare_next())
    assert rotated.keys == 5
    assert len(rotated.broken) == 1
    assert row.id in rotated.broken[0]
    assert all_open(database, vault, pieces[:2] + pieces[3:])


def test_a_destroyed_key_stays_destroyed(database: Database, key_file: KeyFile) -> None:
    vault = started(key_file, database)
    (piece, *others) = seal_some(database, vault, 5)
    with database.begin() as connection:
        vault.destroy(connection, person_scope(PersonId("0")))
    rotate_master(vault, database, key_file.prepare_next())
    with database.read() as connection, pytest.raises(KeyDestroyed):
        vault.open(connection, *piece)
    assert all_open(database, vault, others)


def test_a_process_that_has_not_got_the_new_key_says_so(database: Database) -> None:
    old, new = MasterKey.generate(), MasterKey.generate()
    running = Vault(old, database)
    seal_some(database, running, 1)
    rotate_master(Vault(old, database), database, new)
    with database.begin() as connection, pytest.raises(VaultError, match=rf"{new.id[:8]}…, which wraps .* not known"):
        running.seal(connection, person_scope(PersonId("new")), b"x", "t:1")


def test_a_key_from_a_variable_is_rotated_with_a_second_one(database: Database) -> None:
    old, new = MasterKey.generate(), MasterKey.generate()
    with pytest.raises(ConfigError, match="NIGOH_MASTER_KEY_NEXT is not set"):
        KeyText(old.reveal_text(), "NIGOH_MASTER_KEY").prepare_next()
    both = KeyText(old.reveal_text(), "NIGOH_MASTER_KEY", new.reveal_text())
    vault = Vault(MasterKeyRing(both), database)
    pieces = seal_some(database, vault, 3)
    rotate_master(vault, database, both.prepare_next())
    assert "unset NIGOH_MASTER_KEY_NEXT" in both.take_next()
    assert all_open(database, Vault(MasterKeyRing(both), database), pieces), "until everything was started again"
    assert all_open(database, Vault(new, database), pieces)


def test_two_rotations_at_once_are_one_too_many(tmp_path: Path) -> None:
    with one_rotation(tmp_path), pytest.raises(ConfigError, match="is being rotated already"), one_rotation(tmp_path):
        pass
    with one_rotation(tmp_path):
        pass


KILLED_WHILE_ROTATING = """
import sys
from pathlib import Path
from nigoh.config.master_key import KeyFile, MasterKeyRing
from nigoh.storage.database.database import Database
from nigoh.storage.vault.rotation import rotate_master
from nigoh.storage.vault.vault import Vault
source, database = KeyFile(Path(sys.argv[1])), Database(sys.argv[2])
vault = Vault(MasterKeyRing(source), database)
while True:
    rotate_master(vault, database, source.prepare_next(), told=lambda done: print(done, flush=True), at_once=20)
    source.take_next()
    print("rotated", flush=True)
"""


def test_a_process_that_is_killed_in_the_midst_of_it_loses_nothing(
    sqlite_database: Database, key_file: KeyFile, tmp_path: Path
) -> None:
    pieces = seal_some(sqlite_database, started(key_file, sqlite_database), 100)
    url = f"sqlite:///{tmp_path / 'nigoh.sqlite'}"
    for lines in (2, 7):
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED_WHILE_ROTATING, str(key_file.path), url], stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        with process:
            for _ in range(lines):
                assert process.stdout.readline()
            process.send_signal(signal.SIGKILL)
        assert all_open(sqlite_database, started(key_file, sqlite_database), pieces)
    vault = started(key_file, sqlite_database)
    if key_file.was_interrupted:
        rotate_master(vault, sqlite_database, read_key_file(key_file.path))
        key_file.remove_last()
    rotate_master(vault, sqlite_database, key_file.prepare_next())
    key_file.take_next()
    assert all_open(sqlite_database, started(key_file, sqlite_database), pieces)


@pytest.fixture
def media(database: Database, tmp_path: Path) -> MediaStore:
    return MediaStore(tmp_path / "media", Vault(MasterKey.generate(), database))


def track(connection: Connection, vault: Vault, identifier: str) -> None:
    sealed = vault.seal(connection, TODAY, identifier.encode(), row_binding(TRACKS, identifier))
    model = {f"model_{name}": "m" for name in ("name", "version", "digest", "preprocessing")}
    row = {"id": identifier, "camera": "gate", "first_unix_s": 1e9, "dimension": 1, **model}
    connection.execute(insert(TRACKS).values(**row, key_id=sealed.key_id, sealed_vector=sealed.blob))


def opens(database: Database, media: MediaStore, track_id: str, media_id: str) -> bool:
    with database.read() as connection:
        row = connection.execute(select(TRACKS).where(TRACKS.c.id == track_id)).one()
        plain = media.vault.open(connection, Sealed(row.key_id, row.sealed_vector), row_binding(TRACKS, track_id))
        return plain == track_id.encode() and media.get(connection, media_id) == ("image/jpeg", b"a face")


def keys_of(database: Database, column: Column[str]) -> set[str]:
    with database.read() as connection:
        return set(connection.scalars(select(column)))


def test_everything_of_a_scope_is_sealed_under_another_key(database: Database, media: MediaStore) -> None:
    with database.begin() as connection:
        for number in range(230):
            track(connection, media.vault, f"track{number}")
        pictures = [media.put(connection, TODAY, "crop", "image/jpeg", b"a face") for _ in range(25)]
        other = media.put(connection, unknown_scope(0), "crop", "image/jpeg", b"another day")
    before = keys_of(database, TRACKS.c.key_id)
    assert reseal_scope(database, media, TODAY, 5.0) == 255
    after = keys_of(database, TRACKS.c.key_id)
    assert len(after) == 1
    assert not before & after
    with database.read() as connection:
        of_media = {row.id: row.key_id for row in connection.execute(select(MEDIA))}
        assert media.get(connection, other)[1] == b"another day"
    assert {of_media[each] for each in pictures} == after
    assert of_media[other] not in after
    assert all(opens(database, media, f"track{number}", pictures[number % 25]) for number in (0, 99, 229))
    with database.begin() as connection:
        assert media.vault.destroy(connection, TODAY) == 2, "the key that it had goes with it"


def test_sealing_anew_goes_on_after_it_was_ended_in_the_midst(database: Database, media: MediaStore) -> None:
    with database.begin() as connection:
        track(connection, media.vault, "track")
        pictures = [media.put(connection, TODAY, "crop", "image/jpeg", b"a face") for _ in range(30)]
    # The last picture's file is gone: so the work ends there, in the midst of a transaction that had renewed others.
    lost = media.path(pictures[-1])
    content = lost.read_bytes()
    lost.unlink()
    with pytest.raises(VaultError, match=rf"the file of picture {pictures[-1]} is missing"):
        reseal_scope(database, media, TODAY, 5.0)
    lost.write_bytes(content)
    assert all(opens(database, media, "track", each) for each in pictures)
    assert reseal_scope(database, media, TODAY, 6.0) >= 31
    assert all(opens(database, media, "track", each) for each in pictures)
    assert keys_of(database, MEDIA.c.key_id) == keys_of(database, TRACKS.c.key_id)


def test_sealing_anew_forgets_no_column_that_holds_sealed_data() -> None:
    named = {
        column for table in METADATA.tables.values() for column in table.columns if column.name.startswith("sealed_")
    }
    assert {each.sealed for each in SEALED_COLUMNS} == named
    assert all("key_id" in each.table.columns for each in SEALED_COLUMNS)
    assert all(each.id_column is not None for each in SEALED_COLUMNS)


def test_secrets_of_the_installation_can_be_sealed_anew(database: Database, media: MediaStore) -> None:
    with database.begin() as connection:
        secret = media.vault.secret(connection, "fingerprints")
    assert reseal_scope(database, media, INSTALLATION, 5.0) == 2
    with database.read() as connection:
        assert media.vault.secret(connection, "fingerprints") == secret
        assert connection.scalar(select(func.count()).select_from(SECRETS)) == 2


def test_a_scope_without_keys_or_erased_is_not_sealed_anew(database: Database, media: MediaStore) -> None:
    with pytest.raises(Missing):
        reseal_scope(database, media, person_scope(PersonId("nobody")), 1.0)
    with database.begin() as connection:
        track(connection, media.vault, "track")
        media.vault.destroy(connection, TODAY)
    with pytest.raises(KeyDestroyed):
        reseal_scope(database, media, TODAY, 1.0)
