"""Rules and holidays as JSON."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from nigoh.alerting.rule_book import Firing
from nigoh.domain.rule import (
    DAY_MIN,
    MOST_SECONDS,
    Company,
    Evidence,
    Handling,
    HolidayUse,
    Repeats,
    Rule,
    RuleKind,
    RuleZone,
    When,
    Where,
    Whom,
)
from nigoh.domain.schedule import Schedule, format_hours, parse_hours
from nigoh.domain.sighting import CameraId, PersonId, Status
from nigoh.errors import Invalid
from nigoh.office.rule_desk import DryRun
from nigoh.server.models.texts import CameraName, Name, ShortText, storable
from nigoh.server.times import GivenTime, Time, to_time

_STRICT = ConfigDict(extra="forbid", allow_inf_nan=False)
_MOST = 500
_MOST_CORNERS = 64
_MOST_HOLIDAYS = 1_000
_DAY_ZERO = date(1970, 1, 1)

Ids = Annotated[list[ShortText], Field(max_length=_MOST)]
Seconds = Annotated[float, Field(ge=0, le=MOST_SECONDS)]
Fraction = Annotated[float, Field(ge=0, le=1)]


def _hours(text: str) -> str:
    return format_hours(parse_hours(text))


class WhomModel(BaseModel):
    """Who is meant: one of the statuses, and one of the people or somebody on one of the lists."""

    model_config = _STRICT

    statuses: Annotated[list[Status], Field(max_length=len(Status), description="Empty: any.")] = []
    people: Annotated[Ids, Field(description="Identifiers of people.")] = []
    lists: Annotated[Ids, Field(description="Identifiers of watch lists; without people and lists: anybody.")] = []

    def value(self) -> Whom:
        """What it means."""
        people = frozenset(PersonId(each) for each in self.people)
        return Whom(frozenset(self.statuses), people, frozenset(self.lists))


class RuleZoneModel(BaseModel):
    """A part of one camera's picture."""

    model_config = _STRICT

    camera: CameraName
    polygon: Annotated[
        list[tuple[Fraction, Fraction]],
        Field(min_length=3, max_length=_MOST_CORNERS, description="Corners, fractions of width and height."),
    ]


class WhereModel(BaseModel):
    """Which cameras are meant, and where in their pictures."""

    model_config = _STRICT

    cameras: Annotated[list[CameraName], Field(max_length=_MOST)] = []
    groups: Annotated[Ids, Field(description="Identifiers of camera groups; without cameras and groups: all.")] = []
    zones: Annotated[
        list[RuleZoneModel],
        Field(
            max_length=_MOST, description="On cameras that have some, a face counts whose centre is in one of them."
        ),
    ] = []

    def value(self) -> Where:
        """What it means. Raises ValueError: a polygon has no area."""
        zones = tuple(RuleZone(CameraId(each.camera), tuple(each.polygon)) for each in self.zones)
        return Where(frozenset(CameraId(each) for each in self.cameras), frozenset(self.groups), zones)


class WhenModel(BaseModel):
    """Which times are meant, in the server's local time."""

    model_config = _STRICT

    hours: Annotated[
        list[Annotated[str, Field(max_length=64), AfterValidator(_hours)]],
        Field(max_length=64, description='"mon-fri 08:00-18:00"; without any: always.'),
    ] = []
    holidays: HolidayUse = HolidayUse.USUAL

    def value(self) -> When:
        """What it means."""
        return When(Schedule(tuple(parse_hours(each) for each in self.hours)), self.holidays)


class EvidenceModel(BaseModel):
    """How sure it has to be."""

    model_config = _STRICT

    score: Annotated[float, Field(ge=0, le=1, description="Least similarity, beside the threshold.")] = 0
    frames: Annotated[int, Field(ge=1, le=10_000, description="Least number of pictures.")] = 1
    quality: Annotated[float, Field(ge=0, le=1, description="Least quality of the best shot.")] = 0


