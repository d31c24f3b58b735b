"""One person is one track: by motion where it settles who is who, by appearance where it does not."""

from collections.abc import Sequence

import numpy as np
import pytest

from nigoh.domain.faces import Faces
from nigoh.domain.geometry import Floats
from nigoh.tracking.track import Track
from nigoh.tracking.tracker import Look, Tracker, TrackingPolicy

DIMENSION = 128
Sight = tuple[str, float, float, float]  # who, centre x, centre y, size


def _person(name: str) -> Floats:
    rng = np.random.default_rng(sum(name.encode()) * 7919)
    vector = rng.normal(size=DIMENSION).astype(np.float32)
    return vector / np.linalg.norm(vector)


def _template(name: str, shade: int) -> Floats:
    """A template of a person as one picture gives it: similarity to another picture of them about 0.7."""
    noise = np.random.default_rng([sum(name.encode()), shade]).normal(size=DIMENSION).astype(np.float32)
    mixed = _person(name) + 0.65 * noise / np.linalg.norm(noise)
    return np.asarray(mixed / np.linalg.norm(mixed), dtype=np.float32)


def _faces(looks: Sequence[Sight]) -> Faces:
    if not looks:
        return Faces.none()
    boxes = [[x - s / 2, y - s / 2, x + s / 2, y + s / 2] for _, x, y, s in looks]
    landmarks = np.zeros((len(looks), 5, 2), np.float32)
    return Faces(np.array(boxes, np.float32), np.full(len(looks), 0.9, np.float32), landmarks)


class Camera:
    """Feeds a tracker with people whose templates are known."""

    def __init__(self, policy: TrackingPolicy | None = None) -> None:
        self.tracker = Tracker(policy or TrackingPolicy())
        self.ended: list[Track] = []
        self.tracks: dict[int, Track] = {}
        self.looked = 0
        self.embedded = 0
        self._shade = 0

    def see(self, t_s: float, *looks: Sight, quality: float = 0.7, continuous: bool = True) -> list[int]:
        proposal = self.tracker.propose(_faces(looks), t_s, continuous=continuous)
        qualities = np.full(len(proposal.to_judge), quality, np.float32)
        rows = proposal.to_judge[self.tracker.choose(proposal, qualities)]
        self._shade += 1
        self.looked += len(proposal.to_judge)
        self.embedded += len(rows)
        seen = {int(row): Look(quality, _template(looks[row][0], self._shade)) for row in rows}
        assignment = self.tracker.commit(proposal, seen)
        self.ended += assignment.ended
        self.tracks |= {track.number: track for track in assignment.tracks}
        return [track.number for track in assignment.tracks]


@pytest.mark.parametrize("fps", [1, 2, 5, 15])
@pytest.mark.parametrize("speed_sizes", [0.0, 0.5, 2.0, 5.0])
def test_a_walking_person_stays_one_track(fps: int, speed_sizes: float) -> None:
    camera = Camera()
    numbers = set()
    for frame in range(6 * fps):
        t_s = frame / fps
        numbers |= set(camera.see(t_s, ("anna", 100 + 60 * speed_sizes * t_s, 100, 60)))
    assert numbers == {1}


@pytest.mark.parametrize("fps", [1, 5])
def test_two_people_who_cross_keep_their_tracks(fps: int) -> None:
    camera = Camera()
    numbers: dict[str, set[int]] = {"anna": set(), "bek": set()}
    for frame in range(4 * fps + 1):
        t_s = frame / fps
        looks = [("anna", 100 + 100 * t_s, 100, 60), ("bek", 500 - 100 * t_s, 104, 60)][:: 1 if frame % 2 else -1]
        for (who, *_), number in zip(looks, camera.see(t_s, *looks), strict=True):
            numbers[who].add(number)
    assert sorted(numbers.values(), key=min) == [{1}, {2}]


def test_in_a_queue_the_next_person_in_the_same_place_is_a_new_track() -> None:
    camera = Camera()
    assert camera.see(0.0, ("anna", 300, 200, 80)) == [1]
    assert camera.see(1.0, ("bek", 315, 200, 82)) == [2]


def test_after_a_cut_another_face_in_the_same_place_is_a_new_track_and_the_same_face_elsewhere_is_not() -> None:
    camera = Camera()
    camera.see(0.00, ("anna", 300, 200, 80))
    camera.see(0.04, ("anna", 300, 200, 80))
    assert camera.see(0.08, ("bek", 300, 200, 80), continuous=False) == [2]
    assert camera.see(0.12, ("anna", 900, 500, 150), continuous=False) == [1]


