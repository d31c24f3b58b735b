"""Transactions mean the same on every database."""

import pytest
from sqlalchemy import func, insert, select

from nigoh.errors import Unstorable
from nigoh.storage.database.database import Database
from nigoh.storage.database.tables import SETTINGS


class Mistake(Exception):
    pass


def write(database: Database, key: str = "a", value: str = "1", then: Exception | None = None) -> None:
    with database.begin() as connection:
        connection.execute(insert(SETTINGS).values(key=key, value=value, updated_unix_s=0.0, version=1))
        if then is not None:
            raise then


def rows(database: Database) -> int:
    with database.read() as connection:
        return connection.execute(select(func.count()).select_from(SETTINGS)).scalar_one()


def test_what_a_transaction_wrote_is_kept(database: Database) -> None:
    write(database)
    assert rows(database) == 1


def test_a_transaction_that_raises_leaves_nothing(database: Database) -> None:
    with pytest.raises(Mistake):
        write(database, then=Mistake())
    assert rows(database) == 0


def test_a_text_with_a_nul_is_refused(database: Database) -> None:
    with pytest.raises(Unstorable):
        write(database, key="a\0b")


def test_half_a_character_is_refused(database: Database) -> None:
    with pytest.raises(Unstorable):
        write(database, key="a\ud800b")


def test_a_database_answers(database: Database) -> None:
    database.ping()
