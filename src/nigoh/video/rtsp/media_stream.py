"""One camera's video from packets to access units."""

from collections.abc import Callable
from dataclasses import dataclass

from nigoh.video.access_unit import AccessUnit, Assemble
from nigoh.video.rtsp.depacketiser import Depacketiser
from nigoh.video.rtsp.errors import ProtocolError
from nigoh.video.rtsp.nal_format import FORMATS
from nigoh.video.rtsp.rtp import ReorderWindow, RtpPacket, SequenceTracker, parse_packet
from nigoh.video.rtsp.rtp_clock import RtpClock, parse_control
from nigoh.video.rtsp.session_description import VideoTrack


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceptionCounts:
    """What has come of a camera so far.

    Attributes:
        packets: RTP packets of the track.
        bytes: in them.
        lost_packets: as far as their numbers tell.
        refused_packets: that were no packets of this track, or came twice or too late.
        units: coded pictures.
        damaged_units: among them, those left out as a part of them or of what they build on was lost.
    """

    packets: int = 0
    bytes: int = 0
    lost_packets: int = 0
    refused_packets: int = 0
    units: int = 0
    damaged_units: int = 0


class MediaStream:
    """Takes the packets of one track, hands on its access units. Its owner: the event loop's thread.

    Attributes:
        last_packet_s: when the last packet of the track came, in monotonic seconds; at first, when it was made.
        said_goodbye: the camera has ended the stream.
    """

    def __init__(
        self,
        track: VideoTrack,
        on_unit: Callable[[AccessUnit], None],
        clock: Callable[[], float],
        *,
        reorder: bool,
    ) -> None:
        """Set it up.

        Args:
            track: what is received.
            on_unit: gets each access unit.
            clock: monotonic seconds.
            reorder: whether packets may overtake each other, as datagrams do.
        """
        self.last_packet_s = clock()
        self.said_goodbye = False
        self._track = track
        self._on_unit = on_unit
        self._now_s = clock
        self._packets = self._bytes = self._units = self._refused = 0
        self._source: int | None = None
        self._interrupted = False
        self._clock = RtpClock(track.clock_rate)
        self._sequence = SequenceTracker()
        self._window = ReorderWindow() if reorder else None
        self._depacketiser = Depacketiser(FORMATS[track.codec], track.parameter_sets, self._clock)

    @property
    def counts(self) -> ReceptionCounts:
        """What has come so far; may be asked by any thread."""
        return ReceptionCounts(
            packets=self._packets,
            bytes=self._bytes,
            lost_packets=self._sequence.lost,
            refused_packets=self._refused,
            units=self._units,
            damaged_units=self._depacketiser.damaged_units,
        )

    @property
    def assemble(self) -> Assemble:
        """Which pictures are put together; may be set by any thread."""
        return self._depacketiser.assemble

    @assemble.setter
    def assemble(self, chosen: Assemble) -> None:
        self._depacketiser.assemble = chosen

    def take_packet(self, data: memoryview, start: int, end: int) -> None:
        """The RTP packet in data[start:end].

        Raises:
            UnsupportedFormat: the camera packetises in a way that is not read here.
        """
        try:
            packet = parse_packet(data, start, end)
        except ProtocolError:
            self._refused += 1
            return
        if packet.payload_type != self._track.payload_type:
            self._refused += 1
            return
        self.last_packet_s = now_s = self._now_s()
        self._packets += 1
        self._bytes += end - start
        if packet.source != self._source:
            self._begin_source(packet.source)
        if self._window is None:
            self._handle(packet, data)
        else:
            for each, payload in self._window.arrange(packet, data, now_s):
                self._handle(each, payload)

    def take_control(self, data: memoryview, start: int, end: int) -> None:
        """The RTCP packets in data[start:end]."""
        news = parse_control(data, start, end)
        if news.report is not None and self._source in (None, news.report.source):
            self._clock.note(news.report)
        self.said_goodbye = self.said_goodbye or news.goodbye

    def _handle(self, packet: RtpPacket, data: memoryview) -> None:
        missing = self._sequence.note(packet.sequence)
        if missing < 0:
            self._refused += 1
            return
        lost = missing > 0 or self._interrupted
        self._interrupted = False
        for unit in self._depacketiser.push(packet, data, lost=lost):
            self._units += 1
            self._on_unit(unit)

    def _begin_source(self, source: int) -> None:
        """Another sender's numbers and timestamps have nothing to do with those before: a restarted encoder."""
        if self._source is not None:
            self._interrupted = True
            self._sequence.begin_anew()
            self._clock.begin_anew()
            self._window = ReorderWindow() if self._window is not None else None
        self._source = source
