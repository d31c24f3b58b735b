"""Rules, holidays and alerts in every database."""

from dataclasses import replace

import pytest

from nigoh.domain.alert import Alert, AlertAct, AlertState, AlertStep
from nigoh.domain.alert_filter import AlertFilter
from nigoh.domain.identifiers import new_id
from nigoh.domain.page import PageQuery
from nigoh.domain.people import Person
from nigoh.domain.rule import Company, Evidence, HolidayUse, Rule, RuleKind, RuleZone, When, Where, Whom
from nigoh.domain.schedule import Schedule, parse_hours
from nigoh.domain.sighting import CameraId, PersonId, Status
from nigoh.errors import Conflict, Missing, Stale
from nigoh.storage.database.alerts import Alerts
from nigoh.storage.database.database import Database
from nigoh.storage.database.people import People
from nigoh.storage.database.rules import Holidays, Rules

NOW = 1_790_000_000.0
GATE, LOBBY = CameraId("gate"), CameraId("lobby")
FULL = Rule(
    id="r1",
    name="Ўктам & <b>co</b>",
    kind=RuleKind.TOGETHER,
    enabled=False,
    whom=Whom(frozenset({Status.WANTED}), frozenset({PersonId("p1")}), frozenset({"l1"})),
    where=Where(frozenset({GATE}), frozenset({"g"}), (RuleZone(GATE, ((0.0, 0.0), (1.0, 0.0), (0.5, 1.0))),)),
    when=When(Schedule((parse_hours("mon-fri 22:00-06:00"),)), HolidayUse.ONLY),
    evidence=Evidence(0.5, 3, 0.25),
    company=Company(Whom(lists=frozenset({"l2"})), 12.5),
    cool_down_s=1.5,
    created_unix_s=NOW,
    updated_unix_s=NOW,
)
ALERT = Alert(
    id="a1",
    rule="r1",
    rule_name="rule",
    priority=3,
    needed=2,
    escalate_s=60,
    camera=GATE,
    cameras=(GATE, LOBBY),
    sightings=("s1", "s2"),
    kind=RuleKind.REPEATED,
    number=3.0,
    first_unix_s=NOW,
    last_unix_s=NOW + 2,
    raised_unix_s=NOW + 1,
    steps=(AlertStep(AlertAct.COMMENT, "lola", NOW + 5, "'; DROP TABLE alert; --"),),
)


def test_a_rule_comes_back_as_it_was(database: Database) -> None:
    with database.begin() as connection:
        Rules(connection).add(FULL)
        Rules(connection).add(Rule(id="r2", name="plain"))
    with database.read() as connection:
        assert Rules(connection).get("r1") == FULL
        assert {each.id for each in Rules(connection).all()} == {"r1", "r2"}
        assert Rules(connection).get("r3") is None


def test_a_rule_is_changed_by_whoever_read_it_last_and_its_name_is_its_own(database: Database) -> None:
    with database.begin() as connection:
        rules = Rules(connection)
        rules.add(FULL)
        rules.add(Rule(id="r2", name="plain"))
        changed = rules.update(replace(FULL, enabled=True), NOW + 9)
        assert (changed.version, rules.get("r1")) == (2, changed)
        with pytest.raises(Stale):
            rules.update(FULL, NOW + 10)
        with pytest.raises(Conflict):
            rules.update(replace(changed, name="plain"), NOW + 10)
        rules.remove("r1", version=2)
        with pytest.raises(Missing):
            rules.remove("r1")


def test_holidays_are_kept_by_day(database: Database) -> None:
    with database.begin() as connection:
        Holidays(connection).replace({20_600: "Navroʻz", 20_454: ""})
        Holidays(connection).replace({20_600: "Navroʻz", 20_700: "Mustaqillik"})
        assert Holidays(connection).all() == {20_600: "Navroʻz", 20_700: "Mustaqillik"}


def test_an_alert_comes_back_as_it_was_and_goes_on(database: Database) -> None:
    with database.begin() as connection:
        alerts = Alerts(connection)
        alerts.add(ALERT)
        assert alerts.get("a1") == ALERT
        longer = replace(ALERT, sightings=("s1", "s2", "s3"), last_unix_s=NOW + 30, state=AlertState.ACKNOWLEDGED)
        stored = alerts.update(longer)
        assert alerts.get("a1") == stored == replace(longer, version=2)
        with pytest.raises(Stale):
            alerts.update(ALERT)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (AlertFilter(), ["a3", "a2", "a1"]),
        (AlertFilter(states=frozenset({AlertState.NEW})), ["a2", "a1"]),
        (AlertFilter(cameras=frozenset({LOBBY})), ["a2"]),
        (AlertFilter(cameras=frozenset()), []),
        (AlertFilter(person=PersonId("p")), ["a3"]),
        (AlertFilter(rule="r9"), ["a2"]),
        (AlertFilter(sighting="s2"), ["a1"]),
        (AlertFilter(from_unix_s=NOW + 2, to_unix_s=NOW + 3), ["a2"]),
        (AlertFilter(overdue_unix_s=NOW + 61), ["a1"]),
    ],
)
def test_alerts_are_found_by_what_they_are(database: Database, wanted: AlertFilter, found: list[str]) -> None:
    with database.begin() as connection:
        People(connection).add(Person(id=PersonId("p"), name="Ali", created_unix_s=NOW, updated_unix_s=NOW))
        alerts = Alerts(connection)
        alerts.add(ALERT)
        alerts.add(
            replace(ALERT, id="a2", rule="r9", camera=LOBBY, sightings=("s9",), raised_unix_s=NOW + 2, escalate_s=0)
        )
        alerts.add(
            replace(
                ALERT,
                id="a3",
                person=PersonId("p"),
                camera=None,
                sightings=(),
                raised_unix_s=NOW + 3,
                state=AlertState.CLOSED,
            )
        )
        assert [each.id for each in alerts.page(wanted, PageQuery(limit=10)).items] == found


def test_alerts_are_read_in_pages_and_the_latest_are_remembered(database: Database) -> None:
    ids = [new_id(NOW) for _ in range(7)]
    with database.begin() as connection:
        alerts = Alerts(connection)
        for number, each in enumerate(ids):
            alerts.add(replace(ALERT, id=each, raised_unix_s=NOW + number, escalate_s=60))
        read, cursor = [], None
        while True:
            page = alerts.page(AlertFilter(), PageQuery(limit=3, cursor=cursor))
            read += [each.id for each in page.items]
            if (cursor := page.next_cursor) is None:
                break
        assert read == ids[::-1]
        assert [each.id for each in alerts.latest(NOW + 2, 3)] == ids[4:]
        assert [each.id for each in alerts.overdue(NOW + 62, 10)] == ids[:3]


def test_alerts_of_somebody_go_with_them(database: Database) -> None:
    with database.begin() as connection:
        People(connection).add(Person(id=PersonId("p"), name="Ali", created_unix_s=NOW, updated_unix_s=NOW))
        Alerts(connection).add(replace(ALERT, person=PersonId("p")))
        with pytest.raises(Missing):
            Alerts(connection).add(replace(ALERT, id="a2", person=PersonId("nobody")))
        People(connection).remove(PersonId("p"), NOW)
        assert Alerts(connection).get("a1") is None
