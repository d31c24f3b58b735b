"""The vault on SQLite and PostgreSQL: what it seals, refuses to open, and what is gone once it is destroyed."""

import base64
import secrets
from pathlib import Path

import pytest
from sqlalchemy import select, update

from nigoh.domain.master_key import MasterKey
from nigoh.domain.sighting import PersonId
from nigoh.errors import ConfigError, KeyDestroyed, VaultError
from nigoh.storage.database.database import Database
from nigoh.storage.database.tables import DATA_KEYS, SECRETS
from nigoh.storage.vault.destroyed_keys import DestroyedKeys
from nigoh.storage.vault.scopes import CAMERA, INSTALLATION, person_scope, unknown_scope
from nigoh.storage.vault.sealed import Sealed
from nigoh.storage.vault.vault import FRESH_S, Vault

MASTER = MasterKey(secrets.token_bytes(32))
ALICE, BOB = person_scope(PersonId("alice")), person_scope(PersonId("bob"))
PLAIN = b"a template that nobody else may read"


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def vault(database: Database, clock: Clock) -> Vault:
    return Vault(MASTER, database, clock=clock)


def sealed(database: Database, vault: Vault, scope: str = ALICE, bound_to: str = "template:1") -> Sealed:
    with database.begin() as connection:
        return vault.seal(connection, scope, PLAIN, bound_to)


def opened(database: Database, vault: Vault, piece: Sealed, bound_to: str = "template:1") -> bytes:
    with database.read() as connection:
        return vault.open(connection, piece, bound_to)


def test_what_was_sealed_opens_again_also_after_a_restart(database: Database, vault: Vault) -> None:
    piece = sealed(database, vault)
    assert PLAIN not in piece.blob
    assert opened(database, vault, piece) == PLAIN
    assert opened(database, Vault(MASTER, database), piece) == PLAIN


def test_the_same_bytes_never_look_the_same_twice(database: Database, vault: Vault) -> None:
    first, second = sealed(database, vault), sealed(database, vault)
    assert first.key_id == second.key_id
    assert first.blob != second.blob
    assert first.blob[1:13] != second.blob[1:13], "a nonce of its own for each piece"


def test_each_scope_has_its_own_key(database: Database, vault: Vault) -> None:
    scopes = [ALICE, BOB, unknown_scope(0), unknown_scope(90_000), CAMERA, INSTALLATION]
    assert len({sealed(database, vault, scope).key_id for scope in scopes}) == len(scopes)


def test_a_piece_opens_in_its_own_place_alone(database: Database, vault: Vault) -> None:
    piece, other = sealed(database, vault), sealed(database, vault, BOB, "template:2")
    with pytest.raises(VaultError, match=r"template:2 does not open: it was changed, or belongs elsewhere"):
        opened(database, vault, piece, "template:2")
    with pytest.raises(VaultError, match=r"template:1 does not open"):
        opened(database, vault, Sealed(other.key_id, piece.blob))
    with pytest.raises(VaultError, match=r"template:1 does not open: data key nothing is not in the database"):
        opened(database, vault, Sealed("nothing", piece.blob))


@pytest.mark.parametrize("at", [0, 1, 13, 20, -1])
def test_a_changed_bit_is_noticed_and_the_row_is_named(sqlite_database: Database, at: int) -> None:
    vault = Vault(MASTER, sqlite_database)
    piece = sealed(sqlite_database, vault)
    changed = bytearray(piece.blob)
    changed[at] ^= 1
    with pytest.raises(VaultError, match=r"template:1 does not open") as error:
        opened(sqlite_database, vault, Sealed(piece.key_id, bytes(changed)))
    assert error.value.__cause__ is None
    for short in (b"", piece.blob[:12], piece.blob[:-1]):
        with pytest.raises(VaultError):
            opened(sqlite_database, vault, Sealed(piece.key_id, short))


