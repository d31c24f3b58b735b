"""RTP packets are read, counted and put in order; their clock tells seconds and wall time."""

import random
import struct

import pytest

from nigoh.video.rtsp.errors import ProtocolError
from nigoh.video.rtsp.rtp import ReorderWindow, RtpPacket, SequenceTracker, parse_packet
from nigoh.video.rtsp.rtp_clock import RtpClock, SenderReport, parse_control

TURN = 1 << 16
NTP_2026 = 3_976_214_400  # 2026-01-01 00:00:00
UNIX_2026 = 1_767_225_600


def packet_bytes(payload: bytes = b"payload", *, flags: int = 0, extra: bytes = b"", marker: bool = False) -> bytes:
    return struct.pack("!BBHII", 0x80 | flags, 96 | marker << 7, 65535, 4_000_000_000, 0xDEADBEEF) + extra + payload


def parsed(data: bytes) -> RtpPacket:
    # In the middle of other bytes, as it lies in a connection's buffer.
    return parse_packet(memoryview(b"\xff\xff" + data + b"\xff\xff"), 2, 2 + len(data))


@pytest.mark.parametrize(
    ("data", "payload"),
    [
        (packet_bytes(), b"payload"),
        (packet_bytes(b""), b""),
        (packet_bytes(b"payload\0\0\3", flags=0x20), b"payload"),
        (packet_bytes(flags=2, extra=bytes(8)), b"payload"),
        (packet_bytes(flags=0x10, extra=b"\xab\xac\0\2" + bytes(8)), b"payload"),
        (packet_bytes(b"payload\1", flags=0x31, extra=bytes(4) + b"\xab\xac\0\0"), b"payload"),
    ],
    ids=["plain", "empty", "padding", "sources", "extension", "all of them"],
)
def test_the_payload_is_found(data: bytes, payload: bytes) -> None:
    packet = parsed(data)
    assert data[packet.start - 2 : packet.end - 2] == payload
    assert (packet.sequence, packet.timestamp, packet.source) == (65535, 4_000_000_000, 0xDEADBEEF)
    assert (packet.payload_type, packet.marker) == (96, False)


