"""Raises alerts: each word about a track is held against the rules in the transaction that writes it down."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from sqlalchemy import Connection, func, select

from nigoh.alerting.rule_book import Firing, RuleBook
from nigoh.alerting.seen import Seen
from nigoh.domain.alert import MOST_SIGHTINGS, Alert, AlertAct, AlertStep
from nigoh.domain.camera_sighting import CameraSighting, Stage
from nigoh.domain.identifiers import new_id
from nigoh.domain.records import Event
from nigoh.domain.rule import RuleKind
from nigoh.domain.sighting import CameraId
from nigoh.errors import Missing, Stale
from nigoh.office.alert_events import alert_event
from nigoh.office.local_time import local_day_began, local_moment
from nigoh.storage.database.alert_tables import HOLIDAYS, RULES
from nigoh.storage.database.alerts import Alerts
from nigoh.storage.database.rules import Holidays, Rules
from nigoh.storage.database.seen_before import SeenBefore, groups_of, lists_of, members_of

_REMEMBERED_S = 3 * 86_400.0
_MOST_REMEMBERED = 20_000
_MOST_OVERDUE = 500
_ABSENT_S = 30.0


@dataclass(frozen=True, slots=True)
class RulesStamp:
    """By what it is seen that rules or holidays were changed."""

    rules: int
    versions: int
    changed_unix_s: float
    holidays: int


class AlertKeeper:
    """Raises alerts and lets them go on. Any thread, one at a time: within `turn`.

    What the rules remember is brought up to date when the transaction is committed and not before: one that fails is
    judged again, and tells the same.

    Args:
        now_unix_s: seconds since 1970, for identifiers.
    """

    def __init__(self, now_unix_s: Callable[[], float]) -> None:
        self._book = RuleBook((), lambda: new_id(now_unix_s()))
        self._lock = threading.RLock()
        self._stamp: RulesStamp | None = None
        self._absent_due_s = 0.0

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Around a transaction: what was judged in it holds if it is committed, and never was if not."""
        with self._lock:
            try:
                yield
            except BaseException:
                self._book.reject()
                self._stamp = None
                raise
            self._book.accept()

    def judge(self, connection: Connection, words: Sequence[CameraSighting], now_unix_s: float) -> list[Event]:
        """Hold words against the rules, and write down what they tell; gives the events of it. Within a turn."""
        self._read_rules(connection, now_unix_s)
        if not self._book.has_rules:
            return []
        people = {word.sighting.person for word in words if word.sighting.person is not None}
        lists = lists_of(connection, people)
        groups = groups_of(connection, {word.sighting.camera for word in words})
        history = SeenBefore(connection)
        firings: list[Firing] = []
        for word in words:
            own = lists.get(word.sighting.person, frozenset()) if word.sighting.person is not None else frozenset()
            seen = as_seen(word, own, groups.get(word.sighting.camera, frozenset()))
            firings += self._book.judge(seen, history)
        return self._write(connection, firings, now_unix_s)

    def is_due(self, connection: Connection, now_unix_s: float) -> bool:
        """Whether `tick` may have something to write. To be asked about every second; nothing is written."""
        with self._lock:
            self._read_rules(connection, now_unix_s)
            if self._book.has_stays or any(True for _ in Alerts(connection).overdue(now_unix_s, 1)):
                return True
            is_time = now_unix_s >= self._absent_due_s or now_unix_s < self._absent_due_s - _ABSENT_S
            return is_time and any(True for _ in self._book.of_kind(RuleKind.MISSING))

    def tick(self, connection: Connection, now_unix_s: float) -> list[Event]:
        """What time alone brings: who stays, who is missing, what nobody took up. Within a turn."""
        self._read_rules(connection, now_unix_s)
        firings = self._book.tick(now_unix_s)
        if now_unix_s >= self._absent_due_s or now_unix_s < self._absent_due_s - _ABSENT_S:
            self._absent_due_s = now_unix_s + _ABSENT_S
            firings += self._absent(connection, now_unix_s)
        events = self._write(connection, firings, now_unix_s)
        alerts = Alerts(connection)
        for alert in alerts.overdue(now_unix_s, _MOST_OVERDUE):
            escalated = alerts.update(alert.after(AlertStep(AlertAct.ESCALATE, "", now_unix_s)))
            events.append(alert_event(escalated, now_unix_s, is_new=False))
        return events

    def _absent(self, connection: Connection, now_unix_s: float) -> list[Firing]:
        wanted = frozenset[str]().union(*(rule.whom.lists for rule in self._book.of_kind(RuleKind.MISSING)))
        members = members_of(connection, wanted)
        began = local_day_began(now_unix_s)
        return self._book.absent(local_moment(now_unix_s), began, members, SeenBefore(connection))

    def _write(self, connection: Connection, firings: Sequence[Firing], now_unix_s: float) -> list[Event]:
        alerts, found = Alerts(connection), list[Event]()
        for firing in firings:
            kept = None if firing.is_new else alerts.get(firing.alert)
            if firing.is_new:
                alert = _raised(firing, now_unix_s)
                try:
                    alerts.add(alert)
                except Missing:
                    # Whoever it is about was erased a moment ago.
                    continue
                found.append(alert_event(alert, now_unix_s, is_new=True))
            elif kept is not None and (longer := _going_on(kept, firing)) != kept:
                found += self._go_on(alerts, kept, longer, now_unix_s)
        return found

    def _go_on(self, alerts: Alerts, kept: Alert, longer: Alert, now_unix_s: float) -> list[Event]:
        try:
            stored = alerts.update(longer)
        except (Stale, Missing):
            # An operator has changed it at this moment: the next word brings it up to date.
            return []
        is_news = (longer.cameras, longer.sightings) != (kept.cameras, kept.sightings)
        return [alert_event(stored, now_unix_s, is_new=False)] if is_news else []

    def _read_rules(self, connection: Connection, now_unix_s: float) -> None:
        stamp = _stamp(connection)
        if stamp == self._stamp:
            return
        if self._stamp is None:
            self._book.remember(Alerts(connection).latest(now_unix_s - _REMEMBERED_S, _MOST_REMEMBERED))
        self._book.change(Rules(connection).all(), Holidays(connection).all())
        self._stamp = stamp