class RepeatsModel(BaseModel):
    """So many visits in so many days."""

    model_config = _STRICT

    times: Annotated[int, Field(ge=2, le=1000)] = 3
    days: Annotated[float, Field(gt=0, le=366)] = 7
    apart_s: Annotated[float, Field(ge=0, le=MOST_SECONDS, description="A visit ends when so long nobody came.")] = (
        3600
    )


class CompanyModel(BaseModel):
    """Somebody else on the same camera."""

    model_config = _STRICT

    whom: WhomModel
    within_s: Annotated[float, Field(gt=0, le=3600)] = 10


class HandlingModel(BaseModel):
    """What an alert asks of people."""

    model_config = _STRICT

    priority: Annotated[int, Field(ge=-1000, le=1000, description="Higher ones are shown first.")] = 0
    confirmations: Annotated[int, Field(ge=1, le=2, description="How many people have to say that it is so.")] = 1
    escalate_s: Annotated[Seconds, Field(description="Escalated when nobody takes it up for so long; 0: never.")] = 0
    sound: Annotated[str, Field(pattern="^[0-9a-z_-]{0,32}$", description='One of the console\'s; "": silence.')] = ""


class RuleIn(BaseModel):
    """When somebody has to be told."""

    model_config = _STRICT

    name: Name
    kind: RuleKind = RuleKind.SEEN
    enabled: bool = True
    whom: WhomModel = WhomModel()
    where: WhereModel = WhereModel()
    when: WhenModel = WhenModel()
    evidence: EvidenceModel = EvidenceModel()
    cool_down_s: Annotated[
        Seconds, Field(description="Nobody is told again of the same person for so long; of strangers: by camera.")
    ] = 300
    appearance_s: Annotated[
        Seconds, Field(description="Seen again within so long, on any camera, it is the same appearance.")
    ] = 60
    repeats: Annotated[RepeatsModel, Field(description="Of `repeated`.")] = RepeatsModel()
    stays_s: Annotated[float, Field(gt=0, le=MOST_SECONDS, description="Of `stays`.")] = 300
    company: Annotated[CompanyModel | None, Field(description="Of `together`.")] = None
    by_min: Annotated[int, Field(ge=1, le=DAY_MIN, description="Of `missing`: minutes since midnight.")] = 9 * 60
    handling: HandlingModel = HandlingModel()

    @field_validator("company")
    @classmethod
    def _is_given(cls, company: CompanyModel | None, info: ValidationInfo) -> CompanyModel | None:
        if company is None and info.data.get("kind") is RuleKind.TOGETHER:
            raise ValueError("a rule of two people says who the other one is")
        return company

    def rule(self, known: Rule | None = None) -> Rule:
        """What it means, with the identifier, times and version of the rule that it takes the place of.

        Raises:
            Invalid: its parts do not fit together.
        """
        try:
            return Rule(
                id=known.id if known else "",
                name=self.name,
                kind=self.kind,
                enabled=self.enabled,
                whom=self.whom.value(),
                where=self.where.value(),
                when=self.when.value(),
                evidence=Evidence(self.evidence.score, self.evidence.frames, self.evidence.quality),
                cool_down_s=self.cool_down_s,
                appearance_s=self.appearance_s,
                repeats=Repeats(self.repeats.times, self.repeats.days, self.repeats.apart_s),
                stays_s=self.stays_s,
                company=Company(self.company.whom.value(), self.company.within_s) if self.company else None,
                by_min=self.by_min,
                handling=Handling(**self.handling.model_dump()),
                created_unix_s=known.created_unix_s if known else 0.0,
                updated_unix_s=known.updated_unix_s if known else 0.0,
                version=known.version if known else 1,
            )
        except ValueError as error:
            raise Invalid("rule", str(error)) from error


class RuleModel(RuleIn):
    """A rule as it is kept."""

    id: str
    created_at: Time
    updated_at: Time
    version: int


