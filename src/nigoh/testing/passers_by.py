"""What moves in the scene and is nobody: people at the back who show no face, and the screen on the wall."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from nigoh.domain.frame import Pixels
from nigoh.testing.body import BodyFrame, plain_body
from nigoh.testing.clip_options import ClipOptions
from nigoh.testing.compositing import Sprite, lay_over, sprite_from
from nigoh.testing.walk_planner import eye_line_px

_HEAD_SHARE = 0.042  # height of a passer-by's face, as a share of the picture's height
_FRAME_UP, _FRAME_DOWN, _FRAME_SIDE = 1.3, 8.9, 1.6
_HOOD = 0.9  # of the clothes' brightness; hair above a bare neck would look like a face from afar


@dataclass(frozen=True, slots=True, eq=False)
class PasserBy:
    """Somebody who crosses the back of the scene, again and again, seen from behind.

    Attributes:
        sprite: what is seen of them.
        head_px: height of the face that they do not show.
        eyes_px: row of the scene at which its centre would be.
        start_px: column at which they are when the clip begins.
        speed_px: columns a second; negative to the left.
    """

    sprite: Sprite
    head_px: float
    eyes_px: float
    start_px: float
    speed_px: float

    def draw(self, scene: Pixels, t_s: float) -> None:
        """Draw them where they are at a moment, in place."""
        width = scene.shape[1]
        lap = 2.2 * width  # so that they are away for a while
        x = (self.start_px + self.speed_px * t_s) % lap - 0.1 * width - self.sprite.shape[1] / 2
        step = 0.05 * self.head_px * abs(np.sin(np.pi * 1.9 * t_s + self.start_px))
        lay_over(scene, self.sprite, round(x), round(self.eyes_px - _FRAME_UP * self.head_px - step))


def passers_by(options: ClipOptions, count: int = 3) -> tuple[PasserBy, ...]:
    """People for the back of a scene, chosen by the seed."""
    rng = np.random.default_rng([options.seed, 7])
    people = []
    for _ in range(count):
        head = float(_HEAD_SHARE * options.height_px * rng.uniform(0.85, 1.15))
        speed = options.width_px * rng.uniform(0.05, 0.11) * (1 if rng.random() < 0.5 else -1)
        start = rng.uniform(0, 2.2 * options.width_px)
        people.append(PasserBy(_from_behind(head, rng), head, eye_line_px(head, options), start, speed))
    return tuple(people)


def _from_behind(head_px: float, rng: np.random.Generator) -> Sprite:
    """A person's back: a plain body and a hood, as blurred as the wall behind."""
    frame = BodyFrame(head_px, _FRAME_UP, _FRAME_DOWN)
    width = round(2 * _FRAME_SIDE * head_px)
    clothes = _clothes(rng)
    colour, alpha = plain_body(clothes, width, frame)
    below, across = frame.below()[:, None], frame.across(width)
    hood = (across / 0.55) ** 2 + ((below + 0.1) / 0.72) ** 2 < 1
    shoulders = (below > 0) & (below < 1.2) & (across < np.interp(below, (0.0, 0.5, 1.2), (0.5, 0.55, 1.0)))
    alpha[hood | shoulders] = 1
    colour[hood | shoulders] = clothes * _HOOD
    sprite = sprite_from(colour, alpha)
    return np.asarray(cv2.GaussianBlur(sprite, (0, 0), max(head_px / 16, 0.6)), dtype=np.uint8)


def _clothes(rng: np.random.Generator) -> NDArray[np.float32]:
    """A colour that people wear to an office: dark to medium, little saturated."""
    return np.asarray(rng.uniform(35, 120) * rng.uniform(0.8, 1.2, 3), dtype=np.float32)


class Screen:
    """A screen on the wall with a picture that scrolls: movement that is nobody. Owns its picture."""

    def __init__(self, place: tuple[int, int, int, int], seed: int) -> None:
        rng = np.random.default_rng([seed, 8])
        self._place = place
        _, _, width, height = place
        coarse = (rng.uniform(40, 200, (4, 14, 1)) * rng.uniform(0.75, 1.25, (4, 14, 3))).astype(np.float32)
        coarse = np.concatenate([coarse, coarse[:, :1]], axis=1)
        self._film = np.asarray(np.clip(cv2.resize(coarse, (4 * width, height)), 0, 255), dtype=np.uint8)

    def draw(self, scene: Pixels, t_s: float) -> None:
        """Draw what it shows at a moment, in place."""
        x, y, width, height = self._place
        offset = round(0.35 * width * t_s) % self._film.shape[1]
        shown = np.roll(self._film, -offset, axis=1)[:, :width]
        scene[y : y + height, x : x + width] = shown
        cv2.rectangle(scene, (x, y), (x + width, y + height), (24, 24, 26), max(2, width // 40))
