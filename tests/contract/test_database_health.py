"""What `nigoh doctor` says of a database."""

from pathlib import Path

from sqlalchemy import insert

from nigoh.storage.database.database import Database
from nigoh.storage.database.health import DatabaseCheck, check_database
from nigoh.storage.database.tables import EVENTS

NOW = 4e9  # later than the clock of any server


def checks(database: Database, now_unix_s: float = NOW, least_free_bytes: int = 0) -> dict[str, DatabaseCheck]:
    return {check.name: check for check in check_database(database, now_unix_s, least_free_bytes)}


def test_a_new_database_is_well(database: Database) -> None:
    found = checks(database)
    assert all(check.is_well for check in found.values()), found
    expected = {"database", "migrations", "clock"} | ({"database file", "database disk"} if database.path else set())
    assert set(found) == expected
    assert database.shown in found["database"].detail


def test_a_database_that_was_not_migrated_says_what_to_do(tmp_path: Path) -> None:
    with Database(f"sqlite:///{tmp_path / 'empty.sqlite'}") as database:
        found = checks(database)["migrations"]
    assert not found.is_well
    assert "nigoh up" in found.detail


def test_a_clock_that_went_back_is_noticed(database: Database) -> None:
    with database.begin() as connection:
        values = {"kind": "camera.state", "camera": "", "subject": "x", "unix_s": NOW + 90, "body": "{}"}
        connection.execute(insert(EVENTS).values(values))
    found = checks(database)["clock"]
    assert not found.is_well
    assert "90 s behind" in found.detail


def test_too_little_room_is_told(sqlite_database: Database) -> None:
    found = checks(sqlite_database, least_free_bytes=10**18)["database disk"]
    assert not found.is_well
    assert "Make room" in found.detail


def test_a_damaged_file_is_told(sqlite_database: Database) -> None:
    assert sqlite_database.path is not None
    whole = sqlite_database.path.read_bytes()
    sqlite_database.path.write_bytes(whole[:8192] + b"\xff" * 40_960 + whole[49_152:])
    assert any(not check.is_well and "damaged" in check.detail for check in checks(sqlite_database).values())


def test_a_server_that_is_away_is_told() -> None:
    with Database("postgresql+psycopg://nobody@/nigoh?host=/nowhere") as database:
        found = checks(database)
    assert not found["database"].is_well
    assert "cannot be reached" in found["database"].detail
