"""An RTSP camera as a source of frames, received by the lean receiver."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import chain
from types import TracebackType
from typing import Self

from av.video.frame import VideoFrame

from nigoh.domain.camera_url import CameraUrl
from nigoh.domain.frame import Frame
from nigoh.errors import SourceUnavailable
from nigoh.video.options import SourceOptions
from nigoh.video.picture import to_pixels, upright_size
from nigoh.video.rtsp.receiver import Receiver
from nigoh.video.rtsp.reception import ReceptionOptions
from nigoh.video.rtsp.session_description import Codec
from nigoh.video.rtsp.unit_queue import UnitQueue
from nigoh.video.sampling import Sampling
from nigoh.video.source import SourceFaults, SourceInfo
from nigoh.video.timeline import Timeline
from nigoh.video.unit_decoder import UnitDecoder

_DECODERS = {Codec.H264: "h264", Codec.H265: "hevc"}

_SLACK_S = 1.0
"""What opening waits beyond the camera's own time limits, which end it with the better explanation."""


class LeanRtspSource:
    """A source that reads H.264 and H.265 from an RTSP camera (see `nigoh.video.source.Source`).

    Opening decodes the first picture. A reader that is too slow loses whole groups of pictures, the oldest first;
    `indices` count what was decoded. Owner: the thread that reads `frames`.
    """

    def __init__(
        self,
        url: CameraUrl,
        options: SourceOptions,
        receiver: Receiver | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open it.

        Args:
            url: the camera's.
            options: how, and which frames.
            receiver: an open one, shared with other cameras; None starts one for this camera alone.
            clock: monotonic seconds.

        Raises:
            SourceError: no retry mends it: no such stream, wrong password.
            NotSpoken: a SourceError: another kind of source may be able to read it.
            SourceUnavailable: a camera that may come back.
        """
        self._url = url
        self._options = options
        self._clock = clock
        self._queue = UnitQueue()
        self._is_closed = False
        self._zero_s: float | None = None
        with ExitStack() as opening:
            receiver = receiver or opening.enter_context(Receiver())
            self._reception = receiver.add(url, _reception_options(options), self._queue)
            opening.callback(self._reception.close)
            self._open()
            self._closing = opening.pop_all()

    @property
    def info(self) -> SourceInfo:
        """What is known of it."""
        return self._info

    @property
    def faults(self) -> SourceFaults:
        """What had to be skipped so far: pictures lost on the way, and such as could not be decoded."""
        damaged = self._reception.counts.damaged_units + self._decoder.failures
        return SourceFaults(damaged_packets=damaged)

    @property
    def dropped_units(self) -> int:
        """Coded pictures that were left out as the reader was too slow."""
        return self._queue.dropped

    def frames(self) -> Iterator[Frame]:
        """The wanted frames, in time order. Raises SourceUnavailable when the camera stops sending."""
        sampler = (self._options.sampling or Sampling()).sampler()
        for index, (picture, t_s) in enumerate(self._pictures):
            if self._is_closed or (self._options.end_s is not None and t_s >= self._options.end_s):
                return
            if sampler(index, t_s):
                yield Frame(to_pixels(picture), index, t_s)
            if sampler.is_over:
                return

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_closed = True
        self._queue.close()
        self._closing.close()

    def _open(self) -> None:
        self._deadline_s: float | None = self._clock() + self._options.open_timeout_s + _SLACK_S
        track = self._queue.wait_for_track(self._patience_s() or 0.0)
        if track is None:
            raise SourceUnavailable(f"{self._url} does not answer", "Check the camera and its network.")
        self._decoder = UnitDecoder(_DECODERS[track.codec])
        decoded = self._decode()
        first = next(decoded, None)
        if first is None:
            raise SourceUnavailable(
                f"{self._url} has sent no keyframe in {self._options.open_timeout_s:g} s",
                "Let the camera send keyframes more often.",
            )
        self._deadline_s = None
        fps = track.fps or self._decoder.fps
        self._timeline = Timeline(fps)
        self._pictures = ((picture, self._place(stamp_s)) for picture, stamp_s in chain([first], decoded))
        width_px, height_px = upright_size(first[0])
        self._info = SourceInfo(
            name=self._url.name, width_px=width_px, height_px=height_px, fps=fps, duration_s=None, live=True
        )

    def _decode(self) -> Iterator[tuple[VideoFrame, float]]:
        """Pictures with the seconds of their units, until somebody closes or, in opening, until time is over."""
        while (unit := self._queue.take(self._patience_s())) is not None:
            yield from self._decoder.decode(unit)

    def _patience_s(self) -> float | None:
        """How long to wait for the next unit: once it is open, the camera's own time limits hold."""
        return None if self._deadline_s is None else max(self._deadline_s - self._clock(), 0.0)

    def _place(self, stamp_s: float) -> float:
        """Seconds since the first picture, above those of the last one."""
        if self._zero_s is None:
            self._zero_s = stamp_s
        return self._timeline.place(stamp_s - self._zero_s)


def _reception_options(options: SourceOptions) -> ReceptionOptions:
    return ReceptionOptions(
        transport=options.transport,
        open_timeout_s=options.open_timeout_s,
        read_timeout_s=options.read_timeout_s,
        gate=options.gate,
    )
