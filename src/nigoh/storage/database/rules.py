"""Rules and holidays in the database."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec
from sqlalchemy import Connection, RowMapping, Select, delete, insert, select

from nigoh.domain.page import Page, PageQuery
from nigoh.domain.rule import Rule
from nigoh.storage.database.alert_tables import HOLIDAYS, RULES
from nigoh.storage.database.keyset import Order, read_page
from nigoh.storage.database.nouns import RULE
from nigoh.storage.database.rows import Rows

_BY_NAME = Order("rules", (RULES.c.name,))
_COLUMNS = ("id", "name", "kind", "enabled", "created_unix_s", "updated_unix_s", "version")


class Rules:
    """The rules within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows = Rows(connection, RULE)

    def add(self, rule: Rule) -> None:
        """Add a rule, with the times and the version that it carries. Raises Conflict: its name is taken."""
        own = {"id": rule.id, "created_unix_s": rule.created_unix_s, "version": rule.version}
        self._rows.add(own | _values(rule, rule.updated_unix_s))

    def get(self, rule_id: str) -> Rule | None:
        """The rule of this identifier, or None."""
        return next(iter(self._read(select(RULES).where(RULES.c.id == rule_id))), None)

    def all(self) -> list[Rule]:
        """All rules, by name: there are hundreds at most."""
        return self._read(select(RULES).order_by(RULES.c.name))

    def update(self, rule: Rule, now_unix_s: float) -> Rule:
        """Change a rule that is still as it was read; gives it with the next version.

        Raises:
            Stale: somebody else changed it since.
            Missing: it is not there.
            Conflict: another rule has its name.
        """
        self._rows.change(rule.id, _values(rule, now_unix_s), version=rule.version)
        return replace(rule, updated_unix_s=now_unix_s, version=rule.version + 1)

    def remove(self, rule_id: str, *, version: int | None = None) -> None:
        """Remove a rule; its alerts stay. Raises Missing, Stale."""
        self._rows.remove(rule_id, version=version)

    def page(self, query: PageQuery) -> Page[Rule]:
        """A part of the rules, by name. Raises BadCursor."""
        return read_page(self._connection, select(RULES), _BY_NAME, query, _rules)

    def _read(self, chosen: Select[Any]) -> list[Rule]:
        return _rules(self._connection.execute(chosen).mappings().all())


class Holidays:
    """The holidays within one transaction: days since 1970-01-01, and what they are called."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self) -> dict[int, str]:
        """All of them, in order."""
        rows = self._connection.execute(select(HOLIDAYS).order_by(HOLIDAYS.c.day))
        return {row.day: row.name for row in rows}

    def replace(self, holidays: Mapping[int, str]) -> None:
        """These, instead of what there was."""
        self._connection.execute(delete(HOLIDAYS))
        if holidays:
            rows = [{"day": day, "name": name} for day, name in sorted(holidays.items())]
            self._connection.execute(insert(HOLIDAYS), rows)


def _values(rule: Rule, updated_unix_s: float) -> dict[str, object]:
    body = msgspec.to_builtins(rule)
    for column in _COLUMNS:
        body.pop(column, None)
    return {
        "name": rule.name,
        "kind": rule.kind.value,
        "enabled": rule.enabled,
        "body": body,
        "updated_unix_s": updated_unix_s,
    }


def _rules(rows: Sequence[RowMapping]) -> list[Rule]:
    return [msgspec.convert(row["body"] | {name: row[name] for name in _COLUMNS}, Rule) for row in rows]
