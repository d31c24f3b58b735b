"""Settings that are changed while nigoh runs, each a value of a type under a key."""

from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec
from sqlalchemy import Connection, select

from nigoh.errors import DatabaseError, Stale
from nigoh.storage.database.nouns import SETTING
from nigoh.storage.database.rows import Rows
from nigoh.storage.database.tables import SETTINGS

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Setting(Generic[Value]):
    """A setting as it is kept.

    Attributes:
        key: its name, e.g. "retention".
        value: what it is set to.
        updated_unix_s: when it was last changed, seconds since 1970.
        version: grows by one with each change.
    """

    key: str
    value: Value
    updated_unix_s: float
    version: int


class StoredSettings:
    """The settings within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows = Rows(connection, SETTING)

    def get(self, key: str, kind: type[Value]) -> Setting[Value] | None:
        """A setting, or None if it was never set.

        Args:
            key: its name.
            kind: what its value is: a frozen dataclass, str, int, float or bool.

        Raises:
            DatabaseError: the database holds something else under this key.
        """
        row = self._connection.execute(select(SETTINGS).where(SETTINGS.c.key == key)).mappings().first()
        if row is None:
            return None
        try:
            value = msgspec.convert(row["value"], kind)
        except msgspec.ValidationError as error:
            raise DatabaseError(f"the setting {key} holds what it cannot be: {error}", "Set it anew.") from error
        return Setting(key, value, row["updated_unix_s"], row["version"])

    def beginning(self, prefix: str, kind: type[Value]) -> dict[str, Setting[Value]]:
        """All settings whose key begins so, by key; those that hold something else are left out."""
        query = select(SETTINGS).where(SETTINGS.c.key.startswith(prefix, autoescape=True)).order_by(SETTINGS.c.key)
        found = {}
        for row in self._connection.execute(query).mappings():
            try:
                value = msgspec.convert(row["value"], kind)
            except msgspec.ValidationError:
                continue
            found[row["key"]] = Setting(row["key"], value, row["updated_unix_s"], row["version"])
        return found

    def put(self, key: str, value: Value, now_unix_s: float, *, version: int | None = None) -> Setting[Value]:
        """Set a setting; gives it as it is now.

        Args:
            key: its name.
            value: a frozen dataclass, str, int, float or bool.
            now_unix_s: seconds since 1970.
            version: that of the setting that was read, 0 for one that was never set; None: whatever it has.

        Raises:
            Stale: it has another version.
        """
        kept = self._connection.execute(select(SETTINGS.c.version).where(SETTINGS.c.key == key)).scalar_one_or_none()
        if version is not None and version != (kept or 0):
            raise Stale(SETTING.name, key)
        values = {"value": msgspec.to_builtins(value), "updated_unix_s": now_unix_s}
        if kept is None:
            self._rows.add({"key": key, "version": 1, **values})
        else:
            self._rows.change(key, values, version=kept)
        return Setting(key, value, now_unix_s, (kept or 0) + 1)

    def remove(self, key: str) -> None:
        """Take a setting back to what it is when it was never set. Raises Missing: it is so."""
        self._rows.remove(key)
