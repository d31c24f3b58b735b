"""A camera or a file that FFmpeg reads, as a stream of coded pictures: a thread each, and nothing is decoded."""

import logging
import re
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote

import av.error
from av.container import InputContainer
from av.video.stream import VideoStream

from nigoh.domain.camera_url import CameraUrl
from nigoh.errors import NigohError, SourceError, SourceUnavailable
from nigoh.outbound import Outbound
from nigoh.video.files import file_medium
from nigoh.video.medium import Medium
from nigoh.video.network import network_medium
from nigoh.video.options import SourceOptions
from nigoh.video.packet_units import PacketUnits
from nigoh.video.probe import choose_stream, open_container, read_stated
from nigoh.video.stream import StreamCounts, StreamInfo, StreamOptions, StreamSink
from nigoh.video.webcam import webcam_medium

_log = logging.getLogger(__name__)

_WEBCAM = re.compile(r"/dev/video\d+")

_MOST_BEHIND_S = 1.0
"""A file whose packets come later than this, as after a computer's sleep, goes on from there instead of hurrying."""


class ContainerStream:
    """A stream that FFmpeg reads (see `nigoh.video.stream.OpenStream`). Its thread begins with `start`.

    What is no camera but a file plays in real time, again and again, on timestamps that go on. Closing returns at
    once; the thread notices when the read at hand is over, at the latest after the stream's time limits.
    """

    def __init__(
        self,
        url: CameraUrl,
        options: StreamOptions,
        sink: StreamSink,
        clock: Callable[[], float] = time.monotonic,
        gate: Outbound | None = None,
    ) -> None:
        """Set it up.

        Args:
            url: the camera's, or a file's as file:///path; file:///dev/video0 is a webcam.
            options: how it is opened.
            sink: gets what comes, from the stream's own thread.
            clock: monotonic seconds.
            gate: says whether and at which address it may be connected to.
        """
        self._gate = gate or Outbound()
        self._url = url
        self._options = options
        self._sink = sink
        self._clock = clock
        self._closing = threading.Event()
        self._telling = threading.Lock()
        self._is_over = False
        self._info: StreamInfo | None = None
        self._packets = self._bytes = 0
        self._begun_s = 0.0
        self._thread = threading.Thread(target=self._run, name=f"stream {url.name}", daemon=True)

    @property
    def counts(self) -> StreamCounts:
        """What has come so far."""
        return StreamCounts(packets=self._packets, bytes=self._bytes)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """Leave the camera; returns at once."""
        self._closing.set()

    def join(self, wait_s: float) -> None:
        """Wait for the thread of a stream that has been closed; whatever the outcome, the sink is told no more."""
        self._thread.join(max(wait_s, 0.0))
        self._end(None)

    def _run(self) -> None:
        # What nobody has foreseen is told as this. It stays here: a thread's hook may end the process.
        reason: NigohError | None = SourceUnavailable(f"{self._url} could not be received: an internal error")
        try:
            self._play()
            reason = None
        except NigohError as error:
            reason = error
        except (ValueError, ArithmeticError, LookupError, OSError) as error:
            # Its type alone: FFmpeg's own words name the address.
            _log.warning("%s: an internal error: %s", self._url, type(error).__name__)
        finally:
            self._end(None if self._closing.is_set() else reason)

    def _end(self, reason: NigohError | None) -> None:
        with self._telling:
            if self._is_over:
                return
            self._is_over = True
        self._sink.ended(reason)

    def _play(self) -> None:
        """Play it until somebody closes: a camera once, a file again and again.

        Raises:
            SourceError, SourceUnavailable: why it is over.
        """
        medium = medium_of(self._url, self._options, self._gate)
        begins_s = 0.0
        self._begun_s = self._clock()
        while not self._closing.is_set():
            before = self._packets
            with closing(open_container(medium)) as container:
                stream = choose_stream(container, medium)
                stated = read_stated(container, stream, medium)
                units = PacketUnits(stream, stated, self._clock, begins_s)
                self._tell_info(units.info, medium)
                failure = self._pass(container, stream, units, paced=not stated.live)
            if self._closing.is_set():
                return
            if stated.live:
                raise self._broken_off(medium, failure, came=self._packets > before)
            if self._packets == before:
                raise SourceError(f"{medium.shown} holds no picture", "It is damaged or cut off: copy it again.")
            begins_s = units.end_s

    def _tell_info(self, info: StreamInfo, medium: Medium) -> None:
        if self._info is None:
            with self._telling:
                if not self._is_over:
                    self._sink.opened(info)
        elif info.codec != self._info.codec:
            raise SourceUnavailable(f"{medium.shown} holds another video now")
        self._info = info

    def _pass(
        self, container: InputContainer, stream: VideoStream, units: PacketUnits, *, paced: bool
    ) -> Exception | None:
        """Hand on all packets; returns FFmpeg's error if it ended with one."""
        try:
            for packet in container.demux(stream):
                # An empty packet is the end, and the only sign of it on a live stream.
                if self._closing.is_set() or not packet.size:
                    break
                size = packet.size
                unit = units.take(packet)
                if paced and self._wait_until(units.decode_s):
                    break
                with self._telling:
                    if self._is_over:
                        break
                    self._packets += 1
                    self._bytes += size
                    self._sink.put(unit)
        except av.error.FFmpegError as error:
            return error
        return None

    def _wait_until(self, t_s: float) -> bool:
        """Wait until it is time for what is due so many seconds after the begin; True if somebody closes."""
        early_s = self._begun_s + t_s - self._clock()
        if early_s < -_MOST_BEHIND_S:
            self._begun_s -= early_s
        return self._closing.wait(early_s) if early_s > 0 else False

    def _broken_off(self, medium: Medium, failure: Exception | None, *, came: bool) -> NigohError:
        if came:
            return SourceUnavailable(f"{medium.shown} has stopped sending", "Check the camera and its network.")
        if failure is not None:
            return medium.explain(failure)
        return SourceUnavailable(f"{medium.shown} sends no picture", "Check the camera's stream settings.")


def medium_of(url: CameraUrl, options: StreamOptions, gate: Outbound | None = None) -> Medium:
    """What FFmpeg is to open for this address.

    Raises:
        SourceError: a file or a webcam that is not there, or an address that cannot or must not be opened.
        SourceUnavailable: its host has no address now.
    """
    chosen = SourceOptions(
        transport=options.transport,
        open_timeout_s=options.open_timeout_s,
        read_timeout_s=options.read_timeout_s,
        gate=gate or Outbound(),
        follow=False,
    )
    if url.scheme != "file":
        return network_medium(url, chosen)
    path = _path_of(url)
    if _WEBCAM.fullmatch(str(path)):
        return webcam_medium(str(path), chosen)
    return file_medium(path)


def _path_of(url: CameraUrl) -> Path:
    """The path as it stands if there is such a file, else with its percent signs decoded."""
    written = url.reveal().partition("://")[2].removeprefix("localhost/")
    path = Path(written)
    try:
        return path if path.exists() else Path(unquote(written))
    except (OSError, ValueError):
        # A name that is too long or holds a zero: told when it is opened.
        return path
