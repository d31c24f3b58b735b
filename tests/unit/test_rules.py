"""Rules: whom they are about, when they tell, and when they keep still."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import count
from typing import TypedDict, Unpack

import pytest

from nigoh.alerting.rule_book import Firing, RuleBook
from nigoh.alerting.seen import LocalMoment, Reason, Seen
from nigoh.domain.alert import Alert
from nigoh.domain.rule import Company, Evidence, HolidayUse, Repeats, Rule, RuleKind, RuleZone, When, Where, Whom
from nigoh.domain.schedule import Schedule, parse_hours
from nigoh.domain.sighting import CameraId, PersonId, Status

GATE, LOBBY, YARD = CameraId("gate"), CameraId("lobby"), CameraId("yard")
ALI, BOB, EVA = PersonId("ali"), PersonId("bob"), PersonId("eva")
WANTED, STAFF = "wanted-list", "staff-list"
MONDAY_10 = LocalMoment(10 * 60, 20_000)
NOW = 1_000_000.0
ALI_AT_GATE = Seen(
    sighting="s1",
    camera=GATE,
    groups=frozenset({"doors"}),
    status=Status.WANTED,
    person=ALI,
    lists=frozenset({WANTED}),
    score=0.6,
    threshold=0.36,
    frames=5,
    quality=0.7,
    at=(0.5, 0.5),
    first_unix_s=NOW,
    last_unix_s=NOW + 1,
    moment=MONDAY_10,
    is_open=True,
)
STRANGER = replace(ALI_AT_GATE, sighting="u1", status=Status.UNKNOWN, person=None, lists=frozenset(), score=0.1)


class Past:
    """A history that a test writes."""

    def __init__(self, visits: int = 0, seen: Iterable[PersonId] = ()) -> None:
        self.number = visits
        self.seen = set(seen)

    def visits(self, person: PersonId, where: Where, since_unix_s: float, apart_s: float) -> int:
        del person, where, since_unix_s, apart_s
        return self.number

    def was_seen(self, person: PersonId, where: Where, since_unix_s: float) -> bool:
        del where, since_unix_s
        return person in self.seen


def book(*rules: Rule, holidays: Iterable[int] = ()) -> RuleBook:
    numbers = count(1)
    return RuleBook(rules, lambda: f"a{next(numbers)}", frozenset(holidays))


class RuleParts(TypedDict, total=False):
    id: str
    name: str
    kind: RuleKind
    enabled: bool
    whom: Whom
    where: Where
    when: When
    evidence: Evidence
    cool_down_s: float
    appearance_s: float
    repeats: Repeats
    stays_s: float
    company: Company
    by_min: int


def rule(**parts: Unpack[RuleParts]) -> Rule:
    return replace(Rule(id="r", name="rule"), **parts)


def again(seen: Seen, sighting: str, after_s: float, camera: CameraId = GATE) -> Seen:
    """The same person in another track, so long after the first one began."""
    begun = NOW + after_s
    return replace(seen, sighting=sighting, camera=camera, first_unix_s=begun, last_unix_s=begun + 1)


def new(firings: list[Firing]) -> list[str]:
    return [each.alert for each in firings if each.is_new]


def reason(made: Rule, seen: Seen, *, holidays: Iterable[int] = ()) -> Reason:
    return book(made, holidays=holidays).explain(seen, Past())[0].reason


@pytest.mark.parametrize(
    ("made", "seen", "expected"),
    [
        (rule(), ALI_AT_GATE, Reason.FIRED),
        (rule(), STRANGER, Reason.FIRED),
        (rule(enabled=False), ALI_AT_GATE, Reason.DISABLED),
        (rule(whom=Whom(lists=frozenset({WANTED}))), ALI_AT_GATE, Reason.FIRED),
        (rule(whom=Whom(lists=frozenset({STAFF}))), ALI_AT_GATE, Reason.OTHER_PERSON),
        (rule(whom=Whom(people=frozenset({ALI}))), ALI_AT_GATE, Reason.FIRED),
        (rule(whom=Whom(people=frozenset({BOB}), lists=frozenset({WANTED}))), ALI_AT_GATE, Reason.FIRED),
        (rule(whom=Whom(people=frozenset({ALI}))), STRANGER, Reason.OTHER_PERSON),
        (rule(whom=Whom(statuses=frozenset({Status.UNKNOWN}))), STRANGER, Reason.FIRED),
        (rule(whom=Whom(statuses=frozenset({Status.UNKNOWN}))), ALI_AT_GATE, Reason.OTHER_PERSON),
        (rule(where=Where(cameras=frozenset({GATE}))), ALI_AT_GATE, Reason.FIRED),
        (rule(where=Where(groups=frozenset({"doors"}))), ALI_AT_GATE, Reason.FIRED),
        (
            rule(where=Where(cameras=frozenset({LOBBY}), groups=frozenset({"yards"}))),
            ALI_AT_GATE,
            Reason.OTHER_CAMERA,
        ),
        (rule(evidence=Evidence(score=0.7)), ALI_AT_GATE, Reason.BELOW_SCORE),
        (rule(evidence=Evidence(score=0.7)), STRANGER, Reason.FIRED),
        (rule(evidence=Evidence(frames=6)), ALI_AT_GATE, Reason.TOO_FEW_FRAMES),
        (rule(evidence=Evidence(quality=0.8)), ALI_AT_GATE, Reason.LOW_QUALITY),
        (rule(kind=RuleKind.STAYS, stays_s=60), ALI_AT_GATE, Reason.TOO_SHORT),
        (rule(kind=RuleKind.REPEATED), ALI_AT_GATE, Reason.TOO_FEW_VISITS),
    ],
)
def test_a_rule_says_why_it_tells_or_does_not(made: Rule, seen: Seen, expected: Reason) -> None:
    assert reason(made, seen) is expected


@pytest.mark.parametrize(("at", "expected"), [((0.2, 0.2), Reason.FIRED), ((0.8, 0.2), Reason.OUTSIDE_ZONE)])
def test_a_face_outside_the_zone_is_not_told_of(at: tuple[float, float], expected: Reason) -> None:
    left = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))
    made = rule(where=Where(zones=(RuleZone(GATE, left),)))
    assert reason(made, replace(ALI_AT_GATE, at=at)) is expected
    assert reason(made, replace(ALI_AT_GATE, at=at, camera=LOBBY)) is Reason.FIRED
    assert reason(made, replace(ALI_AT_GATE, at=None)) is Reason.OUTSIDE_ZONE


@pytest.mark.parametrize(
    ("hours", "use", "holidays", "expected"),
    [
        ("mon-fri 08:00-18:00", HolidayUse.USUAL, (), Reason.FIRED),
        ("mon-fri 18:00-08:00", HolidayUse.USUAL, (), Reason.OTHER_TIME),
        ("mon-fri 08:00-18:00", HolidayUse.NEVER, (20_000,), Reason.OTHER_TIME),
        ("mon-fri 08:00-18:00", HolidayUse.ONLY, (20_000,), Reason.FIRED),
        ("mon-fri 08:00-18:00", HolidayUse.ONLY, (20_001,), Reason.OTHER_TIME),
    ],
)
def test_a_rule_has_its_hours_and_holidays(
    hours: str, use: HolidayUse, holidays: tuple[int, ...], expected: Reason
) -> None:
    made = rule(when=When(Schedule((parse_hours(hours),)), use))
    assert reason(made, ALI_AT_GATE, holidays=holidays) is expected


def test_one_appearance_is_told_of_once_over_all_its_words_and_cameras() -> None:
    rules, past = book(rule(cool_down_s=0, appearance_s=60)), Past()
    assert new(rules.judge(ALI_AT_GATE, past)) == ["a1"]
    longer = rules.judge(replace(ALI_AT_GATE, last_unix_s=NOW + 30), past)
    elsewhere = rules.judge(again(ALI_AT_GATE, "s2", 70, LOBBY), past)
    assert [(each.alert, each.is_new) for each in longer + elsewhere] == [("a1", False), ("a1", False)]
    assert new(rules.judge(again(ALI_AT_GATE, "s3", 200), past)) == ["a2"]


def test_after_an_alert_the_same_person_is_left_alone_for_the_cool_down_and_others_are_not() -> None:
    rules, past = book(rule(cool_down_s=300, appearance_s=10)), Past()
    assert new(rules.judge(ALI_AT_GATE, past)) == ["a1"]
    assert rules.judge(again(ALI_AT_GATE, "s2", 100), past) == []
    assert rules.explain(again(ALI_AT_GATE, "s2", 100), past)[0].reason is Reason.COOL_DOWN
    assert new(rules.judge(replace(again(ALI_AT_GATE, "s3", 100), person=BOB), past)) == ["a2"]
    assert new(rules.judge(again(ALI_AT_GATE, "s4", 302), past)) == ["a3"]


def test_strangers_are_told_of_once_a_camera_and_cool_down() -> None:
    rules, past = book(rule(cool_down_s=300)), Past()
    assert new(rules.judge(STRANGER, past)) == ["a1"]
    assert rules.judge(again(STRANGER, "u2", 20), past) == []
    assert new(rules.judge(again(STRANGER, "u3", 20, LOBBY), past)) == ["a2"]


def test_what_could_not_be_written_down_is_judged_again_with_the_same_result() -> None:
    rules, past = book(rule()), Past()
    assert len(new(rules.judge(ALI_AT_GATE, past))) == 1
    rules.reject()
    assert len(new(rules.judge(ALI_AT_GATE, past))) == 1
    rules.accept()
    assert new(rules.judge(ALI_AT_GATE, past)) == []


def test_a_restart_tells_nothing_twice() -> None:
    alert = Alert(
        id="old",
        rule="r",
        rule_name="rule",
        person=ALI,
        camera=GATE,
        sightings=("s1",),
        first_unix_s=NOW,
        last_unix_s=NOW + 1,
        raised_unix_s=NOW,
    )
    rules = book(rule(cool_down_s=300))
    rules.remember([alert])
    assert [(each.alert, each.is_new) for each in rules.judge(ALI_AT_GATE, Past())] == [("old", False)]
    assert new(rules.judge(again(ALI_AT_GATE, "s9", 200), Past())) == []


def test_who_comes_for_the_third_time_in_a_week_is_told_of() -> None:
    rules = book(rule(kind=RuleKind.REPEATED, repeats=Repeats(times=3)))
    assert rules.judge(ALI_AT_GATE, Past(visits=2)) == []
    found = rules.judge(ALI_AT_GATE, Past(visits=3))
    assert [(each.is_new, each.number) for each in found] == [(True, 3)]


def test_a_stranger_who_stays_is_told_of_while_they_stay() -> None:
    rules = book(rule(kind=RuleKind.STAYS, stays_s=60, whom=Whom(statuses=frozenset({Status.UNKNOWN}))))
    assert rules.judge(STRANGER, Past()) == []
    assert rules.tick(NOW + 59) == []
    assert [(each.is_new, each.number) for each in rules.tick(NOW + 61)] == [(True, 61)]
    assert rules.tick(NOW + 62) == []
    # Another one at the same time is another alert.
    rules.judge(replace(STRANGER, sighting="u2"), Past())
    assert new(rules.tick(NOW + 63)) == ["a2"]


def test_a_stranger_who_leaves_in_time_is_not_told_of() -> None:
    rules = book(rule(kind=RuleKind.STAYS, stays_s=60))
    rules.judge(STRANGER, Past())
    rules.judge(replace(STRANGER, last_unix_s=NOW + 30, is_open=False), Past())
    assert rules.tick(NOW + 61) == []


def test_two_who_are_there_together_are_told_of_whoever_comes_first() -> None:
    made = rule(
        kind=RuleKind.TOGETHER, whom=Whom(people=frozenset({ALI})), company=Company(Whom(people=frozenset({BOB})), 10)
    )
    ali, bob = ALI_AT_GATE, replace(again(ALI_AT_GATE, "s2", 5), person=BOB)
    for first, second in ((ali, bob), (bob, ali)):
        rules = book(made)
        assert rules.judge(first, Past()) == []
        found = rules.judge(second, Past())
        assert [each.is_new for each in found] == [True]
        assert found[0].other is not None
        assert found[0].other.person == first.person
        assert [each.is_new for each in rules.judge(replace(first, last_unix_s=NOW + 9), Past())] == [False]


@pytest.mark.parametrize(
    "second",
    [
        replace(again(ALI_AT_GATE, "s2", 60), person=BOB),
        replace(again(ALI_AT_GATE, "s2", 5, LOBBY), person=BOB),
        replace(again(ALI_AT_GATE, "s2", 5), person=EVA),
    ],
)
def test_two_who_are_not_there_together_are_not(second: Seen) -> None:
    made = rule(
        kind=RuleKind.TOGETHER, whom=Whom(people=frozenset({ALI})), company=Company(Whom(people=frozenset({BOB})), 10)
    )
    rules = book(made)
    rules.judge(ALI_AT_GATE, Past())
    assert rules.judge(second, Past()) == []


def test_who_is_expected_and_does_not_come_is_told_of_once_a_day() -> None:
    made = rule(
        kind=RuleKind.MISSING,
        by_min=9 * 60,
        whom=Whom(lists=frozenset({STAFF})),
        when=When(Schedule((parse_hours("mon-fri 00:00-24:00"),))),
    )
    rules, members, past = book(made), {STAFF: [ALI, BOB]}, Past(seen=[BOB])

    def absent(minute: int, day: int) -> list[PersonId | None]:
        moment = LocalMoment((day - 20_000) * 1440 + minute, day)
        return [each.person for each in rules.absent(moment, NOW + (day - 20_000) * 86_400, members, past)]

    assert absent(8 * 60 + 59, 20_000) == []
    assert absent(9 * 60, 20_000) == [ALI]
    assert absent(9 * 60 + 1, 20_000) == []
    assert absent(9 * 60, 20_001) == [ALI]
    assert absent(9 * 60, 20_005) == [], "a Saturday"


def test_rules_that_were_changed_hold_at_once_and_what_was_told_is_remembered() -> None:
    rules, past = book(rule(cool_down_s=300)), Past()
    rules.judge(ALI_AT_GATE, past)
    rules.change([rule(cool_down_s=300), rule(id="r2", name="another")], ())
    assert [each.rule.id for each in rules.judge(again(ALI_AT_GATE, "s2", 100), past) if each.is_new] == ["r2"]


@pytest.mark.parametrize(
    "values",
    [
        {"name": " "},
        {"cool_down_s": -1.0},
        {"kind": RuleKind.TOGETHER},
        {"kind": RuleKind.STAYS, "stays_s": 0.0},
        {"kind": RuleKind.MISSING},
        {"kind": RuleKind.REPEATED, "whom": Whom(statuses=frozenset({Status.UNKNOWN}))},
    ],
)
def test_a_rule_that_means_nothing_is_refused(values: RuleParts) -> None:
    with pytest.raises(ValueError, match=r"."):
        rule(**values)
