"""Which rules can be about somebody, without asking all of them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from nigoh.alerting.seen import Seen
from nigoh.domain.rule import Rule, RuleKind, Whom
from nigoh.domain.sighting import CameraId, PersonId


class RuleIndex:
    """The enabled rules by whom and where they are about: of 500 rules a handful is asked for each sighting."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules: Sequence[Rule] = tuple(rules)
        self._of_anybody = _Places()
        self._of_person: defaultdict[PersonId, _Places] = defaultdict(_Places)
        self._of_list: defaultdict[str, _Places] = defaultdict(_Places)
        for number, rule in enumerate(self.rules):
            if rule.enabled and rule.kind is not RuleKind.MISSING:
                for whom in (rule.whom, *([rule.company.whom] if rule.company else [])):
                    self._add(number, rule, whom)

    def about(self, seen: Seen) -> Iterator[Rule]:
        """Rules that can be about it, in the order in which they were given."""
        found = self._of_anybody.at(seen)
        if seen.person is not None and seen.person in self._of_person:
            found = found | self._of_person[seen.person].at(seen)
        for each in seen.lists:
            if each in self._of_list:
                found = found | self._of_list[each].at(seen)
        return (self.rules[number] for number in sorted(found))

    def of_kind(self, kind: RuleKind) -> Iterator[Rule]:
        """The enabled rules of a kind."""
        return (rule for rule in self.rules if rule.enabled and rule.kind is kind)

    def _add(self, number: int, rule: Rule, whom: Whom) -> None:
        if not whom.names_somebody:
            self._of_anybody.add(number, rule)
        for person in whom.people:
            self._of_person[person].add(number, rule)
        for each in whom.lists:
            self._of_list[each].add(number, rule)


class _Places:
    """Numbers of rules by where they hold."""

    def __init__(self) -> None:
        self._everywhere: set[int] = set()
        self._on_camera: defaultdict[CameraId, set[int]] = defaultdict(set)
        self._in_group: defaultdict[str, set[int]] = defaultdict(set)

    def add(self, number: int, rule: Rule) -> None:
        if rule.where.is_everywhere:
            self._everywhere.add(number)
        for camera in rule.where.cameras:
            self._on_camera[camera].add(number)
        for group in rule.where.groups:
            self._in_group[group].add(number)

    def at(self, seen: Seen) -> set[int]:
        found = self._everywhere | self._on_camera.get(seen.camera, set())
        for group in seen.groups:
            found |= self._in_group.get(group, set())
        return found