def test_a_data_key_that_was_changed_or_put_in_anothers_place_is_named(database: Database, vault: Vault) -> None:
    piece, other = sealed(database, vault), sealed(database, vault, BOB)
    with database.begin() as connection:
        wrapped = connection.scalar(select(DATA_KEYS.c.wrapped_key).where(DATA_KEYS.c.id == other.key_id))
        connection.execute(update(DATA_KEYS).where(DATA_KEYS.c.id == piece.key_id).values(wrapped_key=wrapped))
    with pytest.raises(VaultError, match=rf"template:1 does not open: the data key {piece.key_id} does not open"):
        opened(database, Vault(MASTER, database), piece)


def test_many_pieces_open_together_and_what_does_not_open_is_an_error_in_its_place(
    database: Database, vault: Vault
) -> None:
    scopes = [person_scope(PersonId(str(number))) for number in range(520)]
    with database.begin() as connection:
        pieces = [
            (vault.seal(connection, scope, scope.encode(), f"template:{at}"), f"template:{at}")
            for at, scope in enumerate(scopes)
        ]
        vault.destroy(connection, scopes[7])
    pieces[3] = (pieces[3][0], "template:4")
    with database.read() as connection:
        found = Vault(MASTER, database).open_many(connection, pieces)
    assert isinstance(found[7], KeyDestroyed)
    assert isinstance(found[3], VaultError)
    good = [at for at in range(520) if at not in {3, 7}]
    assert [found[at] for at in good] == [scopes[at].encode() for at in good]


def test_nobody_elses_master_key_opens_the_database(database: Database, vault: Vault) -> None:
    sealed(database, vault)
    other = MasterKey.generate()
    with pytest.raises(
        ConfigError, match=r"the master key is another one \(.{8}…\) than that of this database"
    ) as error:
        Vault(other, database)
    assert other.reveal_text() not in str(error.value) + repr(error.value)
    with database.begin() as connection:
        connection.execute(update(DATA_KEYS).values(master_id=other.id))
    with pytest.raises(VaultError, match="does not open"):
        Vault(other, database)


def test_what_was_destroyed_is_gone_in_every_process_within_two_seconds(
    database: Database, vault: Vault, clock: Clock
) -> None:
    here, elsewhere = vault, Vault(MASTER, database, clock=clock)
    piece, other = sealed(database, here), sealed(database, here, BOB)
    assert opened(database, elsewhere, piece) == PLAIN
    with database.begin() as connection:
        assert here.destroy(connection, ALICE) == 1
    with pytest.raises(KeyDestroyed, match=r"template:1 was erased"):
        opened(database, here, piece)
    clock.seconds += FRESH_S + 0.01
    assert FRESH_S < 2
    with pytest.raises(KeyDestroyed, match=r"template:1 was erased"):
        opened(database, elsewhere, piece)
    assert opened(database, here, other) == PLAIN


def test_an_erased_scope_takes_nothing_new(database: Database, vault: Vault, clock: Clock) -> None:
    elsewhere = Vault(MASTER, database, clock=clock)
    sealed(database, vault)
    sealed(database, elsewhere)
    with database.begin() as connection:
        vault.destroy(connection, ALICE)
    clock.seconds += FRESH_S + 0.01
    for each in (vault, elsewhere):
        with pytest.raises(KeyDestroyed):
            sealed(database, each)


def test_what_belongs_to_the_installation_is_never_destroyed(database: Database, vault: Vault) -> None:
    for scope in (CAMERA, INSTALLATION, "master", "person:", "elsewhere:1"):
        with database.begin() as connection, pytest.raises(ValueError, match=scope):
            vault.destroy(connection, scope)
    with database.begin() as connection, pytest.raises(ValueError, match="no scope"):
        vault.seal(connection, "master", PLAIN, "x")