def test_the_marker_is_no_part_of_the_payload_type() -> None:
    packet = parsed(packet_bytes(marker=True))
    assert (packet.payload_type, packet.marker) == (96, True)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        packet_bytes(b"")[:-1],
        b"\x40" + packet_bytes()[1:],
        packet_bytes(b"", flags=1),
        packet_bytes(b"", flags=0x10, extra=b"\0\0"),
        packet_bytes(b"", flags=0x10, extra=b"\0\0\xff\xff"),
        packet_bytes(b"ab\xff", flags=0x20),
    ],
    ids=["nothing", "cut off", "another version", "no source", "half an extension", "long extension", "all padding"],
)
def test_what_is_no_packet_is_refused(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        parsed(data)


@pytest.mark.parametrize(
    ("numbers", "missing", "lost"),
    [
        ([5, 6, 7], [0, 0, 0], 0),
        ([65534, 65535, 0, 1], [0, 0, 0, 0], 0),
        ([65535, 2], [0, 2], 2),
        ([5, 5, 4, 6], [0, -1, -1, 0], 0),
        ([5, 9, 7, 10], [0, 3, -1, 0], 3),
        ([30000, 100, 101], [0, 1, 0], 1),
    ],
    ids=["in order", "over the turn", "lost over the turn", "twice and late", "late after a loss", "a new count"],
)
def test_missing_packets_are_counted(numbers: list[int], missing: list[int], lost: int) -> None:
    tracker = SequenceTracker()
    assert [tracker.note(number) for number in numbers] == missing
    assert tracker.lost == lost


def arranged(numbers: list[int], **limits: float) -> list[int]:
    """The numbers in the order in which they are handed on; a packet a millisecond."""
    window = ReorderWindow(**limits)  # type: ignore[arg-type]  # both limits are numbers
    out: list[int] = []
    for at, number in enumerate(numbers):
        data = memoryview(struct.pack("!H", number))
        packet = RtpPacket(number, 0, 1, 96, marker=False, start=0, end=2)
        for each, payload in window.arrange(packet, data, at / 1000):
            assert struct.unpack("!H", payload[each.start : each.end]) == (each.sequence,)
            out.append(each.sequence)
    return out


@pytest.mark.parametrize("seed", range(10))
def test_packets_that_overtook_each_other_come_in_order(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret, but the same each run
    numbers = [(65500 + step) % TURN for step in range(200)]
    late = sorted(range(len(numbers)), key=lambda index: index + chance.uniform(0, 8) * (index > 0))
    assert arranged([numbers[index] for index in late]) == numbers


def test_a_lost_packet_holds_the_others_up_only_for_a_while() -> None:
    numbers = [*range(10), *range(11, 40)]
    assert arranged(numbers, most_packets=500, most_wait_s=9) == numbers[:10]
    assert arranged(numbers, most_packets=20, most_wait_s=9) == numbers
    assert arranged(numbers, most_packets=500, most_wait_s=0.02) == numbers


def test_what_comes_late_or_twice_is_left_for_the_tracker_to_refuse() -> None:
    assert arranged([5, 6, 6, 4, 7]) == [5, 6, 6, 4, 7]


def test_a_new_count_does_not_wait() -> None:
    assert arranged([5, 7, 40000, 40001]) == [5, 7, 40000, 40001]


def test_seconds_go_on_where_the_timestamp_begins_anew() -> None:
    clock = RtpClock(90_000)
    stamps = [(1 << 32) - 45_000, 0, 45_000, 22_500]
    assert [clock.place(stamp)[0] for stamp in stamps] == [0, 0.5, 1.0, 0.75]


def test_another_sender_continues_the_seconds() -> None:
    clock = RtpClock(90_000)
    clock.place(1000)
    assert clock.place(91_000)[0] == 1.0
    clock.begin_anew()
    assert [clock.place(stamp)[0] for stamp in (5, 90_005)] == [1.0, 2.0]


def test_sender_reports_tell_the_wall_time_across_the_turn() -> None:
    clock = RtpClock(90_000)
    assert clock.place(0)[1] is None
    clock.note(SenderReport(1, UNIX_2026 * 10**9, (1 << 32) - 90_000))
    assert clock.place(90_000)[1] == (UNIX_2026 + 2) * 10**9
    assert clock.place((1 << 32) - 180_000)[1] == (UNIX_2026 - 1) * 10**9


def control(seconds: int, fraction: int = 0, *, kind: int = 200) -> bytes:
    return struct.pack("!BBHIIIIII", 0x80, kind, 6, 7, seconds, fraction, 12345, 0, 0)


@pytest.mark.parametrize(
    ("seconds", "fraction", "wall_ns"),
    [
        (NTP_2026, 1 << 31, UNIX_2026 * 10**9 + 500_000_000),
        (400 * 86_400, 0, ((1 << 32) + 400 * 86_400 - 2_208_988_800) * 10**9),
        (3600, 0, None),
        (0, 0, None),
    ],
    ids=["now", "after 2036", "since the camera was switched on", "no clock"],
)
def test_a_report_in_a_compound_is_found(seconds: int, fraction: int, wall_ns: int | None) -> None:
    description = struct.pack("!BBHI", 0x81, 202, 1, 7)
    data = b"??" + control(seconds, fraction) + description + struct.pack("!BBHI", 0x81, 203, 1, 7)
    news = parse_control(memoryview(data), 2, len(data))
    assert news.report == SenderReport(7, wall_ns, 12345)
    assert news.goodbye


@pytest.mark.parametrize("data", [b"", b"\x80", b"\x80\xc8\xff\xff", b"\x00" * 28, b"\x80\xc8\x00\x01" + bytes(4)])
def test_control_packets_that_cannot_be_read_say_nothing(data: bytes) -> None:
    news = parse_control(memoryview(data), 0, len(data))
    assert (news.report, news.goodbye) == (None, False)
