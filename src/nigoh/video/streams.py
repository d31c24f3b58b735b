"""All cameras of a shard as streams: RTSP by the lean receiver in one thread, whatever else by FFmpeg."""

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from nigoh.domain.camera_url import CameraUrl
from nigoh.errors import NigohError, SourceUnavailable
from nigoh.outbound import Outbound
from nigoh.video.container_stream import ContainerStream
from nigoh.video.rtsp.errors import Garbled, NotSpoken
from nigoh.video.rtsp.lean_stream import LeanStream, receive_lean
from nigoh.video.rtsp.receiver import Receiver
from nigoh.video.stream import OpenStream, StreamCounts, StreamInfo, StreamOptions, StreamSink

_REMEMBER_S = 6 * 3600.0
"""How long a camera is left to FFmpeg before the lean receiver is tried again: it may have been set up anew."""

_GARBLED_S = 600.0
"""How long a camera may send what makes no sense until FFmpeg is asked: one that is broken for a while, perhaps
together with two hundred others, is not to come back as a thread of its own."""

_JOIN_S = 1.0
"""How long leaving may take on account of FFmpeg's threads; those that hang in a read end by themselves later."""


class Streams:
    """Opens streams (see `nigoh.video.stream.StreamOpener`).

    rtsp:// cameras share one thread. One that turns out not to be spoken by the lean receiver is received by FFmpeg
    instead, in a thread of its own, as are rtsps://, http(s):// and the other addresses that FFmpeg opens, webcams
    (file:///dev/video0) and files. A file (file:///path/clip.mp4) plays in real time, again and again from its start:
    a camera for whoever has none at hand.

    That a camera sends no keyframe is not noticed here, as its packets come: see `nigoh.engine.link.Link`.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, gate: Outbound | None = None) -> None:
        """Set it up; the threads start when the context is entered. The gate says what may be connected to."""
        self._clock = clock
        self._gate = gate or Outbound()
        self._receiver = Receiver("streams")
        self._lock = threading.Lock()
        self._is_open = False
        self._was_open = False
        self._streams: set[_Stream] = set()
        self._containers: set[ContainerStream] = set()
        self._left_to_ffmpeg: dict[CameraUrl, float] = {}
        self._garbled_since_s: dict[CameraUrl, float] = {}

    def open(self, url: CameraUrl, options: StreamOptions, sink: StreamSink) -> OpenStream:
        """Begin to connect; returns at once. After the context was left the sink is only told that it is over.

        Raises:
            RuntimeError: the context has not been entered.
        """
        stream = _Stream(self, url, options, sink)
        with self._lock:
            if not self._was_open:
                raise RuntimeError("streams are opened within the context")
            if self._is_open:
                self._streams.add(stream)
        stream.begin(lean=url.scheme == "rtsp" and not self._is_left_to_ffmpeg(url))
        return stream

    def __enter__(self) -> Self:
        self._receiver.__enter__()
        with self._lock:
            self._is_open = self._was_open = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        end_s = time.monotonic() + _JOIN_S
        with self._lock:
            self._is_open = False
            streams = list(self._streams)
        for stream in streams:
            stream.close()
        self._receiver.__exit__(kind, error, trace)
        with self._lock:
            containers = list(self._containers)
        for container in containers:
            container.join(end_s - time.monotonic())

    def lean(self, stream: "_Stream", url: CameraUrl, options: StreamOptions) -> LeanStream | None:
        """For a stream: have it received by the lean receiver; None once the context is left."""
        with self._lock:
            return receive_lean(self._receiver, url, options, stream, self._gate) if self._is_open else None

    def container(self, stream: "_Stream", url: CameraUrl, options: StreamOptions) -> ContainerStream | None:
        """For a stream: have it received by FFmpeg; None once the context is left."""
        made = ContainerStream(url, options, stream, gate=self._gate)
        with self._lock:
            if not self._is_open:
                return None
            self._containers.add(made)
            made.start()
        return made

    def note_end(self, stream: "_Stream", way: LeanStream | ContainerStream | None) -> None:
        """For a stream: it is over."""
        with self._lock:
            self._streams.discard(stream)
            if isinstance(way, ContainerStream):
                self._containers.discard(way)

    def note_language(self, url: CameraUrl, *, ffmpeg: bool) -> None:
        """For a stream: whether this camera is to be left to FFmpeg the next time."""
        with self._lock:
            now_s = self._clock()
            self._left_to_ffmpeg = {each: until for each, until in self._left_to_ffmpeg.items() if until > now_s}
            if not ffmpeg:
                self._left_to_ffmpeg.pop(url, None)
            else:
                self._left_to_ffmpeg.setdefault(url, now_s + _REMEMBER_S)

    def note_sense(self, url: CameraUrl, *, garbled: bool) -> None:
        """For a stream: whether what came over the lean receiver made no sense from its first picture on."""
        with self._lock:
            if not garbled:
                self._garbled_since_s.pop(url, None)
                return
            now_s = self._clock()
            lasts = now_s - self._garbled_since_s.setdefault(url, now_s) >= _GARBLED_S
        if lasts:
            self.note_language(url, ffmpeg=True)

    def _is_left_to_ffmpeg(self, url: CameraUrl) -> bool:
        with self._lock:
            return self._left_to_ffmpeg.get(url, -1.0) > self._clock()


class _Stream:
    """One camera, whichever way it is received: what its user holds, and what either way tells."""

    def __init__(self, streams: Streams, url: CameraUrl, options: StreamOptions, sink: StreamSink) -> None:
        self._streams = streams
        self._url = url
        self._options = options
        self._sink = sink
        self._lock = threading.Lock()
        self._way: LeanStream | ContainerStream | None = None
        self._closing = False
        self._was_told = False
        # Straight through: this is called for every picture of every camera.
        self.put = sink.put

    def begin(self, *, lean: bool) -> None:
        """Connect."""
        with self._lock:
            if not self._closing:
                begin = self._streams.lean if lean else self._streams.container
                self._way = begin(self, self._url, self._options)
            nothing = self._way is None
        if nothing:
            self._finish(None)

    @property
    def counts(self) -> StreamCounts:
        """What has come so far."""
        way = self._way
        return StreamCounts() if way is None else way.counts

    def close(self) -> None:
        """Leave the camera; returns at once."""
        with self._lock:
            self._closing = True
            if self._way is not None:
                self._way.close()

    def opened(self, info: StreamInfo) -> None:
        """It has said what it will send."""
        self._was_told = True
        self._sink.opened(info)

    def ended(self, error: NigohError | None) -> None:
        """One way of receiving it has come to its end; another one may follow."""
        with self._lock:
            way = self._way
        if isinstance(way, ContainerStream):
            if self._url.scheme == "rtsp":
                self._streams.note_language(self._url, ffmpeg=way.counts.packets > 0)
        elif isinstance(error, NotSpoken):
            if not self._was_told:
                self._hand_over()
                return
            # Its sink knows another beginning by now: a later connection is FFmpeg's.
            if isinstance(error, Garbled):
                self._streams.note_sense(self._url, garbled=True)
            else:
                self._streams.note_language(self._url, ffmpeg=True)
            error = SourceUnavailable(error.what, error.next_step)
        elif way is not None and way.counts.packets:
            self._streams.note_sense(self._url, garbled=False)
        self._finish(error)

    def _hand_over(self) -> None:
        with self._lock:
            self._way = None
            if not self._closing:
                self._way = self._streams.container(self, self._url, self._options)
            nothing = self._way is None
        if nothing:
            self._finish(None)

    def _finish(self, error: NigohError | None) -> None:
        self._streams.note_end(self, self._way)
        self._sink.ended(error)
