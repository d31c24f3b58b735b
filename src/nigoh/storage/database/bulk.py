"""Many rows at once, and many identifiers.

PostgreSQL gets rows as one JSON text, which it takes apart itself. Measured for 1,000 sightings, client and server
together: 20 ms of CPU, where COPY takes 25 and the driver's `executemany` 55. SQLite has no quicker way than the
latter, but SQLAlchemy is spared a look at each value.
"""

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

import msgspec
from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    LargeBinary,
    String,
    Table,
    TextClause,
    func,
    literal,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from nigoh.errors import Unstorable
from nigoh.storage.database.connecting import is_storable

Row = Mapping[str, object]


def insert_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Add rows, all of which have the same columns. Raises Unstorable: a text holds a NUL or half a character."""
    if not rows:
        return
    names = tuple(rows[0])
    if connection.dialect.name == "postgresql":
        connection.execute(_insertion(table, names), {"rows": _as_json(table, rows)})
    else:
        places = ", ".join("?" for _ in names)
        statement = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({places})"  # noqa: S608 - our own names
        connection.exec_driver_sql(statement, _as_tuples(table, names, rows))


def update_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Change rows that are there, all of which have the same columns, the identifier among them; versions grow.

    Raises Unstorable: a text holds a NUL or half a character.
    """
    if not rows:
        return
    (key,) = table.primary_key.columns
    names = tuple(name for name in rows[0] if name != key.name)
    if connection.dialect.name == "postgresql":
        connection.execute(_change(table, names), {"rows": _as_json(table, rows)})
        return
    changed = [f"{name} = ?" for name in names]
    if "version" in table.c:
        changed.append("version = version + 1")
    statement = f"UPDATE {table.name} SET {', '.join(changed)} WHERE {key.name} = ?"  # noqa: S608 - our own names
    connection.exec_driver_sql(statement, _as_tuples(table, (*names, key.name), rows))


def is_one_of(connection: Connection, column: Column[str], values: Collection[str]) -> ColumnElement[bool]:
    """Whether a column has one of any number of values: one parameter, so that the statement stays the same."""
    if connection.dialect.name == "postgresql":
        # Not `= ANY` of the list itself: in a plan that is kept, each row is held against one value after the other.
        listed = func.unnest(literal(sorted(values), ARRAY(String))).column_valued("value")
        return column.in_(select(listed))
    found = func.json_each(msgspec.json.encode(sorted(values)).decode()).table_valued("value")
    return column.in_(select(found.c.value))


def _as_tuples(table: Table, names: tuple[str, ...], rows: Sequence[Row]) -> list[tuple[object, ...]]:
    nested = {name for name in names if isinstance(table.c[name].type, JSON)}
    if not nested:
        return [tuple(row[name] for name in names) for row in rows]
    return [tuple(_as_text(row[name]) if name in nested else row[name] for name in names) for row in rows]


def _as_json(table: Table, rows: Sequence[Row]) -> str:
    sealed = [name for name in rows[0] if isinstance(table.c[name].type, LargeBinary)]
    if sealed:
        rows = [{**row, **{name: _as_hex(row[name]) for name in sealed}} for row in rows]
    return _as_text(rows)


def _as_text(value: object) -> str:
    """As JSON. To all who look for texts that no database takes it is one text: they are looked for here."""
    try:
        found = msgspec.json.encode(value).decode()
    except UnicodeEncodeError as error:
        raise _unstorable() from error
    if "\\u0000" in found and not _is_storable(value):
        raise _unstorable()
    return found


def _is_storable(value: object) -> bool:
    if isinstance(value, str):
        return is_storable(value)
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, (list, tuple)) else ()
    return all(map(_is_storable, parts))


def _unstorable() -> Unstorable:
    return Unstorable("a text holds a NUL or half a character", "Remove it.")


def _as_hex(value: object) -> str | None:
    return f"\\x{value.hex()}" if isinstance(value, bytes) else None


@lru_cache(maxsize=64)
def _insertion(table: Table, names: tuple[str, ...]) -> TextClause:
    read = ", ".join(f"new.{name}" for name in names)
    into = f"INSERT INTO {table.name} ({', '.join(names)})"
    return text(f"{into} SELECT {read} FROM {_read_rows(table)}")  # noqa: S608 - our own names


@lru_cache(maxsize=64)
def _change(table: Table, names: tuple[str, ...]) -> TextClause:
    (key,) = table.primary_key.columns
    changed = [f"{name} = new.{name}" for name in names]
    if "version" in table.c:
        changed.append(f"version = {table.name}.version + 1")
    of_row = f"{table.name}.{key.name} = new.{key.name}"
    statement = f"UPDATE {table.name} SET {', '.join(changed)} FROM {_read_rows(table)} WHERE {of_row}"  # noqa: S608 - our own names
    return text(statement)


def _read_rows(table: Table) -> str:
    return f"json_populate_recordset(NULL::{table.name}, CAST(:rows AS json)) AS new"
