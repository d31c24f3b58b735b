"""Rules and holidays: made and changed by people, and tried on what was seen before they hold."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from nigoh.alerting.rule_book import Firing, RuleBook
from nigoh.alerting.seen import Seen
from nigoh.domain.audit import AuditAction
from nigoh.domain.identifiers import new_id
from nigoh.domain.page import PageQuery
from nigoh.domain.person_name import clean_name
from nigoh.domain.records import EventKind, SightingRecord
from nigoh.domain.rule import Rule, RuleKind
from nigoh.domain.sighting_filter import SightingFilter
from nigoh.errors import Invalid, Missing
from nigoh.office.actor import Actor
from nigoh.office.local_time import local_day_began, local_moment
from nigoh.office.news import tell
from nigoh.storage.audit import Audit
from nigoh.storage.database.camera_groups import CameraGroups
from nigoh.storage.database.camera_records import CameraRecords
from nigoh.storage.database.database import Database
from nigoh.storage.database.rules import Holidays, Rules
from nigoh.storage.database.seen_before import SeenBefore, groups_of, lists_of, members_of
from nigoh.storage.database.sightings import Sightings
from nigoh.storage.database.watch_lists import WatchLists

_PAGE = 500
MOST_TRIED = 20_000
MOST_FOUND = 500
_DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a rule would have told.

    Attributes:
        firings: the first of them, with when.
        count: how many there would have been.
        tried: sightings that it was held against.
        is_whole: the whole time was tried; else there was too much, and the newest part was left out.
    """

    firings: tuple[tuple[float, Firing], ...]
    count: int
    tried: int
    is_whole: bool


class RuleDesk:
    """What is done with rules.

    Args:
        database: where they are kept.
        now: seconds since 1970.
    """

    def __init__(self, database: Database, *, now: Callable[[], float]) -> None:
        self._database = database
        self._now = now

    def add(self, actor: Actor, rule: Rule) -> Rule:
        """Add a rule; its identifier and times are given to it here. It holds for what comes in from now on.

        Raises:
            Invalid: its name is none.
            Missing: it names a camera, a group or a list that is not there.
            Conflict: another rule has its name.
        """
        now = self._now()
        made = replace(rule, id=new_id(now), name=_name(rule.name), created_unix_s=now, updated_unix_s=now, version=1)
        with self._database.begin() as connection:
            _require_places(connection, made)
            Rules(connection).add(made)
            tell(connection, EventKind.SETTING_CHANGED, made.id, now)
            Audit(connection).write(actor.event(AuditAction.SETTING, "rule", made.id, {"change": "added"}), now)
        return made

    def change(self, actor: Actor, rule: Rule) -> Rule:
        """Change a rule that still has the version that it carries. Raises Missing, Stale, Invalid, Conflict."""
        now = self._now()
        wanted = replace(rule, name=_name(rule.name))
        with self._database.begin() as connection:
            _require_places(connection, wanted)
            changed = Rules(connection).update(wanted, now)
            tell(connection, EventKind.SETTING_CHANGED, changed.id, now)
            Audit(connection).write(actor.event(AuditAction.SETTING, "rule", changed.id, {"change": "changed"}), now)
        return changed

    def remove(self, actor: Actor, rule_id: str, *, version: int | None = None) -> None:
        """Remove a rule; the alerts that it raised stay. Raises Missing, Stale."""
        now = self._now()
        with self._database.begin() as connection:
            Rules(connection).remove(rule_id, version=version)
            tell(connection, EventKind.SETTING_CHANGED, rule_id, now)
            Audit(connection).write(actor.event(AuditAction.SETTING, "rule", rule_id, {"change": "removed"}), now)

    def set_holidays(self, actor: Actor, holidays: Mapping[int, str]) -> None:
        """These days, since 1970-01-01, are holidays, and no others."""
        now = self._now()
        with self._database.begin() as connection:
            Holidays(connection).replace(holidays)
            tell(connection, EventKind.SETTING_CHANGED, "holidays", now)
            detail = {"days": len(holidays)}
            Audit(connection).write(actor.event(AuditAction.SETTING, "holidays", "", detail), now)

    def try_out(self, rule: Rule, since_unix_s: float, until_unix_s: float) -> DryRun:
        """What the rule would have told of what was seen in that time, as people and lists are now. Nothing is kept.

        Raises:
            Invalid: the time is none.
            Missing: it names a camera, a group or a list that is not there.
        """
        if not 0 <= since_unix_s < until_unix_s:
            raise Invalid("since", "the time ends before it begins", "Give a beginning that is before the end.")
        with self._database.read() as connection:
            _require_places(connection, rule)
            book = RuleBook(
                (replace(rule, id=rule.id or "tried", enabled=True),), _numbers(), Holidays(connection).all()
            )
            if rule.kind is RuleKind.MISSING:
                found = list(self._try_absence(connection, book, rule, since_unix_s, until_unix_s))
                return DryRun(tuple(found[:MOST_FOUND]), len(found), 0, is_whole=True)
            records, is_whole = _records(connection, since_unix_s, until_unix_s)
            found = list(_try_sightings(connection, book, records))
        return DryRun(tuple(found[:MOST_FOUND]), len(found), len(records), is_whole)

    def _try_absence(
        self, connection: Connection, book: RuleBook, rule: Rule, since_unix_s: float, until_unix_s: float
    ) -> Iterator[tuple[float, Firing]]:
        members = members_of(connection, rule.whom.lists)
        day_unix_s = local_day_began(since_unix_s)
        while day_unix_s < min(until_unix_s, self._now()):
            due_unix_s = day_unix_s + rule.by_min * 60.0
            if since_unix_s <= due_unix_s < min(until_unix_s, self._now()):
                history = SeenBefore(connection, due_unix_s)
                moment = local_moment(min(due_unix_s, day_unix_s + _DAY_S - 60))
                for firing in book.absent(moment, day_unix_s, members, history):
                    yield due_unix_s, firing
            # A day may have 23 or 25 hours.
            day_unix_s = local_day_began(day_unix_s + 1.5 * _DAY_S)