def test_a_key_of_a_transaction_that_is_undone_is_not_used_again(database: Database, vault: Vault) -> None:
    def seal_and_fail() -> None:
        with database.begin() as connection:
            first = vault.seal(connection, ALICE, PLAIN, "template:1")
            assert vault.seal(connection, ALICE, PLAIN, "template:2").key_id == first.key_id
            raise LookupError

    with pytest.raises(LookupError):
        seal_and_fail()
    assert opened(database, Vault(MASTER, database), sealed(database, vault)) == PLAIN


def test_secrets_of_the_installation_are_made_once_and_kept_sealed(database: Database, vault: Vault) -> None:
    with database.begin() as connection:
        made = vault.secret(connection, "fingerprints")
        assert vault.secret(connection, "other") != made
    with database.read() as connection:
        assert Vault(MASTER, database).secret(connection, "fingerprints") == made
        kept = connection.scalars(select(SECRETS.c.sealed_value)).all()
    assert not any(made in value for value in kept)
    assert len(made) == 32


def test_the_list_of_destroyed_keys_outside_the_database_follows(
    database: Database, tmp_path: Path, clock: Clock
) -> None:
    listed = DestroyedKeys(tmp_path / "conf" / "destroyed-keys")
    vault = Vault(MASTER, database, destroyed=listed, clock=clock)
    pieces = [sealed(database, vault, scope) for scope in (ALICE, BOB, unknown_scope(0))]
    for scope in (ALICE, unknown_scope(0)):
        with database.begin() as connection:
            vault.destroy(connection, scope)
    assert listed.read() == frozenset()
    assert vault.finish_destruction(database)
    assert listed.read() == {pieces[0].key_id, pieces[2].key_id}
    assert listed.path.stat().st_mode & 0o777 == 0o600
    with database.begin() as connection:
        vault.destroy(connection, BOB)
    Vault(MASTER, database, destroyed=listed)
    assert pieces[1].key_id in listed.read(), "a crash before the end of a destruction is made good at the next start"


def test_a_destroyed_key_is_in_no_file_of_the_database(sqlite_database: Database, tmp_path: Path) -> None:
    vault = Vault(MASTER, sqlite_database)
    piece = sealed(sqlite_database, vault)
    with sqlite_database.read() as connection:
        wrapped = connection.scalar(select(DATA_KEYS.c.wrapped_key).where(DATA_KEYS.c.id == piece.key_id))
    assert isinstance(wrapped, bytes)

    def files_hold_it() -> bool:
        return any(wrapped in path.read_bytes() for path in tmp_path.iterdir() if path.is_file())

    assert files_hold_it()
    with sqlite_database.begin() as connection:
        vault.destroy(connection, ALICE)
    assert vault.finish_destruction(sqlite_database)
    assert not files_hold_it()


def test_a_reader_postpones_the_cleaning_of_files_and_not_the_destruction(sqlite_database: Database) -> None:
    vault = Vault(MASTER, sqlite_database)
    sealed(sqlite_database, vault)
    with sqlite_database.read() as reader:
        reader.execute(select(DATA_KEYS.c.id)).all()
        with sqlite_database.begin() as connection:
            vault.destroy(connection, ALICE)
        assert not vault.finish_destruction(sqlite_database)
    assert vault.finish_destruction(sqlite_database)


def test_nothing_of_a_key_is_shown(database: Database, vault: Vault) -> None:
    key = MASTER.reveal()
    for shown in (repr(MASTER), str(MASTER), f"{MASTER}", repr(vault), repr(sealed(database, vault))):
        for form in (repr(key), key.hex(), base64.b64encode(key).decode(), MASTER.reveal_text()):
            assert form not in shown
    with pytest.raises(ValueError, match="32 bytes") as error:
        MasterKey(key[:31])
    assert repr(key[:31]) not in str(error.value)


def test_two_processes_that_start_together_agree(database: Database) -> None:
    first, second = Vault(MASTER, database), Vault(MASTER, database)
    assert opened(database, second, sealed(database, first)) == PLAIN
