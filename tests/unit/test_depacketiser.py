"""Coded pictures survive being packetised, cut, lost and mislabelled: what comes out is what the encoder made."""

import random
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import av
import numpy as np
import pytest
from av.video.codeccontext import VideoCodecContext

from nigoh.video.access_unit import AccessUnit, Assemble
from nigoh.video.rtsp.depacketiser import MOST_UNIT_BYTES, Depacketiser
from nigoh.video.rtsp.errors import UnsupportedFormat
from nigoh.video.rtsp.media_stream import MediaStream
from nigoh.video.rtsp.nal_format import FORMATS
from nigoh.video.rtsp.rtp import parse_packet
from nigoh.video.rtsp.rtp_clock import RtpClock
from nigoh.video.rtsp.session_description import Codec, VideoTrack

NTP_2026, UNIX_2026 = 3_976_214_400, 1_767_225_600
GOP, COUNT, STEP = 8, 30, 3600
START = b"\0\0\0\1"
REMARK = {Codec.H264: 6, Codec.H265: 39}
PARAMETER_TYPES = {Codec.H264: {7, 8}, Codec.H265: {32, 33, 34}}
ENCODERS = {
    Codec.H264: ("libx264", {"preset": "ultrafast", "tune": "zerolatency", "x264-params": "slices=2"}),
    Codec.H265: ("libx265", {"preset": "ultrafast", "x265-params": f"bframes=0:keyint={GOP}:log-level=none"}),
}

Units = list[list[bytes]]
"""The NAL units of each picture, without start codes."""


