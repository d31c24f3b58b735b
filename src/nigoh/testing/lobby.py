"""A lobby as a camera in it sees it, painted from numbers: wall, windows, pictures, floor, lamps and a counter."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from nigoh.domain.frame import Pixels

Plane = NDArray[np.float32]
Colour = tuple[float, float, float]

WALL_END = 0.57
"""Where the far wall meets the floor, as a share of the picture's height."""

_WALL: Colour = (158, 165, 168)
_FLOOR: Colour = (88, 98, 108)
_JOINT: Colour = (74, 80, 84)
_COUNTER: Colour = (52, 74, 104)
_LAMP: Colour = (235, 245, 250)


@dataclass(frozen=True, slots=True, eq=False)
class Lobby:
    """What stands still in the scene.

    Attributes:
        room: (H, W, 3) uint8, everything behind the people.
        counter: (h, W, 3) uint8, the lowest rows, in front of the people.
        screen: x, y, width and height of the screen on the wall, whose picture moves, pixels.
    """

    room: Pixels
    counter: Pixels
    screen: tuple[int, int, int, int]


def paint_lobby(width: int, height: int, counter_top: int, seed: int) -> Lobby:
    """Paint a lobby of this size; the seed chooses its colours and where its things hang."""
    rng = np.random.default_rng([seed, 6])
    tint = rng.uniform(0.97, 1.03, 3).astype(np.float32)
    room = _wall_and_floor(width, height, rng) * tint
    _windows(room, rng)
    screen = _pictures(room, rng)
    _lamps(room)
    blurred = cv2.GaussianBlur(room, (0, 0), max(height / 600, 0.5))  # the far wall is out of focus
    room = np.asarray(blurred * _light(width, height)[..., None], dtype=np.float32)
    return Lobby(_to_pixels(room), _to_pixels(_counter(width, height - counter_top, rng) * tint), screen)


def _wall_and_floor(width: int, height: int, rng: np.random.Generator) -> Plane:
    end = round(height * WALL_END)
    picture = np.empty((height, width, 3), np.float32)
    picture[:end] = np.array(_WALL) * (1 + 0.05 * _cloud(width, end, 9, rng) + 0.03 * _cloud(width, end, 90, rng))
    picture[end:] = np.array(_FLOOR) * (1 + 0.05 * _cloud(width, height - end, 40, rng))
    floor = picture[end:]
    rows, horizon = height - end, 0.35 * height  # the floor's lines meet this far above it
    narrowing = horizon / (rows + horizon)
    for x in np.linspace(-2 * width, 3 * width, 31):
        _line(floor, (width / 2 + (x - width / 2) * narrowing, 0), (x, rows))
    for depth in np.geomspace(0.02, 1, 9):
        _line(floor, (0, depth * rows), (width, depth * rows))
    cv2.rectangle(picture, (0, end - max(height // 60, 2)), (width, end), (80, 84, 88), -1)
    return picture


def _line(picture: Plane, begin: tuple[float, float], end: tuple[float, float]) -> None:
    (x1, y1), (x2, y2) = begin, end
    cv2.line(picture, (round(x1), round(y1)), (round(x2), round(y2)), _JOINT, 1, cv2.LINE_AA)


def _windows(picture: Plane, rng: np.random.Generator) -> None:
    """A glazed front on one side: bright panes with a blurred outside, and their frames."""
    height, width = picture.shape[:2]
    end = round(height * WALL_END)
    left = round(width * (0.06 + 0.56 * rng.integers(2)))
    pane_w, pane_h = round(width * 0.1), round(end * 0.72)
    top = end - pane_h - round(height * 0.03)
    for k in range(3):
        x = left + k * round(pane_w * 1.08)
        outside = 200 + 30 * _cloud(pane_w, pane_h, 5, rng)
        darker_below = np.linspace(1.08, 0.75, pane_h)[:, None, None]
        picture[top : top + pane_h, x : x + pane_w] = outside * darker_below * (1.06, 1.0, 0.94)
        cv2.rectangle(picture, (x, top), (x + pane_w, top + pane_h), (70, 72, 74), max(2, width // 250))


def _pictures(picture: Plane, rng: np.random.Generator) -> tuple[int, int, int, int]:
    """A door, two framed pictures, and the place of a screen on the wall."""
    height, width = picture.shape[:2]
    end = round(height * WALL_END)
    door = round(width * 0.46), round(end * 0.38)
    cv2.rectangle(picture, door, (door[0] + round(width * 0.085), end), (70, 92, 116), -1)
    cv2.rectangle(picture, door, (door[0] + round(width * 0.085), end), (52, 66, 82), max(2, width // 300))
    for x in (0.4, 0.575):
        size = round(width * 0.045), round(end * 0.22)
        corner = round(width * x), round(end * 0.45)
        paint = 120 + 60 * _cloud(size[0], size[1], 4, rng) * rng.uniform(0.6, 1, 3)
        picture[corner[1] : corner[1] + size[1], corner[0] : corner[0] + size[0]] = paint
        cv2.rectangle(picture, corner, (corner[0] + size[0], corner[1] + size[1]), (48, 52, 60), max(1, width // 400))
    return round(width * 0.455), round(end * 0.12), round(width * 0.1), round(end * 0.18)


def _lamps(picture: Plane) -> None:
    height, width = picture.shape[:2]
    glow = np.zeros((height, width), np.float32)
    for x in (0.12, 0.37, 0.63, 0.88):
        half = round(width * 0.06)
        centre = round(width * x)
        cv2.rectangle(glow, (centre - half, 0), (centre + half, max(2, height // 60)), 1.0, -1)
    halo = cv2.GaussianBlur(glow, (0, 0), height / 14) * 0.5
    share = np.clip(glow + halo, 0, 1)[..., None]
    picture[:] = picture * (1 - share) + np.array(_LAMP) * share


def _counter(width: int, height: int, rng: np.random.Generator) -> Plane:
    """A wooden counter seen from behind and above: a bright edge, a grained front."""
    grain = cv2.resize(
        rng.standard_normal((max(height // 2, 2), max(width // 40, 2)), dtype=np.float32), (width, height)
    )
    picture = np.array(_COUNTER) * (1 + 0.09 * grain[..., None]) * np.linspace(1.0, 0.6, height)[:, None, None]
    edge = max(height // 9, 3)
    picture[:edge] = np.array(_COUNTER) * 1.9 + 10 * grain[:edge, :, None]
    picture[edge : edge + max(height // 30, 1)] *= 0.55
    return np.asarray(cv2.GaussianBlur(picture.astype(np.float32), (0, 0), 1.0), dtype=np.float32)


def _light(width: int, height: int) -> Plane:
    """Vignetting of a cheap lens and the fall of light towards the floor."""
    x = np.linspace(-1, 1, width)[None, :]
    y = np.linspace(-1, 1, height)[:, None]
    return np.asarray((1 - 0.16 * (x * x + y * y)) * (1.04 - 0.08 * y), dtype=np.float32)


def _cloud(width: int, height: int, cells: int, rng: np.random.Generator) -> Plane:
    """(H, W, 1) smooth noise in about [-1, 1] with this many cells across."""
    rows = max(2, round(cells * height / width))
    coarse = rng.uniform(-1, 1, (rows, max(cells, 2))).astype(np.float32)
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)[..., None], dtype=np.float32)


def _to_pixels(picture: Plane) -> Pixels:
    return np.asarray(np.clip(np.rint(picture), 0, 255), dtype=np.uint8)