class TrialIn(BaseModel):
    """A rule to be tried on what was seen."""

    model_config = _STRICT

    rule: RuleIn
    since: Annotated[GivenTime, Field(description="From then on.")]
    until: Annotated[GivenTime, Field(description="Before then.")]


class TrialFiringModel(BaseModel):
    """An alert that would have been raised."""

    at: Time
    person: str | None
    camera: str | None
    sighting: str | None
    number: float = Field(description="Of visits, or of seconds.")


class TrialModel(BaseModel):
    """What a rule would have told."""

    count: int = Field(description="How many alerts there would have been.")
    tried: int = Field(description="Sightings that it was held against.")
    whole: bool = Field(description="False: there was too much, and the newest part was left out.")
    items: list[TrialFiringModel] = Field(description="The first of them.")


class HolidayModel(BaseModel):
    """A day on which rules may hold or not."""

    model_config = _STRICT

    day: date
    name: Annotated[str, Field(max_length=256), AfterValidator(storable)] = ""


Holidays = Annotated[list[HolidayModel], Field(max_length=_MOST_HOLIDAYS)]


def rule_model(rule: Rule) -> RuleModel:
    """A rule as JSON."""
    company = rule.company
    return RuleModel(
        id=rule.id,
        name=rule.name,
        kind=rule.kind,
        enabled=rule.enabled,
        whom=_whom_model(rule.whom),
        where=WhereModel(
            cameras=sorted(rule.where.cameras),
            groups=sorted(rule.where.groups),
            zones=[RuleZoneModel(camera=each.camera, polygon=list(each.polygon)) for each in rule.where.zones],
        ),
        when=WhenModel(hours=[format_hours(each) for each in rule.when.schedule.hours], holidays=rule.when.holidays),
        evidence=EvidenceModel(score=rule.evidence.score, frames=rule.evidence.frames, quality=rule.evidence.quality),
        cool_down_s=rule.cool_down_s,
        appearance_s=rule.appearance_s,
        repeats=RepeatsModel(times=rule.repeats.times, days=rule.repeats.days, apart_s=rule.repeats.apart_s),
        stays_s=rule.stays_s,
        company=None if company is None else CompanyModel(whom=_whom_model(company.whom), within_s=company.within_s),
        by_min=rule.by_min,
        handling=HandlingModel(
            priority=rule.handling.priority,
            confirmations=rule.handling.confirmations,
            escalate_s=rule.handling.escalate_s,
            sound=rule.handling.sound,
        ),
        created_at=to_time(rule.created_unix_s),
        updated_at=to_time(rule.updated_unix_s),
        version=rule.version,
    )


def trial_model(run: DryRun) -> TrialModel:
    """A dry run as JSON."""
    items = [_firing_model(at, firing) for at, firing in run.firings]
    return TrialModel(count=run.count, tried=run.tried, whole=run.is_whole, items=items)


def holiday_days(holidays: list[HolidayModel]) -> dict[int, str]:
    """Holidays by days since 1970-01-01."""
    return {(each.day - _DAY_ZERO).days: each.name for each in holidays}


def holiday_models(holidays: dict[int, str]) -> list[HolidayModel]:
    """Holidays as JSON."""
    return [HolidayModel(day=_DAY_ZERO + timedelta(days=day), name=name) for day, name in holidays.items()]


def _firing_model(at_unix_s: float, firing: Firing) -> TrialFiringModel:
    seen = firing.seen
    return TrialFiringModel(
        at=datetime.fromtimestamp(at_unix_s, UTC),
        person=firing.person,
        camera=None if seen is None else seen.camera,
        sighting=None if seen is None else seen.sighting,
        number=firing.number,
    )


def _whom_model(whom: Whom) -> WhomModel:
    return WhomModel(statuses=sorted(whom.statuses), people=sorted(whom.people), lists=sorted(whom.lists))
