"""RTP and RTCP on the wire (RFC 3550).

A picture is made into packets once. For each viewer only their own part of each header is rewritten: sequence number,
timestamp and source. That is what makes a simulated camera cheap.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

CLOCK_HZ = 90_000
"""Ticks a second of a video timestamp."""

PAYLOAD_TYPE = 96

_VERSION = 0x80
_LAST_OF_PICTURE = 0x80
_HEADER_BYTES = 12
_PREFIX_BYTES = 4  # "$", channel, length: what RTSP puts before a packet on its own connection (RFC 2326, 10.12)
_OWN_FIELDS = struct.Struct("!HII")
_NTP_EPOCH_S = 2_208_988_800  # from 1900 to 1970
_SENDER_REPORT, _SOURCE_DESCRIPTION, _GOODBYE = 200, 202, 203
_CNAME = 1


@dataclass(frozen=True, slots=True)
class PacketisedPicture:
    """One picture's RTP packets behind one another, each with the prefix that RTSP's own connection wants.

    Attributes:
        template: all bytes; sequence number, timestamp and source are zero, the channel is 0.
        packets: begin and end of each packet in the template, without the prefix.
        keyframe: whether a decoder can begin here.
    """

    template: bytes
    packets: tuple[tuple[int, int], ...]
    keyframe: bool

    @property
    def payload_bytes(self) -> int:
        """What the packets carry, without headers and prefixes."""
        return len(self.template) - len(self.packets) * (_HEADER_BYTES + _PREFIX_BYTES)

    def addressed(self, sequence: int, timestamp: int, source: int, channel: int = 0) -> bytearray:
        """The bytes for one viewer: the first packet gets this sequence number (16 bits), the others those after."""
        filled = bytearray(self.template)
        write = _OWN_FIELDS.pack_into
        for begin, _ in self.packets:
            write(filled, begin + 2, sequence & 0xFFFF, timestamp, source)
            sequence += 1
        if channel:
            for begin, _ in self.packets:
                filled[begin - 3] = channel
        return filled


def packetise(payloads: Sequence[bytes], *, keyframe: bool) -> PacketisedPicture:
    """One picture's payloads as packets; the last is marked as the end of the picture."""
    template, packets = bytearray(), []
    for row, payload in enumerate(payloads):
        kind = PAYLOAD_TYPE | (_LAST_OF_PICTURE if row == len(payloads) - 1 else 0)
        template += struct.pack("!BBH", ord("$"), 0, _HEADER_BYTES + len(payload))
        begin = len(template)
        template += struct.pack("!BBHII", _VERSION, kind, 0, 0, 0) + payload
        packets.append((begin, len(template)))
    return PacketisedPicture(bytes(template), tuple(packets), keyframe)


@dataclass(frozen=True, slots=True)
class SenderState:
    """What a sender report says: whose stream it is, what time it is on both clocks, and how much was sent.

    Attributes:
        source: the stream's SSRC.
        unix_s: wall-clock time, seconds since 1970.
        timestamp: the same moment on the stream's clock.
        packets, payload_bytes: sent since the beginning.
    """

    source: int
    unix_s: float
    timestamp: int
    packets: int
    payload_bytes: int


def sender_report(state: SenderState, name: str) -> bytes:
    """A compound RTCP packet: the report, and the source's canonical name."""
    seconds = int(state.unix_s)
    fraction = int((state.unix_s - seconds) * 2**32)
    report = struct.pack(
        "!BBHIIIIII",
        _VERSION,
        _SENDER_REPORT,
        6,
        state.source,
        seconds + _NTP_EPOCH_S & 0xFFFFFFFF,
        fraction,
        state.timestamp,
        state.packets & 0xFFFFFFFF,
        state.payload_bytes & 0xFFFFFFFF,
    )
    return report + _description(state.source, name)


def goodbye(source: int) -> bytes:
    """The RTCP packet that ends a stream."""
    return struct.pack("!BBHI", _VERSION | 1, _GOODBYE, 1, source)


def interleaved(packet: bytes, channel: int) -> bytes:
    """A packet as it travels on RTSP's own connection."""
    return struct.pack("!BBH", ord("$"), channel, len(packet)) + packet


def _description(source: int, name: str) -> bytes:
    item = name.encode()[:255]
    chunk = struct.pack("!IBB", source, _CNAME, len(item)) + item + b"\0"
    chunk += bytes(-len(chunk) % 4)
    return struct.pack("!BBH", _VERSION | 1, _SOURCE_DESCRIPTION, len(chunk) // 4) + chunk