def test_a_poor_track_from_before_a_cut_does_not_claim_a_good_face_after_it() -> None:
    camera = Camera()
    camera.see(0.0, ("bek", 300, 200, 80), quality=0.05)
    camera.see(0.1, ("bek", 300, 200, 80), quality=0.05)
    assert camera.see(0.2, ("anna", 300, 200, 80), continuous=False) == [2]
    assert camera.see(0.3, ("anna", 345, 200, 80)) == [2]
    assert camera.see(1.2, ("anna", 320, 210, 80)) == [2]


def test_a_swap_that_motion_does_not_notice_is_noticed_with_the_next_best_shot() -> None:
    camera = Camera()
    for frame in range(10):
        assert camera.see(frame / 25, ("anna", 300, 200, 80)) == [1]
    later = [camera.see((10 + frame) / 25, ("bek", 302, 200, 80))[0] for frame in range(15)]
    assert later[-1] == 2


def test_a_face_that_was_hidden_briefly_comes_back_to_its_track_and_later_to_a_new_one() -> None:
    camera = Camera(TrackingPolicy(max_gap_s=2.0))
    assert camera.see(0.0, ("anna", 300, 200, 80)) == [1]
    assert camera.see(1.9, ("anna", 420, 200, 80)) == [1]
    assert camera.see(1.9 + 2.1, ("anna", 420, 200, 80)) == [2]
    assert [track.number for track in camera.ended] == [1]
    assert [(track.first_s, track.last_s, track.frames) for track in camera.ended] == [(0.0, 1.9, 2)]


def test_faces_too_poor_to_compare_are_held_together_by_place_alone() -> None:
    camera = Camera()
    assert camera.see(0.0, ("anna", 300, 200, 16), ("bek", 600, 200, 16), quality=0.03) == [1, 2]
    assert camera.see(1.0, ("bek", 596, 202, 16), ("carl", 304, 201, 16), quality=0.03) == [2, 1]


def test_a_still_face_costs_few_looks_and_fewer_embeddings() -> None:
    camera = Camera()
    for frame in range(500):
        camera.see(frame / 25, ("anna", 300, 200, 80))
    assert camera.looked <= 60
    assert camera.embedded <= 6


def test_a_settled_track_costs_next_to_nothing_and_is_still_verified() -> None:
    camera = Camera()
    for frame in range(25):
        camera.see(frame / 25, ("anna", 300, 200, 80))
    camera.tracks[1].shots.settled = True
    looked, embedded = camera.looked, camera.embedded
    for frame in range(25, 25 + 250):
        camera.see(frame / 25, ("anna", 300, 200, 80))
    assert camera.looked - looked <= 11
    assert 2 <= camera.embedded - embedded <= 3


def test_frames_without_faces_end_tracks_and_the_end_of_the_source_ends_the_rest() -> None:
    camera = Camera()
    camera.see(0.0, ("anna", 300, 200, 80))
    camera.see(2.5)
    camera.see(3.0, ("bek", 300, 200, 80))
    assert [track.number for track in camera.ended] == [1]
    assert [track.number for track in camera.tracker.finish()] == [2]
    assert camera.tracker.finish() == ()


def test_track_numbers_belong_to_the_camera() -> None:
    north, south = Camera(), Camera()
    assert north.see(0.0, ("anna", 300, 200, 80)) == [1]
    assert south.see(0.0, ("anna", 300, 200, 80)) == [1]


ALONE = TrackingPolicy(max_gap_s=3.2, alone_gap_s=1.3, alone_trust_s=2.2)


def settled_walker() -> Camera:
    camera = Camera(ALONE)
    camera.see(0.0, ("anna", 100, 200, 80))
    camera.tracks[1].shots.settled = True
    return camera


def test_a_settled_walker_who_is_alone_is_embedded_every_other_second() -> None:
    camera = settled_walker()
    for second in range(1, 7):
        assert camera.see(float(second), ("anna", 100 + 160 * second, 200, 80)) == [1]
    assert camera.embedded == 3


def test_who_takes_the_place_of_a_settled_walker_is_told_apart_two_seconds_later() -> None:
    camera = settled_walker()
    numbers = [camera.see(float(second), ("bek", 100 + 160 * second, 200, 80))[0] for second in range(1, 5)]
    assert numbers[0] == 1
    assert set(numbers[2:]) == {2}


@pytest.mark.parametrize("second_face", [("bek", 500.0, 200.0, 80.0), ("anna", 120.0, 900.0, 20.0)])
def test_beside_somebody_else_nobody_is_taken_for_who_was_alone(second_face: Sight) -> None:
    camera = settled_walker()
    camera.see(1.0, ("anna", 190, 200, 80), second_face)
    assert camera.embedded == 3
