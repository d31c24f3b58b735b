"""Which frames are analysed."""

import random

import pytest

from nigoh.video.sampling import Sampling


def chosen(sampling: Sampling, times_s: list[float]) -> list[int]:
    sampler = sampling.sampler()
    return [index for index, t_s in enumerate(times_s) if sampler(index, t_s)]


def steady(fps: float, seconds: float) -> list[float]:
    return [number / fps for number in range(round(fps * seconds))]


def jittery(fps: float, seconds: float, jitter_s: float) -> list[float]:
    chance = random.Random(7)  # noqa: S311 - jitter, no secret
    return [t_s + chance.uniform(-jitter_s, jitter_s) for t_s in steady(fps, seconds)]


@pytest.mark.parametrize(
    ("sampling", "expected"),
    [
        (Sampling(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
        (Sampling(every=3), [0, 3, 6, 9]),
        (Sampling(target_fps=5), [0, 2, 4, 6, 8]),
        (Sampling(target_fps=100), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
        (Sampling(max_frames=3), [0, 1, 2]),
        (Sampling(every=2, max_frames=2), [0, 2]),
        (Sampling(every=2, target_fps=2.5), [0, 4, 8]),
    ],
)
def test_ten_frames_a_second(sampling: Sampling, expected: list[int]) -> None:
    assert chosen(sampling, steady(10, 1)) == expected


def test_no_frames_no_choice() -> None:
    assert chosen(Sampling(target_fps=5), []) == []


@pytest.mark.parametrize("source_fps", [12.5, 23.976, 25, 29.97, 50, 60])
@pytest.mark.parametrize("target_fps", [1, 4, 5, 10])
def test_the_rate_is_held_in_the_long_run(source_fps: float, target_fps: float) -> None:
    count = len(chosen(Sampling(target_fps=target_fps), steady(source_fps, 60)))
    assert count == pytest.approx(60 * target_fps, abs=1)


@pytest.mark.parametrize("source_fps", [10, 20, 30])
def test_jitter_costs_no_turn(source_fps: float) -> None:
    count = len(chosen(Sampling(target_fps=10), jittery(source_fps, 60, jitter_s=0.01)))
    assert count == pytest.approx(600, abs=3)


def test_never_more_than_the_rate_in_any_second() -> None:
    times_s = jittery(30, 20, jitter_s=0.015)
    taken = [times_s[index] for index in chosen(Sampling(target_fps=5), times_s)]
    assert all(sum(begin <= t_s < begin + 1 for t_s in taken) <= 6 for begin in taken)


def test_turns_go_on_after_a_gap() -> None:
    times_s = [*steady(10, 1), *(100 + t_s for t_s in steady(10, 1))]
    assert chosen(Sampling(target_fps=2), times_s) == [0, 5, 10, 15]


def test_what_one_sampler_lets_through_a_second_one_does_too() -> None:
    sampling = Sampling(every=2, target_fps=4)
    times_s = jittery(30, 20, jitter_s=0.01)
    first = chosen(sampling, times_s)
    second = sampling.sampler()
    assert [index for index in first if second(index, times_s[index])] == first


def test_a_sampler_knows_when_it_is_over() -> None:
    sampler = Sampling(max_frames=1).sampler()
    assert not sampler.is_over
    assert sampler(0, 0.0)
    assert sampler.is_over


@pytest.mark.parametrize("wrong", [{"every": 0}, {"target_fps": 0.0}, {"target_fps": -1.0}, {"max_frames": 0}])
def test_what_makes_no_sense_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Sampling(**wrong)  # type: ignore[arg-type]  # wrong on purpose
