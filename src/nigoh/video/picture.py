"""A decoded picture as upright BGR pixels."""

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter

from nigoh.domain.frame import Pixels


def scaled(
    frame: VideoFrame,
    width_px: int | None = None,
    height_px: int | None = None,
    format: str | None = None,  # noqa: A002 - as PyAV names it
    interpolation: str | None = None,
) -> VideoFrame:
    """The frame in another size or format; None: its own. Any number of threads may do so with one frame at once.

    A scaler each time: the one that `VideoFrame.reformat` keeps in the frame crashes the process when two threads
    meet in it, as the analysis and a live view of the same frame do. One thread in it: at 640x360 FFmpeg's own
    threads cost more than the 0.2 ms of the conversion.
    """
    return VideoReformatter().reformat(frame, width_px, height_px, format, interpolation=interpolation, threads=1)


def upright_size(frame: VideoFrame) -> tuple[int, int]:
    """Width and height in pixels once the picture is upright."""
    sideways = _quarter_turns(frame) % 2
    return (frame.height, frame.width) if sideways else (frame.width, frame.height)


def to_pixels(frame: VideoFrame) -> Pixels:
    """The picture as (H, W, 3) uint8 BGR, turned upright by the rotation that its file states."""
    pixels = np.asarray(scaled(frame, format="bgr24").to_ndarray(), dtype=np.uint8)
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
    small = scaled(frame, width_px, height_px, "bgr24", "AREA")
    pixels, turns = np.asarray(small.to_ndarray(), dtype=np.uint8), _quarter_turns(frame)
    return (np.ascontiguousarray(np.rot90(pixels, turns)) if turns else pixels), scale


def _quarter_turns(frame: VideoFrame) -> int:
    """How often to turn it by 90 degrees counter-clockwise. Cameras and phones state no other angles."""
    return round(frame.rotation / 90) % 4
