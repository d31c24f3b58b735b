"""Alerts as JSON."""

from collections.abc import Callable
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from nigoh.alerting.seen import Reason
from nigoh.domain.alert import Alert, AlertAct, AlertState
from nigoh.domain.rule import RuleKind
from nigoh.domain.sighting import CameraId
from nigoh.office.alert_desk import MOST_COMMENT, Explanation, Named
from nigoh.server.models.sightings import Names
from nigoh.server.models.texts import Text
from nigoh.server.times import Time, to_time


class AlertStepModel(BaseModel):
    """What was done to an alert."""

    act: AlertAct
    actor: str = Field(description='Login name; "": nigoh itself.')
    at: Time
    comment: str


class AlertModel(BaseModel):
    """What a rule has to tell, and what people make of it."""

    id: str
    rule: str
    rule_name: str = Field(description="What the rule was called when it was raised.")
    kind: RuleKind
    state: AlertState
    priority: int
    needed: int = Field(description="How many people have to confirm it.")
    sound: str
    person: str | None = Field(description="Identifier; null: a stranger.")
    person_name: str | None = Field(description="Null if that may not be read.")
    other: str | None = Field(description="Of `together`: the other one, if they are enrolled.")
    other_name: str | None
    camera: str | None = Field(description="Where it began; null of whoever is missing.")
    cameras: list[str] = Field(description="All on which the appearance was seen, as far as you may see them.")
    sightings: list[str] = Field(description="Those behind it, the first first.")
    number: float = Field(description="Of visits, or of seconds that somebody stayed.")
    first_at: Time
    last_at: Time
    raised_at: Time
    steps: list[AlertStepModel]
    version: int


class AlertActIn(BaseModel):
    """What is done to an alert."""

    model_config = ConfigDict(extra="forbid")

    act: Annotated[AlertAct, Field(description="All but `escalate`, which happens by itself.")]
    comment: Annotated[Text, Field(max_length=MOST_COMMENT)] = ""


class JudgementModel(BaseModel):
    """What a rule makes of a sighting."""

    rule: str
    rule_name: str
    reason: Reason
    number: float = Field(description="Visits or seconds that it counted.")


class ExplanationModel(BaseModel):
    """Why there is an alert of a sighting, or none."""

    sighting: str
    named: Named = Field(description="Why the face has its name, or none.")
    score: float
    threshold: float
    alerts: list[str] = Field(description="Identifiers of the alerts that it is behind.")
    rules: list[JudgementModel] = Field(description="What each rule makes of it, as rules and lists are now.")


def alert_model(alert: Alert, names: Names, sees: Callable[[CameraId], bool]) -> AlertModel:
    """An alert as JSON, for somebody who sees some cameras."""
    cameras = [each for each in alert.cameras if sees(each)]
    # Those of other cameras would not be shown to them either.
    behind = alert.sightings if len(cameras) == len(alert.cameras) else alert.sightings[:1]
    return AlertModel(
        id=alert.id,
        rule=alert.rule,
        rule_name=alert.rule_name,
        kind=alert.kind,
        state=alert.state,
        priority=alert.priority,
        needed=alert.needed,
        sound=alert.sound,
        person=alert.person,
        person_name=None if alert.person is None else names.get(alert.person),
        other=alert.other,
        other_name=None if alert.other is None else names.get(alert.other),
        camera=alert.camera,
        cameras=list(cameras),
        sightings=list(behind),
        number=alert.number,
        first_at=to_time(alert.first_unix_s),
        last_at=to_time(alert.last_unix_s),
        raised_at=to_time(alert.raised_unix_s),
        steps=[
            AlertStepModel(act=each.act, actor=each.actor, at=to_time(each.unix_s), comment=each.comment)
            for each in alert.steps
        ],
        version=alert.version,
    )


def explanation_model(found: Explanation) -> ExplanationModel:
    """An explanation as JSON."""
    return ExplanationModel(
        sighting=found.record.id,
        named=found.named,
        score=found.record.score,
        threshold=found.record.threshold,
        alerts=[each.id for each in found.alerts],
        rules=[
            JudgementModel(rule=each.rule.id, rule_name=each.rule.name, reason=each.reason, number=each.number)
            for each in found.judgements
        ],
    )
