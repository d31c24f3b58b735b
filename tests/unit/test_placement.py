import random
from collections.abc import Mapping, Sequence

import pytest

from nigoh.domain.camera import Camera, Mode, Priority
from nigoh.domain.camera_url import CameraUrl
from nigoh.domain.sighting import CameraId
from nigoh.engine.placement import choose_shards, expected_load, place

URL = CameraUrl("rtsp://127.0.0.1/camera")
SEEDS = range(25)


def camera(number: int, fps: float = 1.0, priority: Priority = Priority.NORMAL, mode: Mode = Mode.ADAPTIVE) -> Camera:
    return Camera(name=CameraId(f"camera-{number:03d}"), url=URL, fps=fps, priority=priority, mode=mode)


def mixed_cameras(seed: int) -> list[Camera]:
    chance = random.Random(seed)  # noqa: S311 - test data
    return [
        camera(
            number,
            chance.choice([0.2, 1.0, 5.0, 15.0]),
            chance.choice(list(Priority)),
            chance.choice(list(Mode)),
        )
        for number in range(chance.randrange(1, 120))
    ]


def names(count: int) -> list[str]:
    return [f"shard-{number + 1}" for number in range(count)]


def loads(cameras: Sequence[Camera], shards: Sequence[str], placed: Mapping[CameraId, str]) -> list[float]:
    return [sum(expected_load(each) for each in cameras if placed[each.name] == shard) for shard in shards]


def moved(before: Mapping[CameraId, str], after: Mapping[CameraId, str]) -> int:
    return sum(name in before and before[name] != shard for name, shard in after.items())


@pytest.mark.parametrize(
    ("cameras", "cores", "asked", "expected"),
    [
        (0, 8, 0, 0),
        (0, 8, 3, 0),
        (1, 8, 0, 1),
        (100, 8, 0, 1),
        (101, 8, 0, 2),
        (400, 2, 0, 2),
        (400, 16, 0, 4),
        (400, 2, 5, 5),
        (2, 8, 5, 2),
        (50, 0, 0, 1),
    ],
)
def test_shards_are_chosen_by_cameras_and_cores(cameras: int, cores: int, asked: int, expected: int) -> None:
    assert choose_shards(cameras, cores, asked) == expected


@pytest.mark.parametrize("seed", SEEDS)
def test_every_camera_has_exactly_one_shard(seed: int) -> None:
    cameras, shards = mixed_cameras(seed), names(1 + seed % 5)
    placed = place(cameras, shards, {})
    assert set(placed) == {each.name for each in cameras}
    assert set(placed.values()) <= set(shards)


@pytest.mark.parametrize("seed", SEEDS)
def test_loads_differ_by_a_quarter_of_the_mean_or_one_camera(seed: int) -> None:
    cameras, shards = mixed_cameras(seed), names(2 + seed % 4)
    chance = random.Random(seed)  # noqa: S311 - test data
    before = {each.name: chance.choice(shards[:1] + shards) for each in cameras}
    for start in ({}, before):
        found = loads(cameras, shards, place(cameras, shards, start))
        bound = max(0.25 * sum(found) / len(found), *(expected_load(each) for each in cameras))
        assert max(found) - min(found) <= bound * (1 + 1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_nobody_moves_without_need_and_order_does_not_matter(seed: int) -> None:
    cameras, shards = mixed_cameras(seed), names(1 + seed % 5)
    placed = place(cameras, shards, {})
    assert place(cameras, shards, placed) == placed
    assert place(cameras[::-1], shards[::-1], {}) == placed


@pytest.mark.parametrize("seed", SEEDS)
def test_when_a_shard_goes_only_its_cameras_move(seed: int) -> None:
    cameras, shards = [camera(number) for number in range(20 + seed)], names(4)
    placed = place(cameras, shards, {})
    after = place(cameras, shards[1:], placed)
    assert moved(placed, after) == sum(shard == shards[0] for shard in placed.values())


def test_when_a_shard_comes_back_no_more_move_than_fill_it() -> None:
    cameras, shards = [camera(number) for number in range(200)], names(2)
    alone = place(cameras, shards[:1], {})
    after = place(cameras, shards, alone)
    assert 75 <= moved(alone, after) <= 100


def test_one_camera_more_or_less_moves_no_other() -> None:
    cameras, shards = [camera(number) for number in range(100)], names(2)
    placed = place(cameras, shards, {})
    assert moved(placed, place(cameras[1:], shards, placed)) == 0
    assert moved(placed, place([*cameras, camera(100)], shards, placed)) == 0


def test_cameras_of_high_priority_are_spread() -> None:
    cameras = [camera(number, priority=Priority.HIGH if number < 6 else Priority.NORMAL) for number in range(30)]
    placed = place(cameras, names(3), {})
    high = [placed[each.name] for each in cameras if each.priority is Priority.HIGH]
    assert sorted(high.count(shard) for shard in names(3)) == [2, 2, 2]


def test_a_camera_of_full_rate_weighs_its_full_rate() -> None:
    assert expected_load(camera(0, mode=Mode.FULL)) > 4 * expected_load(camera(0))


def test_cameras_without_shards_are_refused() -> None:
    assert place([], [], {}) == {}
    with pytest.raises(ValueError, match="at least one shard"):
        place([camera(0)], [], {})
