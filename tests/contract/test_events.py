"""The stream of events is the same on every database: in order, without a gap that a follower would fall into."""

import threading

import pytest

from nigoh.domain.records import Event, EventKind
from nigoh.domain.sighting import CameraId
from nigoh.storage.database.database import Database
from nigoh.storage.database.events import Events
from nigoh.storage.database.outbox import Outbox


def event(subject: str = "s", camera: str = "gate", unix_s: float = 1.0) -> Event:
    return Event(kind=EventKind.SIGHTING_APPEARED, camera=camera, subject=subject, unix_s=unix_s, body='{"a":1}')


def add(database: Database, *events: Event) -> list[int]:
    with database.begin() as connection:
        return Events(connection).add_many(events)


def subjects(database: Database, after: int = 0, limit: int = 100, cameras: list[str] | None = None) -> list[str]:
    with database.read() as connection:
        chosen = None if cameras is None else [CameraId(each) for each in cameras]
        return [found.subject for found in Events(connection).after(after, limit, chosen)]


def test_events_are_read_back_in_the_order_in_which_they_were_added(database: Database) -> None:
    numbers = add(database, event("a"), event("b")) + add(database, event("c"))
    assert numbers == sorted(set(numbers))
    assert subjects(database) == ["a", "b", "c"]
    assert subjects(database, after=numbers[0], limit=1) == ["b"]
    with database.read() as connection:
        (first,) = Events(connection).after(0, 1)
        assert first == Event(
            number=numbers[0],
            kind=EventKind.SIGHTING_APPEARED,
            camera="gate",
            subject="a",
            unix_s=1.0,
            body='{"a":1}',
        )
        assert (Events(connection).oldest(), Events(connection).newest()) == (numbers[0], numbers[2])


def test_without_events_the_newest_is_0(database: Database) -> None:
    with database.read() as connection:
        assert (Events(connection).oldest(), Events(connection).newest()) == (0, 0)
    assert add(database) == []


def test_whoever_sees_few_cameras_is_told_of_those_and_of_what_belongs_to_none(database: Database) -> None:
    add(database, event("a", "gate"), event("b", "door"), event("c", ""))
    assert subjects(database, cameras=["door"]) == ["b", "c"]
    assert subjects(database, cameras=[]) == ["c"]


def test_a_number_is_never_given_twice_even_when_all_events_are_gone(database: Database) -> None:
    (before,) = add(database, event())
    with database.begin() as connection:
        assert Events(connection).remove_before(10.0, 100) == 1
    assert add(database, event())[0] > before


def test_old_events_go_oldest_first_in_small_numbers_but_not_before_they_are_delivered(database: Database) -> None:
    numbers = add(database, *(event(str(number), unix_s=float(number)) for number in range(6)))
    with database.begin() as connection:
        Outbox(connection).add(["broker"], [numbers[1]])
    with database.begin() as connection:
        assert Events(connection).remove_before(5.0, 2) == 2
    assert subjects(database) == ["1", "3", "4", "5"]
    with database.begin() as connection:
        assert Events(connection).remove_before(5.0, 100) == 2
    assert subjects(database) == ["1", "5"]


@pytest.mark.parametrize("writers", [4])
def test_a_follower_misses_nothing_while_many_write(database: Database, writers: int) -> None:
    each = 25

    def write(writer: int) -> None:
        for number in range(each):
            with database.begin() as connection:
                Events(connection).add(event(f"{writer}-{number}"))

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(writers)]
    for thread in threads:
        thread.start()
    seen: list[str] = []
    last = 0
    while any(thread.is_alive() for thread in threads) or len(seen) < each * writers:
        with database.read() as connection:
            for found in Events(connection).after(last, 10):
                last = found.number
                seen.append(found.subject)
        if not any(thread.is_alive() for thread in threads) and not subjects(database, after=last):
            break
    for thread in threads:
        thread.join()
    assert sorted(seen) == sorted(f"{writer}-{number}" for writer in range(writers) for number in range(each))
