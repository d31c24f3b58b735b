"""A cut is noticed in bright and dark scenes; motion, noise and flicker are not cuts."""

import numpy as np
import pytest

from nigoh.domain.frame import Pixels
from nigoh.engine.scene_change import SceneChange


def _scene(seed: int, light: float = 1.0, shift_px: int = 0) -> Pixels:
    rng = np.random.default_rng(seed)
    coarse = rng.uniform(0, 200 * light, (12, 22))
    picture = np.kron(coarse, np.ones((32, 32)))[:360, shift_px : shift_px + 640]
    noise = np.random.default_rng([seed, shift_px]).normal(0, 2, picture.shape)
    return np.repeat(np.clip(picture + noise, 0, 255).astype(np.uint8)[:, :, None], 3, axis=2)


@pytest.mark.parametrize("light", [1.0, 0.15])
def test_a_cut_is_noticed(light: float) -> None:
    change = SceneChange()
    assert change.continues(_scene(1, light))
    assert not change.continues(_scene(2, light))
    assert change.continues(_scene(2, light))


@pytest.mark.parametrize("light", [1.0, 0.15])
def test_motion_noise_and_flicker_are_not_cuts(light: float) -> None:
    change = SceneChange()
    change.continues(_scene(1, light))
    assert change.continues(_scene(1, light, shift_px=4))
    assert change.continues(_scene(1, light * 1.1, shift_px=6))


def test_another_size_is_a_cut_and_a_tiny_picture_is_ordinary() -> None:
    change = SceneChange()
    change.continues(_scene(1))
    assert not change.continues(_scene(1)[:180, :320].copy())
    tiny = SceneChange()
    assert tiny.continues(np.zeros((4, 4, 3), np.uint8))
    assert tiny.continues(np.full((4, 4, 3), 200, np.uint8))
