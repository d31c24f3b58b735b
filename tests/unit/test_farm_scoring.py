"""Sightings of simulated cameras against a truth whose answer is plain to see."""

from dataclasses import replace

import pytest

from nigoh.domain.camera_sighting import CameraSighting, Stage
from nigoh.domain.farm_truth import FarmAppearance, FarmStart, FarmTruth
from nigoh.domain.sighting import BestShot, CameraId, PersonId, Sighting, Status
from nigoh.evaluation.farm_scoring import FarmScore, Window, score_farm

ANNA, BOB, EVE = PersonId("Anna"), PersonId("Bob"), PersonId("Eve")
GATE, DOOR = CameraId("gate"), CameraId("door")
MINUTE = Window(1000.0, 1060.0)


def appearance(person: PersonId, enter_unix_s: float, leave_unix_s: float, camera: CameraId = GATE) -> FarmAppearance:
    return FarmAppearance(
        camera=camera, person=person, enter_unix_s=enter_unix_s, leave_unix_s=leave_unix_s, face_px=(60, 120)
    )


def word(
    person: PersonId | None,
    seen: tuple[float, float],
    told_unix_s: float,
    track: str = "gate-1",
    stage: Stage = Stage.APPEARED,
) -> CameraSighting:
    sighting = Sighting(
        camera=GATE,
        track=1,
        status=Status.KNOWN if person else Status.UNKNOWN,
        person=person,
        score=0.7,
        threshold=0.4,
        first_s=0.0,
        last_s=seen[1] - seen[0],
        frames=3,
        best=BestShot(t_s=0.0, box=(100, 50, 140, 90), quality=0.8),
        model="sface/2021dec",
    )
    return CameraSighting(
        id=track,
        stage=stage,
        sighting=sighting,
        first_unix_s=seen[0],
        last_unix_s=seen[1],
        told_unix_s=told_unix_s,
    )


def at_the_door(told: CameraSighting) -> CameraSighting:
    return replace(told, sighting=replace(told.sighting, camera=DOOR))


def score(appearances: list[FarmAppearance], *words: CameraSighting, window: Window = MINUTE) -> FarmScore:
    start = FarmStart(unix_s=990.0, monotonic_s=5.0, cameras=(GATE, DOOR))
    return score_farm(FarmTruth(start=start, appearances=tuple(appearances)), words, (ANNA, BOB), window)


def test_a_person_who_is_named_is_found_with_the_time_until_the_name_was_told() -> None:
    found = score(
        [appearance(ANNA, 1010, 1014)],
        word(None, (1010.4, 1010.4), 1010.6),
        word(ANNA, (1010.4, 1011.2), 1011.5, stage=Stage.CHANGED),
        word(ANNA, (1010.4, 1013.5), 1016.0, stage=Stage.LEFT),
    )
    assert (found.appearances, found.recall) == (1, 1.0)
    assert [each.latency_s for each in found.found] == [1.5]
    assert found.wrong_names == ()


def test_a_person_whom_no_word_names_is_missed() -> None:
    missed = score([appearance(ANNA, 1010, 1014)], word(None, (1010, 1013), 1012))
    assert [each.person for each in missed.missed] == [ANNA]
    assert missed.recall == 0
    assert missed.latency_s(0.5) is None


def test_another_camera_or_another_time_finds_nobody_and_names_wrongly() -> None:
    elsewhere = score([appearance(ANNA, 1010, 1014)], at_the_door(word(ANNA, (1010, 1013), 1012)))
    assert (len(elsewhere.missed), len(elsewhere.wrong_names)) == (1, 1)
    later = score([appearance(ANNA, 1010, 1014)], word(ANNA, (1016, 1018), 1018))
    assert (len(later.missed), len(later.wrong_names)) == (1, 1)


def test_a_track_that_names_wrongly_counts_once_whatever_is_said_after() -> None:
    told = score(
        [appearance(ANNA, 1010, 1014)],
        word(BOB, (1010, 1011), 1011),
        word(BOB, (1010, 1011.5), 1011.6, stage=Stage.CHANGED),
        word(ANNA, (1010, 1013), 1013, stage=Stage.LEFT),
        word(BOB, (1010, 1013), 1012, track="gate-2"),
    )
    assert [each.id for each in told.wrong_names] == ["gate-1", "gate-2"]
    assert [each.latency_s for each in told.found] == [3.0], "it was named rightly in the end"


def test_a_stranger_is_noticed_by_a_track_without_a_name_and_never_counted_as_known() -> None:
    told = score(
        [appearance(EVE, 1010, 1014), appearance(EVE, 1030, 1034)],
        word(None, (1010, 1013), 1012),
        word(ANNA, (1011, 1012), 1012, track="gate-2"),
    )
    assert told.appearances == 0
    assert told.recall is None
    assert ([each.enter_unix_s for each in told.noticed], [each.enter_unix_s for each in told.unnoticed]) == (
        [1010],
        [1030],
    )
    assert [each.id for each in told.wrong_names] == ["gate-2"]


@pytest.mark.parametrize(
    ("enter_unix_s", "leave_unix_s", "counts"),
    [(1010, 1012, True), (1010, 1011.9, False), (999, 1003, False), (1058, 1061, False), (1000, 1060, True)],
)
def test_only_long_appearances_that_lie_in_the_window_count(
    enter_unix_s: float, leave_unix_s: float, counts: bool
) -> None:
    assert score([appearance(ANNA, enter_unix_s, leave_unix_s)]).appearances == int(counts)


def test_a_word_told_after_the_window_finds_somebody_in_it() -> None:
    assert score([appearance(ANNA, 1056, 1060)], word(ANNA, (1056, 1059), 1061)).recall == 1


def test_somebody_who_came_before_the_window_is_rightly_named_in_it() -> None:
    told = score([appearance(ANNA, 995, 1004)], word(ANNA, (996, 1003), 1003))
    assert (told.appearances, told.wrong_names) == (0, ())


def test_two_people_at_once_are_each_held_against_their_own_name() -> None:
    told = score(
        [appearance(ANNA, 1010, 1014), appearance(BOB, 1011, 1015)],
        word(ANNA, (1010, 1013), 1011.0, track="gate-1"),
        replace(word(BOB, (1011, 1014), 1012.5, track="gate-2"), late=True),
    )
    assert [(each.appearance.person, each.late) for each in told.found] == [(ANNA, False), (BOB, True)]
    assert told.wrong_names == ()


def test_names_are_compared_in_one_unicode_form() -> None:
    composed, decomposed = PersonId("Zo\u00e9"), PersonId("Zoe\u0301")
    truth = FarmTruth(
        start=FarmStart(unix_s=990.0, monotonic_s=5.0, cameras=(GATE,)),
        appearances=(appearance(composed, 1010, 1014),),
    )
    told = score_farm(truth, [word(decomposed, (1010, 1013), 1012)], [decomposed], MINUTE)
    assert (told.recall, told.wrong_names) == (1, ())


def test_quantiles_of_the_latency_are_of_the_found_ones() -> None:
    people = [appearance(ANNA, 1000 + 10 * turn, 1004 + 10 * turn) for turn in range(5)]
    words = [
        word(ANNA, (1000 + 10 * turn, 1003 + 10 * turn), 1001 + 10 * turn + turn / 2, track=f"gate-{turn}")
        for turn in range(4)
    ]
    told = score(people, *words)
    assert (told.latency_s(0.5), told.latency_s(0.95), told.latency_s(1.0)) == (1.5, 2.5, 2.5)
