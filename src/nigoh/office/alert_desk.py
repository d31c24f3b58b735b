"""What people do with alerts, and why there is none."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from nigoh.alerting.judging import Judgement
from nigoh.alerting.rule_book import RuleBook
from nigoh.domain.alert import Alert, AlertAct, AlertStep
from nigoh.domain.alert_filter import AlertFilter
from nigoh.domain.audit import AuditAction
from nigoh.domain.page import PageQuery
from nigoh.domain.records import SightingRecord, Verdict
from nigoh.domain.sighting import Status
from nigoh.errors import Invalid, Missing, Stale
from nigoh.office.actor import Actor
from nigoh.office.alert_events import alert_event
from nigoh.office.rule_desk import seen_then
from nigoh.storage.audit import Audit
from nigoh.storage.database.alerts import Alerts
from nigoh.storage.database.database import Database
from nigoh.storage.database.events import Events
from nigoh.storage.database.outbox import Outbox
from nigoh.storage.database.rules import Holidays, Rules
from nigoh.storage.database.seen_before import SeenBefore, groups_of, lists_of
from nigoh.storage.database.sightings import Sightings

_BEFORE_S = 7 * 86_400.0
_MOST_BEFORE = 5_000
MOST_COMMENT = 2_000


class Named(StrEnum):
    """Why a face has the name that it has, or none.

    NAMED: it is above the threshold. BELOW_THRESHOLD: the nearest is not similar enough. AMBIGUOUS: two are. NOBODY:
    nobody resembles it at all. REJECTED: somebody said that it is not them.
    """

    NAMED = "named"
    BELOW_THRESHOLD = "below-threshold"
    AMBIGUOUS = "ambiguous"
    NOBODY = "nobody"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why there is an alert of a sighting, or none.

    Attributes:
        record: the sighting.
        named: why it has its name, or none.
        alerts: those that it is behind.
        judgements: what each rule makes of it.
    """

    record: SightingRecord
    named: Named
    alerts: tuple[Alert, ...]
    judgements: tuple[Judgement, ...]


class AlertDesk:
    """Alerts, as people take care of them.

    Args:
        database: where they are kept.
        now: seconds since 1970.
        sinks: who has to be told of what becomes of them.
    """

    def __init__(
        self, database: Database, *, now: Callable[[], float], sinks: Callable[[], tuple[str, ...]] = tuple
    ) -> None:
        self._database = database
        self._now = now
        self._sinks = sinks

    def act(
        self, actor: Actor, alert_id: str, act: AlertAct, comment: str = "", *, version: int | None = None
    ) -> Alert:
        """Do something to an alert, as somebody.

        Raises:
            Missing: it is not there.
            Stale: it has another version.
            Invalid: that cannot be done to it now, or not by them.
        """
        if act is AlertAct.ESCALATE:
            raise Invalid("act", "alerts escalate by themselves", "Their rule says after how long.")
        if len(comment) > MOST_COMMENT or (act is AlertAct.COMMENT and not comment.strip()):
            raise Invalid("comment", f"a comment has 1 to {MOST_COMMENT} characters")
        now = self._now()
        with self._database.begin() as connection:
            alerts = Alerts(connection)
            if (alert := alerts.get(alert_id)) is None:
                raise Missing("alert", alert_id)
            if version is not None and version != alert.version:
                raise Stale("alert", alert_id)
            done = alerts.update(alert.after(AlertStep(act, actor.name, now, comment.strip())))
            Audit(connection).write(
                actor.event(AuditAction.ALERT, "alert", alert_id, {"act": act, "state": done.state}), now
            )
            event = alert_event(done, now, is_new=False)
            Outbox(connection).add(self._sinks(), Events(connection).add_many([event]))
        return done

    def explain(self, sighting_id: str) -> Explanation:
        """Why there is an alert of a sighting, or none, as rules and lists are now. Raises Missing."""
        with self._database.read() as connection:
            record = Sightings(connection).get(sighting_id)
            if record is None:
                raise Missing("sighting", sighting_id)
            alerts = Alerts(connection)
            behind = alerts.page(AlertFilter(sighting=sighting_id), PageQuery(limit=100)).items
            rules = RuleBook(Rules(connection).all(), str, Holidays(connection).all())
            since = record.first_unix_s - _BEFORE_S
            told = alerts.latest(since, _MOST_BEFORE)
            rules.remember(each for each in told if each.raised_unix_s <= record.last_unix_s or each in behind)
            people = {record.person} if record.person is not None else set()
            lists = lists_of(connection, people)
            own = lists.get(record.person, frozenset()) if record.person is not None else frozenset[str]()
            groups = groups_of(connection, {record.camera}).get(record.camera, frozenset())
            history = SeenBefore(connection, record.last_unix_s)
            judged = rules.explain(seen_then(record, own, groups), history)
        return Explanation(record, _named(record), tuple(behind), tuple(judged))


def _named(record: SightingRecord) -> Named:
    if record.verdict is Verdict.REJECTED:
        return Named.REJECTED
    if record.person is not None:
        return Named.NAMED
    if record.status is Status.AMBIGUOUS:
        return Named.AMBIGUOUS
    return Named.BELOW_THRESHOLD if record.candidates else Named.NOBODY
