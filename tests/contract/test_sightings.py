"""Sightings are written once a word, found by any filter, and judged by one person at a time, on every database."""

import itertools
import random
from dataclasses import replace

import pytest

from nigoh.domain.camera_sighting import CameraSighting, Stage
from nigoh.domain.page import PageQuery
from nigoh.domain.people import Person, WatchList
from nigoh.domain.records import SightingRecord, Verdict
from nigoh.domain.sighting import CameraId, PersonId, Status
from nigoh.domain.sighting_filter import Count, SightingFilter
from nigoh.errors import BadCursor, Missing, Stale
from nigoh.storage.database.database import Database
from nigoh.storage.database.people import People
from nigoh.storage.database.sighting_listing import Sorting, read_sightings
from nigoh.storage.database.sightings import Sightings, SightingUpdate
from nigoh.storage.database.watch_lists import WatchLists
from nigoh.testing.told_sightings import later_word, told_sighting


def put(database: Database, *words: CameraSighting) -> list[bool]:
    with database.begin() as connection:
        return [Sightings(connection).put(told) for told in words]


def get(database: Database, identifier: str) -> SightingRecord | None:
    with database.read() as connection:
        return Sightings(connection).get(identifier)


def test_a_sighting_is_read_back_as_it_was_told(database: Database) -> None:
    told = told_sighting("a", person="p")
    assert put(database, told) == [True]
    found = get(database, "a")
    assert found == SightingRecord(
        id="a",
        camera=CameraId("gate"),
        track=1,
        stage=Stage.APPEARED,
        status=Status.KNOWN,
        person=PersonId("p"),
        score=0.7,
        threshold=0.4,
        first_unix_s=1000.0,
        last_unix_s=1001.0,
        told_unix_s=1001.5,
        frames=3,
        quality=0.75,
        box=(10.0, 20.0, 110.5, 140.25),
        model="sface/2021dec",
        candidates=told.sighting.candidates,
    )
    assert get(database, "b") is None


def test_later_words_bring_the_row_up_to_date_and_earlier_ones_do_not_turn_it_back(database: Database) -> None:
    appeared = told_sighting("a")
    changed = later_word(appeared, Stage.CHANGED)
    again = later_word(changed, Stage.CHANGED)
    left = later_word(again, Stage.LEFT)
    words = [appeared, appeared, changed, again, changed, left, again, appeared, left]
    assert put(database, *words) == [True, False, True, True, False, True, False, False, False]
    found = get(database, "a")
    assert found is not None
    assert (found.stage, found.frames, found.version) == (Stage.LEFT, 6, 4)


def test_a_clock_that_is_set_back_loses_no_word(database: Database) -> None:
    appeared = told_sighting("a")
    changed = replace(later_word(appeared, Stage.CHANGED), told_unix_s=500.0)
    assert (
        put(database, appeared, changed, replace(later_word(changed, Stage.CHANGED), told_unix_s=400.0)) == [True] * 3
    )


def test_a_verdict_stays_when_the_track_is_told_of_again(database: Database) -> None:
    told = told_sighting("a")
    put(database, told)
    with database.begin() as connection:
        judged = Sightings(connection).judge("a", Verdict.REJECTED, "ann", "not him", version=1)
    assert (judged.verdict, judged.verdict_by, judged.comment, judged.version) == (
        Verdict.REJECTED,
        "ann",
        "not him",
        2,
    )
    put(database, later_word(told, Stage.LEFT))
    found = get(database, "a")
    assert found is not None
    assert (found.verdict, found.stage, found.version) == (Verdict.REJECTED, Stage.LEFT, 3)


def test_a_verdict_on_what_has_changed_meanwhile_is_refused(database: Database) -> None:
    put(database, told_sighting("a"))
    with database.begin() as connection, pytest.raises(Stale):
        Sightings(connection).judge("a", Verdict.CONFIRMED, "ann", version=7)
    with database.begin() as connection, pytest.raises(Missing):
        Sightings(connection).judge("b", Verdict.CONFIRMED, "ann", version=1)


SCORES = [0.05, 0.3, 0.55, 0.8, 0.95]


