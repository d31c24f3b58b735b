"""Pictures become RTP packets and, taken apart by a receiver's rules, the same pictures again."""

import struct
from collections.abc import Iterable

import numpy as np
import pytest

from nigoh.testing.clip_options import VideoCodec
from nigoh.testing.farm.payloads import MOST_PAYLOAD_BYTES, payloads_of
from nigoh.testing.farm.rtp import SenderState, goodbye, packetise, sender_report

SPS, PPS = b"\x67\x42\xc0\x1e\xaa", b"\x68\xce\x3c\x80"
H265_SETS = (b"\x40\x01vps", b"\x42\x01sps-of-it", b"\x44\x01pps")


def unit(header: bytes, size: int) -> bytes:
    return header + np.random.default_rng(size).bytes(size - len(header))


def taken_apart(payloads: Iterable[bytes], codec: VideoCodec) -> list[bytes]:
    """The units again: RFC 6184, 5.6 to 5.8, and RFC 7798, 4.4."""
    header, aggregate, fragment = (1, 24, 28) if codec is VideoCodec.H264 else (2, 48, 49)
    units: list[bytearray] = []
    for payload in payloads:
        kind = payload[0] & 0x1F if header == 1 else payload[0] >> 1 & 0x3F
        if kind == aggregate:
            rest = payload[header:]
            while rest:
                (size,) = struct.unpack("!H", rest[:2])
                units.append(bytearray(rest[2 : 2 + size]))
                rest = rest[2 + size :]
        elif kind == fragment:
            begins, kind = payload[header] & 0x80, payload[header] & 0x3F
            first = payload[0] & 0xE0 | kind & 0x1F if header == 1 else payload[0] & 0x81 | kind << 1
            if begins:
                units.append(bytearray([first, *payload[1:header]]))
            units[-1] += payload[header + 1 :]
        else:
            units.append(bytearray(payload))
    return [bytes(each) for each in units]


@pytest.mark.parametrize("size", [2, 1399, 1400, 1401, 1402, 2796, 2797, 2798, 40_000])
@pytest.mark.parametrize(
    ("codec", "sets", "header"),
    [(VideoCodec.H264, (SPS, PPS), b"\x65"), (VideoCodec.H265, H265_SETS, b"\x26\x01")],
)
def test_a_picture_comes_apart_into_packets_that_give_the_picture_again(
    codec: VideoCodec, sets: tuple[bytes, ...], header: bytes, size: int
) -> None:
    units = [*sets, unit(header, size), unit(header, 900)]
    payloads = payloads_of(units, codec)
    assert taken_apart(payloads, codec) == units
    assert max(map(len, payloads)) <= MOST_PAYLOAD_BYTES


def test_parameter_sets_travel_together_and_a_large_unit_says_where_it_begins_and_ends() -> None:
    payloads = payloads_of([SPS, PPS, unit(b"\x65", 4000)], VideoCodec.H264)
    assert [payload[0] & 0x1F for payload in payloads] == [24, 28, 28, 28]
    assert [payload[1] & 0xC0 for payload in payloads[1:]] == [0x80, 0, 0x40]
    assert {payload[0] >> 5 for payload in payloads} == {3}, "the importance of the unit is that of its fragments"


def test_parameter_sets_that_do_not_fit_into_one_packet_are_sent_apart() -> None:
    units = [unit(b"\x67", 900), unit(b"\x68", 900), unit(b"\x65", 100)]
    payloads = payloads_of(units, VideoCodec.H264)
    assert payloads == units


def test_a_small_picture_is_one_packet_as_it_is() -> None:
    assert payloads_of([b"\x41abc"], VideoCodec.H264) == [b"\x41abc"]


def packets_in(data: bytes | bytearray) -> list[bytes]:
    """What RTSP's own connection carries, channel and length taken off."""
    found = []
    while data:
        assert data[0] == ord("$")
        size = int.from_bytes(data[2:4], "big")
        found.append(bytes(data[4 : 4 + size]))
        data = data[4 + size :]
    return found


def test_each_viewer_has_their_own_numbers_and_the_same_payload() -> None:
    picture = packetise([b"first", b"second", b"third"], keyframe=True)
    data = picture.addressed(sequence=65_534, timestamp=123_456, source=0xDEADBEEF)
    packets = packets_in(data)
    fields = [struct.unpack("!BBHII", packet[:12]) for packet in packets]
    assert [field[2] for field in fields] == [65_534, 65_535, 0], "16 bits, then from the beginning"
    assert {field[3:] for field in fields} == {(123_456, 0xDEADBEEF)}
    assert [field[1] for field in fields] == [96, 96, 96 | 0x80], "the last one ends the picture"
    assert [packet[12:] for packet in packets] == [b"first", b"second", b"third"]
    assert [bytes(data[begin:end]) for begin, end in picture.packets] == packets
    assert picture.payload_bytes == 16
    assert packets_in(picture.addressed(0, 0, 0))[0][2:12] == bytes(10), "the template stays as it was"


def test_packets_may_come_on_another_channel() -> None:
    data = packetise([b"first", b"second"], keyframe=True).addressed(0, 0, 0, channel=6)
    assert (data[1], data[4 + 12 + 5 + 1]) == (6, 6)
    assert len(packets_in(data)) == 2


def test_a_sender_report_ties_the_wall_clock_to_the_streams_clock() -> None:
    state = SenderState(source=7, unix_s=1_790_000_000.25, timestamp=900_000, packets=11, payload_bytes=2**32 + 5)
    report = sender_report(state, "cam001")
    version, kind, words, source, seconds, fraction, timestamp, packets, payload_bytes = struct.unpack(
        "!BBHIIIIII", report[:28]
    )
    assert (version, kind, words, source) == (0x80, 200, 6, 7)
    assert seconds - 2_208_988_800 == 1_790_000_000 - 0
    assert fraction == 2**30
    assert (timestamp, packets, payload_bytes) == (900_000, 11, 5)
    description = report[28:]
    assert description[1] == 202
    assert len(description) == 4 * (int.from_bytes(description[2:4], "big") + 1)
    assert description[8:16] == b"\x01\x06cam001"


def test_a_goodbye_names_its_source() -> None:
    assert goodbye(258) == b"\x81\xcb\x00\x01\x00\x00\x01\x02"