def _try_sightings(
    connection: Connection, book: RuleBook, records: Sequence[SightingRecord]
) -> Iterator[tuple[float, Firing]]:
    lists = lists_of(connection, {each.person for each in records if each.person is not None})
    groups = groups_of(connection, {each.camera for each in records})
    history = SeenBefore(connection)
    for record in records:
        history.until_unix_s = record.last_unix_s
        own = lists.get(record.person, frozenset()) if record.person is not None else frozenset[str]()
        for firing in book.judge(seen_then(record, own, groups.get(record.camera, frozenset())), history):
            if firing.is_new:
                yield record.last_unix_s, firing
        book.accept()


def seen_then(record: SightingRecord, lists: frozenset[str], groups: frozenset[str]) -> Seen:
    """A sighting as it is kept, as rules look at it."""
    return Seen(
        sighting=record.id,
        camera=record.camera,
        groups=groups,
        status=record.status,
        person=record.person,
        lists=lists,
        score=record.score,
        threshold=record.threshold,
        frames=record.frames,
        quality=record.quality,
        first_unix_s=record.first_unix_s,
        last_unix_s=record.last_unix_s,
        moment=local_moment(record.last_unix_s),
    )


def _records(
    connection: Connection, since_unix_s: float, until_unix_s: float
) -> tuple[Sequence[SightingRecord], bool]:
    """What was seen in that time, the oldest first, and whether that is all of it."""
    wanted = SightingFilter(since_unix_s=since_unix_s, until_unix_s=until_unix_s, newest_first=False)
    found: list[SightingRecord] = []
    cursor: str | None = None
    while len(found) < MOST_TRIED:
        page = Sightings(connection).page(wanted, PageQuery(limit=_PAGE, cursor=cursor))
        found += page.items
        if (cursor := page.next_cursor) is None:
            return found, True
    return found, False


def _require_places(connection: Connection, rule: Rule) -> None:
    cameras = rule.where.cameras | {zone.camera for zone in rule.where.zones}
    for camera in sorted(cameras):
        if CameraRecords(connection).find_name(camera) is None:
            raise Missing("camera", camera)
    for group in sorted(rule.where.groups):
        if CameraGroups(connection).get(group) is None:
            raise Missing("camera group", group)
    lists = rule.whom.lists | (rule.company.whom.lists if rule.company else frozenset())
    for each in sorted(lists):
        if WatchLists(connection).get(each) is None:
            raise Missing("watch list", each)


def _name(text: str) -> str:
    try:
        return clean_name(text)
    except ValueError as error:
        raise Invalid("name", f"name: {error}") from error


def _numbers() -> Callable[[], str]:
    made: list[None] = []

    def number() -> str:
        made.append(None)
        return f"tried-{len(made)}"

    return number
