"""Alerts, as the API tells them."""

from dataclasses import dataclass
from datetime import datetime

from nigoh.domain.alert import AlertAct, AlertState
from nigoh.domain.rule import RuleKind


@dataclass(frozen=True, slots=True)
class AlertStepInfo:
    """What was done to an alert; actor "": nigoh itself."""

    act: AlertAct
    actor: str
    at: datetime
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertInfo:
    """What a rule has to tell, and what people made of it."""

    id: str
    rule: str
    rule_name: str
    kind: RuleKind
    state: AlertState
    priority: int
    needed: int
    person: str | None
    person_name: str | None
    other_name: str | None
    camera: str | None
    cameras: tuple[str, ...]
    sightings: tuple[str, ...]
    number: float
    first_at: datetime
    last_at: datetime
    raised_at: datetime
    steps: tuple[AlertStepInfo, ...]
    version: int
