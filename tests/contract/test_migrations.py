"""Migrations build the tables that the program describes, once, and never touch what they do not know."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from nigoh.errors import DatabaseError
from nigoh.storage.database.database import Database
from nigoh.storage.database.migrations import migrate, revision_of
from nigoh.storage.database.tables import METADATA


@pytest.fixture
def new_sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'a folder' / '50%.sqlite'}"


@pytest.fixture
def new_postgresql_url(request: pytest.FixtureRequest, new_postgresql_database: Callable[[str], str]) -> str:
    url: str = request.getfixturevalue("postgresql_server").url(new_postgresql_database("template0"))
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest) -> str:
    """The address of an empty database."""
    url: str = request.getfixturevalue(f"new_{request.param}_url")
    return url


@pytest.fixture
def empty(empty_url: str) -> Iterator[Database]:
    with Database(empty_url) as database:
        yield database


def tables_of(database: Database) -> set[str]:
    with database.read() as connection:
        return set(inspect(connection).get_table_names())


def test_a_migrated_database_has_exactly_the_tables_of_the_program(database: Database) -> None:
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        differences = compare_metadata(context, METADATA)
    assert differences == [], "tables.py and the migrations differ: add a revision to migrations/versions"


_INDEXES = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL",
    "postgresql": "SELECT indexname, indexdef FROM pg_indexes"
    " WHERE schemaname = 'public' AND tablename <> 'alembic_version'",
}
_COLUMNS = {
    "sqlite": "SELECT name, instr(sql, 'AUTOINCREMENT') > 0 FROM sqlite_master WHERE type = 'table'"
    " AND name NOT IN ('alembic_version', 'sqlite_sequence')",
    "postgresql": "SELECT table_name, column_name, collation_name, column_default FROM information_schema.columns"
    " WHERE table_schema = 'public' AND table_name <> 'alembic_version'",
}


def test_what_alembic_does_not_compare_is_the_same_too(database: Database, request: pytest.FixtureRequest) -> None:
    """Conditions of indexes, collations, numbers that are never used again."""
    with Database(request.getfixturevalue(f"new_{database.dialect}_url")) as described:
        with described.begin() as connection:
            METADATA.create_all(connection)
        for asked in (_INDEXES[database.dialect], _COLUMNS[database.dialect]):
            found = []
            for each in (database, described):
                with each.read() as connection:
                    found.append({tuple(row) for row in connection.execute(text(asked))})
            assert found[0] == found[1]


def test_an_empty_database_is_migrated(empty: Database) -> None:
    assert migrate(empty).current is None
    assert revision_of(empty).is_newest
    assert tables_of(empty) == set(METADATA.tables) | {"alembic_version"}


def test_a_migrated_database_is_left_alone(empty: Database) -> None:
    migrate(empty)
    assert migrate(empty).is_newest


def test_of_many_who_start_at_once_one_migrates(empty_url: str) -> None:
    def start(_number: int) -> None:
        with Database(empty_url) as database:
            migrate(database)
            assert revision_of(database).is_newest

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(start, range(4)))


def test_a_database_of_a_newer_program_is_refused_and_stays_as_it_is(database: Database) -> None:
    with database.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseError, match=r"newer nigoh.*Install that version"):
        migrate(database)
    with database.read() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == "9999"


def test_tables_that_somebody_else_made_are_not_touched(empty: Database) -> None:
    with empty.begin() as connection:
        connection.execute(text("CREATE TABLE person (name TEXT)"))
    with pytest.raises(DatabaseError, match="did not make"):
        migrate(empty)
    assert tables_of(empty) == {"person"}


def test_a_migration_that_fails_leaves_nothing(empty: Database) -> None:
    with empty.begin() as connection:
        connection.execute(text("CREATE VIEW media AS SELECT 1 AS one"))  # stands in the way of a table
    with pytest.raises(Exception, match="media"):
        migrate(empty)
    assert tables_of(empty) == set()


def test_a_database_that_was_not_migrated_says_so(empty: Database) -> None:
    with pytest.raises(DatabaseError, match="lacks a table"), empty.read() as connection:
        connection.execute(text("SELECT * FROM person"))
