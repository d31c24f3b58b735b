"""Who walks when and where in a simulated clip."""

import pytest

from nigoh.domain.sighting import PersonId
from nigoh.errors import ConfigError
from nigoh.testing.clip_options import ClipOptions
from nigoh.testing.walk import ClipScript, Walk, Waypoint
from nigoh.testing.walk_planner import eye_line_px, plan_walks

ANNA, BOTIR, VERA = (PersonId(name) for name in ("Anna", "Botir", "Vera"))
TWO = (ANNA, BOTIR)


def crowd(script: ClipScript, options: ClipOptions) -> list[int]:
    """How many people are on the way, picture for picture."""
    return [len(script.present(options.time_of(index))) for index in range(options.frames)]


def test_the_default_clip_shows_each_person_alone_and_both_together() -> None:
    options = ClipOptions()
    script = plan_walks(TWO, options)
    alone = {
        script.present(options.time_of(index))[0][0].person
        for index, n in enumerate(crowd(script, options))
        if n == 1
    }
    assert alone == set(TWO)
    assert 2 in crowd(script, options)
    assert 0 in crowd(script, options)


def test_faces_come_in_small_grow_and_leave_outside_the_picture() -> None:
    options = ClipOptions(face_px=(40, 150))
    for walk in plan_walks((ANNA, BOTIR, VERA), options).walks:
        heights = [place.face_px for place in walk.path]
        assert heights == sorted(heights)
        assert 40 <= heights[0] < 45
        assert 140 < heights[-1] <= 150
        for end in (walk.path[0], walk.path[-1]):
            assert not -end.face_px < end.x_px < options.width_px + end.face_px


@pytest.mark.parametrize("people", [1, 2, 3, 5, 9])
@pytest.mark.parametrize("seconds", [10.0, 20.0, 45.0])
def test_everybody_appears_within_the_clip(people: int, seconds: float) -> None:
    cast = [PersonId(f"person {number}") for number in range(people)]
    script = plan_walks(cast, ClipOptions(seconds=seconds))
    assert {walk.person for walk in script.walks} == set(cast)
    assert all(0 <= walk.enter_s < walk.leave_s <= seconds for walk in script.walks)


def test_nobody_walks_twice_at_the_same_time() -> None:
    options = ClipOptions(seconds=40)
    script = plan_walks((ANNA, BOTIR, VERA), options)
    for index in range(options.frames):
        people = [walk.person for walk, _ in script.present(options.time_of(index))]
        assert len(people) == len(set(people))


def test_who_appears_again_shows_the_next_photo() -> None:
    photos = [walk.photo for walk in plan_walks((ANNA,), ClipOptions(seconds=26)).walks]
    assert photos == [0, 1, 2, 3]


def test_the_same_seed_gives_the_same_walks_and_another_seed_others() -> None:
    assert plan_walks(TWO, ClipOptions(seed=3)) == plan_walks(TWO, ClipOptions(seed=3))
    assert plan_walks(TWO, ClipOptions(seed=3)) != plan_walks(TWO, ClipOptions(seed=4))


def test_too_many_people_for_the_length_are_refused() -> None:
    crowded = [PersonId(str(number)) for number in range(9)]
    with pytest.raises(ConfigError, match=r"9 people do not fit into 4 s"):
        plan_walks(crowded, ClipOptions(seconds=4))


def test_a_walk_passes_its_waypoints_and_stays_between_them() -> None:
    path = (Waypoint(1, 0, 100, 20), Waypoint(2, 50, 100, 60), Waypoint(4, 60, 300, 60))
    walk = Walk(ANNA, 0, path)
    for point in path:
        assert walk.at(point.t_s) == point
    between = [walk.at(1 + step / 20) for step in range(61)]
    places = [place for place in between if place is not None]
    assert len(places) == 61
    assert all(-1e-9 <= place.x_px <= 60 + 1e-9 and 20 - 1e-9 <= place.face_px <= 60 + 1e-9 for place in places)
    assert walk.at(0.99) is None
    assert walk.at(4.01) is None


def test_a_walk_that_goes_back_in_time_is_refused() -> None:
    with pytest.raises(ValueError, match="each later than the one before"):
        Walk(ANNA, 0, (Waypoint(2, 0, 0, 10), Waypoint(1, 0, 0, 10)))


@pytest.mark.parametrize("face_px", [12, 60, 120, 324])
def test_every_allowed_face_has_room_for_hair_above_and_chin_over_the_counter(face_px: float) -> None:
    options = ClipOptions(face_px=(12, 324))
    y = eye_line_px(face_px, options)
    assert y - 0.9 * face_px >= 0
    assert y + 0.7 * face_px <= options.counter_top_px
