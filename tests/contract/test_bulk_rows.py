"""Many rows at once are the rows that one after the other would have been, on every database."""

from collections.abc import Mapping

import pytest
from sqlalchemy import insert, select

from nigoh.errors import Unstorable
from nigoh.storage.database.bulk import insert_rows, is_one_of, update_rows
from nigoh.storage.database.database import Database
from nigoh.storage.database.sighting_rows import new_values
from nigoh.storage.database.tables import DATA_KEYS, SIGHTINGS
from nigoh.testing.told_sightings import told_sighting

STRANGE = ("", "'; DROP TABLE sighting; --", '\\u0041 \\\\ "quoted"', "Oʻktam ўзбек 👤", "a\tb\r\nc", "%s %(x)s :x ?")
NUMBERS = (0.1 + 0.2, 1e-300, 1.7976931348623157e308, -0.0, 1_795_000_000.123456, 5e-324)


def row(identifier: str, **changes: object) -> dict[str, object]:
    return {**new_values(told_sighting(identifier), ""), **changes}


def kept(database: Database) -> dict[str, Mapping[str, object]]:
    with database.read() as connection:
        return {found["id"]: dict(found) for found in connection.execute(select(SIGHTINGS)).mappings()}


def strange_rows() -> list[dict[str, object]]:
    rows = [
        row(f"s{place}", comment=text, model=text, score=number, candidates=[[text, number]], late=bool(place % 2))
        for place, (text, number) in enumerate(zip(STRANGE, NUMBERS, strict=True))
    ]
    rows[0]["person_id"] = "ann"
    return rows


def test_rows_are_read_back_as_they_were_put_in(database: Database) -> None:
    rows = strange_rows()
    with database.begin() as connection:
        insert_rows(connection, SIGHTINGS, rows)
        insert_rows(connection, SIGHTINGS, [])
    assert kept(database) == {each["id"]: each for each in rows}


def test_rows_become_what_they_are_changed_to_and_no_other_does(database: Database) -> None:
    rows = strange_rows()
    with database.begin() as connection:
        insert_rows(connection, SIGHTINGS, [row(str(each["id"])) for each in rows])
        changed = [{name: value for name, value in each.items() if name != "version"} for each in rows[1:]]
        update_rows(connection, SIGHTINGS, changed)
        update_rows(connection, SIGHTINGS, [])
    found = kept(database)
    assert found["s0"] == row("s0")
    assert {name: found[name] for name in found if name != "s0"} == {
        str(each["id"]): {**each, "version": 2} for each in rows[1:]
    }


def test_bytes_stay_the_same(database: Database) -> None:
    every = bytes(range(256))
    rows: list[Mapping[str, object]] = [
        {"id": "a", "scope": "s", "wrapped_key": every, "master_id": "m", "created_unix_s": 1.5},
        {"id": "b", "scope": "s", "wrapped_key": None, "master_id": "m", "created_unix_s": 1.5},
    ]
    with database.begin() as connection:
        insert_rows(connection, DATA_KEYS, rows)
        found = connection.execute(select(DATA_KEYS.c.id, DATA_KEYS.c.wrapped_key))
        assert {each.id: each.wrapped_key for each in found} == {"a": every, "b": None}


@pytest.mark.parametrize("text", ["a\0b", "half \ud83d"])
@pytest.mark.parametrize("field", ["comment", "candidates"])
def test_what_no_database_takes_is_refused_by_all(database: Database, text: str, field: str) -> None:
    value = text if field == "comment" else [[text, 0.5]]
    with database.begin() as connection, pytest.raises(Unstorable):
        insert_rows(connection, SIGHTINGS, [row("a"), row("b", **{field: value})])
    assert kept(database) == {}


def test_rows_are_found_among_any_number_of_identifiers(database: Database) -> None:
    with database.begin() as connection:
        connection.execute(insert(SIGHTINGS), [row(name) for name in "abc"])
        wanted = ["a", "c", *(f"nobody {number}'\\\"" for number in range(40_000))]
        chosen = select(SIGHTINGS.c.id).where(is_one_of(connection, SIGHTINGS.c.id, wanted))
        assert sorted(connection.scalars(chosen)) == ["a", "c"]
        assert not connection.scalars(select(SIGHTINGS.c.id).where(is_one_of(connection, SIGHTINGS.c.id, []))).all()
