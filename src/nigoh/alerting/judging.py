"""What one rule makes of one word about a track, and why."""

from dataclasses import dataclass, replace
from typing import Protocol

from nigoh.alerting.fitting import why_not
from nigoh.alerting.memory import Memory
from nigoh.alerting.seen import Reason, Seen
from nigoh.domain.rule import Company, Rule, RuleKind, Where
from nigoh.domain.sighting import PersonId

_DAY_S = 86_400.0


class History(Protocol):
    """What was seen before. May be asked within a transaction; raises what a database raises."""

    def visits(self, person: PersonId, where: Where, since_unix_s: float, apart_s: float) -> int:
        """How many times somebody was there since then: times that are less than `apart_s` apart are one."""
        ...

    def was_seen(self, person: PersonId, where: Where, since_unix_s: float) -> bool:
        """Whether somebody was there since then."""
        ...


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a rule makes of something.

    Attributes:
        rule: which one.
        reason: why it tells, or does not.
        number: what it counted: visits, seconds.
        other: who is together with them.
    """

    rule: Rule
    reason: Reason
    number: float = 0.0
    other: Seen | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What a rule is judged by, beside the word itself.

    Attributes:
        memory: what was told, and who was there a moment ago.
        history: what was seen before.
        is_holiday: on the day of the word.
    """

    memory: Memory
    history: History
    is_holiday: bool = False


def judge(rule: Rule, seen: Seen, around: Circumstances) -> Judgement:
    """What the rule makes of it. Nothing is noted."""
    if rule.kind is RuleKind.MISSING:
        return Judgement(rule, Reason.OTHER_KIND)
    if rule.company is not None and rule.kind is RuleKind.TOGETHER:
        return _judge_together(rule, rule.company, seen, around)
    reason = why_not(rule, seen, is_holiday=around.is_holiday) or _told_before(rule, seen, around.memory)
    return _count(rule, seen, around) if reason is None else Judgement(rule, reason)


def who_is_told(rule: Rule, seen: Seen) -> str:
    """Whom a rule tells of: a person, or strangers of a camera; each stranger who stays is told of."""
    if seen.person is not None:
        return f"p:{seen.person}"
    return f"s:{seen.sighting}" if rule.kind is RuleKind.STAYS else f"c:{seen.camera}"


def _count(rule: Rule, seen: Seen, around: Circumstances) -> Judgement:
    if rule.kind is RuleKind.STAYS:
        stays_s = seen.last_unix_s - seen.first_unix_s
        return Judgement(rule, Reason.FIRED if stays_s >= rule.stays_s else Reason.TOO_SHORT, stays_s)
    if rule.kind is not RuleKind.REPEATED:
        return Judgement(rule, Reason.FIRED)
    if seen.person is None:
        return Judgement(rule, Reason.OTHER_PERSON)
    since_unix_s = seen.last_unix_s - rule.repeats.days * _DAY_S
    visits = around.history.visits(seen.person, rule.where, since_unix_s, rule.repeats.apart_s)
    return Judgement(rule, Reason.FIRED if visits >= rule.repeats.times else Reason.TOO_FEW_VISITS, visits)


def _judge_together(rule: Rule, company: Company, seen: Seen, around: Circumstances) -> Judgement:
    """Either of the two may come last: whoever it is, the other one is there already."""
    as_first = why_not(rule, seen, is_holiday=around.is_holiday)
    as_other = why_not(replace(rule, whom=company.whom), seen, is_holiday=around.is_holiday)
    if as_first is not None and as_other is not None:
        return Judgement(rule, as_first)
    for there in around.memory.others(seen, company.within_s):
        wanted = [company.whom] * (as_first is None) + [rule.whom] * (as_other is None)
        is_company = any(whom.fits(there.status, there.person, there.lists) for whom in wanted)
        is_the_same = seen.person is not None and seen.person == there.person
        if is_company and not is_the_same:
            return Judgement(rule, _told_before(rule, seen, around.memory) or Reason.FIRED, other=there)
    return Judgement(rule, Reason.ALONE)


def _told_before(rule: Rule, seen: Seen, memory: Memory) -> Reason | None:
    told = memory.told.get((rule.id, who_is_told(rule, seen)))
    if told is None:
        return None
    is_same_track = told.sighting == seen.sighting
    is_same_appearance = seen.person is not None and seen.first_unix_s - told.last_unix_s <= rule.appearance_s
    if is_same_track or is_same_appearance:
        return Reason.GOES_ON
    return Reason.COOL_DOWN if seen.first_unix_s < told.raised_unix_s + rule.cool_down_s else None
