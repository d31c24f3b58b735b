"""Whatever FFmpeg can open as a source: files, RTSP and HTTP cameras, webcams."""

import time
from collections.abc import Callable, Iterator
from itertools import chain
from types import TracebackType
from typing import Self

import av.error
from av.container import InputContainer
from av.video.frame import VideoFrame

from nigoh.domain.frame import Frame
from nigoh.errors import NigohError, SourceError, SourceUnavailable
from nigoh.video.decoder import PictureDecoder
from nigoh.video.medium import Medium
from nigoh.video.options import SourceOptions
from nigoh.video.picture import to_pixels, upright_size
from nigoh.video.probe import Stated, choose_stream, open_container, read_stated
from nigoh.video.sampling import Sampling
from nigoh.video.source import SourceFaults, SourceInfo
from nigoh.video.timeline import Timeline

_LEAST_MISSING_S = 1.0
"""Stated lengths may be those of the sound, or rounded up: what is missing is told from a second on."""

_SLACK_S = 1.0
"""What closing waits beyond the timeout that ends the read at hand."""


class ContainerSource:
    """A source that FFmpeg reads (see `nigoh.video.source.Source`).

    Opening decodes the first picture: only then is it certain that there is one, and how large it is. Indices count
    from 0 at `start_s`, and count the frames that `sampling` leaves out. Owner: the thread that reads `frames`.
    """

    def __init__(self, medium: Medium, options: SourceOptions, clock: Callable[[], float] = time.monotonic) -> None:
        """Open it.

        Args:
            medium: what.
            options: how, and which part.
            clock: monotonic seconds, for cameras that send no timestamps.

        Raises:
            SourceError: it holds no video, or cannot be read.
            SourceUnavailable: a camera that may come back.
        """
        self._medium = medium
        self._options = options
        self._clock = clock
        self._zero_s: float | None = None
        self._missing_s = 0.0
        container = open_container(medium)
        try:
            self._stated = self._set_up(container)
            self._pictures = self._placed_pictures()
            self._first = self._require_picture(next(self._pictures, None))
        except BaseException:
            container.close()
            raise
        width_px, height_px = upright_size(self._first[0])
        self._info = SourceInfo(
            name=medium.name,
            width_px=width_px,
            height_px=height_px,
            fps=self._stated.fps,
            duration_s=self._stated.length_s,
            live=self._stated.live,
        )

    @property
    def info(self) -> SourceInfo:
        """What is known of it."""
        return self._info

    @property
    def faults(self) -> SourceFaults:
        """What had to be skipped so far; what is missing at the end is known at the end."""
        return SourceFaults(damaged_packets=self._decoder.damaged_packets, missing_s=self._missing_s)

    def frames(self) -> Iterator[Frame]:
        """The wanted frames, in time order. Raises SourceUnavailable when a live source ends."""
        sampler = (self._options.sampling or Sampling()).sampler()
        for index, (picture, t_s) in enumerate(chain([self._first], self._pictures)):
            if self._options.end_s is not None and t_s >= self._options.end_s:
                return
            if sampler(index, t_s):
                yield Frame(to_pixels(picture), index, t_s)
            if sampler.is_over:
                return
        if self._decoder.is_closed:
            return
        if self._stated.live:
            raise self._broken_off()
        self._note_what_is_missing()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._decoder.close(_SLACK_S + (self._medium.timeout_s or (0.0, 0.0))[1])

    def _set_up(self, container: InputContainer) -> Stated:
        stream = choose_stream(container, self._medium)
        stated = read_stated(container, stream, self._medium)
        self._decoder = PictureDecoder(container, stream, live=stated.live, on_disk=self._medium.live is False)
        self._timeline = Timeline(stated.fps, stated.length_s)
        if not stated.live and stream.start_time is not None and stream.time_base is not None:
            self._zero_s = float(stream.start_time * stream.time_base)
        if self._options.start_s and not stated.live:
            self._decoder.seek(self._options.start_s)
        return stated

    def _placed_pictures(self) -> Iterator[tuple[VideoFrame, float]]:
        """Pictures with their time, from `start_s` on."""
        start_s = 0.0 if self._stated.live else self._options.start_s or 0.0
        failure: NigohError | None = None
        try:
            for picture in self._decoder.pictures():
                t_s = self._timeline.place(self._stamp_s(picture))
                if t_s >= start_s:
                    yield picture, t_s
        except av.error.FFmpegError as error:
            failure = self._medium.explain(error) if not self._timeline.end_s else self._broken_off()
        # Outside the handler: FFmpeg's error names the address with its password, also as a mere context.
        if failure is not None and not self._decoder.is_closed:
            raise failure

    def _stamp_s(self, picture: VideoFrame) -> float | None:
        """Seconds since the start of the stream, as the picture states them or as the clock shows them."""
        if not self._stated.has_clock:
            now_s: float | None = self._clock()
        else:
            ticks, base = picture.pts, picture.time_base
            now_s = None if ticks is None or base is None else float(ticks * base)
        if now_s is None:
            return None
        if self._zero_s is None:
            # A camera's first pictures may have no timestamp: the first that has one continues after them.
            self._zero_s = now_s - self._timeline.end_s
        return now_s - self._zero_s

    def _broken_off(self) -> SourceUnavailable:
        return SourceUnavailable(f"{self._medium.shown} has stopped sending", "Check the camera and its network.")

    def _require_picture(self, first: tuple[VideoFrame, float] | None) -> tuple[VideoFrame, float]:
        if first is not None:
            return first
        shown = self._medium.shown
        if self._stated.live:
            raise SourceUnavailable(f"{shown} sends no picture", "Check the camera's stream settings.")
        if self._options.start_s:
            raise SourceError(f"{shown} has no picture after {self._options.start_s:g} s", "Choose an earlier start.")
        raise SourceError(
            f"{shown} holds no picture that can be decoded",
            "It is damaged or cut off: copy it again from its origin.",
        )

    def _note_what_is_missing(self) -> None:
        reached_s = max(self._timeline.end_s, self._decoder.end_s)
        missing_s = (self._stated.length_s or 0.0) - reached_s
        self._missing_s = missing_s if missing_s >= _LEAST_MISSING_S else 0.0
