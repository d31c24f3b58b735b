"""What all repositories do with rows: add them, change them if nobody else did, say what is wrong by name."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Column, Connection, String, Table, delete, exists, insert, select, update
from sqlalchemy.exc import IntegrityError

from nigoh.errors import Conflict, Missing, NigohError, Stale, Unstorable

Values = Mapping[str, object]


@dataclass(frozen=True, slots=True, eq=False)
class Noun:
    """A table whose rows are one noun, each with one identifier.

    Attributes:
        table: where they are.
        name: how messages call one of them, e.g. "watch list".
        fields: names of columns as the domain calls them, where they differ.
    """

    table: Table
    name: str
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> Column[str]:
        """The column of the identifier."""
        (column,) = self.table.primary_key.columns
        return column


References = Mapping[Noun, str | None]
"""Rows of other nouns that a row belongs to; None for none."""


class Rows:
    """The rows of one noun within one transaction, which goes on after the errors named here."""

    def __init__(self, connection: Connection, noun: Noun) -> None:
        self._connection = connection
        self._noun = noun

    def add(self, values: Values, refers: References | None = None) -> None:
        """Add a row.

        Raises:
            Conflict: a value that only one may have is taken.
            Missing: a row that it refers to is not there.
            Unstorable: a text is too long for its column.
        """
        self._require_fit(values)
        with self._naming(refers or {}):
            self._connection.execute(insert(self._noun.table).values(**values))

    def change(self, identifier: str, values: Values, *, version: int, refers: References | None = None) -> None:
        """Change a row that still has the version that was read; it gets the next one.

        Raises:
            Stale: it has another version.
            Missing: it is not there, or a row that it refers to is not.
            Conflict: a value that only one may have is taken.
            Unstorable: a text is too long for its column.
        """
        self._require_fit(values)
        as_read = (self._noun.key == identifier) & (self._noun.table.c.version == version)
        with self._naming(refers or {}):
            changed = update(self._noun.table).where(as_read).values(**values, version=version + 1)
            found = self._connection.execute(changed).rowcount
        if not found:
            raise self._not_as_read(identifier)

    def remove(self, identifier: str, *, version: int | None = None) -> None:
        """Remove a row, if it still has that version (None: whatever it has).

        Raises:
            Stale: it has another version.
            Missing: it is not there.
        """
        chosen = delete(self._noun.table).where(self._noun.key == identifier)
        if version is not None:
            chosen = chosen.where(self._noun.table.c.version == version)
        if not self._connection.execute(chosen).rowcount:
            raise self._not_as_read(identifier)

    def have(self, identifier: str) -> bool:
        """Whether a row has this identifier."""
        return bool(self._connection.execute(select(exists().where(self._noun.key == identifier))).scalar_one())

    def _not_as_read(self, identifier: str) -> NigohError:
        kind = Stale if self.have(identifier) else Missing
        return kind(self._noun.name, identifier)

    def _require_fit(self, values: Values) -> None:
        """PostgreSQL holds columns to their length, SQLite does not: both do here."""
        for name, value in values.items():
            kind = self._noun.table.c[name].type
            if isinstance(kind, String) and kind.length and isinstance(value, str) and len(value) > kind.length:
                what = f"the {self._field(name)} of a {self._noun.name} has at most {kind.length} letters"
                raise Unstorable(what, "Shorten it.")

    @contextmanager
    def _naming(self, refers: References) -> Iterator[None]:
        """A savepoint; a broken constraint is told in words. SQLite says nothing about which foreign key it was."""
        try:
            with self._connection.begin_nested():
                yield
        except IntegrityError as error:
            for other, identifier in refers.items():
                if identifier is not None and not Rows(self._connection, other).have(identifier):
                    raise Missing(other.name, identifier) from error
            raise Conflict(self._noun.name, self._taken(str(error.orig))) from error

    def _taken(self, words: str) -> str:
        """The field of a broken constraint: SQLite names the column, PostgreSQL the constraint, in the first line."""
        said = set(re.findall(r"[\w.]+", words.partition("\n")[0]))
        table = self._noun.table.name
        for column in self._noun.table.columns:
            names = {f"{table}.{column.name}", f"uq_{table}_{column.name}"}
            if said & (names | {f"pk_{table}"} if column.primary_key else names):
                return self._field(column.name)
        return "value"

    def _field(self, column: str) -> str:
        return self._noun.fields.get(column, column)
