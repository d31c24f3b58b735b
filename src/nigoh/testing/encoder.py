"""Writes pictures as a camera encodes them: no B-frames, keyframes at a fixed distance, a bounded bit rate."""

from collections.abc import Iterable
from pathlib import Path

import av
import cv2
import numpy as np
from av.codec.codec import UnknownCodecError
from av.container import OutputContainer
from av.video.reformatter import ColorRange, Colorspace
from av.video.stream import VideoStream

from nigoh.domain.frame import Pixels
from nigoh.errors import ConfigError, OutputError
from nigoh.testing.clip_options import ClipOptions, RateControl, VideoCodec

CONTAINERS = (".mp4", ".mkv", ".mov", ".ts")
"""Endings of files that a clip can be written to."""

_MEDIUM_QUALITY = {VideoCodec.H264: "27", VideoCodec.H265: "26"}
"""Constant rate factors at which noise is smoothed away and faces keep their detail, as cameras choose by default."""

_ENCODER = {VideoCodec.H264: "libx264", VideoCodec.H265: "libx265"}


def require_clip_place(path: Path) -> None:
    """Raise OutputError unless a clip can be written here, before the work that would be lost."""
    if path.suffix.lower() not in CONTAINERS:
        raise OutputError(
            f"{path} names no video container", f"Let the file's name end in one of: {', '.join(CONTAINERS)}."
        )
    require_place(path)


def require_place(path: Path) -> None:
    """Raise OutputError unless a file can be written here."""
    if path.is_dir():
        raise OutputError(f"{path} is a folder", "Give the name of a file.")
    try:
        _unfinished(path).touch()
        _unfinished(path).unlink()
    except OSError as error:
        raise _cannot_write(path, error) from error


def encode_clip(pictures: Iterable[Pixels], path: Path, options: ClipOptions) -> None:
    """Write a clip. The file appears, or replaces an earlier one, when it is complete, or not at all.

    Raises:
        OutputError: it cannot be written.
        ConfigError: this FFmpeg has no such encoder.
    """
    require_clip_place(path)
    unfinished = _unfinished(path)
    try:
        with av.open(str(unfinished), "w") as container:
            stream = _add_stream(container, options)
            for index, pixels in enumerate(pictures):
                container.mux(stream.encode(_to_frame(pixels, index)))
            container.mux(stream.encode(None))
        unfinished.replace(path)
    except (OSError, av.FFmpegError) as error:
        raise _cannot_write(path, error) from error
    finally:
        unfinished.unlink(missing_ok=True)


def _unfinished(path: Path) -> Path:
    return path.with_name(f".{path.stem}.unfinished{path.suffix}")


def _cannot_write(path: Path, error: OSError | av.FFmpegError) -> OutputError:
    reason = error.strerror or str(error)
    return OutputError(f"{path} cannot be written: {reason}", "Choose a file in a folder that you can write to.")


def _add_stream(container: OutputContainer, options: ClipOptions) -> VideoStream:
    name = _ENCODER[options.codec]
    try:
        stream = container.add_stream(name, rate=options.frame_rate, options=_rate_control(options))
    except UnknownCodecError as error:
        raise ConfigError(f"this FFmpeg has no {name}", "Reinstall PyAV from its wheel: pip install av") from error
    if not isinstance(stream, VideoStream):
        raise TypeError(f"{name} encodes video")
    stream.width, stream.height, stream.pix_fmt = options.width_px, options.height_px, "yuv420p"
    context = stream.codec_context
    context.gop_size, context.max_b_frames, context.bit_rate = options.gop, 0, options.bitrate
    # With a bounded bit rate an encoder's threads influence each other: one alone gives the same clip twice.
    context.thread_count = 1
    context.colorspace, context.color_range = Colorspace.ITU601, ColorRange.MPEG
    if options.codec is VideoCodec.H265 and container.format.name in ("mp4", "mov"):
        context.codec_tag = "hvc1"  # the tag that players on Apple's systems ask for
    return stream


def _rate_control(options: ClipOptions) -> dict[str, str]:
    """Constant distance of keyframes (no extra ones at scene cuts) and at most `bitrate` over any second.

    The preset "superfast" compresses about as a camera's chip does, at half the time of "veryfast".
    """
    bounds = {"preset": "superfast", "maxrate": str(options.bitrate), "bufsize": str(options.bitrate)}
    if options.rate_control is RateControl.VARIABLE:
        bounds["crf"] = _MEDIUM_QUALITY[options.codec]
    if options.codec is VideoCodec.H264:
        return bounds | {"sc_threshold": "0", "keyint_min": str(options.gop)}
    gop = f"keyint={options.gop}:min-keyint={options.gop}:scenecut=0:open-gop=0:bframes=0:pools=none:frame-threads=1"
    return bounds | {"x265-params": f"{gop}:log-level=none"}


def _to_frame(pixels: Pixels, index: int) -> av.VideoFrame:
    planes = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2YUV_I420), dtype=np.uint8)
    frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
    frame.pts = index
    return frame
