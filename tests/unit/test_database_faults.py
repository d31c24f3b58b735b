"""What goes wrong with a database is told in our words, with the next step and without a password."""

import logging
import socket
import sqlite3
import stat
import sys
from collections.abc import Iterator
from importlib.abc import MetaPathFinder
from pathlib import Path

import pytest
from sqlalchemy import insert, text

from nigoh.errors import ConfigError, DatabaseError, DatabaseUnavailable, MissingExtra, OutputError
from nigoh.storage.database.connecting import DatabaseLimits
from nigoh.storage.database.database import Database
from nigoh.storage.database.tables import SETTINGS

PASSWORD = "c4n4ry/p@ss"  # noqa: S105 - found nowhere


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def fill(database: Database) -> None:
    with database.begin() as connection:
        connection.execute(text("CREATE TABLE IF NOT EXISTS big (data BLOB)"))
        for _ in range(64):
            connection.execute(text("INSERT INTO big VALUES (randomblob(65536))"))


def test_a_new_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "data" / "nigoh.sqlite"
    with Database(f"sqlite:///{path}") as database:
        fill(database)
        assert mode(path.parent) == 0o700
        assert {mode(each) for each in path.parent.iterdir()} == {0o600}
        assert {each.name for each in path.parent.iterdir()} >= {"nigoh.sqlite", "nigoh.sqlite-wal"}


def test_a_file_that_others_may_read_is_closed_to_them(tmp_path: Path) -> None:
    path = tmp_path / "nigoh.sqlite"
    path.touch(0o644)
    Database(f"sqlite:///{path}").close()
    assert mode(path) == 0o600


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("secure_delete", 1),
        ("busy_timeout", 10_000),
    ],
)
def test_a_file_is_opened_so_that_nothing_is_lost(tmp_path: Path, pragma: str, value: str | int) -> None:
    with Database(f"sqlite:///{tmp_path / 'nigoh.sqlite'}") as database, database.read() as connection:
        assert connection.execute(text(f"PRAGMA {pragma}")).scalar_one() == value


def test_a_full_disk_is_told_and_passes(tmp_path: Path) -> None:
    with Database(f"sqlite:///{tmp_path / 'nigoh.sqlite'}") as database:
        with database.begin() as connection:
            connection.execute(text("PRAGMA max_page_count=16"))
        with pytest.raises(DatabaseUnavailable, match=r"the disk is full\. Make room"):
            fill(database)
        with database.begin() as connection:
            connection.execute(text("PRAGMA max_page_count=100000"))
        fill(database)


@pytest.mark.parametrize("content", [b"no database at all, but as long as one" * 60, b"SQLite format 3\0"])
def test_a_damaged_file_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "nigoh.sqlite"
    path.write_bytes(content)
    with Database(f"sqlite:///{path}") as database, pytest.raises(DatabaseError, match=r"damaged.*Restore a backup"):
        database.ping()


def test_a_file_that_is_damaged_within_is_told(tmp_path: Path) -> None:
    path = tmp_path / "nigoh.sqlite"
    with Database(f"sqlite:///{path}") as database:
        fill(database)
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * 8192 + whole[12_288:])
    with Database(f"sqlite:///{path}") as database, database.read() as connection:
        with pytest.raises(DatabaseError, match="damaged"):
            connection.execute(text("SELECT sum(length(data)) FROM big")).scalar_one()
        connection.rollback()


def test_a_folder_instead_of_a_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        Database(f"sqlite:///{tmp_path}")


def test_another_program_that_writes_is_waited_for_within_bounds(tmp_path: Path) -> None:
    path = tmp_path / "nigoh.sqlite"
    with Database(f"sqlite:///{path}", DatabaseLimits(wait_s=0.05)) as database:
        database.ping()
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseUnavailable, match="is busy"), database.begin():
            pass
        other.execute("ROLLBACK")
        other.close()
        with database.begin():
            pass


@pytest.mark.parametrize(
    "url",
    [
        "", "nigoh.sqlite", "sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite:///file:x?mode=memory",
        f"mysql://root:{PASSWORD}@db/nigoh", f"postgresql+asyncpg://root:{PASSWORD}@db/nigoh",
        f"postgresql://root:{PASSWORD}@db:port/nigoh", f"://root:{PASSWORD}@db",
    ],
)  # fmt: skip
def test_an_address_of_no_known_database_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ConfigError, match="the database's address") as caught:
        Database(url)
    assert PASSWORD not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.fixture
def no_server() -> Iterator[int]:
    """A port on which nobody answers."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


def test_a_server_that_is_away_is_named_without_the_password(
    no_server: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    quoted = PASSWORD.replace("/", "%2F").replace("@", "%40")
    database = Database(f"postgresql+psycopg://nigoh:{quoted}@127.0.0.1:{no_server}/nigoh")
    with database, pytest.raises(DatabaseUnavailable) as caught:
        database.ping()
    shown = f"127.0.0.1:{no_server}/nigoh"
    assert str(caught.value).startswith(f"the database {shown} cannot be reached. Start the server")
    everything = f"{database!r} {database.shown} {database.engine!r} {caught.value!r} {caught.value.__cause__!r}"
    assert shown in repr(database)
    for secret in (PASSWORD, quoted):
        assert secret not in everything
        assert secret not in caplog.text


class _Hidden(MetaPathFinder):
    """As if psycopg were not installed."""

    def find_spec(self, name: str, *_rest: object) -> None:
        if name.split(".", maxsplit=1)[0] == "psycopg":
            raise ModuleNotFoundError(name)


def test_a_missing_driver_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "psycopg"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [_Hidden(), *sys.meta_path])
    with pytest.raises(MissingExtra, match=r"pip install 'nigoh\[postgresql\]'"):
        Database("postgresql+psycopg://nigoh@db/nigoh")


def test_an_error_does_not_quote_what_was_to_be_stored(tmp_path: Path) -> None:
    values = {"key": PASSWORD, "value": PASSWORD, "updated_unix_s": 0.0, "version": 1}
    with (
        Database(f"sqlite:///{tmp_path / 'nigoh.sqlite'}") as database,
        pytest.raises(DatabaseError) as caught,
        database.begin() as connection,
    ):
        connection.execute(insert(SETTINGS).values(values))
    assert PASSWORD not in f"{caught.value} {caught.value.__cause__}"


def test_limits_are_bounds() -> None:
    with pytest.raises(ValueError, match="1 to 1000"):
        DatabaseLimits(connections=0)
    with pytest.raises(ValueError, match="above 0"):
        DatabaseLimits(wait_s=0.0)
    with pytest.raises(ValueError, match="above 0"):
        DatabaseLimits(connect_s=-1.0)
