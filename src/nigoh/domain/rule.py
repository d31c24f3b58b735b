"""Rules: when somebody has to be told of what cameras see. Data, made by people, kept in the database."""

from dataclasses import dataclass, field
from enum import StrEnum

from nigoh.domain.region import Polygon, Regions
from nigoh.domain.schedule import Schedule
from nigoh.domain.sighting import CameraId, PersonId, Status

MOST_SECONDS = 366 * 86_400.0
DAY_MIN = 24 * 60


class RuleKind(StrEnum):
    """What has to happen.

    SEEN: somebody is seen. REPEATED: seen so many times in so many days. STAYS: one face stays longer than so long.
    TOGETHER: seen with somebody else, on one camera. MISSING: somebody who is expected was not seen by a time of day.
    """

    SEEN = "seen"
    REPEATED = "repeated"
    STAYS = "stays"
    TOGETHER = "together"
    MISSING = "missing"


class HolidayUse(StrEnum):
    """What a rule does on holidays. USUAL: as on other days. NEVER: nothing. ONLY: it holds on holidays alone."""

    USUAL = "usual"
    NEVER = "never"
    ONLY = "only"


@dataclass(frozen=True, slots=True)
class Whom:
    """Who is meant: who has one of the statuses, and is one of the people or stands on one of the lists.

    Attributes:
        statuses: empty: any.
        people, lists: both empty: anybody.
    """

    statuses: frozenset[Status] = frozenset()
    people: frozenset[PersonId] = frozenset()
    lists: frozenset[str] = frozenset()

    @property
    def names_somebody(self) -> bool:
        """Whether only people who are enrolled fit."""
        return bool(self.people or self.lists)

    def fits(self, status: Status, person: PersonId | None, lists: frozenset[str]) -> bool:
        """Whether somebody fits: their status, who they are (None: nobody knows), and the lists they stand on."""
        if self.statuses and status not in self.statuses:
            return False
        if not self.people and not self.lists:
            return True
        return (person is not None and person in self.people) or not self.lists.isdisjoint(lists)


@dataclass(frozen=True, slots=True)
class RuleZone:
    """A part of one camera's picture: corners in fractions of its width and height."""

    camera: CameraId
    polygon: Polygon

    def __post_init__(self) -> None:
        Regions(zones=(self.polygon,))


@dataclass(frozen=True, slots=True)
class Where:
    """Which cameras are meant, and where in their pictures.

    Attributes:
        cameras, groups: both empty: all.
        zones: on cameras that have some, a face counts whose centre is in one of them.
    """

    cameras: frozenset[CameraId] = frozenset()
    groups: frozenset[str] = frozenset()
    zones: tuple[RuleZone, ...] = ()

    @property
    def is_everywhere(self) -> bool:
        """Whether all cameras are meant."""
        return not self.cameras and not self.groups


@dataclass(frozen=True, slots=True)
class When:
    """Which times are meant, local ones.

    Attributes:
        schedule: hours of the week; without any: always.
        holidays: what is done on them.
    """

    schedule: Schedule = field(default_factory=Schedule)
    holidays: HolidayUse = HolidayUse.USUAL

    def holds(self, minute_of_week: int, *, is_holiday: bool) -> bool:
        """Whether a minute of the week, from Monday 00:00, is meant."""
        if self.holidays is (HolidayUse.NEVER if is_holiday else HolidayUse.ONLY):
            return False
        return not self.schedule.hours or self.schedule.is_on(minute_of_week)


@dataclass(frozen=True, slots=True)
class Evidence:
    """How sure it has to be before anybody is told.

    Attributes:
        score: least similarity, beside the threshold that was held; for who is known.
        frames: least number of pictures in which the face was looked at.
        quality: least quality of the best shot, 0 to 1.
    """

    score: float = 0.0
    frames: int = 1
    quality: float = 0.0

    def __post_init__(self) -> None:
        if not (0 <= self.score <= 1 and self.frames >= 1 and 0 <= self.quality <= 1):
            raise ValueError("a score and a quality are 0 to 1, and there is at least one picture")


