"""From an open container to decoded pictures, past whatever is damaged."""

import threading
from collections.abc import Iterator

import av.error
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

_MOST_FAILED_READS = 100
"""Reads of a file that may fail one after another; behind them nothing can be read."""

_THREADED_PX = 1280 * 720
"""From this size on a file is decoded by several threads. A smaller picture takes half a millisecond (640x360 H.264),
to which threads only add their own cost; on a live camera each of them would add a frame of delay."""

_MOST_THREADS = 4


class PictureDecoder:
    """Decodes one video stream from front to back. Owns the container.

    One thread reads; any thread may close. FFmpeg must not lose its container while it reads, so closing waits for
    the read at hand, which the container's timeout ends.
    """

    def __init__(self, container: InputContainer, stream: VideoStream, *, live: bool, on_disk: bool) -> None:
        self.damaged_packets = 0
        """Packets that could not be decoded, or only with guesses, and reads that failed."""
        self.end_s = 0.0
        """Where the packets end so far, in seconds since the stream's start."""
        self._container = container
        self._stream = stream
        self._on_disk = on_disk
        self._closing = False
        self._reading = threading.Lock()
        self._failed_reads = 0
        context = stream.codec_context
        many = not live and context.width * context.height >= _THREADED_PX
        stream.thread_type = "AUTO" if many else "SLICE"
        context.thread_count = _MOST_THREADS if many else 1
        self._packets = container.demux(stream)

    @property
    def is_closed(self) -> bool:
        """Whether somebody has closed it."""
        return self._closing

    def seek(self, t_s: float) -> None:
        """Go to the keyframe before this time, in seconds since the stream's start; to the front if that fails."""
        base, start = self._stream.time_base, self._stream.start_time or 0
        if base is None:
            return
        try:
            self._container.seek(start + int(t_s / base), stream=self._stream)
        except av.error.FFmpegError:
            # What has no index cannot seek: it is read from the front instead, only slower.
            return
        self._packets = self._container.demux(self._stream)

    def pictures(self) -> Iterator[VideoFrame]:
        """The pictures until the end or until somebody closes. What is not on this disk raises FFmpegError."""
        while (pictures := self._step()) is not None:
            for picture in pictures:
                if picture.is_corrupt:
                    # Decoded from a reference that was lost: what it shows may be anything.
                    self.damaged_packets += 1
                else:
                    yield picture

    def close(self, wait_s: float) -> None:
        """End the reading and close the container; waits for the read at hand at most so long."""
        self._closing = True
        if self._reading.acquire(timeout=wait_s):
            self._container.close()
            self._reading.release()

    def _step(self) -> list[VideoFrame] | None:
        with self._reading:
            if self._closing:
                # Whoever closed may have stopped waiting. Closing twice is harmless.
                self._container.close()
                return None
            try:
                packet = next(self._packets)
            except StopIteration:
                return None
            except av.error.FFmpegError:
                if self._on_disk:
                    return self._read_on()
                raise
            self._failed_reads = 0
            return self._decode(packet)

    def _read_on(self) -> list[VideoFrame] | None:
        self.damaged_packets += 1
        self._failed_reads += 1
        if self._failed_reads > _MOST_FAILED_READS:
            return None
        self._packets = self._container.demux(self._stream)
        return []

    def _decode(self, packet: "Packet[VideoStream]") -> list[VideoFrame]:
        if packet.pts is not None:
            ticks = packet.pts + (packet.duration or 0) - (self._stream.start_time or 0)
            self.end_s = max(self.end_s, float(ticks * packet.time_base))
        try:
            return packet.decode()
        except av.error.FFmpegError:
            # The decoder finds its way again by itself, at the next keyframe.
            self.damaged_packets += 1
            return []
