"""Rules, as the API tells and takes them."""

from dataclasses import dataclass, field
from datetime import datetime

from nigoh.domain.rule import HolidayUse, RuleKind
from nigoh.domain.sighting import Status


@dataclass(frozen=True, slots=True)
class WhomInfo:
    """Who is meant."""

    statuses: tuple[Status, ...] = ()
    people: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleZoneInfo:
    """A part of a camera's picture."""

    camera: str
    polygon: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class WhereInfo:
    """Which cameras are meant."""

    cameras: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    zones: tuple[RuleZoneInfo, ...] = ()


@dataclass(frozen=True, slots=True)
class WhenInfo:
    """Which times are meant."""

    hours: tuple[str, ...] = ()
    holidays: HolidayUse = HolidayUse.USUAL


@dataclass(frozen=True, slots=True)
class EvidenceInfo:
    """How sure it has to be."""

    score: float = 0.0
    frames: int = 1
    quality: float = 0.0


@dataclass(frozen=True, slots=True)
class RepeatsInfo:
    """So many visits in so many days."""

    times: int = 3
    days: float = 7.0
    apart_s: float = 3600.0


@dataclass(frozen=True, slots=True)
class CompanyInfo:
    """Somebody else on the same camera."""

    whom: WhomInfo
    within_s: float = 10.0


@dataclass(frozen=True, slots=True)
class HandlingInfo:
    """What an alert asks of people."""

    priority: int = 0
    confirmations: int = 1
    escalate_s: float = 0.0
    sound: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleDraft:
    """A rule, as it is to be."""

    name: str = ""
    kind: RuleKind = RuleKind.SEEN
    enabled: bool = True
    whom: WhomInfo = field(default_factory=WhomInfo)
    where: WhereInfo = field(default_factory=WhereInfo)
    when: WhenInfo = field(default_factory=WhenInfo)
    evidence: EvidenceInfo = field(default_factory=EvidenceInfo)
    cool_down_s: float = 300.0
    appearance_s: float = 60.0
    repeats: RepeatsInfo = field(default_factory=RepeatsInfo)
    stays_s: float = 300.0
    company: CompanyInfo | None = None
    by_min: int = 540
    handling: HandlingInfo = field(default_factory=HandlingInfo)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleInfo:
    """A rule in a list."""

    id: str
    name: str
    kind: RuleKind
    enabled: bool


@dataclass(frozen=True, slots=True)
class TrialFiring:
    """An alert that would have been raised."""

    at: datetime
    person: str | None
    camera: str | None


@dataclass(frozen=True, slots=True)
class TrialResult:
    """What a rule would have told."""

    count: int
    tried: int
    whole: bool
    items: tuple[TrialFiring, ...]
