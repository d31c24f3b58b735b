"""Alerts: what a rule has to tell people, and what they make of it."""

from dataclasses import dataclass, replace
from enum import StrEnum

from nigoh.domain.rule import RuleKind
from nigoh.domain.sighting import CameraId, PersonId
from nigoh.errors import Invalid

MOST_SIGHTINGS = 64
"""So many sightings of one appearance are noted with an alert; later ones only move its end."""


class AlertState(StrEnum):
    """Where an alert is in its life.

    NEW: nobody has taken it up. ACKNOWLEDGED: somebody has. CONFIRMED: it is so. REJECTED: it is not. ESCALATED:
    nobody took it up in time. CLOSED: done with.
    """

    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    ESCALATED = "escalated"
    CLOSED = "closed"


class AlertAct(StrEnum):
    """What is done to an alert."""

    ACKNOWLEDGE = "acknowledge"
    CONFIRM = "confirm"
    REJECT = "reject"
    ESCALATE = "escalate"
    CLOSE = "close"
    COMMENT = "comment"


OPEN_STATES = frozenset({AlertState.NEW, AlertState.ACKNOWLEDGED, AlertState.ESCALATED})
"""Somebody still has to say something."""

_FROM: dict[AlertAct, frozenset[AlertState]] = {
    AlertAct.ACKNOWLEDGE: frozenset({AlertState.NEW, AlertState.ESCALATED}),
    AlertAct.CONFIRM: OPEN_STATES,
    AlertAct.REJECT: OPEN_STATES | {AlertState.CONFIRMED},
    AlertAct.ESCALATE: frozenset({AlertState.NEW}),
    AlertAct.CLOSE: frozenset({AlertState.CONFIRMED, AlertState.REJECTED}),
    AlertAct.COMMENT: frozenset(AlertState),
}
_TO: dict[AlertAct, AlertState] = {
    AlertAct.ACKNOWLEDGE: AlertState.ACKNOWLEDGED,
    AlertAct.CONFIRM: AlertState.CONFIRMED,
    AlertAct.REJECT: AlertState.REJECTED,
    AlertAct.ESCALATE: AlertState.ESCALATED,
    AlertAct.CLOSE: AlertState.CLOSED,
}


@dataclass(frozen=True, slots=True)
class AlertStep:
    """What somebody did to an alert, and when.

    Attributes:
        act: what.
        actor: user name; "" for nigoh itself.
        unix_s: when.
        comment: what they said.
    """

    act: AlertAct
    actor: str
    unix_s: float
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One alert.

    Attributes:
        id: names it for ever.
        rule: identifier of the rule; rule_name: what it was called then.
        state: where it is in its life.
        priority, needed, escalate_s, sound: as the rule's handling asks; `needed` people have to confirm.
        person: who; None: a stranger.
        camera: where it began; None of whoever is missing.
        cameras: all on which this appearance was seen, in that order.
        sightings: identifiers of the sightings behind it, the first first; empty for who is missing.
        kind: of the rule.
        number: of visits, or of seconds that somebody stayed; 0 of other kinds.
        other: who was together with them, if they are enrolled.
        first_unix_s, last_unix_s: of what was seen.
        raised_unix_s: when the alert was raised.
        steps: what was done, in that order.
        version: grows by one with each change.
    """

    id: str
    rule: str
    rule_name: str
    state: AlertState = AlertState.NEW
    priority: int = 0
    needed: int = 1
    escalate_s: float = 0.0
    sound: str = ""
    person: PersonId | None = None
    camera: CameraId | None = None
    cameras: tuple[CameraId, ...] = ()
    sightings: tuple[str, ...] = ()
    kind: RuleKind = RuleKind.SEEN
    number: float = 0.0
    other: PersonId | None = None
    first_unix_s: float
    last_unix_s: float
    raised_unix_s: float
    steps: tuple[AlertStep, ...] = ()
    version: int = 1

    @property
    def confirmed_by(self) -> frozenset[str]:
        """Who has said that it is so."""
        return frozenset(step.actor for step in self.steps if step.act is AlertAct.CONFIRM)

    def after(self, step: AlertStep) -> "Alert":
        """The alert after this was done to it. Raises Invalid when it cannot be done, or not by them."""
        if self.state not in _FROM[step.act]:
            what = f"an alert that is {self.state} cannot be {_DONE[step.act]}"
            raise Invalid("act", what, "Read it again: somebody else may have taken care of it.")
        if step.act is AlertAct.CONFIRM and step.actor in self.confirmed_by:
            raise Invalid("act", "you have confirmed this alert already", "Another person has to confirm it, too.")
        done = replace(self, steps=(*self.steps, step))
        state = _TO.get(step.act, self.state)
        if step.act is AlertAct.CONFIRM and len(done.confirmed_by) < self.needed:
            state = AlertState.ACKNOWLEDGED
        return replace(done, state=state)

    def is_overdue(self, now_unix_s: float) -> bool:
        """Whether it is to be escalated."""
        is_waiting = self.state is AlertState.NEW and self.escalate_s > 0
        return is_waiting and now_unix_s >= self.raised_unix_s + self.escalate_s


_DONE = {
    AlertAct.ACKNOWLEDGE: "acknowledged",
    AlertAct.CONFIRM: "confirmed",
    AlertAct.REJECT: "rejected",
    AlertAct.ESCALATE: "escalated",
    AlertAct.CLOSE: "closed",
    AlertAct.COMMENT: "commented on",
}
