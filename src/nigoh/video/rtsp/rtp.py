"""RTP packets (RFC 3550): their head, which of them are missing, and their order."""

import struct
from collections.abc import Sequence
from typing import NamedTuple

from nigoh.video.rtsp.errors import ProtocolError

_FIXED = struct.Struct("!BBHII")
_VERSION = 2
_PADDING, _EXTENSION, _SOURCES = 0x20, 0x10, 0x0F
_TURN = 1 << 16
_HALF = _TURN // 2

FARTHEST = 1000
"""A sequence number farther behind than this is no late packet: the camera has begun a new count."""


class RtpPacket(NamedTuple):
    """The head of a packet, and where its payload lies in the bytes that it came in.

    A named tuple, as it is made 20,000 times a second: it takes a third of the time of a frozen dataclass.

    Attributes:
        sequence: 16 bits, one more each packet.
        timestamp: 32 bits, in ticks of the track's clock.
        source: 32 bits, the sender's number (SSRC).
        payload_type: 7 bits, the number from the description.
        marker: the last packet of a picture.
        start, end: of the payload, without padding.
    """

    sequence: int
    timestamp: int
    source: int
    payload_type: int
    marker: bool
    start: int
    end: int


def parse_packet(data: memoryview, start: int, end: int) -> RtpPacket:
    """The packet that lies in data[start:end].

    Raises:
        ProtocolError: it is cut off, or not RTP.
    """
    payload = start + _FIXED.size
    if payload > end:
        raise ProtocolError("an RTP packet is too short")
    first, second, sequence, timestamp, source = _FIXED.unpack_from(data, start)
    if first >> 6 != _VERSION:
        raise ProtocolError("a packet is not RTP")
    if first & (_PADDING | _EXTENSION | _SOURCES):
        payload, end = _trim(first, data, payload, end)
    return RtpPacket(sequence, timestamp, source, second & 0x7F, second > 0x7F, payload, end)


def _trim(first: int, data: memoryview, start: int, end: int) -> tuple[int, int]:
    """Without contributing sources, header extension and padding."""
    start += 4 * (first & _SOURCES)
    if first & _EXTENSION:
        if start + 4 > end:
            raise ProtocolError("an RTP header extension is cut off")
        start += 4 + 4 * (data[start + 2] << 8 | data[start + 3])
    if first & _PADDING and start < end:
        end -= data[end - 1]
    if start > end:
        raise ProtocolError("an RTP packet is shorter than its own head says")
    return start, end


class SequenceTracker:
    """Counts packets that are missing. Its owner: the one reader of a stream."""

    def __init__(self) -> None:
        self.lost = 0
        """Packets that never came, as far as their numbers tell."""
        self._next: int | None = None

    def begin_anew(self) -> None:
        """The next packet is the first of a new count."""
        self._next = None

    def note(self, sequence: int) -> int:
        """How many packets are missing just before this one, or -1 if it is an old one to be left out."""
        if self._next is None or sequence == self._next:
            self._next = (sequence + 1) % _TURN
            return 0
        ahead = (sequence - self._next) % _TURN
        if ahead >= _TURN - FARTHEST:
            return -1
        # Beyond half a turn the camera has begun a new count: something is missing, nobody knows how much.
        missing = ahead if ahead < _HALF else 1
        self.lost += missing
        self._next = (sequence + 1) % _TURN
        return missing


class ReorderWindow:
    """Puts datagrams in order that overtook each other. Its owner: the one reader of a stream.

    A packet that came too early is held until those before it have come, until too many are held, or until the first
    of them has waited too long. What then still comes of those before is for `SequenceTracker` to refuse.
    """

    def __init__(self, most_packets: int = 64, most_wait_s: float = 0.1) -> None:
        self._most_packets = most_packets
        self._most_wait_s = most_wait_s
        self._next: int | None = None
        self._early: dict[int, tuple[RtpPacket, memoryview]] = {}
        self._since_s = 0.0

    def arrange(self, packet: RtpPacket, data: memoryview, now_s: float) -> Sequence[tuple[RtpPacket, memoryview]]:
        """What can be handled now, in order, each packet with the bytes that its payload lies in.

        Args:
            packet: what came.
            data: the bytes it came in; copied if it is held.
            now_s: monotonic seconds.
        """
        ahead = 0 if self._next is None else (packet.sequence - self._next) % _TURN
        if ahead == 0 or FARTHEST < ahead < _TURN - FARTHEST:
            ready = self._release() if ahead else []
            self._next = (packet.sequence + 1) % _TURN
            return [*ready, (packet, data), *self._follow()] if ready or self._early else ((packet, data),)
        if ahead >= _TURN - FARTHEST:
            return ((packet, data),)
        if not self._early:
            self._since_s = now_s
        payload = memoryview(bytes(data[packet.start : packet.end]))
        self._early[packet.sequence] = (packet._replace(start=0, end=len(payload)), payload)
        if len(self._early) <= self._most_packets and now_s - self._since_s <= self._most_wait_s:
            return ()
        return self._release()

    def _follow(self) -> list[tuple[RtpPacket, memoryview]]:
        """The held packets that come next without a gap."""
        ready: list[tuple[RtpPacket, memoryview]] = []
        while self._next is not None and (held := self._early.pop(self._next, None)):
            ready.append(held)
            self._next = (self._next + 1) % _TURN
        return ready

    def _release(self) -> list[tuple[RtpPacket, memoryview]]:
        """All held packets in order, with gaps: what has not come by now is given up."""
        base = self._next or 0
        ready = [self._early[number] for number in sorted(self._early, key=lambda number: (number - base) % _TURN)]
        self._early.clear()
        if ready:
            self._next = (ready[-1][0].sequence + 1) % _TURN
        return ready