@dataclass(frozen=True, slots=True)
class Repeats:
    """So many visits in so many days; one visit ends when nobody was seen for `apart_s`."""

    times: int = 3
    days: float = 7.0
    apart_s: float = 3600.0

    def __post_init__(self) -> None:
        if not (2 <= self.times <= 1000 and 0 < self.days <= 366 and 0 <= self.apart_s <= MOST_SECONDS):
            raise ValueError("a repeat is 2 to 1000 times in up to 366 days")


@dataclass(frozen=True, slots=True)
class Company:
    """Somebody else who is seen within so many seconds on the same camera."""

    whom: Whom
    within_s: float = 10.0

    def __post_init__(self) -> None:
        if not 0 < self.within_s <= 3600:
            raise ValueError("company is within an hour")


@dataclass(frozen=True, slots=True)
class Handling:
    """What an alert asks of people.

    Attributes:
        priority: higher ones are shown first.
        confirmations: how many people have to say that it is so: 1 or 2.
        escalate_s: an alert that nobody has acknowledged for so long is escalated; 0: never.
        sound: one of the console's, or "".
    """

    priority: int = 0
    confirmations: int = 1
    escalate_s: float = 0.0
    sound: str = ""

    def __post_init__(self) -> None:
        if self.confirmations not in {1, 2} or not 0 <= self.escalate_s <= MOST_SECONDS:
            raise ValueError("one or two people confirm, and it is escalated after 0 s to a year")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When somebody is told.

    Attributes:
        id: names it for ever.
        name: unique.
        kind: what has to happen.
        enabled: it is watched for.
        whom, where, when: who, on which cameras, at which times. Of MISSING: who is expected, and where they would be
            seen; `when` names the days, and `by_min` the time.
        evidence: how sure it has to be.
        cool_down_s: after it, the same person is not told of again by this rule for so long; strangers: on the same
            camera.
        appearance_s: somebody seen on another camera within so long is still the same appearance: the alert goes on.
        repeats: of REPEATED.
        stays_s: of STAYS.
        company: of TOGETHER.
        by_min: of MISSING: minute of the day, local time, by which they are expected.
        handling: what the alert asks of people.
        created_unix_s, updated_unix_s, version: as of a person.
    """

    id: str
    name: str
    kind: RuleKind = RuleKind.SEEN
    enabled: bool = True
    whom: Whom = field(default_factory=Whom)
    where: Where = field(default_factory=Where)
    when: When = field(default_factory=When)
    evidence: Evidence = field(default_factory=Evidence)
    cool_down_s: float = 300.0
    appearance_s: float = 60.0
    repeats: Repeats = field(default_factory=Repeats)
    stays_s: float = 300.0
    company: Company | None = None
    by_min: int = 9 * 60
    handling: Handling = field(default_factory=Handling)
    created_unix_s: float = 0.0
    updated_unix_s: float = 0.0
    version: int = 1

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ValueError("a rule has a name")
        if not (0 <= self.cool_down_s <= MOST_SECONDS and 0 <= self.appearance_s <= MOST_SECONDS):
            raise ValueError("a cool-down and an appearance last 0 s to a year")
        if self.kind is RuleKind.TOGETHER and self.company is None:
            raise ValueError("a rule of two people says who the other one is")
        if self.kind is RuleKind.STAYS and not 0 < self.stays_s <= MOST_SECONDS:
            raise ValueError("somebody stays above 0 s, up to a year")
        if self.kind is RuleKind.MISSING and not (self.whom.names_somebody and 0 < self.by_min <= DAY_MIN):
            raise ValueError("whoever is expected is named, or stands on a list, and comes by 00:01 to 24:00")
        if self.kind is RuleKind.REPEATED and not self.whom.names_somebody and Status.UNKNOWN in self.whom.statuses:
            raise ValueError("strangers are not told apart: who is counted has to be enrolled")
