"""Coded pictures as RTP payloads: H.264 by RFC 6184 (non-interleaved mode) and H.265 by RFC 7798.

Both know three kinds of payload: a unit of the picture as it is, several small units together (here: the parameter
sets before a keyframe), and a part of a unit that is too large for one packet.
"""

from collections.abc import Iterator, Sequence

from nigoh.testing.clip_options import VideoCodec

MOST_PAYLOAD_BYTES = 1400
"""With all headers still below an Ethernet packet's 1500 bytes."""

_H264_AGGREGATE, _H264_FRAGMENT = 24, 28
_H265_AGGREGATE, _H265_FRAGMENT = 48, 49
_BEGIN, _END = 0x80, 0x40

_H264_PARAMETERS = (7, 8)  # SPS, PPS
_H265_PARAMETERS = (32, 33, 34)  # VPS, SPS, PPS


def is_parameter_set(unit: bytes, codec: VideoCodec) -> bool:
    """Whether a unit says how to decode those that follow."""
    if codec is VideoCodec.H264:
        return unit[0] & 0x1F in _H264_PARAMETERS
    return unit[0] >> 1 & 0x3F in _H265_PARAMETERS


def payloads_of(units: Sequence[bytes], codec: VideoCodec, most_bytes: int = MOST_PAYLOAD_BYTES) -> list[bytes]:
    """One picture's payloads in sending order.

    Args:
        units: the picture's NAL units without start codes, each at least as long as its header; parameter sets that
            stand first are sent together.
        codec: what they are coded with.
        most_bytes: the largest payload.
    """
    sets = _leading_sets(units, codec)
    together = [_aggregate(sets, codec)] if len(sets) > 1 else list(sets)
    if any(len(payload) > most_bytes for payload in together):
        sets, together = (), []
    payloads = together
    for unit in units[len(sets) :]:
        payloads += [unit] if len(unit) <= most_bytes else _fragments(unit, codec, most_bytes)
    return payloads


def _leading_sets(units: Sequence[bytes], codec: VideoCodec) -> Sequence[bytes]:
    count = next((row for row, unit in enumerate(units) if not is_parameter_set(unit, codec)), len(units))
    return units[:count]


def _aggregate(units: Sequence[bytes], codec: VideoCodec) -> bytes:
    if codec is VideoCodec.H264:
        importance = max(unit[0] & 0x60 for unit in units)
        header = bytes([importance | _H264_AGGREGATE])
    else:
        header = bytes([_H265_AGGREGATE << 1, min(unit[1] & 7 for unit in units)])
    return header + b"".join(len(unit).to_bytes(2, "big") + unit for unit in units)


def _fragments(unit: bytes, codec: VideoCodec, most_bytes: int) -> Iterator[bytes]:
    if codec is VideoCodec.H264:
        kind, body = unit[0] & 0x1F, unit[1:]
        header = bytes([unit[0] & 0xE0 | _H264_FRAGMENT])
    else:
        kind, body = unit[0] >> 1 & 0x3F, unit[2:]
        header = bytes([unit[0] & 0x81 | _H265_FRAGMENT << 1, unit[1]])
    room = most_bytes - len(header) - 1
    for begin in range(0, len(body), room):
        place = (_BEGIN if begin == 0 else 0) | (_END if begin + room >= len(body) else 0)
        yield header + bytes([place | kind]) + body[begin : begin + room]
