"""What late faces become."""

from dataclasses import replace

import numpy as np
import pytest

from nigoh.domain.camera_sighting import CameraSighting, Stage
from nigoh.domain.late_face import LateFace
from nigoh.domain.sighting import BestShot, CameraId, Candidate, PersonId, Sighting, Status
from nigoh.engine.camera_watch import WatchPolicy
from nigoh.engine.late_faces import LateOutcome, LateWording, ToldLately, decide_late, late_sighting
from nigoh.identity.decision import DecisionPolicy

GATE, DOOR = CameraId("gate"), CameraId("door")
ANNA, BORIS = PersonId("Anna"), PersonId("Boris")
POLICY = WatchPolicy(DecisionPolicy(threshold=0.4, wanted=frozenset({BORIS})))
WORDING = LateWording(0.4, "sface/2021dec")


def face(
    at_unix_s: float = 100.0, *, camera: CameraId = GATE, quality: float = 0.6, detection: float = 0.9
) -> LateFace:
    return LateFace(
        camera=camera,
        captured_s=5.0,
        captured_unix_s=at_unix_s,
        watch_s=4.0,
        box=(1.0, 2.0, 30.0, 40.0),
        detection=detection,
        quality=quality,
        crop=np.zeros((112, 112, 3), np.uint8),
        jpeg=b"",
    )


def word(
    person: PersonId | None, first: float, last: float, stage: Stage = Stage.LEFT, *, sighting_id: str = "1"
) -> CameraSighting:
    sighting = Sighting(
        camera=GATE,
        track=1,
        status=Status.KNOWN if person else Status.UNKNOWN,
        person=person,
        score=0.6,
        threshold=0.4,
        first_s=0,
        last_s=0,
        frames=3,
        best=BestShot(t_s=0, box=(0, 0, 1, 1), quality=0.5),
        model="m",
    )
    return CameraSighting(
        id=sighting_id, stage=stage, sighting=sighting, first_unix_s=first, last_unix_s=last, told_unix_s=last
    )


def outcome(late: LateFace, told: ToldLately, *candidates: Candidate) -> LateOutcome:
    return decide_late(late, candidates or (Candidate(ANNA, 0.7),), POLICY, told).outcome


def test_somebody_who_was_not_told_of_is_named() -> None:
    verdict = decide_late(face(), (Candidate(ANNA, 0.7), Candidate(BORIS, 0.1)), POLICY, ToldLately())
    assert verdict.outcome is LateOutcome.NAMED
    assert (verdict.decision.person, verdict.decision.status) == (ANNA, Status.KNOWN)


def test_somebody_who_is_looked_for_is_wanted_late_as_well() -> None:
    assert decide_late(face(), (Candidate(BORIS, 0.7),), POLICY, ToldLately()).decision.status is Status.WANTED


@pytest.mark.parametrize(
    ("late", "candidates"),
    [
        (face(), ()),
        (face(), (Candidate(ANNA, 0.39),)),
        (face(), (Candidate(ANNA, 0.7), Candidate(BORIS, 0.69))),
        (face(quality=0.34), (Candidate(ANNA, 0.9),)),
        (face(detection=0.79), (Candidate(ANNA, 0.9),)),
    ],
    ids=["nobody enrolled", "a stranger", "either of two", "a poor picture", "hardly a face"],
)
def test_whom_one_picture_does_not_show_surely_is_nobody(late: LateFace, candidates: tuple[Candidate, ...]) -> None:
    assert decide_late(late, candidates, POLICY, ToldLately()).outcome is LateOutcome.NOBODY


@pytest.mark.parametrize(
    ("at_unix_s", "expected"),
    [
        (89.0, LateOutcome.NAMED),
        (91.0, LateOutcome.TOLD),
        (105.0, LateOutcome.TOLD),
        (119.0, LateOutcome.TOLD),
        (121.0, LateOutcome.NAMED),
    ],
)
def test_a_visit_is_told_once(at_unix_s: float, expected: LateOutcome) -> None:
    told = ToldLately(near_s=10)
    told.note(word(ANNA, 100, 110))
    assert outcome(face(at_unix_s), told) is expected


def test_a_visit_of_another_person_or_on_another_camera_is_another() -> None:
    told = ToldLately()
    told.note(word(BORIS, 100, 110))
    assert outcome(face(105), told) is LateOutcome.NAMED
    told.note(word(ANNA, 100, 110, sighting_id="2"))
    assert outcome(face(105, camera=DOOR), told) is LateOutcome.NAMED
    assert outcome(face(105), told) is LateOutcome.TOLD


def test_whoever_has_not_left_is_still_there() -> None:
    told = ToldLately(near_s=10)
    told.note(word(ANNA, 100, 101, Stage.APPEARED))
    assert outcome(face(500), told) is LateOutcome.TOLD
    assert outcome(face(4000), told) is LateOutcome.NAMED, "for an hour, if nobody says that they left"
    told.note(word(ANNA, 100, 200, Stage.LEFT))
    assert outcome(face(500), told) is LateOutcome.NAMED


def test_a_name_that_was_taken_back_was_not_told() -> None:
    told = ToldLately()
    told.note(word(ANNA, 100, 101, Stage.APPEARED))
    told.note(word(None, 100, 103, Stage.CHANGED))
    assert outcome(face(102), told) is LateOutcome.NAMED


def test_only_so_many_visits_are_remembered() -> None:
    told = ToldLately(most=3, kept_s=1e6)
    for number in range(10):
        told.note(word(ANNA, 1000 * number, 1000 * number, sighting_id=str(number)))
    assert [number for number in range(10) if told.includes(GATE, ANNA, 1000 * number)] == [7, 8, 9]


def test_visits_that_no_face_can_be_late_for_are_forgotten() -> None:
    told = ToldLately(near_s=10, kept_s=600)
    for number in range(10):
        at_s = 200.0 * number
        told.note(replace(word(ANNA, at_s, at_s, sighting_id=str(number)), told_unix_s=at_s))
    assert [number for number in range(10) if told.includes(GATE, ANNA, 200.0 * number)] == [6, 7, 8, 9]


def test_a_late_word_is_the_first_and_the_last_of_its_sighting() -> None:
    late = face(100.0)
    decision = decide_late(late, (Candidate(ANNA, 0.7),), POLICY, ToldLately()).decision
    told = late_sighting(late, decision, WORDING, "abc", 160.0)
    assert (told.id, told.stage, told.late) == ("abc", Stage.LEFT, True)
    assert (told.first_unix_s, told.last_unix_s, told.told_unix_s) == (100.0, 100.0, 160.0)
    assert (told.sighting.person, told.sighting.frames, told.sighting.first_s) == (ANNA, 1, 4.0)
    assert told.sighting.best == BestShot(t_s=4.0, box=(1.0, 2.0, 30.0, 40.0), quality=0.6)
    again = ToldLately()
    again.note(told)
    assert outcome(face(104.0), again) is LateOutcome.TOLD, "a late word is not said twice either"
