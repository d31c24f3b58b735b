"""A sink is told everything, in order, by whoever claims it; the outbox stays within its limits."""

import threading

from nigoh.domain.outbox import OutboxLimits
from nigoh.domain.records import Event, EventKind
from nigoh.storage.database.database import Database
from nigoh.storage.database.events import Events
from nigoh.storage.database.outbox import Outbox

NOW = 1000.0


def fill(database: Database, count: int, *sinks: str, first: int = 0) -> list[int]:
    events = [
        Event(kind=EventKind.CAMERA_STATE, camera="gate", subject=str(number), unix_s=float(number))
        for number in range(first, first + count)
    ]
    with database.begin() as connection:
        numbers = Events(connection).add_many(events)
        Outbox(connection).add(sinks or ("broker",), numbers)
    return numbers


def claim(database: Database, now: float = NOW, limit: int = 100, sink: str = "broker") -> list[int]:
    with database.begin() as connection:
        return [item.event.number for item in Outbox(connection).claim(sink, now, limit=limit, lease_s=30)]


def test_what_was_delivered_goes_and_the_next_follow_in_order(database: Database) -> None:
    numbers = fill(database, 5)
    assert claim(database, limit=2) == numbers[:2]
    with database.begin() as connection:
        Outbox(connection).delivered("broker", numbers[:2])
    assert claim(database) == numbers[2:]


def test_what_somebody_claimed_nobody_else_gets_until_the_lease_ends(database: Database) -> None:
    numbers = fill(database, 3)
    assert claim(database, limit=2) == numbers[:2]
    assert claim(database, NOW + 29) == []
    assert claim(database, NOW + 30) == numbers


def test_a_failure_holds_up_what_comes_after_it_until_its_next_try(database: Database) -> None:
    numbers = fill(database, 3)
    claim(database)
    with database.begin() as connection:
        Outbox(connection).delivered("broker", numbers[:1])
        Outbox(connection).failed("broker", numbers[1:], "refused" * 200, NOW + 60)
    assert claim(database, NOW + 59) == []
    with database.begin() as connection:
        again = Outbox(connection).claim("broker", NOW + 60, limit=1, lease_s=30)
    assert [(item.event.subject, item.attempts) for item in again] == [("1", 2)]
    assert again[0].last_error.startswith("refused")


def test_sinks_do_not_wait_for_each_other(database: Database) -> None:
    numbers = fill(database, 2, "broker", "webhook")
    claim(database)
    assert claim(database, sink="webhook") == numbers
    with database.begin() as connection:
        Outbox(connection).delivered("webhook", numbers)
        assert [(count.sink, count.rows) for count in Outbox(connection).waiting()] == [("broker", 2)]
        assert Outbox(connection).forget("broker") == 2


def test_a_sink_that_takes_nothing_loses_the_oldest_and_they_are_counted(database: Database) -> None:
    numbers = fill(database, 10)
    with database.begin() as connection:
        assert Outbox(connection).trim(OutboxLimits(most_rows=7, most_age_s=1e9), NOW) == {"broker": 3}
        assert Outbox(connection).trim(OutboxLimits(most_rows=7, most_age_s=1e9), NOW) == {}
    assert claim(database) == numbers[3:]


def test_what_is_too_old_is_given_up(database: Database) -> None:
    numbers = fill(database, 10)
    with database.begin() as connection:
        assert Outbox(connection).trim(OutboxLimits(most_age_s=4.5), 10.0) == {"broker": 6}
    assert claim(database) == numbers[6:]


def test_two_who_claim_at_once_never_get_the_same(database: Database) -> None:
    numbers = fill(database, 60)
    got: list[int] = []
    lock = threading.Lock()

    def work() -> None:
        while found := claim(database, limit=5):
            with lock:
                got.extend(found)
            with database.begin() as connection:
                Outbox(connection).delivered("broker", found)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while found := claim(database):
        got += found
    assert sorted(got) == numbers
