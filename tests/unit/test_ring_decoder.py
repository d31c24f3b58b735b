"""Single pictures come out of a camera's ring as they were taken, at the cost of as few others as possible."""

from collections.abc import Sequence
from fractions import Fraction

import av
import numpy as np
import pytest
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from nigoh.video.access_unit import AccessUnit
from nigoh.video.ring import PacketRing, RingLimits, StoredUnit
from nigoh.video.ring_decoder import RingDecoder
from nigoh.video.stream import StreamInfo

GOP, FPS, LEVEL = 8, 25, 7
ENCODERS = {
    "h264": ("libx264", {"preset": "ultrafast"}),
    "hevc": ("libx265", {"preset": "ultrafast", "x265-params": f"bframes=0:keyint={GOP}:log-level=none"}),
    "mjpeg": ("mjpeg", {}),
}


def encode(
    codec: str, count: int = 24, size: tuple[int, int] = (64, 48), reordered: int = 0, begin: int = 0
) -> list[AccessUnit]:
    """Pictures of one grey each, that of number n being n * LEVEL."""
    name, options = ENCODERS[codec]
    context = av.CodecContext.create(name, "w")
    assert isinstance(context, VideoCodecContext)
    context.width, context.height = size
    context.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
    context.framerate, context.time_base = Fraction(FPS), Fraction(1, FPS)
    context.gop_size, context.max_b_frames = GOP, reordered
    context.options = {**options, **({"preset": "medium", "b-adapt": "0"} if reordered else {})}
    units = []
    for number in [*range(begin, begin + count), None]:
        frame = None
        if number is not None:
            frame = VideoFrame(*size, context.pix_fmt)
            for plane in frame.planes:
                plane.update(bytes([number * LEVEL % 256]) * plane.buffer_size)
            frame.pts = number
        units += [
            AccessUnit(bytes(packet), (packet.pts or 0) / FPS, None, packet.is_keyframe, packet.size)
            for packet in context.encode(frame)
        ]
    return units


def filled(units: Sequence[AccessUnit], keep_s: float = 60) -> PacketRing:
    ring = PacketRing(RingLimits(keep_s=keep_s))
    for number, unit in enumerate(units):
        ring.add(StoredUnit(number, number / FPS, unit))
    return ring


def number_of(frame: VideoFrame | None, begin: int = 0) -> int:
    """Which picture this is, by its grey."""
    assert frame is not None
    grey = np.frombuffer(memoryview(frame.planes[0]), np.uint8)[: frame.width].mean()
    return round(float(grey) / LEVEL) + begin


@pytest.fixture(params=["h264", "hevc", "mjpeg"])
def codec(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_any_picture_is_the_one_that_was_asked_for(codec: str) -> None:
    decoder = RingDecoder(StreamInfo(codec=codec), filled(encode(codec)))
    for number in (0, 1, 5, 6, 3, 9, 23, 16, 17, 0):
        assert number_of(decoder.decode(number)) == number
    assert decoder.failures == 0


def test_only_what_a_picture_builds_on_is_decoded() -> None:
    decoder = RingDecoder(StreamInfo(codec="h264"), filled(encode("h264")))
    decoder.decode(GOP + 3)
    assert decoder.decoded == 4
    decoder.decode(GOP + 5)
    assert decoder.decoded == 6
    decoder.decode(2 * GOP)
    assert decoder.decoded == 7


def test_every_picture_of_a_motion_jpeg_camera_stands_alone() -> None:
    decoder = RingDecoder(StreamInfo(codec="mjpeg"), filled(encode("mjpeg")))
    for number in (7, 20, 3):
        decoder.decode(number)
    assert decoder.decoded == 3


def test_a_camera_of_which_only_keyframes_are_asked_for_keeps_no_pictures() -> None:
    decoder = RingDecoder(StreamInfo(codec="h264"), filled(encode("h264")))
    for number in (0, GOP, 2 * GOP):
        assert number_of(decoder.decode(number)) == number
    assert not decoder.holds_pictures
    assert number_of(decoder.decode(2 * GOP + 2)) == 2 * GOP + 2
    assert decoder.holds_pictures


def test_a_picture_that_is_gone_from_the_ring_is_none() -> None:
    ring = filled(encode("h264"), keep_s=0.1)
    decoder = RingDecoder(StreamInfo(codec="h264"), ring)
    assert decoder.decode(2) is None
    assert decoder.decode(99) is None
    assert decoder.failures == 0
    assert number_of(decoder.decode(23)) == 23


def test_reordered_pictures_give_the_newest_that_is_complete() -> None:
    units = encode("h264", reordered=2)
    shown = [round(unit.t_s * FPS) for unit in units]
    assert shown != sorted(shown), "nothing was reordered"
    decoder = RingDecoder(StreamInfo(codec="h264"), filled(units))
    for number in (0, 4, 5, 16, 19):
        assert number_of(decoder.decode(number)) in shown[: number + 1]


def test_a_new_size_is_seen_from_its_keyframe_on() -> None:
    units = [*encode("h264"), *encode("h264", size=(96, 80))]
    decoder = RingDecoder(StreamInfo(codec="h264"), filled(units))
    sizes = []
    for number in (17, 20, 25, 30, 24, 3):
        frame = decoder.decode(number)
        assert frame is not None
        sizes.append((frame.width, frame.height))
    assert sizes == [(64, 48), (64, 48), (96, 80), (96, 80), (96, 80), (64, 48)]


def test_a_picture_of_sixteen_pixels_is_decoded() -> None:
    decoder = RingDecoder(StreamInfo(codec="h264"), filled(encode("h264", size=(16, 16))))
    assert number_of(decoder.decode(3)) == 3


def test_a_picture_beyond_8k_is_refused_with_its_size() -> None:
    decoder = RingDecoder(StreamInfo(codec="h264"), filled(encode("h264", count=1, size=(8704, 4608))))
    assert decoder.decode(0) is None
    assert decoder.failures == 1
    assert "8704x4608" in decoder.failure


def test_garbage_spoils_nothing_beyond_its_group() -> None:
    units = encode("h264")
    noise = np.random.default_rng(1)
    for number in (GOP, GOP + 1, GOP + 2):
        junk = b"\0\0\0\1" + noise.integers(0, 255, 400, np.uint8).tobytes()
        units[number] = AccessUnit(junk, number / FPS, None, number == GOP, len(junk))
    decoder = RingDecoder(StreamInfo(codec="h264"), filled(units))
    assert number_of(decoder.decode(3)) == 3
    assert decoder.decode(GOP + 2) is None
    assert decoder.failures > 0
    assert decoder.failure
    assert number_of(decoder.decode(2 * GOP + 1)) == 2 * GOP + 1