def as_seen(word: CameraSighting, lists: frozenset[str], groups: frozenset[str]) -> Seen:
    """A word about a track as rules look at it."""
    sighting = word.sighting
    return Seen(
        sighting=word.id,
        camera=sighting.camera,
        groups=groups,
        status=sighting.status,
        person=sighting.person,
        lists=lists,
        score=sighting.score,
        threshold=sighting.threshold,
        frames=sighting.frames,
        quality=sighting.best.quality,
        first_unix_s=word.first_unix_s,
        last_unix_s=word.last_unix_s,
        moment=local_moment(word.last_unix_s),
        is_open=word.stage is not Stage.LEFT,
    )


def _raised(firing: Firing, now_unix_s: float) -> Alert:
    rule, seen = firing.rule, firing.seen
    cameras: tuple[CameraId, ...] = () if seen is None else (seen.camera,)
    behind = [each.sighting for each in (seen, firing.other) if each is not None]
    return Alert(
        id=firing.alert,
        rule=rule.id,
        rule_name=rule.name,
        kind=rule.kind,
        priority=rule.handling.priority,
        needed=rule.handling.confirmations,
        escalate_s=rule.handling.escalate_s,
        sound=rule.handling.sound,
        person=firing.person,
        other=None if firing.other is None else firing.other.person,
        camera=cameras[0] if cameras else None,
        cameras=cameras,
        sightings=tuple(behind),
        number=firing.number,
        first_unix_s=now_unix_s if seen is None else seen.first_unix_s,
        last_unix_s=now_unix_s if seen is None else seen.last_unix_s,
        raised_unix_s=now_unix_s,
    )


def _going_on(alert: Alert, firing: Firing) -> Alert:
    seen = firing.seen
    if seen is None:
        return alert
    is_new = seen.sighting not in alert.sightings and len(alert.sightings) < MOST_SIGHTINGS
    return replace(
        alert,
        cameras=alert.cameras if seen.camera in alert.cameras else (*alert.cameras, seen.camera),
        sightings=(*alert.sightings, seen.sighting) if is_new else alert.sightings,
        last_unix_s=max(alert.last_unix_s, seen.last_unix_s),
    )


def _stamp(connection: Connection) -> RulesStamp:
    rules = connection.execute(
        select(
            func.count().label("rules"),
            func.coalesce(func.sum(RULES.c.version), 0).label("versions"),
            func.coalesce(func.max(RULES.c.updated_unix_s), 0.0).label("changed"),
        ).select_from(RULES)
    ).one()
    holidays = connection.scalar(select(func.coalesce(func.sum(HOLIDAYS.c.day), 0))) or 0
    return RulesStamp(rules.rules, int(rules.versions), float(rules.changed), int(holidays))
