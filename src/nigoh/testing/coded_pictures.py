"""Coded pictures as a camera sends them, each of which can be told from the others when it is shown."""

import io
from fractions import Fraction

import av
import numpy as np
from av.video.stream import VideoStream

from nigoh.domain.frame import Pixels
from nigoh.video.access_unit import AccessUnit

_ENCODERS = {"h264": "libx264", "hevc": "libx265", "mjpeg": "mjpeg"}
SHADES = 50
_DARKEST, _STEP = 28, 4
_LOST = 2  # what a shade loses on its way to YUV and back
_CLOCK = 90_000


def code_pictures(  # noqa: PLR0913 - what a camera's user can set
    codec: str,
    count: int,
    *,
    fps: int = 15,
    gop: int = 15,
    size: tuple[int, int] = (160, 96),
    b_frames: int = 0,
) -> list[AccessUnit]:
    """Pictures in the order of decoding; the one shown as number n has the shade n modulo 50, see `shade_of`.

    Args:
        codec: "h264", "hevc" or "mjpeg".
        count: how many.
        fps: how many a second.
        gop: from keyframe to keyframe.
        size: width and height in pixels.
        b_frames: most pictures in a row that are shown before one that was sent before them.
    """
    with av.open(io.BytesIO(), "w", format=codec) as container:
        stream = container.add_stream(_ENCODERS[codec], rate=fps, options=_options(codec, gop, b_frames))
        if not isinstance(stream, VideoStream):
            raise TypeError(f"{codec} encodes video")
        stream.width, stream.height = size
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        stream.codec_context.gop_size, stream.codec_context.max_b_frames = gop, b_frames
        stream.codec_context.thread_count = 1
        packets = [packet for number in range(count) for packet in stream.encode(_frame(number, size, fps))]
        packets += stream.encode(None)
    return [
        AccessUnit(
            data=bytes(packet),
            t_s=float((packet.pts or 0) * (packet.time_base or Fraction(1, fps))),
            wall_ns=None,
            is_keyframe=packet.is_keyframe,
            size_bytes=packet.size,
        )
        for packet in packets
    ]


def shade_of(pixels: Pixels) -> int:
    """Which picture of fifty this is, from its middle (H, W, 3)."""
    height, width = pixels.shape[:2]
    middle = pixels[height // 2 - 8 : height // 2 + 8, width // 2 - 8 : width // 2 + 8]
    return round((float(middle.mean()) - _DARKEST + _LOST) / _STEP)


def _frame(number: int, size: tuple[int, int], fps: int) -> av.VideoFrame:
    """A grey picture with a noisy edge that moves."""
    pixels = np.full((size[1], size[0], 3), _DARKEST + _STEP * (number % SHADES), np.uint8)
    noise = np.random.default_rng(size[0]).integers(0, 255, (16, size[0], 3), np.uint8)
    pixels[:16] = np.roll(noise, number * 5, axis=1)
    frame = av.VideoFrame.from_ndarray(pixels, format="bgr24")
    frame.pts, frame.time_base = number * _CLOCK // fps, Fraction(1, _CLOCK)
    return frame


def _options(codec: str, gop: int, b_frames: int) -> dict[str, str]:
    if codec == "h264":
        return {"preset": "veryfast", "sc_threshold": "0", "keyint_min": str(gop), "crf": "18"}
    if codec == "hevc":
        groups = f"keyint={gop}:min-keyint={gop}:scenecut=0:open-gop=0:bframes={b_frames}"
        return {"x265-params": f"{groups}:repeat-headers=1:crf=18:pools=none:frame-threads=1:log-level=none"}
    return {}
