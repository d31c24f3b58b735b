"""A decoded picture as upright BGR pixels."""

import numpy as np
from av.video.frame import VideoFrame

from nigoh.domain.frame import Pixels


def upright_size(frame: VideoFrame) -> tuple[int, int]:
    """Width and height in pixels once the picture is upright."""
    sideways = _quarter_turns(frame) % 2
    return (frame.height, frame.width) if sideways else (frame.width, frame.height)


def to_pixels(frame: VideoFrame) -> Pixels:
    """The picture as (H, W, 3) uint8 BGR, turned upright by the rotation that its file states."""
    # One thread: at 640x360 FFmpeg's own threads cost more than the 0.2 ms of the conversion.
    pixels = np.asarray(frame.reformat(format="bgr24", threads=1).to_ndarray(), dtype=np.uint8)
    turns = _quarter_turns(frame)
    return np.ascontiguousarray(np.rot90(pixels, turns)) if turns else pixels


def to_pixels_within(frame: VideoFrame, long_side_px: int) -> tuple[Pixels, float]:
    """The picture as `to_pixels`, scaled down to at most so many pixels on its long side, and by how much.

    It is scaled before its colours are converted, which costs less than the other way round; never up.
    """
    scale = long_side_px / max(frame.width, frame.height)
    if scale >= 1:
        return to_pixels(frame), 1.0
    width_px, height_px = max(1, round(frame.width * scale)), max(1, round(frame.height * scale))
    small = frame.reformat(width_px, height_px, "bgr24", interpolation="AREA", threads=1)
    pixels, turns = np.asarray(small.to_ndarray(), dtype=np.uint8), _quarter_turns(frame)
    return (np.ascontiguousarray(np.rot90(pixels, turns)) if turns else pixels), scale


def _quarter_turns(frame: VideoFrame) -> int:
    """How often to turn it by 90 degrees counter-clockwise. Cameras and phones state no other angles."""
    return round(frame.rotation / 90) % 4
