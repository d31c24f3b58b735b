"""When a camera is recorded: decisions without pictures."""

import pytest

from nigoh.domain.camera import Record
from nigoh.engine.recording_plan import RecordingOptions, RecordingPlan

OPTIONS = RecordingOptions(pre_roll_s=2, post_roll_s=3, idle_s=5)


def clips() -> RecordingPlan:
    return RecordingPlan(Record.SIGHTINGS, OPTIONS)


def test_nothing_is_wanted_before_a_sighting() -> None:
    plan = clips()
    assert not plan.wants(0)
    assert not plan.is_waiting(0)
    assert plan.sightings_since(0) == ()


def test_a_clip_reaches_from_before_the_first_word_to_after_the_last() -> None:
    plan = clips()
    assert plan.sighted("s1", 10)
    assert plan.sighted("s1", 14)
    assert plan.begins_s(10) == 8
    assert plan.wants(17)
    assert not plan.wants(17.01)


def test_a_word_that_adds_nothing_is_no_reason_for_another_clip() -> None:
    plan = clips()
    plan.sighted("s1", 10)
    assert not plan.sighted("s1", 9)
    assert not plan.is_waiting(18.5)
    assert not plan.sighted("s1", 10), "it is remembered as long as the ring could show it"


def test_a_new_clip_does_not_begin_with_sightings_that_are_over() -> None:
    plan = clips()
    plan.sighted("s1", 10)
    plan.sighted("s2", 16)
    assert plan.begins_s(16) == 14
    assert plan.sightings_since(14) == ("s2",)
    assert plan.sightings_since(13) == ("s1", "s2")


def test_sightings_are_forgotten_in_the_end() -> None:
    plan = clips()
    plan.sighted("s1", 10)
    assert plan.is_waiting(17)
    plan.is_waiting(100)
    assert plan.sighted("s1", 10)


def test_what_is_always_recorded_is_always_wanted() -> None:
    plan = RecordingPlan(Record.ALWAYS, OPTIONS)
    assert plan.wants(0)
    assert plan.is_waiting(1e9)
    assert plan.begins_s(5) == 5
    assert plan.most_file_s == OPTIONS.segment_s
    assert clips().most_file_s == OPTIONS.most_clip_s


@pytest.mark.parametrize(
    ("name", "value"), [("pre_roll_s", -1), ("post_roll_s", 601), ("segment_s", 0), ("most_waiting_bytes", 0)]
)
def test_an_impossible_option_is_named(name: str, value: int) -> None:
    with pytest.raises(ValueError, match=name):
        RecordingOptions(**{name: value})
