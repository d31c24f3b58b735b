"""Who appears on which simulated camera when."""

from itertools import islice, pairwise

import pytest

from nigoh.domain.sighting import PersonId
from nigoh.errors import ConfigError
from nigoh.testing.clip_options import ClipOptions
from nigoh.testing.farm.appearances import plan_other_size, plan_scene
from nigoh.testing.farm.options import FarmOptions, ServingOptions
from nigoh.testing.farm.plan import plan_farm
from nigoh.testing.farm.schedule import ClipOutline, SceneOutline, Schedule, Seen

ANNA, BOTIR = PersonId("Anna"), PersonId("Botir")
SCENE = SceneOutline(
    ClipOutline(8),
    (
        ClipOutline(5, (Seen(ANNA, 1.2, 4.1, (60, 118)),)),
        ClipOutline(4, (Seen(BOTIR, 0.4, 3.0, (61, 119)),)),
    ),
)
NOBODY = SceneOutline(ClipOutline(8))


def schedule(share: float = 0.2, seed: int = 1, scene: SceneOutline = SCENE) -> Schedule:
    return Schedule(scene, 1.0, share, (seed,))


@pytest.mark.parametrize("share", [0.05, 0.2, 0.5])
def test_a_camera_shows_a_face_for_the_share_of_time_asked_for(share: float) -> None:
    seen = list(islice(schedule(share).seen(), 400))
    assert sum(each.leave_s - each.enter_s for each in seen) / seen[-1].leave_s == pytest.approx(share, rel=0.1)


def test_everybody_appears_about_equally_often_and_never_two_at_once() -> None:
    seen = list(islice(schedule().seen(), 100))
    assert sum(each.person == ANNA for each in seen) == 50
    assert all(later.enter_s > before.leave_s for before, later in pairwise(seen))


def test_the_stream_is_what_the_plan_of_faces_says() -> None:
    gops = list(islice(schedule().gops(), 300))
    for each in islice(schedule().seen(), 10):
        clip, row = gops[int(each.enter_s)]
        assert clip is not None
        (inside,) = SCENE.appearances[clip].seen
        assert inside.person == each.person
        assert int(each.enter_s) - row + inside.enter_s == pytest.approx(each.enter_s)
    assert {row for clip, row in gops if clip is None} == set(range(8)), "a pause is as long as it wants"


def test_clips_are_shown_from_their_beginning_to_their_end() -> None:
    gops = list(islice(schedule().gops(), 300))
    for (clip, row), (next_clip, next_row) in pairwise(gops):
        length = 8 if clip is None else SCENE.appearances[clip].gops
        assert (next_clip, next_row) == (clip, row + 1) or next_row == 0
        assert clip is None or next_clip == clip or row == length - 1


def test_without_people_or_share_nobody_appears_and_the_stream_goes_on() -> None:
    for each in (schedule(scene=NOBODY), schedule(share=0)):
        assert {clip for clip, _ in islice(each.gops(), 100)} == {None}


def test_the_same_seed_gives_the_same_farm_and_another_seed_another() -> None:
    options = FarmOptions(cameras=5, still_share=0.4)
    scenes = {True: SCENE, False: SCENE}
    first = plan_farm(options, scenes).appeared(1000.0, 1200.0)
    assert first
    assert plan_farm(options, scenes).appeared(1000.0, 1200.0) == first
    assert plan_farm(FarmOptions(cameras=5, still_share=0.4, seed=2), scenes).appeared(1000.0, 1200.0) != first


def test_cameras_differ_in_what_they_show_and_in_when_they_send() -> None:
    plan = plan_farm(FarmOptions(cameras=200, still_share=0.9), {True: SCENE, False: NOBODY})
    assert [camera.name for camera in plan.cameras][:2] == ["cam001", "cam002"]
    assert len({camera.name for camera in plan.cameras}) == 200
    assert sum(camera.still for camera in plan.cameras) == 180
    phases = sorted(camera.phase_s for camera in plan.cameras)
    assert 0 <= phases[0] < 0.05
    assert 0.95 < phases[-1] < 1
    assert max(later - before for before, later in pairwise(phases)) < 0.05
    orders = {tuple(seen.person for seen in islice(camera.schedule.seen(), 12)) for camera in plan.cameras}
    assert len(orders) > 10


def test_appearances_come_in_the_order_of_entering_by_the_wall_clock() -> None:
    plan = plan_farm(FarmOptions(cameras=20), {False: SCENE})
    found = plan.appeared(5000.0, 5060.0)
    times = [each.enter_unix_s for each in found]
    assert times == sorted(times)
    assert times[0] >= 5000
    assert times[-1] <= 5060
    busy_s = sum(min(each.leave_unix_s, 5060) - each.enter_unix_s for each in found)
    assert busy_s / (20 * 60) == pytest.approx(0.2, abs=0.06)


@pytest.mark.parametrize("gop", [15, 60, 150])
def test_clips_have_whole_groups_of_pictures_and_nobody_is_cut_off(gop: int) -> None:
    options = FarmOptions(picture=ClipOptions(width_px=640, height_px=360, gop=gop))
    clips = [*plan_scene(options, [ANNA, BOTIR], still=True), plan_other_size(options)]
    assert [clip.name for clip in clips] == ["still-empty", "still-0", "still-1", "other-size"]
    for clip in clips:
        assert clip.options.frames % gop == 0
        assert all(0 <= walk.enter_s < walk.leave_s <= clip.options.seconds for walk in clip.script.walks)
        assert all(walk.leave_s - walk.enter_s > 3 for walk in clip.script.walks)


def test_appearances_begin_anywhere_between_two_keyframes() -> None:
    options = FarmOptions(picture=ClipOptions(width_px=640, height_px=360, gop=60))
    clips = plan_scene(options, [PersonId(str(number)) for number in range(20)], still=False)[1:]
    begins = sorted(clip.script.walks[0].enter_s % 4 for clip in clips)
    assert begins[0] < 0.8
    assert begins[-1] > 3.2


def test_the_other_size_is_another_size_that_a_clip_can_have() -> None:
    for size, other in (((640, 360), (320, 180)), ((320, 180), (640, 360)), ((1280, 720), (640, 360))):
        options = FarmOptions(picture=ClipOptions(width_px=size[0], height_px=size[1], face_px=(20, 60)))
        planned = plan_other_size(options).options
        assert (planned.width_px, planned.height_px) == other


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"cameras": 0}, "cameras 0 is impossible"),
        ({"face_share": 0.95}, r"face-share 0\.95 is impossible"),
        ({"still_share": 1.5}, r"still 1\.5 is impossible"),
        ({"people": 0}, "people 0 is impossible"),
    ],
)
def test_impossible_farms_are_refused_by_name(wrong: dict[str, float], complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint):
        FarmOptions(**wrong)  # type: ignore[arg-type]  # the point is that they are wrong


def test_a_farm_that_nobody_could_watch_is_refused() -> None:
    with pytest.raises(ConfigError, match="no transport is allowed"):
        ServingOptions(tcp=False, udp=False)
    with pytest.raises(ConfigError, match="port 70000 is impossible"):
        ServingOptions(port=70_000)