def split(stream: bytes) -> list[bytes]:
    return [part for part in stream.replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1") if part]


def encode(codec: Codec, *, size: int = 160) -> Units:
    name, options = ENCODERS[codec]
    context = av.CodecContext.create(name, "w")
    assert isinstance(context, VideoCodecContext)
    context.width, context.height, context.pix_fmt, context.framerate = size, 96, "yuv420p", Fraction(25)
    context.gop_size, context.max_b_frames, context.options = GOP, 0, options
    noise = np.random.default_rng(3)
    pictures: Units = []
    for number in [*range(COUNT), None]:
        frame = None
        if number is not None:
            pixels = np.full((96, size, 3), number * 5, np.uint8)
            pixels[:48] = noise.integers(0, 255, (48, size, 3))
            frame = av.VideoFrame.from_ndarray(pixels, "bgr24")
            frame.pts = number
        pictures += [split(bytes(packet)) for packet in context.encode(frame)]
    # Without the encoder's remarks: a picture that lacks them is as good.
    return [[unit for unit in units if type_of(codec, unit) != REMARK[codec]] for units in pictures]


@pytest.fixture(scope="module", params=list(Codec), ids=lambda codec: codec.value)
def codec(request: pytest.FixtureRequest) -> Codec:
    found: Codec = request.param
    return found


@pytest.fixture(scope="module")
def pictures(codec: Codec) -> Units:
    return encode(codec)


def type_of(codec: Codec, unit: bytes) -> int:
    return unit[0] & 0x1F if codec is Codec.H264 else unit[0] >> 1 & 0x3F


@dataclass(frozen=True)
class Packet:
    payload: bytes
    timestamp: int
    marker: bool = False


def fragments(codec: Codec, unit: bytes, mtu: int) -> list[bytes]:
    """A NAL unit in packets of at most `mtu` bytes of payload."""
    if len(unit) <= mtu:
        return [unit]
    number = type_of(codec, unit)
    if codec is Codec.H264:
        head, body = bytes([unit[0] & 0xE0 | 28]), unit[1:]
    else:
        head, body = bytes([unit[0] & 0x81 | 49 << 1, unit[1]]), unit[2:]
    parts = [body[at : at + mtu - len(head) - 1] for at in range(0, len(body), mtu - len(head) - 1)]
    flags = [0x80, *[0] * (len(parts) - 2), 0x40]
    return [head + bytes([flag | number]) + part for flag, part in zip(flags, parts, strict=True)]


def aggregate(codec: Codec, units: Sequence[bytes]) -> bytes:
    head = bytes([0x78]) if codec is Codec.H264 else bytes([48 << 1, 1])
    return head + b"".join(struct.pack("!H", len(unit)) + unit for unit in units)


def packetise(codec: Codec, pictures: Iterable[Sequence[bytes]], mtu: int = 400) -> list[list[Packet]]:
    """The packets of each picture, the parameter sets of a keyframe in one aggregate."""
    out = []
    for number, units in enumerate(pictures):
        sets = [unit for unit in units if type_of(codec, unit) in PARAMETER_TYPES[codec]]
        rest = [unit for unit in units if unit not in sets]
        payloads = [aggregate(codec, sets)] if len(sets) > 1 else sets
        payloads = payloads + [part for unit in rest for part in fragments(codec, unit, mtu)]
        stamp = (number * STEP - 5 * STEP) % 2**32
        out.append([Packet(payload, stamp, at == len(payloads) - 1) for at, payload in enumerate(payloads)])
    return out


def on_the_wire(packets: Iterable[Packet], first: int = 65_530) -> list[bytes]:
    """With RTP heads, in numbers that begin anew on the way."""
    return [
        struct.pack("!BBHII", 0x80, 96 | packet.marker << 7, (first + at) % 65536, packet.timestamp, 77)
        + packet.payload
        for at, packet in enumerate(packets)
    ]


class Reception:
    """What a stream makes of the packets it is given."""

    def __init__(self, codec: Codec, sets: Sequence[bytes] = (), *, reorder: bool = False) -> None:
        self.units: list[AccessUnit] = []
        track = VideoTrack(
            codec=codec,
            payload_type=96,
            clock_rate=90_000,
            control_url="rtsp://cam/1",
            session_url="rtsp://cam/",
            parameter_sets=tuple(sets),
        )
        self.stream = MediaStream(track, self.units.append, lambda: 0.0, reorder=reorder)

    def take(self, datagrams: Iterable[bytes]) -> "Reception":
        for datagram in datagrams:
            data = memoryview(bytearray(b"$\0" + datagram + b"$"))
            self.stream.take_packet(data, 2, 2 + len(datagram))
            data[:] = bytes(len(data))  # nobody may have kept it
        return self

    @property
    def whole(self) -> list[AccessUnit]:
        return [unit for unit in self.units if unit.data]


def flat(packets: Iterable[Sequence[Packet]]) -> list[Packet]:
    return [packet for picture in packets for packet in picture]


def without_delimiters(codec: Codec, units: Sequence[bytes]) -> list[bytes]:
    return [unit for unit in units if type_of(codec, unit) != (9 if codec is Codec.H264 else 35)]


@pytest.mark.parametrize("mtu", [60, 400, 1400, 60_000])
def test_every_picture_comes_out_as_it_went_in(codec: Codec, pictures: Units, mtu: int) -> None:
    got = Reception(codec).take(on_the_wire(flat(packetise(codec, pictures, mtu))))
    assert [split(unit.data) for unit in got.units] == [without_delimiters(codec, units) for units in pictures]
    assert [unit.is_keyframe for unit in got.units] == [number % GOP == 0 for number in range(COUNT)]
    assert [unit.t_s for unit in got.units] == pytest.approx([number / 25 for number in range(COUNT)])
    assert not any(unit.damaged or unit.wall_ns for unit in got.units)
    assert got.stream.counts.lost_packets == got.stream.counts.damaged_units == got.stream.counts.refused_packets == 0


def test_sizes_are_what_the_camera_sent(codec: Codec, pictures: Units) -> None:
    packets = packetise(codec, pictures)
    got = Reception(codec).take(on_the_wire(flat(packets)))
    assert [unit.size_bytes for unit in got.units] == [sum(len(each.payload) for each in group) for group in packets]
    assert got.stream.counts.bytes == sum(len(data) for data in on_the_wire(flat(packets)))


@pytest.mark.parametrize("seed", range(5))
def test_datagrams_may_overtake_each_other(codec: Codec, pictures: Units, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret, but the same each run
    sent = on_the_wire(flat(packetise(codec, pictures, 300)))
    order = sorted(range(len(sent)), key=lambda at: at + chance.uniform(0, 6) * (at > 0))
    got = Reception(codec, reorder=True).take([sent[at] for at in order for _ in range(1 + (at % 7 == 3))])
    assert [split(unit.data) for unit in got.units] == [without_delimiters(codec, units) for units in pictures]
    assert got.stream.counts.lost_packets == 0
    assert got.stream.counts.refused_packets > 0


@pytest.mark.parametrize("reorder", [False, True], ids=["tcp", "udp"])
@pytest.mark.parametrize("seed", range(8))
def test_what_is_lost_is_never_passed_off_as_a_picture(
    codec: Codec, pictures: Units, seed: int, *, reorder: bool
) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret, but the same each run
    packets = packetise(codec, pictures, 300)
    gone = [[chance.random() < 0.02 for _ in group] for group in packets]
    sent = on_the_wire(flat(packets))
    kept = [
        data for data, dropped in zip(sent, (each for group in gone for each in group), strict=True) if not dropped
    ]
    got = Reception(codec, reorder=reorder).take(kept)
    got.stream.take_packet(memoryview(flush := on_the_wire([Packet(b"\0\0", 1)], 5)[0]), 0, len(flush))
    expected, intact = [], False
    for number, (units, losses) in enumerate(zip(pictures, gone, strict=True)):
        intact = not any(losses) and (intact or number % GOP == 0)
        if intact:
            expected.append(without_delimiters(codec, units))
    assert [split(unit.data) for unit in got.whole] == expected
    assert got.stream.counts.damaged_units == sum(unit.damaged for unit in got.units)
    assert any(map(any, gone)) == (got.stream.counts.lost_packets > 0)


def test_a_loss_ends_with_the_next_keyframe(codec: Codec, pictures: Units) -> None:
    packets = packetise(codec, pictures)
    del packets[10][0]
    # The gap in the numbers is what tells.
    sent = on_the_wire(flat(packetise(codec, pictures)))
    at = sum(len(group) for group in packets[:10])
    got = Reception(codec).take(sent[:at] + sent[at + 1 :])
    assert [unit.damaged for unit in got.units] == [10 <= number < 2 * GOP for number in range(COUNT)]
    assert [bool(unit.data) for unit in got.units] == [not unit.damaged for unit in got.units]


def test_whoever_joins_in_the_middle_waits_for_a_keyframe_and_counts_no_damage(codec: Codec, pictures: Units) -> None:
    sent = on_the_wire(flat(packetise(codec, pictures, 60)[3:])[1:])
    got = Reception(codec).take(sent)
    assert [bool(unit.data) for unit in got.units] == [number >= GOP for number in range(3, COUNT)]
    assert got.stream.counts.damaged_units == 0


def stripped(codec: Codec, pictures: Units) -> Units:
    return [[unit for unit in units if type_of(codec, unit) not in PARAMETER_TYPES[codec]] for units in pictures]


def sets_of(codec: Codec, pictures: Units) -> list[bytes]:
    return [unit for unit in pictures[0] if type_of(codec, unit) in PARAMETER_TYPES[codec]]


def test_keyframes_get_the_described_parameter_sets(codec: Codec, pictures: Units) -> None:
    got = Reception(codec, sets_of(codec, pictures)).take(
        on_the_wire(flat(packetise(codec, stripped(codec, pictures))))
    )
    for unit in got.units[::GOP]:
        assert split(unit.data)[: len(sets_of(codec, pictures))] == sets_of(codec, pictures)
    assert split(got.units[1].data) == without_delimiters(codec, pictures[1])
    assert not any(unit.parameter_sets_changed for unit in got.units)


def test_changed_parameter_sets_are_noticed_and_used(codec: Codec, pictures: Units) -> None:
    other = encode(codec, size=320)
    got = Reception(codec, sets_of(codec, pictures)).take(
        on_the_wire(flat(packetise(codec, [*pictures[:GOP], *other[:GOP], *stripped(codec, other[GOP : 2 * GOP])])))
    )
    assert [number for number, unit in enumerate(got.units) if unit.parameter_sets_changed] == [GOP]
    assert split(got.units[2 * GOP].data)[: len(sets_of(codec, other))] == sets_of(codec, other)


def test_without_markers_a_picture_ends_with_the_next_timestamp(codec: Codec, pictures: Units) -> None:
    packets = [replace(packet, marker=False) for packet in flat(packetise(codec, pictures))]
    got = Reception(codec).take(on_the_wire(packets))
    assert [split(unit.data) for unit in got.units] == [without_delimiters(codec, units) for units in pictures[:-1]]


def test_a_camera_that_marks_every_slice_is_understood_after_one_gop() -> None:
    pictures = encode(Codec.H264)
    packets = [replace(packet, marker=True) for packet in flat(packetise(Codec.H264, pictures, 60_000))]
    got = Reception(Codec.H264).take(on_the_wire(packets))
    expected = [without_delimiters(Codec.H264, units) for units in pictures]
    assert sum(len(units) > 1 for units in expected) == COUNT
    assert [split(unit.data) for unit in got.whole[1:]] == expected[GOP:-1]


def test_timestamps_that_stand_still_do_not_join_pictures(codec: Codec, pictures: Units) -> None:
    packets = [replace(packet, timestamp=9) for packet in flat(packetise(codec, pictures))]
    got = Reception(codec).take(on_the_wire(packets))
    assert [split(unit.data) for unit in got.units] == [without_delimiters(codec, units) for units in pictures]


def test_parameter_sets_in_front_of_every_slice_do_not_split_a_picture() -> None:
    """As GStreamer sends keyframes of several slices."""
    pictures = encode(Codec.H264)
    sets = sets_of(Codec.H264, pictures)
    repeated = [[each for unit in units if unit not in sets for each in [*sets, unit]] for units in pictures[::GOP]]
    got = Reception(Codec.H264).take(
        on_the_wire(
            flat([Packet(part, at * STEP, part is units[-1])] for at, units in enumerate(repeated) for part in units)
        )
    )
    assert [split(unit.data) for unit in got.units] == repeated


def test_parameter_sets_with_a_marker_of_their_own_belong_to_the_picture(codec: Codec, pictures: Units) -> None:
    groups = packetise(codec, pictures)
    packets = [
        replace(packet, marker=packet.marker or at == 0) for group in groups[::GOP] for at, packet in enumerate(group)
    ]
    got = Reception(codec).take(on_the_wire(packets))
    assert [split(unit.data) for unit in got.units] == [without_delimiters(codec, units) for units in pictures[::GOP]]


@pytest.mark.parametrize("assemble", [Assemble.KEYFRAMES, Assemble.NONE])
def test_what_nobody_wants_is_only_measured(codec: Codec, pictures: Units, assemble: Assemble) -> None:
    packets = packetise(codec, pictures)
    got = Reception(codec)
    got.stream.assemble = assemble
    got.take(on_the_wire(flat(packets)))
    wanted = [assemble is Assemble.KEYFRAMES and number % GOP == 0 for number in range(COUNT)]
    assert [bool(unit.data) for unit in got.units] == wanted
    assert [unit.is_keyframe for unit in got.units] == [number % GOP == 0 for number in range(COUNT)]
    assert [unit.size_bytes for unit in got.units] == [sum(len(each.payload) for each in group) for group in packets]
    assert got.stream.counts.damaged_units == 0


def test_wanting_more_begins_with_a_keyframe(codec: Codec, pictures: Units) -> None:
    sent = [on_the_wire(group, at * 100) for at, group in enumerate(packetise(codec, pictures, 60_000))]
    numbers = [
        data[:2] + struct.pack("!H", at) + data[4:]
        for at, data in enumerate(data for group in sent for data in group)
    ]
    counts = [len(group) for group in sent]
    got = Reception(codec)
    got.stream.assemble = Assemble.KEYFRAMES
    got.take(numbers[: sum(counts[:3])])
    got.stream.assemble = Assemble.ALL
    got.take(numbers[sum(counts[:3]) :])
    assert [bool(unit.data) for unit in got.units] == [number == 0 or number >= GOP for number in range(COUNT)]


@pytest.mark.parametrize("first", [25, 26, 27, 29])
def test_packets_of_the_interleaved_mode_are_refused(first: int) -> None:
    with pytest.raises(UnsupportedFormat, match=f"type {first}"):
        Reception(Codec.H264).take(on_the_wire([Packet(bytes([0x60 | first, 0, 0, 0]), 0)]))


def test_a_recovery_point_is_a_keyframe() -> None:
    slice_, complete, gradual = b"\x41\x9a\x00", b"\x06\x06\x01\xc4\x80", b"\x06\x06\x01\x44\x80"
    packets = packetise(Codec.H264, [[gradual, slice_], [complete, slice_], [slice_]])
    got = Reception(Codec.H264, [b"\x67\x42", b"\x68\xce"]).take(on_the_wire(flat(packets)))
    assert [unit.is_keyframe for unit in got.units] == [False, True, False]
    assert [bool(unit.data) for unit in got.units] == [False, True, True]


def test_a_picture_without_end_is_given_up() -> None:
    middle = Packet(b"\x7c\x05" + bytes(60_000), 0)
    got = Reception(Codec.H264).take(
        on_the_wire([Packet(b"\x7c\x85\x80", 0)] + [middle] * (MOST_UNIT_BYTES // 60_000 + 1))
    )
    got.take(on_the_wire([Packet(b"\x41\x80\x00", 9, marker=True)], 65_530 + MOST_UNIT_BYTES // 60_000 + 2))
    assert [(unit.data, unit.is_keyframe) for unit in got.units] == [(b"", True), (b"", False)]


@pytest.mark.parametrize("codec_", list(Codec), ids=lambda each: each.value)
def test_garbage_is_survived(codec_: Codec) -> None:
    chance = random.Random(11)  # noqa: S311 - no secret, but the same each run
    depacketiser = Depacketiser(FORMATS[codec_], [b"", b"\x67"], RtpClock(90_000))
    refused = 0
    for _ in range(5000):
        payload = chance.randbytes(chance.choice([0, 1, 2, 3, 4, 40]))
        datagram = on_the_wire([Packet(payload, chance.randrange(3), marker=chance.random() < 0.3)])[0]
        data = memoryview(datagram)
        try:
            units = depacketiser.push(parse_packet(data, 0, len(data)), data, lost=chance.random() < 0.1)
        except UnsupportedFormat:
            refused += 1
        else:
            assert all(unit.size_bytes <= 40 * 5000 for unit in units)
    assert refused > 0


def test_another_senders_count_begins_anew(codec: Codec, pictures: Units) -> None:
    first = on_the_wire(flat(packetise(codec, pictures[:GOP])))
    second = [data[:8] + b"\0\0\0\1" + data[12:] for data in on_the_wire(flat(packetise(codec, pictures)), 31_000)]
    got = Reception(codec).take(first + second)
    assert [unit.damaged for unit in got.units] == [False] * (GOP + COUNT)
    assert got.stream.counts.lost_packets == 0


def test_wall_time_comes_with_the_sender_report(codec: Codec, pictures: Units) -> None:
    got = Reception(codec)
    sent = on_the_wire(flat(packetise(codec, pictures)))
    got.take(sent[:20])
    known = len(got.units)
    report = struct.pack("!BBHIIIIII", 0x80, 200, 6, 77, NTP_2026, 0, (-5 * STEP) % 2**32, 0, 0)
    got.stream.take_control(memoryview(report), 0, len(report))
    got.take(sent[20:])
    assert [unit.wall_ns for unit in got.units[:known]] == [None] * known
    assert got.units[-1].wall_ns == UNIX_2026 * 10**9 + (COUNT - 1) * 40_000_000
