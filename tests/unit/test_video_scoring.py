"""Sightings against a truth whose answer is plain to see."""

import pytest

from nigoh.domain.sighting import BestShot, Box, CameraId, PersonId, Sighting, Status
from nigoh.domain.truth import Appearance, Truth, TruthBox
from nigoh.evaluation.video_report import report_video
from nigoh.evaluation.video_scoring import Outcome, enrolled_by_hint, score_video

ANNA, BOB = PersonId("Anna"), PersonId("Bob")


def appearance(person: PersonId, enter_s: float, leave_s: float, hint: bool | None = None) -> Appearance:
    """A face of 40 px that crosses the picture from x = 0 to x = 200."""
    return Appearance(
        person=person,
        enter_s=enter_s,
        leave_s=leave_s,
        track=(TruthBox(t_s=enter_s, box=(0, 50, 40, 90)), TruthBox(t_s=leave_s, box=(200, 50, 240, 90))),
        enrolled_hint=hint,
    )


def clip(*appearances: Appearance) -> Truth:
    return Truth(clip="gate.mp4", width=320, height=180, fps=10.0, frames=100, appearances=appearances)


def sighting(person: PersonId | None, first_s: float, last_s: float, *, at_s: float, box: Box) -> Sighting:
    return Sighting(
        camera=CameraId("gate"),
        track=1,
        status=Status.KNOWN if person else Status.UNKNOWN,
        person=person,
        score=0.7,
        threshold=0.4,
        first_s=first_s,
        last_s=last_s,
        frames=5,
        best=BestShot(t_s=at_s, box=box, quality=0.8),
        model="sface/2021dec",
    )


HALFWAY: Box = (100, 50, 140, 90)


def outcome(truth: Truth, *sightings: Sighting, enrolled: tuple[PersonId, ...] = (ANNA,)) -> Outcome:
    return score_video(truth, sightings, enrolled).appearances[0].outcome


def test_an_enrolled_person_with_their_name_is_named() -> None:
    assert outcome(clip(appearance(ANNA, 1, 3)), sighting(ANNA, 1.2, 2.8, at_s=2, box=HALFWAY)) is Outcome.NAMED


def test_an_enrolled_person_without_a_name_is_unnamed() -> None:
    assert outcome(clip(appearance(ANNA, 1, 3)), sighting(None, 1.2, 2.8, at_s=2, box=HALFWAY)) is Outcome.UNNAMED


def test_a_stranger_without_a_name_is_rightly_unknown() -> None:
    truth = clip(appearance(BOB, 1, 3))

    assert outcome(truth, sighting(None, 1.2, 2.8, at_s=2, box=HALFWAY)) is Outcome.UNKNOWN
    assert outcome(truth, sighting(ANNA, 1.2, 2.8, at_s=2, box=HALFWAY)) is Outcome.WRONG_NAME


def test_one_wrong_name_outweighs_a_right_one() -> None:
    right, wrong = (sighting(name, 1.2, 2.8, at_s=2, box=HALFWAY) for name in (ANNA, BOB))

    assert outcome(clip(appearance(ANNA, 1, 3)), right, wrong, enrolled=(ANNA, BOB)) is Outcome.WRONG_NAME


def test_nobody_seen_is_missed() -> None:
    score = score_video(clip(appearance(ANNA, 1, 3)), [], [ANNA])

    assert score.appearances[0].outcome is Outcome.MISSED
    assert score.appearances[0].latency_s is None
    assert score.fragmentation is None


@pytest.mark.parametrize(
    ("at_s", "box"),
    [
        (2, (100, 50, 140, 90)),  # where the face has moved to by then
        (2, (110, 55, 150, 95)),  # overlaps by more than 0.3
        (2, (115, 65, 125, 75)),  # small, but its centre is inside
        (2, (40, 0, 200, 140)),  # much too large, but its centre is inside
    ],
)
def test_a_best_shot_over_the_face_belongs_to_it(at_s: float, box: Box) -> None:
    score = score_video(clip(appearance(ANNA, 1, 3)), [sighting(ANNA, 1, 3, at_s=at_s, box=box)], [ANNA])

    assert len(score.appearances[0].sightings) == 1


@pytest.mark.parametrize(
    ("first_s", "last_s", "at_s", "box"),
    [
        (1, 3, 2, (0, 50, 40, 90)),  # where the face was a second before
        (5, 6, 2, (100, 50, 140, 90)),  # another time
        (1, 5, 4.5, (200, 50, 240, 90)),  # after it has left
    ],
)
def test_a_best_shot_elsewhere_or_at_another_time_is_false(
    first_s: float, last_s: float, at_s: float, box: Box
) -> None:
    score = score_video(clip(appearance(ANNA, 1, 3)), [sighting(ANNA, first_s, last_s, at_s=at_s, box=box)], [ANNA])

    assert len(score.false_sightings) == 1
    assert score.appearances[0].outcome is Outcome.MISSED


def test_who_comes_back_is_two_appearances() -> None:
    truth = clip(appearance(ANNA, 1, 3), appearance(ANNA, 6, 8))
    score = score_video(truth, [sighting(ANNA, 6.3, 7, at_s=7, box=HALFWAY)], [ANNA])

    assert [scored.outcome for scored in score.appearances] == [Outcome.MISSED, Outcome.NAMED]


def test_two_people_at_once_each_keep_the_sighting_on_their_face() -> None:
    other = Appearance(person=BOB, enter_s=1, leave_s=3, track=(TruthBox(t_s=1, box=(110, 50, 150, 90)),))
    still = Appearance(
        person=BOB, enter_s=1, leave_s=3, track=(*other.track, TruthBox(t_s=3, box=(110, 50, 150, 90)))
    )
    on_bob = sighting(None, 1, 3, at_s=2, box=(112, 50, 152, 90))
    score = score_video(clip(appearance(ANNA, 1, 3), still), [on_bob], [ANNA])

    assert [scored.outcome for scored in score.appearances] == [Outcome.MISSED, Outcome.UNKNOWN]


def test_a_name_is_the_same_however_its_letters_are_composed() -> None:
    truth = clip(appearance(PersonId("Jose\u0301"), 1, 3))

    assert outcome(truth, sighting(PersonId("Jos\u00e9"), 1, 3, at_s=2, box=HALFWAY)) is Outcome.NAMED


def test_the_report_counts_latency_and_fragments() -> None:
    parts = [sighting(ANNA, 1.4, 1.9, at_s=2, box=HALFWAY), sighting(ANNA, 2.1, 2.9, at_s=2, box=HALFWAY)]
    stray = sighting(None, 1, 3, at_s=2, box=(0, 0, 10, 10))
    truth = clip(appearance(ANNA, 1, 3), appearance(BOB, 5, 6))
    report = report_video(truth, score_video(truth, [*parts, stray], [ANNA]))

    assert (report.found, report.right, report.missed, report.false_sightings) == (1, 1, 1, 1)
    assert report.fragmentation == 2
    assert report.latency_s_median == pytest.approx(0.4)
    assert report.details[0].names == ("Anna",)


def test_hints_say_who_is_enrolled_and_silence_means_everybody() -> None:
    assert enrolled_by_hint(clip(appearance(ANNA, 1, 2), appearance(BOB, 1, 2))) == {ANNA, BOB}
    assert enrolled_by_hint(clip(appearance(ANNA, 1, 2, hint=True), appearance(BOB, 1, 2, hint=False))) == {ANNA}
