"""Opening with FFmpeg, and what a container states of itself."""

from dataclasses import dataclass
from fractions import Fraction

import av
import av.error
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from nigoh.errors import NigohError, SourceError
from nigoh.video.medium import Medium

_CLOCKLESS = {"mpjpeg", "mjpeg", "jpeg_pipe"}
"""Formats without timestamps: for a camera FFmpeg makes some up at 25 a second; the time of arrival is truer."""

_TEXT = {"tty", "lrc", "srt", "webvtt", "ass"}
"""Formats of text that FFmpeg can draw or show."""

_HIGHEST_FPS = 480
"""Containers that know no frame rate state that of their clock, such as 90000."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What a container says of one of its video streams.

    Attributes:
        live: it is a camera: it has no length, and does not wait.
        fps: pictures a second, 0 if it does not say.
        length_s: seconds, or None.
        has_clock: its pictures carry timestamps.
    """

    live: bool
    fps: float
    length_s: float | None
    has_clock: bool


def open_container(medium: Medium) -> InputContainer:
    """Open it.

    Raises:
        SourceError, SourceUnavailable: as `medium.explain` puts it, and holding no trace of the address: FFmpeg's
            own errors name it with its password.
    """
    failure: NigohError
    try:
        return av.open(
            medium.address,
            mode="r",
            format=medium.demuxer,
            options=dict(medium.demuxer_options),
            timeout=medium.timeout_s,
            # A title in an old encoding is no reason not to play it.
            metadata_errors="replace",
        )
    except av.error.FFmpegError as error:
        failure = medium.explain(error)
    # Outside the handler, so that not even the context of the new error holds the old one.
    raise failure


def choose_stream(container: InputContainer, medium: Medium) -> VideoStream:
    """The video that is meant if there are several, by FFmpeg's choice: the best one that is no cover picture.

    Raises:
        SourceError: there is none.
    """
    if container.format.name in _TEXT or not container.streams:
        raise SourceError(f"{medium.shown} is not a video", "Give a video file.")
    best = container.streams.best("video")
    if not isinstance(best, VideoStream) or best.disposition & Disposition.attached_pic:
        held = "only sound" if container.streams.audio else "no pictures"
        raise SourceError(f"{medium.shown} has no video: it holds {held}", "Give a file or a stream with pictures.")
    return best


def read_stated(container: InputContainer, stream: VideoStream, medium: Medium) -> Stated:
    """What the container says of the stream."""
    length_s: float | None = None
    if stream.duration is not None and stream.time_base is not None:
        length_s = float(stream.duration * stream.time_base)
    elif container.duration is not None:
        length_s = container.duration / av.time_base
    live = medium.live if medium.live is not None else not length_s
    has_clock = not (live and container.format.name in _CLOCKLESS)
    fps = (_fps(stream.average_rate) or _fps(stream.guessed_rate)) if has_clock else 0.0
    return Stated(live=live, fps=fps, length_s=None if live else length_s, has_clock=has_clock)


def _fps(rate: Fraction | None) -> float:
    """The rate if it can be meant, else 0."""
    return float(rate) if rate is not None and 0 < rate <= _HIGHEST_FPS else 0.0
