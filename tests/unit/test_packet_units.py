"""From packets to access units: timestamps that are missing, reordered or wrong, and parameter sets."""

import io
import math
from collections.abc import Iterator
from fractions import Fraction
from typing import cast

import av
import numpy as np
import pytest

from nigoh.video.packet_units import PacketUnits, parameter_sets
from nigoh.video.probe import Stated
from nigoh.video.rtsp.nal_format import FORMATS
from nigoh.video.rtsp.session_description import Codec

SPS, PPS, KEY, SLICE = (b"\0\0\0\1" + bytes((kind, 1, 2, 3)) for kind in (0x67, 0x68, 0x65, 0x41))
TICK = Fraction(1, 1000)
STATED = Stated(live=False, fps=25.0, length_s=1.0, has_clock=True)


@pytest.fixture(scope="module")
def stream() -> Iterator[av.VideoStream]:
    """Of a file whose packets begin with lengths, as MP4's do."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        coded = container.add_stream("libx264", rate=25)
        assert isinstance(coded, av.VideoStream)
        coded.width, coded.height, coded.pix_fmt = 64, 64, "yuv420p"
        container.mux(coded.encode(av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), "bgr24")))
        container.mux(coded.encode(None))
    file.seek(0)
    with av.open(file) as container:
        yield container.streams.video[0]


def coded_packet(data: bytes, pts: int | None, dts: int | None, *, key: bool = False) -> "av.Packet[av.VideoStream]":
    made = cast("av.Packet[av.VideoStream]", av.Packet(data))
    made.pts, made.dts, made.time_base, made.is_keyframe = pts, dts, TICK, key
    return made


def packet(pts: int | None, dts: int | None, *units: bytes, key: bool = False) -> "av.Packet[av.VideoStream]":
    data = b"".join(len(each).to_bytes(4, "big") + each for each in units or (SLICE[4:],))
    return coded_packet(data, pts, dts, key=key)


def placed(stream: av.VideoStream, *stamps: tuple[int | None, int | None], begins_s: float = 0.0) -> list[float]:
    units = PacketUnits(stream, STATED, lambda: math.nan, begins_s)
    return [round(units.take(packet(pts, dts)).t_s, 6) for pts, dts in stamps]


@pytest.mark.parametrize(
    ("stamps", "expected"),
    [
        pytest.param([(500, 500), (540, 540), (600, 600)], [0, 0.04, 0.1], id="in order"),
        pytest.param([(0, -80), (120, -40), (40, 0), (80, 40)], [0, 0.12, 0.04, 0.08], id="reordered"),
        pytest.param(
            [(0, None), (120, None), (40, 0), (80, 40)], [0, 0.12, 0.04, 0.08], id="reordered, as Matroska's"
        ),
        pytest.param([(0, None), (100, None), (200, None)], [0, 0.1, 0.2], id="presentation alone"),
        pytest.param([(None, 0), (None, 100)], [0, 0.1], id="decoding alone"),
        pytest.param([(None, None)] * 3, [0, 0.04, 0.08], id="none at all"),
        pytest.param([(0, 0), (None, None), (80, 80)], [0, 0.04, 0.08], id="one is missing"),
        pytest.param(
            [(0, 0), (40, 40), (3600_000, 3600_000), (3600_040, 3600_040)], [0, 0.04, 0.08, 0.12], id="jump"
        ),
        pytest.param([(90_000, 90_000), (90_040, 90_040), (0, 0), (40, 40)], [0, 0.04, 0.08, 0.12], id="back"),
        pytest.param([(0, 0), (3000, 3000), (3040, 3040)], [0, 3, 3.04], id="a pause"),
    ],
)
def test_pictures_are_placed_by_what_is_known(
    stream: av.VideoStream, stamps: list[tuple[int | None, int | None]], expected: list[float]
) -> None:
    assert placed(stream, *stamps) == pytest.approx(expected)
    assert placed(stream, *stamps, begins_s=7.0) == pytest.approx([7 + t_s for t_s in expected])


def test_the_next_round_begins_behind_the_last_picture_that_is_shown(stream: av.VideoStream) -> None:
    units = PacketUnits(stream, STATED, lambda: math.nan, 10.0)
    for pts, dts in [(0, -80), (120, -40), (40, 0), (80, 40)]:
        units.take(packet(pts, dts))
    assert units.end_s == pytest.approx(10.16)


def test_what_has_no_timestamps_is_placed_by_its_arrival(stream: av.VideoStream) -> None:
    clock = iter([100.0, 100.5, 100.7])
    live = Stated(live=True, fps=0.0, length_s=None, has_clock=False)
    units = PacketUnits(stream, live, lambda: next(clock))
    assert [units.take(packet(0, 0)).t_s for _ in range(3)] == pytest.approx([0, 0.5, 0.7])


def test_keyframes_bring_the_parameter_sets_that_the_file_keeps_apart(stream: av.VideoStream) -> None:
    units = PacketUnits(stream, STATED, lambda: math.nan)
    assert units.info.extradata == b""
    keyframe = units.take(packet(0, 0, KEY[4:], key=True))
    assert parameter_sets(keyframe.data, FORMATS[Codec.H264])
    assert keyframe.data.endswith(KEY[1:])
    other = units.take(packet(40, 40))
    assert other.data in (SLICE, SLICE[1:])
    assert (keyframe.is_keyframe, other.is_keyframe) == (True, False)
    assert not keyframe.parameter_sets_changed


def test_other_parameter_sets_are_announced(stream: av.VideoStream) -> None:
    units = PacketUnits(stream, STATED, lambda: math.nan)
    packets = [
        packet(40 * at, 40 * at, SPS[4:] + number, PPS[4:], KEY[4:], key=True)
        for at, number in enumerate((b"\1", b"\1", b"\2", b"\2"))
    ]
    changed = [units.take(each).parameter_sets_changed for each in packets]
    assert changed == [False, False, True, False]


def test_lengths_that_make_no_sense_are_a_damaged_picture_and_the_next_one_is_well(stream: av.VideoStream) -> None:
    units = PacketUnits(stream, STATED, lambda: math.nan)
    unit = units.take(coded_packet(b"\xff\xff\xff\xff\x41", 0, 0))
    assert (unit.data, unit.damaged, unit.size_bytes) == (b"", True, 5)
    assert units.take(packet(40, 40)).data


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (SPS + PPS + KEY, SPS[1:] + PPS[1:]),
        (SPS + KEY + PPS, SPS[1:]),
        (KEY, b""),
        (b"", b""),
        (b"\0\0\1", b""),
        (SPS, SPS[1:]),
    ],
)
def test_parameter_sets_are_those_in_front_of_the_first_slice(data: bytes, expected: bytes) -> None:
    assert parameter_sets(data, FORMATS[Codec.H264]) == expected
