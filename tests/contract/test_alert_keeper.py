"""Alerts are raised in the transaction that writes the sighting: with it or not at all, and once."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import Connection

from nigoh.domain.alert import Alert, AlertState
from nigoh.domain.alert_filter import AlertFilter
from nigoh.domain.camera_sighting import CameraSighting, Stage
from nigoh.domain.master_key import MasterKey
from nigoh.domain.page import PageQuery
from nigoh.domain.people import Person, WatchList
from nigoh.domain.records import Event, EventKind
from nigoh.domain.rule import Handling, Repeats, Rule, RuleKind, When, Where, Whom
from nigoh.domain.schedule import Schedule, parse_hours
from nigoh.domain.sighting import CameraId, PersonId, Status
from nigoh.domain.spooled_sighting import SpooledSighting
from nigoh.office.alert_keeper import AlertKeeper
from nigoh.office.alert_thread import AlertThread
from nigoh.office.sighting_writing import SightingWriter, WritingOptions
from nigoh.storage.database.alerts import Alerts
from nigoh.storage.database.database import Database
from nigoh.storage.database.events import Events
from nigoh.storage.database.outbox import Outbox
from nigoh.storage.database.people import People
from nigoh.storage.database.rules import Rules
from nigoh.storage.database.watch_lists import WatchLists
from nigoh.storage.media import MediaStore
from nigoh.storage.vault.vault import Vault
from nigoh.testing.told_sightings import later_word, told_sighting

# Ten in the morning of a Monday, wherever the test runs.
NOW = datetime(2026, 11, 23, 10, 0, 0).timestamp()  # noqa: DTZ001 - local time is what is meant
ALI, BOB = PersonId("ali"), PersonId("bob")
KEY = MasterKey(bytes(range(32)))


class Room:
    """A database with a list that Ali stands on, and what writes sightings into it."""

    def __init__(self, database: Database, folder: MediaStore, vault: Vault) -> None:
        self.database, self.media, self.vault = database, folder, vault
        self.now = NOW
        self.restart()
        with database.begin() as connection:
            WatchLists(connection).add(WatchList(id="wanted", name="Wanted", wanted=True))
            for person, lists in ((ALI, frozenset({"wanted"})), (BOB, frozenset[str]())):
                People(connection).add(
                    Person(id=person, name=person, lists=lists, created_unix_s=NOW, updated_unix_s=NOW)
                )

    def restart(self) -> None:
        self.keeper = AlertKeeper(lambda: self.now)
        options = WritingOptions(sinks=lambda: ("siren",))
        self.writer = SightingWriter(self.vault, self.media, options, self.keeper)

    def rule(self, rule: Rule) -> None:
        with self.database.begin() as connection:
            Rules(connection).add(replace(rule, created_unix_s=self.now, updated_unix_s=self.now))

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with self.writer.turn(), self.database.begin() as connection:
            yield connection

    def write(self, *words: CameraSighting) -> None:
        with self.writing() as connection:
            self.writer.write(connection, [SpooledSighting(told=word) for word in words], self.now)

    def step(self, after_s: float) -> None:
        self.now += after_s
        AlertThread(self.keeper, self.database, lambda: self.now, lambda: ("siren",)).step()

    def alerts(self) -> list[Alert]:
        with self.database.read() as connection:
            return list(Alerts(connection).page(AlertFilter(), PageQuery(limit=100)).items)

    def events(self) -> list[Event]:
        with self.database.read() as connection:
            found = Events(connection).after(0, 1000)
        return [each for each in found if each.kind in {EventKind.ALERT_RAISED, EventKind.ALERT_CHANGED}]


@pytest.fixture
def room(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Room:
    vault = Vault(KEY, database, now=lambda: NOW)
    return Room(database, MediaStore(tmp_path_factory.mktemp("media"), vault, now=lambda: NOW), vault)


def seen(identifier: str, person: str | None = ALI, *, after_s: float = 0.0, camera: str = "gate") -> CameraSighting:
    return told_sighting(identifier, camera=camera, person=person, first_unix_s=NOW + after_s)


def test_an_alert_is_raised_with_the_sighting_and_every_sink_has_to_be_told(room: Room) -> None:
    room.rule(Rule(id="r", name="wanted", whom=Whom(lists=frozenset({"wanted"})), handling=Handling(priority=7)))
    room.write(seen("s1"), seen("s2", BOB), seen("s3", None))
    (alert,) = room.alerts()
    assert (alert.rule_name, alert.person, alert.camera, alert.sightings) == ("wanted", ALI, "gate", ("s1",))
    assert (alert.state, alert.priority, alert.kind) == (AlertState.NEW, 7, RuleKind.SEEN)
    (event,) = room.events()
    assert (event.kind, event.camera, event.subject) == (EventKind.ALERT_RAISED, "gate", alert.id)
    with room.database.read() as connection:
        assert [each.rows for each in Outbox(connection).waiting()] == [4]


def test_an_appearance_goes_on_in_the_same_alert(room: Room) -> None:
    room.rule(Rule(id="r", name="all"))
    room.write(seen("s1"))
    room.write(seen("s2", after_s=20, camera="lobby"), later_word(seen("s1"), Stage.LEFT, after_s=5))
    (alert,) = room.alerts()
    assert (alert.cameras, alert.sightings, alert.last_unix_s) == (("gate", "lobby"), ("s1", "s2"), NOW + 21)
    assert [each.kind for each in room.events()] == [EventKind.ALERT_RAISED, EventKind.ALERT_CHANGED]


def test_what_is_not_committed_raises_nothing_and_is_raised_when_it_is(room: Room) -> None:
    room.rule(Rule(id="r", name="all"))
    room.write(seen("s0", BOB))
    with pytest.raises(RuntimeError, match="gone"):
        _write_in_vain(room, seen("s1"))
    assert len(room.alerts()) == 1
    room.write(seen("s1"))
    assert {each.person for each in room.alerts()} == {ALI, BOB}


def _write_in_vain(room: Room, word: CameraSighting) -> None:
    with room.writing() as connection:
        room.writer.write(connection, [SpooledSighting(told=word)], NOW)
        raise RuntimeError("the server is gone")


def test_a_restart_raises_nothing_twice(room: Room) -> None:
    room.rule(Rule(id="r", name="all", cool_down_s=300))
    room.write(seen("s1"))
    room.restart()
    room.write(later_word(seen("s1"), Stage.LEFT), seen("s2", after_s=200))
    assert len(room.alerts()) == 1
    room.write(seen("s3", after_s=400))
    assert len(room.alerts()) == 2


def test_rules_hold_from_the_moment_they_are_made(room: Room) -> None:
    room.write(seen("s1"))
    room.rule(Rule(id="r", name="all"))
    room.write(seen("s2", after_s=500))
    assert [each.sightings for each in room.alerts()] == [("s2",)]
    with room.database.begin() as connection:
        Rules(connection).remove("r")
    room.write(seen("s3", after_s=1000))
    assert len(room.alerts()) == 1


def test_visits_are_counted_over_what_was_seen_before(room: Room) -> None:
    repeats = Repeats(times=3, days=1, apart_s=60)
    room.rule(
        Rule(
            id="r", name="often", kind=RuleKind.REPEATED, repeats=repeats, where=Where(frozenset({CameraId("gate")}))
        )
    )
    room.write(seen("s1"), seen("s2", after_s=30), seen("s3", after_s=200), seen("s4", after_s=300, camera="lobby"))
    assert room.alerts() == []
    room.write(seen("s5", after_s=400))
    (alert,) = room.alerts()
    assert (alert.person, alert.number) == (ALI, 3)


def test_time_raises_what_no_word_does(room: Room) -> None:
    room.rule(Rule(id="r1", name="stays", kind=RuleKind.STAYS, stays_s=60, whom=Whom(frozenset({Status.UNKNOWN}))))
    everyday = When(Schedule((parse_hours("00:00-24:00"),)))
    expected = Whom(people=frozenset({ALI, BOB}))
    room.rule(Rule(id="r2", name="missing", kind=RuleKind.MISSING, whom=expected, by_min=10 * 60 + 1, when=everyday))
    room.write(seen("s1", None), seen("s2", BOB))
    room.step(30)
    assert room.alerts() == []
    room.step(40)
    assert {(each.rule_name, each.person) for each in room.alerts()} == {("stays", None), ("missing", ALI)}
    for _ in range(3):
        room.step(40)
    assert len(room.alerts()) == 2
    room.restart()
    room.step(40)
    assert len(room.alerts()) == 2


def test_what_nobody_takes_up_is_escalated_once(room: Room) -> None:
    room.rule(Rule(id="r", name="all", handling=Handling(escalate_s=60)))
    room.write(seen("s1"))
    room.step(59)
    assert room.alerts()[0].state is AlertState.NEW
    room.step(2)
    room.step(60)
    (alert,) = room.alerts()
    assert (alert.state, len(alert.steps)) == (AlertState.ESCALATED, 1)
    assert [each.kind for each in room.events()][-1] is EventKind.ALERT_CHANGED
