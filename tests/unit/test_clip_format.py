"""What a keyframe says of its size and coding, read without decoding."""

import pytest

from nigoh.testing.coded_pictures import code_pictures
from nigoh.video.clip_format import clip_format

CODECS = ("h264", "hevc", "mjpeg")


@pytest.mark.parametrize("codec", CODECS)
def test_keyframes_of_one_stream_agree_and_of_another_size_do_not(codec: str) -> None:
    keys = [unit.data for unit in code_pictures(codec, 31) if unit.is_keyframe]
    (other,) = code_pictures(codec, 1, size=(176, 96))
    assert len(keys) >= 3
    assert len({clip_format(codec, data) for data in keys}) == 1
    assert clip_format(codec, keys[0])
    assert clip_format(codec, other.data) != clip_format(codec, keys[0])


def test_the_order_and_the_start_codes_of_parameter_sets_do_not_matter() -> None:
    sps, pps, slice_ = b"\x67abc", b"\x68de", b"\x65\x88\x80"
    one = b"\0\0\0\1" + sps + b"\0\0\0\1" + pps + b"\0\0\1" + slice_
    other = b"\0\0\1" + pps + b"\0\0\1" + sps + b"\0\0\1" + pps + b"\0\0\0\1" + slice_
    assert clip_format("h264", one) == clip_format("h264", other) == (sps, pps)


def test_what_follows_the_first_slice_is_not_looked_at() -> None:
    assert clip_format("h264", b"\0\0\1\x65\x88\0\0\1\x67abc") == ()


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("data", [b"", b"\0\0\1", b"\0\0\1\x67", b"\xff\xd8", b"\xff\xd8\xff", b"noise" * 9])
def test_garbage_says_nothing_and_does_no_harm(codec: str, data: bytes) -> None:
    assert clip_format(codec, data) in ((), (b"\x67",))
