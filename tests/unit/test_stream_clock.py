"""When pictures were taken, on this machine's clock."""

from itertools import pairwise

import numpy as np
import pytest

from nigoh.video.stream_clock import StreamClock

FPS = 15
WAY_S = 0.03


def taken(count: int, begin_s: float = 1000.0) -> list[float]:
    return [begin_s + number / FPS for number in range(count)]


def placed(stamps_s: list[float], arrivals_s: list[float]) -> np.ndarray:
    clock = StreamClock()
    found = [clock.place(t_s, arrived_s) for t_s, arrived_s in zip(stamps_s, arrivals_s, strict=True)]
    assert all(after >= before for before, after in pairwise(found)), "time runs backwards"
    assert all(at <= arrived for at, arrived in zip(found, arrivals_s, strict=True)), "it lies in the future"
    return np.array(found)


def test_jitter_of_the_network_is_taken_out() -> None:
    noise = np.random.default_rng(3)
    true_s = taken(600)
    arrivals_s = [t_s + WAY_S + noise.exponential(0.02) for t_s in true_s]
    arrivals_s = list(np.maximum.accumulate(arrivals_s))
    errors_s = placed([t_s - true_s[0] for t_s in true_s], arrivals_s) - np.array(true_s)
    assert np.abs(errors_s[50:] - WAY_S).max() < 0.005


def test_pictures_that_were_held_up_together_were_not_taken_together() -> None:
    true_s = taken(150)
    arrivals_s = [max(t_s + WAY_S, 1004.0 if 1001.0 < t_s < 1004.0 else 0.0) for t_s in true_s]
    errors_s = placed(true_s, arrivals_s) - np.array(true_s)
    assert np.abs(errors_s - WAY_S).max() < 1e-6


@pytest.mark.parametrize("drift", [1e-4, -1e-4, 1e-3, -1e-3])
def test_drift_is_followed(drift: float) -> None:
    true_s = taken(FPS * 1800)
    stamps_s = [(t_s - true_s[0]) * (1 + drift) for t_s in true_s]
    errors_s = placed(stamps_s, [t_s + WAY_S for t_s in true_s]) - np.array(true_s)
    assert np.abs(errors_s - WAY_S).max() <= 10 * abs(drift) + 1e-6


@pytest.mark.parametrize("jump_s", [-3600.0, -10.0, -1.5, 1.5, 10.0, 3600.0])
def test_a_clock_that_jumps_is_taken_as_it_is_from_there_on(jump_s: float) -> None:
    true_s = taken(300)
    stamps_s = [t_s + (jump_s if number >= 150 else 0.0) for number, t_s in enumerate(true_s)]
    errors_s = placed(stamps_s, [t_s + WAY_S for t_s in true_s]) - np.array(true_s)
    assert np.abs(errors_s - WAY_S).max() < 1e-6


@pytest.mark.parametrize("jump_s", [-0.8, 0.8])
def test_a_small_jump_is_off_by_no_more_and_soon_forgotten(jump_s: float) -> None:
    true_s = taken(600)
    stamps_s = [t_s + (jump_s if number >= 150 else 0.0) for number, t_s in enumerate(true_s)]
    errors_s = placed(stamps_s, [t_s + WAY_S for t_s in true_s]) - np.array(true_s) - WAY_S
    assert np.abs(errors_s).max() < 0.85
    assert np.abs(errors_s[150 + 11 * FPS :]).max() < 1e-6


def test_a_pause_of_the_camera_is_no_jump() -> None:
    true_s = taken(100) + taken(100, begin_s=1050.0)
    errors_s = placed(true_s, [t_s + WAY_S for t_s in true_s]) - np.array(true_s)
    assert np.abs(errors_s - WAY_S).max() < 1e-6


def test_pictures_in_the_order_of_decoding_do_not_run_backwards() -> None:
    order = [0, 3, 1, 2, 6, 4, 5, 9, 7, 8]
    stamps_s = [number / FPS for number in order]
    found = placed(stamps_s, [1000 + number / FPS for number in range(10)])
    assert found[0] == 1000


def test_damaged_timestamps_leave_it_usable() -> None:
    noise = np.random.default_rng(1)
    arrivals_s = taken(500)
    stamps_s = list(noise.uniform(-1e6, 1e6, 400)) + [t_s - 1000 for t_s in arrivals_s[400:]]
    found = placed(stamps_s, arrivals_s)
    assert np.abs(found[401:] - np.array(arrivals_s[401:])).max() < 1e-6
