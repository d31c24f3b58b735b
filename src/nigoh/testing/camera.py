"""The simulated camera: how it sways, how its exposure and the lamps flicker, and the noise of its sensor."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from nigoh.domain.frame import Pixels
from nigoh.testing.clip_options import ClipOptions

_SWAY = 0.0028  # of the picture's height: two pixels at 720 lines
_FLICKER = 0.012
_DRIFT = 0.05
_LAMP_HZ = 3.7  # what the lamps' 100 Hz become when sampled at video rate
_POOL_EXTRA_PX = 96


@dataclass(frozen=True, slots=True)
class CameraMotion:
    """A camera on a bracket that trembles: the picture's shift at any moment, a pure function of time.

    Attributes:
        amplitude_px: the most that each of its two swings moves the picture.
        phases: four angles, radians.
    """

    amplitude_px: float
    phases: tuple[float, float, float, float]

    @classmethod
    def of(cls, options: ClipOptions) -> "CameraMotion":
        """The motion that belongs to these options and their seed."""
        phases = np.random.default_rng([options.seed, 2]).uniform(0, 2 * np.pi, 4)
        a, b, c, d = (float(phase) for phase in phases)
        sway = 0 if options.still else _SWAY
        return cls(sway * options.height_px / 2, (a, b, c, d))

    @property
    def margin_px(self) -> int:
        """How much wider than the picture the scene has to be, on each side."""
        return int(np.ceil(2 * self.amplitude_px)) + 2

    def shift(self, t_s: float) -> tuple[float, float]:
        """By how many pixels the scene is shifted in the picture, right and down."""
        a, b, c, d = self.phases
        right = np.sin(0.9 * t_s + a) + np.sin(5.3 * t_s + b)
        down = np.sin(1.3 * t_s + c) + np.sin(6.1 * t_s + d)
        return float(self.amplitude_px * right), float(self.amplitude_px * down)


class Camera:
    """Takes pictures of a scene. Owns a field of noise of which each picture gets its own part."""

    def __init__(self, options: ClipOptions) -> None:
        self._options = options
        self.motion = CameraMotion.of(options)
        noise = _noise_pool(options)
        # Two saturating passes over uint8 take a third of the time of one over mixed types.
        self._brighter, self._darker = (np.clip(part, 0, 255).astype(np.uint8) for part in (noise, -noise))
        self._phase = float(np.random.default_rng([options.seed, 3]).uniform(0, 2 * np.pi))

    def take(self, scene: Pixels, index: int) -> Pixels:
        """The picture of a scene that is `motion.margin_px` larger on each side."""
        options = self._options
        t_s = options.time_of(index)
        right, down = self.motion.shift(t_s)
        margin = self.motion.margin_px
        exposed = _view(scene, margin - right, margin - down, options, gain=self._gain(t_s))
        rng = np.random.default_rng([options.seed, 4, index])
        x, y = (int(offset) for offset in rng.integers(0, _POOL_EXTRA_PX, 2))
        brighter, darker = (
            part[y : y + options.height_px, x : x + options.width_px] for part in (self._brighter, self._darker)
        )
        return np.asarray(cv2.subtract(cv2.add(exposed, brighter), darker), dtype=np.uint8)

    def _gain(self, t_s: float) -> float:
        """Exposure drifts, lamps flicker."""
        if self._options.still:
            return 1.0
        drift = _DRIFT * np.sin(0.45 * t_s + self._phase)
        return float(1 + drift + _FLICKER * np.sin(2 * np.pi * _LAMP_HZ * t_s))


def _view(scene: Pixels, left: float, top: float, options: ClipOptions, *, gain: float) -> Pixels:
    """The part of a scene from (left, top) on, bilinear: two blends take a quarter of a warp's time."""
    x, y = int(left), int(top)
    wide = scene[y : y + options.height_px + 1, x : x + options.width_px + 1]
    across = cv2.addWeighted(wide[:, :-1], 1 - (left - x), wide[:, 1:], left - x, 0)
    share = top - y
    return np.asarray(cv2.addWeighted(across[:-1], (1 - share) * gain, across[1:], share * gain, 0), dtype=np.uint8)


def _noise_pool(options: ClipOptions) -> NDArray[np.int16]:
    """Noise of a sensor behind a colour filter, in grey levels: brightness, a little colour, slightly blurred."""
    rng = np.random.default_rng([options.seed, 5])
    height, width = options.height_px + _POOL_EXTRA_PX, options.width_px + _POOL_EXTRA_PX
    grey = rng.standard_normal((height, width, 1), dtype=np.float32)
    colour = rng.standard_normal((height, width, 3), dtype=np.float32)
    mixed = cv2.GaussianBlur(grey + 0.5 * colour, (0, 0), 0.6)
    return np.asarray(np.rint(mixed * (options.noise * 255 / mixed.std())), dtype=np.int16)
