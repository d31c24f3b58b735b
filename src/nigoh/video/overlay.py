"""Draws boxes, names and a caption over pictures."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from nigoh.domain.frame import Pixels
from nigoh.domain.sighting import Box

_BLACK = (0, 0, 0)
_WHITE = (255, 255, 255)


class Colour(Enum):
    """Colours of marks, as blue-green-red. White or black text can be read on each."""

    GREEN = (60, 140, 20)
    RED = (40, 40, 205)
    AMBER = (0, 176, 255)
    BLUE = (205, 110, 30)
    GREY = (120, 120, 120)

    @property
    def text(self) -> tuple[int, int, int]:
        """The colour of text on it: the one of black and white that stands out more."""
        blue, green, red = self.value
        luminance = 0.114 * blue + 0.587 * green + 0.299 * red
        return _BLACK if luminance > 150 else _WHITE


@dataclass(frozen=True, slots=True)
class Mark:
    """A face to be marked: its box (source pixels), what to write at it ("" writes nothing), in which colour."""

    box: Box
    text: str
    colour: Colour


def draw_overlay(pixels: Pixels, marks: Sequence[Mark], caption: str = "") -> Pixels:
    """A copy of the picture with a box and a label for each mark, and a caption at the top left.

    Lines and letters grow with the picture's height. Labels are kept inside the picture: below their box, or above
    it where there is no room.

    Args:
        pixels: (H, W, 3) uint8 BGR.
        marks: what to draw; the first lies on top.
        caption: one line.
    """
    picture = pixels.copy()
    height = picture.shape[0]
    line_px = max(1, round(height / 240))
    letter_px = max(11, round(height / 28))
    for mark in reversed(marks):
        x1, y1, x2, y2 = (round(min(max(value, -(2.0**14)), 2.0**14)) for value in mark.box)
        cv2.rectangle(picture, (x1, y1), (x2, y2), mark.colour.value, line_px, cv2.LINE_8)
        if mark.text:
            label = _label(mark.text, letter_px, mark.colour.value, mark.colour.text)
            below = y2 + line_px
            fits = below + label.shape[0] <= height
            _place(picture, label, x1 - line_px // 2, below if fits else y1 - line_px - label.shape[0])
    if caption:
        _place(picture, _label(caption, letter_px, _BLACK, _WHITE), 0, 0)
    return picture


def _place(picture: Pixels, label: Pixels, x: int, y: int) -> None:
    """Put the label there, or as near as keeps it inside; what is wider than the picture is cut at its right."""
    height, width = min(label.shape[0], picture.shape[0]), min(label.shape[1], picture.shape[1])
    left = min(max(x, 0), picture.shape[1] - width)
    top = min(max(y, 0), picture.shape[0] - height)
    picture[top : top + height, left : left + width] = label[:height, :width]


@lru_cache(maxsize=512)
def _label(text: str, letter_px: int, ground: tuple[int, int, int], ink: tuple[int, int, int]) -> Pixels:
    """The text in one line on a filled ground; kept, because a face carries the same label for many frames."""
    font = _font(letter_px)
    line = " ".join(text.split())
    ascent, descent = font.getmetrics()
    margin = max(2, letter_px // 5)
    size = (round(font.getlength(line)) + 2 * margin, ascent + descent + margin)
    tile = Image.new("RGB", size, ground)
    ImageDraw.Draw(tile).text((margin, margin // 2), line, font=font, fill=ink)
    # Colours stand as blue-green-red throughout, so the channels are already in order.
    pixels = np.asarray(tile, dtype=np.uint8)
    pixels.setflags(write=False)
    return pixels


@lru_cache(maxsize=16)
def _font(letter_px: int) -> ImageFont.FreeTypeFont:
    """DejaVu Sans: it has Latin, Cyrillic with the Uzbek letters, and the modifier letters of Uzbek Latin (ʻ ʼ).

    OpenCV's own fonts lack those. The file is part of matplotlib, which is not imported for it.
    """
    spec = find_spec("matplotlib")
    root = Path(spec.origin).parent if spec and spec.origin else Path()
    return ImageFont.truetype(root / "mpl-data" / "fonts" / "ttf" / "DejaVuSans.ttf", letter_px)
