"""Transactions mean the same in every database."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.exc import DBAPIError

from nigoh.errors import DatabaseError, DatabaseUnavailable, Unstorable
from nigoh.storage.database.connecting import DatabaseLimits
from nigoh.storage.database.database import Database
from nigoh.storage.database.tables import SETTINGS
from nigoh.testing.postgresql_server import PostgresqlServer

WRITERS, TIMES = 6, 10


class Mistake(Exception):
    pass


def put(connection: Connection, key: str = "a", value: int | str = 1) -> None:
    connection.execute(insert(SETTINGS).values(key=key, value=value, updated_unix_s=0.0, version=1))


def write(database: Database, key: str = "a", value: int | str = 1, then: Exception | None = None) -> None:
    with database.begin() as connection:
        put(connection, key, value)
        if then is not None:
            raise then


def count(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(SETTINGS)).scalar_one()


def rows(database: Database) -> int:
    with database.read() as connection:
        return count(connection)


def test_what_a_transaction_wrote_is_kept(database: Database) -> None:
    write(database)
    assert rows(database) == 1


def test_a_transaction_that_raises_leaves_nothing(database: Database) -> None:
    with pytest.raises(Mistake):
        write(database, then=Mistake())
    assert rows(database) == 0


def test_what_is_not_yet_kept_is_seen_by_nobody_else(database: Database) -> None:
    with database.begin() as connection:
        put(connection)
        assert rows(database) == 0
    assert rows(database) == 1


def test_a_reader_sees_one_moment(database: Database) -> None:
    with database.read() as connection:
        assert count(connection) == 0
        write(database)
        assert count(connection) == 0
    assert rows(database) == 1


def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises((DBAPIError, DatabaseError, DatabaseUnavailable)), database.read() as connection:
        put(connection)
    write(database)  # and the connection is none the worse for it
    assert rows(database) == 1


def test_writers_wait_for_each_other_and_lose_nothing(database: Database) -> None:
    write(database, value=0)

    def count_up(_number: int) -> None:
        for _ in range(TIMES):
            with database.begin() as connection:
                row = select(SETTINGS.c.value).where(SETTINGS.c.key == "a").with_for_update()
                value = connection.execute(row).scalar_one()
                connection.execute(update(SETTINGS).values(value=value + 1))

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(count_up, range(WRITERS)))
    with database.read() as connection:
        assert connection.execute(select(SETTINGS.c.value)).scalar_one() == WRITERS * TIMES


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b"], ids=["NUL", "half a character"])
def test_a_text_that_no_database_takes_is_refused(database: Database, text: str) -> None:
    with pytest.raises(Unstorable):
        write(database, key=text)
    assert rows(database) == 0


def test_a_number_that_no_database_takes_is_refused(database: Database) -> None:
    with pytest.raises(Unstorable), database.begin() as connection:
        connection.execute(insert(SETTINGS).values(key="a", value=1, updated_unix_s=0.0, version=2**70))


def test_a_database_answers(database: Database) -> None:
    database.ping()


def again(database: Database, limits: DatabaseLimits) -> Database:
    """Another program on the same database."""
    return Database(database.engine.url.render_as_string(hide_password=False), limits)


def test_no_more_connections_are_made_than_allowed(database: Database) -> None:
    with again(database, DatabaseLimits(connections=1, wait_s=0.05)) as narrow:
        with narrow.read(), pytest.raises(DatabaseUnavailable, match="all 1 connections"):
            narrow.ping()
        narrow.ping()


def test_a_row_that_another_program_holds_is_waited_for_within_bounds(database: Database) -> None:
    write(database, value=0)
    with again(database, DatabaseLimits(wait_s=0.1)) as other, database.begin() as connection:
        connection.execute(update(SETTINGS).values(value=1))
        with pytest.raises(DatabaseUnavailable, match=r"is busy.*Try again later"), other.begin() as late:
            late.execute(update(SETTINGS).values(value=2))


def test_a_server_that_was_killed_is_waited_for_and_has_lost_nothing(
    postgresql_server: PostgresqlServer, postgresql_database: Database
) -> None:
    write(postgresql_database)
    postgresql_server.kill()
    try:
        with pytest.raises(DatabaseUnavailable):
            write(postgresql_database, "b")
    finally:
        postgresql_server.start()
    write(postgresql_database, "c")
    assert rows(postgresql_database) == 2
