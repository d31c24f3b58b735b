"""All rules at work: each word about a track is held against them, and what they have to tell comes out."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from nigoh.alerting.fitting import why_not
from nigoh.alerting.judging import Circumstances, History, Judgement, judge, who_is_told
from nigoh.alerting.memory import Memory, Told
from nigoh.alerting.rule_index import RuleIndex
from nigoh.alerting.seen import LocalMoment, Reason, Seen
from nigoh.domain.alert import Alert
from nigoh.domain.rule import Rule, RuleKind
from nigoh.domain.sighting import PersonId


@dataclass(frozen=True, slots=True)
class Firing:
    """A rule has something to tell, or what it told goes on.

    Attributes:
        rule: which one.
        alert: identifier of the alert.
        is_new: it is to be raised; else it goes on: the appearance is seen longer, or on another camera.
        person: who; None: a stranger.
        seen: what was seen; None of whoever is missing.
        number: of visits, of seconds that somebody stays.
        other: who is together with them.
    """

    rule: Rule
    alert: str
    is_new: bool
    person: PersonId | None
    seen: Seen | None = None
    number: float = 0.0
    other: Seen | None = None


_TELLING = (Reason.FIRED, Reason.GOES_ON)


class RuleBook:
    """The rules, and what they remember. Owner: whoever writes sightings; one thread.

    Words are judged in their order, and then either accepted, when the alerts are written down, or rejected: then it
    is as if they had never been judged, and they are judged again.

    Args:
        rules: all of them.
        new_id: makes identifiers of alerts.
        holidays: days since 1970-01-01, local.
    """

    def __init__(
        self, rules: Iterable[Rule], new_id: Callable[[], str], holidays: Collection[int] = frozenset()
    ) -> None:
        self._index = RuleIndex(rules)
        self._new_id = new_id
        self._holidays = frozenset(holidays)
        self._memory = Memory()

    @property
    def has_rules(self) -> bool:
        """Whether there is any."""
        return bool(self._index.rules)

    @property
    def has_stays(self) -> bool:
        """Whether tracks go on that a rule of staying is about."""
        return any(True for _ in self._memory.stays.items())

    def of_kind(self, kind: RuleKind) -> Iterator[Rule]:
        """The enabled rules of a kind."""
        return self._index.of_kind(kind)

    def change(self, rules: Iterable[Rule], holidays: Collection[int]) -> None:
        """Other rules from now on; what was told is remembered."""
        self._index = RuleIndex(rules)
        self._holidays = frozenset(holidays)

    def remember(self, alerts: Iterable[Alert]) -> None:
        """What was told before this began, the oldest first: a restart tells nothing twice."""
        for alert in alerts:
            key = f"p:{alert.person}" if alert.person is not None else f"c:{alert.camera}"
            last = alert.sightings[-1] if alert.sightings else ""
            self._memory.told.put((alert.rule, key), Told(alert.id, alert.raised_unix_s, alert.last_unix_s, last))
        self._memory.accept()

    def accept(self) -> None:
        """What was judged is written down."""
        self._memory.accept()

    def reject(self) -> None:
        """It could not be written down."""
        self._memory.reject()

    def judge(self, seen: Seen, history: History) -> list[Firing]:
        """What the rules have to tell of a word about a track."""
        around = self._around(seen, history)
        found: list[Firing] = []
        stays = False
        for rule in self._index.about(seen):
            judgement = judge(rule, seen, around)
            if judgement.reason in _TELLING:
                found.append(self._firing(judgement, seen))
            stays = stays or judgement.reason is Reason.TOO_SHORT
        self._memory.note(seen)
        if stays or self._memory.stays.get(seen.sighting) is not None:
            self._memory.stays.put(seen.sighting, seen if seen.is_open else None)
        return found

    def explain(self, seen: Seen, history: History) -> list[Judgement]:
        """What each rule makes of it, as things are now; nothing changes by it."""
        around = self._around(seen, history)
        return [judge(rule, seen, around) for rule in self._index.rules]

    def tick(self, now_unix_s: float) -> list[Firing]:
        """Who stays: tracks that go on for longer than a rule allows. To be asked about every second."""
        found: list[Firing] = []
        for _, seen in list(self._memory.stays.items()):
            now = replace(seen, last_unix_s=max(seen.last_unix_s, now_unix_s))
            for rule in self._fitting(now):
                told = self._memory.told.get((rule.id, who_is_told(rule, now)))
                is_told = told is not None and told.sighting == seen.sighting
                stays_s = now.last_unix_s - now.first_unix_s
                if rule.kind is RuleKind.STAYS and not is_told and stays_s >= rule.stays_s:
                    found.append(self._firing(Judgement(rule, Reason.FIRED, stays_s), now))
        return found

    def absent(
        self,
        moment: LocalMoment,
        day_began_unix_s: float,
        members: Mapping[str, Collection[PersonId]],
        history: History,
    ) -> list[Firing]:
        """Who is missing now, of each rule whose time of today has come. To be asked about every minute.

        Args:
            moment: now, local time.
            day_began_unix_s: when the local day began.
            members: who stands on each list.
            history: who was seen today.
        """
        return [
            firing
            for rule in self._index.of_kind(RuleKind.MISSING)
            if moment.minute_of_day >= rule.by_min and self._is_a_day_of(rule, moment)
            for firing in self._missing(rule, day_began_unix_s, members, history)
        ]

    def _missing(
        self, rule: Rule, day_began_unix_s: float, members: Mapping[str, Collection[PersonId]], history: History
    ) -> Iterator[Firing]:
        expected = set(rule.whom.people).union(*(members.get(each, ()) for each in rule.whom.lists))
        due_unix_s = day_began_unix_s + rule.by_min * 60.0
        for person in sorted(expected):
            key = (rule.id, f"p:{person}")
            told = self._memory.told.get(key)
            if (told is not None and told.raised_unix_s >= day_began_unix_s) or history.was_seen(
                person, rule.where, day_began_unix_s
            ):
                continue
            alert = self._new_id()
            self._memory.told.put(key, Told(alert, due_unix_s, due_unix_s))
            yield Firing(rule, alert, is_new=True, person=person)

    def _is_a_day_of(self, rule: Rule, moment: LocalMoment) -> bool:
        minute = moment.minute_of_week - moment.minute_of_day + min(rule.by_min, 24 * 60 - 1)
        return rule.when.holds(minute, is_holiday=moment.day in self._holidays)

    def _fitting(self, seen: Seen) -> Iterator[Rule]:
        is_holiday = seen.moment.day in self._holidays
        return (rule for rule in self._index.about(seen) if why_not(rule, seen, is_holiday=is_holiday) is None)

    def _around(self, seen: Seen, history: History) -> Circumstances:
        return Circumstances(memory=self._memory, history=history, is_holiday=seen.moment.day in self._holidays)

    def _firing(self, judgement: Judgement, seen: Seen) -> Firing:
        rule, key = judgement.rule, (judgement.rule.id, who_is_told(judgement.rule, seen))
        told = self._memory.told.get(key)
        is_new = judgement.reason is Reason.FIRED
        alert = told.alert if told is not None and not is_new else self._new_id()
        raised = told.raised_unix_s if told is not None and not is_new else seen.last_unix_s
        last = max(seen.last_unix_s, told.last_unix_s if told is not None else 0.0)
        self._memory.told.put(key, Told(alert, raised, last, seen.sighting))
        if judgement.other is not None and judgement.other.person is not None:
            # Whoever of the two is seen next belongs to the same alert.
            pair = (rule.id, f"p:{judgement.other.person}")
            self._memory.told.put(pair, Told(alert, raised, last, judgement.other.sighting))
        return Firing(rule, alert, is_new, seen.person, seen, judgement.number, judgement.other)
