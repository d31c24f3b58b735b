"""Which pictures a camera's gate wants decoded: few of a scene at rest, the right ones as soon as somebody comes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pytest
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from nigoh.domain.camera import Mode
from nigoh.domain.camera_status import Activity
from nigoh.domain.region import Regions
from nigoh.video.activity import ActivityGate, Pace, Wish, small_luma

FPS = 15
PACE = Pace(fps=1.0, burst_fps=5.0, still_s=4.0)
Luma = NDArray[np.uint8]
NOBODY = (0, 0)
ROOM = np.add.outer(np.arange(22) * 4, np.arange(40) * 3).astype(np.uint8)


def somebody(x: int = 18, luma: Luma = ROOM) -> Luma:
    """The room with a person in it, six cells wide."""
    picture = luma.copy()
    picture[8:, x : x + 6] = 250
    return picture


@dataclass
class Camera:
    """A camera at work: what its pictures cost and show at a moment, and the faces that would be found in them.

    `wishes` and `analysed` keep what the gate asked for, by time.
    """

    gate: ActivityGate
    size: Callable[[float], float] = lambda _: 200
    shows: Callable[[float], Luma] = lambda _: ROOM
    faces: Callable[[float], tuple[int, int]] = lambda _: NOBODY
    gop: int = FPS
    key_bytes: int = 10_000
    noise: float = 0.1
    number: int = 0
    wishes: list[tuple[float, Wish, bool]] = field(default_factory=list)
    analysed: list[float] = field(default_factory=list)

    def run(self, seconds: float) -> "Camera":
        """Take pictures for so long; what was kept before is forgotten."""
        self.wishes, self.analysed = [], []
        for number in range(self.number, self.number + round(seconds * FPS)):
            self._take(number)
        self.number += round(seconds * FPS)
        return self

    def _take(self, number: int) -> None:
        t_s, is_keyframe = number / FPS, number % self.gop == 0
        rng = np.random.default_rng(number)
        size = self.key_bytes if is_keyframe else self.size(t_s) * float(np.exp(rng.normal(0, self.noise)))
        wish = self.gate.note_unit(round(size), is_keyframe, t_s)
        if wish is None:
            return
        self.wishes.append((t_s, wish, is_keyframe))
        luma = np.clip(self.shows(t_s) + rng.normal(0, 0.7, (22, 40)), 0, 255).astype(np.uint8)
        if self.gate.note_picture(luma, t_s) or wish is Wish.ANALYSE:
            self.analysed.append(t_s)
            self.gate.note_analysed(*self.faces(t_s), t_s)

    @property
    def gaps_s(self) -> list[float]:
        """Between analysed pictures."""
        return [later - earlier for earlier, later in pairwise(self.analysed)]

    @property
    def between_keyframes(self) -> int:
        """Wishes for pictures that are no keyframes."""
        return sum(not is_keyframe for _, _, is_keyframe in self.wishes)


def gate(mode: Mode = Mode.ADAPTIVE, regions: Regions | None = None) -> ActivityGate:
    return ActivityGate(mode, PACE, regions)


def smoothed(**changes: object) -> Camera:
    """A camera that smooths noise away: a scene at rest costs nearly nothing. It has been watched for a while."""
    return Camera(gate(), **changes).run(30)  # type: ignore[arg-type]  # each test changes fields of its choice


def held(**changes: object) -> Camera:
    """A camera with a constant rate: what its pictures show cannot be told from their sizes."""
    return Camera(gate(), **({"size": lambda _: 4_000, "noise": 0.2} | changes)).run(30)  # type: ignore[arg-type]  # as above


def comes_at(t_s: float, rate: float = 200, more: float = 600) -> dict[str, object]:
    """Somebody stands in the room from this moment on."""
    return {
        "size": lambda now_s: rate + more * (now_s >= t_s),
        "shows": lambda now_s: somebody(int(now_s * 7) % 30) if now_s >= t_s else ROOM,
        "faces": lambda now_s: (1, 0) if now_s >= t_s else NOBODY,
    }


def test_a_scene_at_rest_is_analysed_every_few_seconds_at_keyframes_and_not_decoded_else() -> None:
    camera = smoothed().run(60)
    assert all(is_keyframe for _, _, is_keyframe in camera.wishes)
    assert len(camera.wishes) == pytest.approx(60 / PACE.still_s, abs=1)
    assert max(camera.gaps_s) <= PACE.still_s + 0.1
    assert camera.gate.activity is Activity.STILL


def test_who_comes_in_is_looked_at_in_the_middle_of_a_group_of_pictures() -> None:
    camera = smoothed(**comes_at(33.4)).run(8)
    first_s = next(t_s for t_s, _, is_keyframe in camera.wishes if not is_keyframe)
    assert 33.4 <= first_s <= 33.4 + 3 / FPS
    assert camera.analysed[-1] >= 36
    assert first_s in camera.analysed
    assert camera.gate.activity is Activity.FACE


def test_a_change_that_sizes_tell_but_pictures_do_not_show_is_not_analysed() -> None:
    camera = smoothed(size=lambda now_s: 200 + 600 * (31.4 <= now_s < 31.8)).run(3)
    assert 1 <= len([wish for t_s, wish, _ in camera.wishes if 31.4 <= t_s < 32 and wish is Wish.LOOK]) <= 2
    assert not [t_s for t_s in camera.analysed if 31.4 <= t_s < 32]


def test_where_the_rate_is_constant_every_keyframe_is_looked_at_and_who_came_is_seen() -> None:
    camera = held(**comes_at(53.4, rate=4_000, more=0)).run(20)
    assert len(camera.wishes) == 20
    assert len(camera.analysed) <= 7
    assert 54.0 in camera.run(5).analysed


def test_new_things_that_sizes_did_not_tell_end_the_trust_in_them() -> None:
    camera = smoothed(shows=lambda now_s: somebody() if now_s >= 31.5 else ROOM)
    calm = len(camera.run(20).wishes)
    assert len(camera.run(20).wishes) == 20
    assert calm > 12


def test_keyframes_alone_serve_a_moving_scene_that_has_one_a_second() -> None:
    camera = held(shows=lambda now_s: somebody(int(now_s * 7) % 30)).run(20)
    assert camera.gate.activity is Activity.MOVING
    assert camera.between_keyframes == 0
    assert len(camera.analysed) == 20


def test_a_moving_scene_of_a_constant_rate_is_seen_between_rare_keyframes() -> None:
    camera = held(shows=lambda now_s: somebody(int(now_s * 7) % 30), gop=8 * FPS, noise=0.05).run(40)
    assert max(camera.gaps_s) <= 2.1


def test_a_scene_at_rest_of_a_constant_rate_is_seen_between_rare_keyframes() -> None:
    camera = held(gop=8 * FPS, noise=0.05).run(40)
    seen_s = [t_s for t_s, _, _ in camera.wishes]
    assert max(later - earlier for earlier, later in pairwise(seen_s)) <= 2.1
    assert max(camera.gaps_s) <= PACE.still_s + 2.1


def test_a_face_without_a_name_is_analysed_often_until_it_has_one() -> None:
    camera = smoothed(**comes_at(31.4) | {"faces": lambda now_s: (1, int(now_s < 32.6)) if now_s > 31.4 else NOBODY})
    camera.run(10)
    undecided = [t_s for t_s in camera.analysed if 31.4 <= t_s < 32.6]
    settled = [t_s for t_s in camera.analysed if t_s > 33]
    assert len(undecided) >= 4
    assert np.diff(settled) == pytest.approx(2.0, abs=0.25)


def test_a_face_that_never_gets_a_name_does_not_cost_for_ever() -> None:
    camera = smoothed(**comes_at(31.4) | {"faces": lambda now_s: (1, 1) if now_s > 31.4 else NOBODY}).run(5)
    assert len(camera.analysed) >= 10
    assert len(camera.run(30).analysed) <= 33


def test_a_newcomer_beside_an_undecided_face_is_analysed_often_too() -> None:
    camera = smoothed(
        **comes_at(31.4)
        | {"faces": lambda now_s: (1 + int(now_s > 45), 1 + int(now_s > 45)) if now_s > 31.4 else NOBODY}
    ).run(20)
    assert len([t_s for t_s in camera.analysed if 45 <= t_s < 48]) >= 8


def test_faces_that_are_found_and_lost_again_and_again_do_not_cost_for_ever() -> None:
    camera = smoothed(**comes_at(31.4) | {"faces": lambda now_s: (1, int(now_s) % 2) if now_s > 31.4 else NOBODY})
    camera.run(60)
    assert len(camera.run(60).analysed) <= 60 * 1.6


def test_a_moving_scene_is_seen_though_its_camera_sends_no_second_keyframe() -> None:
    camera = Camera(gate(), shows=lambda now_s: somebody(int(now_s * 7) % 30), gop=100_000).run(60)
    assert max(camera.gaps_s) <= 4.1
    assert len(camera.analysed) >= 15


def test_who_was_passed_over_at_the_edge_is_seen_when_further_in() -> None:
    camera = smoothed(
        size=lambda now_s: 800 if now_s >= 31.4 else 200,
        shows=lambda now_s: somebody() if now_s >= 32.6 else ROOM,
    ).run(5)
    assert min(t_s for t_s in camera.analysed if t_s > 32.6) <= 33.7


def test_every_picture_of_a_motion_jpeg_camera_is_a_keyframe_and_still_few_are_decoded() -> None:
    camera = Camera(gate(), gop=1).run(20)
    assert len(camera.wishes) == pytest.approx(20, abs=4)
    assert len(camera.analysed) <= 8


def test_an_open_track_is_not_torn() -> None:
    camera = smoothed(**comes_at(31.4)).run(20)
    assert max(later - earlier for earlier, later in pairwise([t_s for t_s in camera.analysed if t_s > 31.4])) <= 2.5


def test_when_everybody_has_left_a_scene_comes_to_rest() -> None:
    camera = smoothed(
        size=lambda now_s: 800 if 31.4 <= now_s < 35 else 200,
        shows=lambda now_s: somebody(int(now_s * 7) % 30) if 31.4 <= now_s < 35 else ROOM,
        faces=lambda now_s: (1, 0) if 31.4 <= now_s < 35 else NOBODY,
    )
    camera.run(15)
    assert len([t_s for t_s in camera.analysed if t_s >= 35]) <= 4
    assert camera.gate.activity is Activity.STILL


def test_keyframes_mode_takes_keyframes_alone_and_no_more_than_wanted() -> None:
    camera = Camera(gate(Mode.KEYFRAMES), gop=5, faces=lambda _: (1, 1)).run(20)
    assert camera.between_keyframes == 0
    assert len(camera.analysed) == pytest.approx(20, abs=1)


def test_full_mode_analyses_a_scene_at_rest_as_often_as_a_moving_one() -> None:
    assert len(Camera(gate(Mode.FULL)).run(20).analysed) == pytest.approx(100, abs=5)


def test_what_moves_under_a_mask_is_not_seen() -> None:
    left = Regions(masks=(((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0)),))
    camera = Camera(gate(regions=left), size=lambda _: 4_000, shows=lambda now_s: somebody(int(now_s * 7) % 13))
    assert len(camera.run(20).analysed) <= 7
    camera.shows = lambda now_s: somebody(20 + int(now_s * 7) % 13)
    assert len(camera.run(20).analysed) >= 18


def test_lamps_that_brighten_everything_show_nobody() -> None:
    watched = gate()
    watched.note_picture(ROOM, 0.0)
    watched.note_analysed(0, 0, 0.0)
    assert not watched.note_picture(ROOM + np.uint8(30), 1.0)
    assert watched.note_picture(somebody(luma=ROOM + np.uint8(30)), 2.0)


def test_a_picture_of_another_size_or_connection_is_new() -> None:
    watched = gate()
    assert watched.note_picture(ROOM, 0.0)
    watched.note_analysed(0, 0, 0.0)
    assert not watched.note_picture(ROOM, 1.0)
    assert watched.note_picture(ROOM[:, :30], 2.0)
    watched.begin_anew()
    assert watched.note_picture(ROOM, 0.0)


def test_a_picture_that_was_never_analysed_is_still_new() -> None:
    watched = gate()
    watched.note_picture(ROOM, 0.0)
    watched.note_analysed(0, 0, 0.0)
    assert watched.note_picture(somebody(), 1.0)
    assert watched.note_picture(somebody(), 2.0)
    watched.note_analysed(0, 0, 2.0)
    assert not watched.note_picture(somebody(), 3.0)


@pytest.mark.parametrize(("width", "height"), [(640, 360), (1280, 720), (360, 640), (16, 16), (2, 2), (3840, 2160)])
def test_a_small_picture_has_the_greys_of_the_large_one(width: int, height: int) -> None:
    frame = VideoFrame(width, height, "yuv420p")
    plane = frame.planes[0]
    rows = np.zeros((plane.buffer_size // plane.line_size, plane.line_size), np.uint8)
    rows[:height, : width // 2], rows[:height, width // 2 : width] = 40, 200
    plane.update(rows.tobytes())
    luma = small_luma(frame)
    assert luma.shape[1] <= 40
    assert luma.shape[0] / luma.shape[1] == pytest.approx(height / width, rel=0.1)
    assert luma.mean() == pytest.approx(120, abs=4)
    assert (luma[:, 0].mean(), luma[:, -1].mean()) == (40, 200)


@pytest.mark.parametrize("layout", ["yuv420p", "nv12", "yuyv422", "rgb24", "yuv420p10le", "gray"])
@pytest.mark.parametrize(("width", "height"), [(640, 360), (1920, 4)])
def test_all_of_a_picture_is_seen_whatever_its_layout_and_shape(layout: str, width: int, height: int) -> None:
    pixels = np.full((height, width, 3), 60, np.uint8)
    frame = VideoFrame.from_ndarray(pixels, format="rgb24").reformat(format=layout)
    pixels[:, -width // 4 :] = 220
    changed = VideoFrame.from_ndarray(pixels, format="rgb24").reformat(format=layout)
    before, after = small_luma(frame).astype(int), small_luma(changed).astype(int)
    assert (np.abs(after - before)[:, -5:] > 50).all()
    assert (np.abs(after - before)[:, : before.shape[1] // 2] < 10).all()