def made_up(count: int) -> list[CameraSighting]:
    chance = random.Random(4)  # noqa: S311 - the same every time
    found = []
    for number in range(count):
        status = chance.choice(list(Status))
        person = PersonId(chance.choice("pqr")) if status in (Status.KNOWN, Status.WANTED) else None
        told = told_sighting(f"s{chance.randrange(10**9):09d}", camera=f"camera-{chance.randrange(20)}")
        sighting = replace(told.sighting, status=status, person=person, score=chance.choice(SCORES), track=number)
        # Several at the same time: the identifier decides.
        found.append(replace(told, sighting=sighting, first_unix_s=float(chance.randrange(count // 3))))
    return found


def fits(found: SightingRecord, wanted: SightingFilter) -> bool:
    return (
        (wanted.cameras is None or found.camera in wanted.cameras)
        and wanted.person in (None, found.person)
        and (wanted.statuses is None or found.status in wanted.statuses)
        and wanted.verdict in (None, found.verdict)
        and (wanted.least_score is None or found.score >= wanted.least_score)
        and (wanted.since_unix_s is None or found.first_unix_s >= wanted.since_unix_s)
        and (wanted.until_unix_s is None or found.first_unix_s < wanted.until_unix_s)
    )


def filters() -> list[SightingFilter]:
    cameras = [None, frozenset({CameraId("camera-3")}), frozenset(CameraId(f"camera-{n}") for n in range(18))]
    people = [None, PersonId("q")]
    statuses = [None, frozenset({Status.UNKNOWN}), frozenset({Status.KNOWN, Status.WANTED})]
    verdicts = [None, Verdict.NONE, Verdict.REJECTED]
    scores = [None, 0.5, 0.9]
    times = [(None, None), (20.0, 70.0)]
    return [
        SightingFilter(
            cameras=of,
            person=person,
            statuses=status,
            verdict=verdict,
            least_score=score,
            since_unix_s=since,
            until_unix_s=until,
            newest_first=number % 2 == 0,
        )
        for number, (of, person, status, verdict, score, (since, until)) in enumerate(
            itertools.product(cameras, people, statuses, verdicts, scores, times)
        )
    ]


@pytest.mark.parametrize("sorting", [Sorting(), Sorting(20, 20)], ids=["few are many", "few are few"])
def test_every_combination_of_filters_finds_what_fits_in_order_page_by_page(
    database: Database, sorting: Sorting
) -> None:
    told = made_up(400)
    with database.begin() as connection:
        sightings = Sightings(connection)
        sightings.write([SightingUpdate(each) for each in told], set())
        for each in told[::9]:
            sightings.judge(each.id, Verdict.REJECTED, "ann", version=1)
    with database.read() as connection:
        sightings = Sightings(connection)
        everything = [each for each in map(sightings.get, (each.id for each in told)) if each is not None]
        for wanted in filters():
            expected = sorted(
                (each for each in everything if fits(each, wanted)),
                key=lambda each: (each.first_unix_s, each.id),
                reverse=wanted.newest_first,
            )
            found: list[SightingRecord] = []
            cursor: str | None = None
            while cursor is not None or not found:
                page = read_sightings(connection, wanted, PageQuery(60, cursor), sorting)
                found += page.items
                cursor = page.next_cursor
                if cursor is None:
                    break
            assert [each.id for each in found] == [each.id for each in expected], wanted
            assert sightings.count(wanted) == Count(len(expected), exact=True)


@pytest.mark.parametrize("sorting", [Sorting(), Sorting(20, 20)], ids=["few are many", "few are few"])
def test_a_watch_list_has_the_sightings_of_whoever_stands_on_it_now(database: Database, sorting: Sorting) -> None:
    told = made_up(300)
    with database.begin() as connection:
        Sightings(connection).write([SightingUpdate(each) for each in told], set())
        WatchLists(connection).add(WatchList(id="staff", name="Staff"))
        for person in "pqr":
            lists = frozenset({"staff"}) if person in "pr" else frozenset()
            People(connection).add(Person(id=PersonId(person), name=person, lists=lists))
    for wanted in (
        SightingFilter(watch_list="staff"),
        SightingFilter(watch_list="staff", cameras=frozenset({CameraId("camera-3"), CameraId("camera-5")})),
        SightingFilter(watch_list="staff", least_score=0.9, newest_first=False),
        SightingFilter(watch_list="staff", statuses=frozenset({Status.WANTED, Status.UNKNOWN})),
        SightingFilter(watch_list="staff", person=PersonId("p"), since_unix_s=20.0),
        SightingFilter(watch_list="staff", person=PersonId("q")),
        SightingFilter(watch_list="nobody's"),
    ):
        with database.read() as connection:
            everything = map(Sightings(connection).get, (each.id for each in told))
            expected = sorted(
                (
                    each
                    for each in everything
                    if each is not None
                    and fits(each, wanted)
                    and each.person in ("p", "r")
                    and wanted.watch_list == "staff"
                ),
                key=lambda each: (each.first_unix_s, each.id),
                reverse=wanted.newest_first,
            )
            first = read_sightings(connection, wanted, PageQuery(30), sorting)
            assert [each.id for each in first.items] == [each.id for each in expected[:30]], wanted
            if first.next_cursor is not None:
                second = read_sightings(connection, wanted, PageQuery(30, first.next_cursor), sorting)
                assert [each.id for each in second.items] == [each.id for each in expected[30:60]], wanted
            assert Sightings(connection).count(wanted) == Count(len(expected), exact=True)


def test_chosen_sightings_are_given_in_their_order_unless_another_filter_does_not_fit(database: Database) -> None:
    put(database, *(told_sighting(each, camera="gate" if each in "ab" else "yard") for each in "abcd"))
    with database.read() as connection:
        sightings = Sightings(connection)
        chosen = SightingFilter(chosen=frozenset("acdz"), newest_first=False)
        assert [each.id for each in sightings.page(chosen, PageQuery()).items] == ["a", "c", "d"]
        assert [each.id for each in sightings.page(chosen.within([CameraId("yard")]), PageQuery()).items] == [
            "c",
            "d",
        ]


def test_counting_stops_at_a_limit(database: Database) -> None:
    put(database, *(told_sighting(str(number)) for number in range(12)))
    with database.read() as connection:
        assert Sightings(connection).count(SightingFilter(), 10) == Count(10, exact=False)
        assert Sightings(connection).count(SightingFilter(), 12) == Count(12, exact=True)


def test_nothing_is_on_no_camera(database: Database) -> None:
    put(database, told_sighting("a"))
    with database.read() as connection:
        page = Sightings(connection).page(SightingFilter(cameras=frozenset()), PageQuery())
    assert (page.items, page.next_cursor) == ((), None)


def test_a_cursor_of_another_order_is_refused(database: Database) -> None:
    put(database, told_sighting("a"), told_sighting("b"))
    with database.read() as connection:
        sightings = Sightings(connection)
        cursor = sightings.page(SightingFilter(), PageQuery(1)).next_cursor
        with pytest.raises(BadCursor):
            sightings.page(SightingFilter(newest_first=False), PageQuery(1, cursor))


def test_whoever_sees_some_cameras_finds_nothing_on_others() -> None:
    wanted = SightingFilter(cameras=frozenset({CameraId("gate"), CameraId("door")}))
    assert wanted.within(None) == wanted
    assert wanted.within([CameraId("door"), CameraId("yard")]).cameras == frozenset({CameraId("door")})
    assert SightingFilter().within([CameraId("yard")]).cameras == frozenset({CameraId("yard")})
    assert SightingFilter().within([]).cameras == frozenset()


def test_sightings_are_removed(database: Database) -> None:
    put(database, *(told_sighting(str(number), person="p") for number in range(4)))
    with database.begin() as connection:
        sightings = Sightings(connection)
        assert [each.id for each in sightings.of_person(PersonId("p"), 2)] == ["0", "1"]
        assert sightings.remove(["1", "3", "7"]) == 2
        assert [each.id for each in sightings.of_person(PersonId("p"), 9)] == ["0", "2"]
