"""What all tests share."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from xdist.scheduler import LoadFileScheduling

from nigoh.errors import NigohError
from nigoh.storage.database.database import Database
from nigoh.storage.database.migrations import migrate
from nigoh.testing.postgresql_server import PostgresqlServer

_BROWSER = "tests/browser/"
_SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """A file's tests stay together, as they share what was made; those of the browser share one product."""
    scheduler = LoadFileScheduling(config, log)
    of_file = scheduler._split_scope
    scheduler._split_scope = lambda test: _BROWSER if test.startswith(_BROWSER) else of_file(test)
    return scheduler


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The team's real photos, clips and models, which are never part of the repository."""
    if not _SHARED.is_dir():
        pytest.skip("the shared test data is not beside the repository (../shared/data)")
    return _SHARED


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgresqlServer]:
    """One PostgreSQL server for all tests."""
    folder = Path(tempfile.mkdtemp(prefix="nigoh-pg-"))  # short, as a socket's path has to be
    try:
        with PostgresqlServer(folder) as server:
            yield server
    except NigohError as error:
        pytest.skip(f"no PostgreSQL server starts here: {error}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def new_postgresql_database(postgresql_server: PostgresqlServer) -> Iterator[Callable[[str], str]]:
    """Makes a database, a copy of the named one, and gives its address."""
    numbers = count(1)
    engine = create_engine(postgresql_server.url(), isolation_level="AUTOCOMMIT", pool_pre_ping=True)

    def make(template: str) -> str:
        name = f"test_{next(numbers)}"
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy"))
        return name

    yield make
    engine.dispose()


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql_server: PostgresqlServer, new_postgresql_database: Callable[[str], str]) -> str:
    """The name of a database with all tables and no rows, to be copied."""
    name = new_postgresql_database("template0")
    with Database(postgresql_server.url(name)) as database:
        migrate(database)
    return name


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all tables and no rows, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "nigoh.sqlite"
    with Database(f"sqlite:///{path}") as database:
        migrate(database)
    return path


@pytest.fixture
def sqlite_database(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Database]:
    """A SQLite database with all tables and no rows, of this test alone."""
    path = tmp_path / "nigoh.sqlite"
    shutil.copyfile(migrated_sqlite, path)
    with Database(f"sqlite:///{path}") as database:
        yield database


@pytest.fixture
def postgresql_database(
    postgresql_server: PostgresqlServer, new_postgresql_database: Callable[[str], str], migrated_postgresql: str
) -> Iterator[Database]:
    """A PostgreSQL database with all tables and no rows, of this test alone."""
    with Database(postgresql_server.url(new_postgresql_database(migrated_postgresql))) as database:
        yield database


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """A database with all tables and no rows, of each kind in turn, of this test alone."""
    found = request.getfixturevalue(f"{request.param}_database")
    assert isinstance(found, Database)
    return found
