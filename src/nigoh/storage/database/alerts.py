"""Alerts in the database."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, RowMapping, Select, insert, select

from nigoh.domain.alert import MOST_SIGHTINGS, Alert, AlertState
from nigoh.domain.alert_filter import AlertFilter
from nigoh.domain.page import Page, PageQuery
from nigoh.storage.database.alert_tables import ALERT_SIGHTINGS, ALERTS
from nigoh.storage.database.keyset import Order, read_page
from nigoh.storage.database.nouns import ALERT, PERSON
from nigoh.storage.database.rows import Rows

_NEWEST = Order("alerts", (ALERTS.c.raised_unix_s, ALERTS.c.id), descending=True)
_AT_ONCE = 500
_STORED = {"rule": "rule_id", "person": "person_id", "other": "other_id"}


class Alerts:
    """The alerts within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows = Rows(connection, ALERT)

    def add(self, alert: Alert) -> None:
        """Add an alert with what is behind it. Raises Missing: its person is not there."""
        self._rows.add(_values(alert) | {"id": alert.id, "version": alert.version}, {PERSON: alert.person})
        self._note(alert, ())

    def get(self, alert_id: str) -> Alert | None:
        """The alert of this identifier, or None."""
        return next(iter(self._read(select(ALERTS).where(ALERTS.c.id == alert_id))), None)

    def update(self, alert: Alert) -> Alert:
        """Change an alert that is still as it was read; gives it with the next version.

        Raises:
            Stale: somebody else changed it since.
            Missing: it is not there.
        """
        self._rows.change(alert.id, _values(alert), version=alert.version)
        self._note(alert, self._sightings([alert.id]).get(alert.id, ()))
        return replace(alert, version=alert.version + 1)

    def page(self, wanted: AlertFilter, query: PageQuery) -> Page[Alert]:
        """A part of the alerts, the newest first. Raises BadCursor."""
        chosen = select(ALERTS).where(*_conditions(wanted))
        return read_page(self._connection, chosen, _NEWEST, query, self._alerts)

    def latest(self, since_unix_s: float, limit: int) -> list[Alert]:
        """The alerts that were raised since then, so many of the newest at most, the oldest first."""
        chosen = select(ALERTS).where(ALERTS.c.raised_unix_s >= since_unix_s)
        newest = chosen.order_by(ALERTS.c.raised_unix_s.desc(), ALERTS.c.id.desc()).limit(limit)
        return self._read(newest)[::-1]

    def overdue(self, now_unix_s: float, limit: int) -> list[Alert]:
        """Alerts that nobody took up in time, the oldest first."""
        wanted = AlertFilter(states=frozenset({AlertState.NEW}), overdue_unix_s=now_unix_s)
        chosen = select(ALERTS).where(*_conditions(wanted)).order_by(ALERTS.c.raised_unix_s, ALERTS.c.id)
        return self._read(chosen.limit(limit))

    def _note(self, alert: Alert, known: Collection[str]) -> None:
        new = [each for each in alert.sightings[:MOST_SIGHTINGS] if each not in known]
        if new:
            rows = [
                {"alert_id": alert.id, "sighting_id": each, "place": len(known) + place}
                for place, each in enumerate(new)
            ]
            self._connection.execute(insert(ALERT_SIGHTINGS), rows)

    def _sightings(self, alerts: Sequence[str]) -> dict[str, tuple[str, ...]]:
        found: defaultdict[str, list[str]] = defaultdict(list)
        for start in range(0, len(alerts), _AT_ONCE):
            some = ALERT_SIGHTINGS.c.alert_id.in_(alerts[start : start + _AT_ONCE])
            chosen = select(ALERT_SIGHTINGS).where(some).order_by(ALERT_SIGHTINGS.c.place)
            for row in self._connection.execute(chosen):
                found[row.alert_id].append(row.sighting_id)
        return {alert: tuple(each) for alert, each in found.items()}

    def _read(self, chosen: Select[Any]) -> list[Alert]:
        return self._alerts(self._connection.execute(chosen).mappings().all())

    def _alerts(self, rows: Sequence[RowMapping]) -> list[Alert]:
        behind = self._sightings([row["id"] for row in rows])
        return [
            msgspec.convert(
                {
                    **{_name(column): row[column] for column in row if column in ALERTS.c},
                    "sightings": behind.get(row["id"], ()),
                },
                Alert,
            )
            for row in rows
        ]


def _name(column: str) -> str:
    # SQLAlchemy's names of columns are a kind of str of its own.
    return {stored: name for name, stored in _STORED.items()}.get(column, str(column))


def _values(alert: Alert) -> dict[str, object]:
    values = msgspec.to_builtins(alert)
    for name in ("id", "version", "sightings"):
        values.pop(name)
    return {_STORED.get(name, name): value for name, value in values.items()}


def _conditions(wanted: AlertFilter) -> list[ColumnElement[bool]]:
    columns = ALERTS.c
    found: list[ColumnElement[bool]] = []
    if wanted.states:
        found.append(columns.state.in_(sorted(wanted.states)))
    if wanted.cameras is not None:
        found.append(columns.camera.in_(sorted(wanted.cameras)))
    if wanted.person is not None:
        found.append(columns.person_id == wanted.person)
    if wanted.rule is not None:
        found.append(columns.rule_id == wanted.rule)
    if wanted.sighting is not None:
        behind = select(ALERT_SIGHTINGS.c.alert_id).where(ALERT_SIGHTINGS.c.sighting_id == wanted.sighting)
        found.append(columns.id.in_(behind))
    if wanted.from_unix_s is not None:
        found.append(columns.raised_unix_s >= wanted.from_unix_s)
    if wanted.to_unix_s is not None:
        found.append(columns.raised_unix_s < wanted.to_unix_s)
    if wanted.overdue_unix_s is not None:
        found += [columns.escalate_s > 0, columns.raised_unix_s + columns.escalate_s <= wanted.overdue_unix_s]
    return found
