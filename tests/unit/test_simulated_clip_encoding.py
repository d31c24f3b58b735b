"""A simulated clip is encoded as asked: codec, size, rate, keyframes, bits."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from nigoh.domain.frame import Pixels
from nigoh.errors import OutputError
from nigoh.testing.clip_options import ClipOptions, VideoCodec
from nigoh.testing.encoder import encode_clip


def noise(options: ClipOptions) -> Iterator[Pixels]:
    """Pictures that are hard to compress, with a cut to black and back in the middle."""
    rng = np.random.default_rng(0)
    for index in range(options.frames):
        bright = 0 if options.frames // 3 < index < options.frames // 2 else 255
        yield rng.integers(0, bright + 1, (options.height_px, options.width_px, 3), dtype=np.uint8)


@pytest.mark.parametrize(
    ("codec", "name", "suffix"),
    [
        (VideoCodec.H264, "h264", ".mp4"),
        (VideoCodec.H264, "h264", ".mkv"),
        (VideoCodec.H264, "h264", ".ts"),
        (VideoCodec.H265, "hevc", ".mp4"),
    ],
)
def test_a_clip_has_the_codec_size_rate_and_number_of_pictures_asked_for(
    tmp_path: Path, codec: VideoCodec, name: str, suffix: str
) -> None:
    options = ClipOptions(width_px=322, height_px=182, fps=12.5, seconds=2, codec=codec, face_px=(12, 40))
    clip = tmp_path / f"clip{suffix}"
    encode_clip(noise(options), clip, options)
    with av.open(str(clip)) as container:
        stream = container.streams.video[0]
        times = [frame.time for frame in container.decode(stream)]
        assert (stream.codec_context.name, stream.width, stream.height) == (name, 322, 182)
        assert stream.average_rate == Fraction(25, 2)
    seen = np.array([time for time in times if time is not None])
    assert np.allclose(seen - seen[0], np.arange(25) / 12.5, atol=1e-3)


@pytest.mark.parametrize(
    ("codec", "gop"), [(VideoCodec.H264, 1), (VideoCodec.H264, 7), (VideoCodec.H264, 15), (VideoCodec.H265, 7)]
)
def test_keyframes_come_at_the_distance_asked_for_and_nowhere_else(
    tmp_path: Path, codec: VideoCodec, gop: int
) -> None:
    options = ClipOptions(width_px=320, height_px=180, fps=10, seconds=4, gop=gop, codec=codec, face_px=(12, 40))
    clip = tmp_path / "clip.mp4"
    encode_clip(noise(options), clip, options)
    with av.open(str(clip)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
        assert [row for row, packet in enumerate(packets) if packet.is_keyframe] == list(range(0, 40, gop))
        assert all(packet.pts == packet.dts for packet in packets), "cameras send no B-frames"


@pytest.mark.parametrize("codec", list(VideoCodec))
def test_the_bit_rate_is_kept_whatever_the_pictures_hold(tmp_path: Path, codec: VideoCodec) -> None:
    options = ClipOptions(
        width_px=320, height_px=180, fps=10, seconds=8, bitrate=300_000, codec=codec, face_px=(12, 40)
    )
    clip = tmp_path / "clip.mp4"
    encode_clip(noise(options), clip, options)
    assert 0.5 * 300_000 < clip.stat().st_size * 8 / 8 < 1.3 * 300_000


def test_a_clip_that_fails_half_way_leaves_the_earlier_one_and_nothing_else(tmp_path: Path) -> None:
    options = ClipOptions(width_px=320, height_px=180, seconds=2, face_px=(12, 40))
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(b"the earlier one")

    def interrupted() -> Iterator[Pixels]:
        yield from list(noise(options))[:5]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        encode_clip(interrupted(), clip, options)
    assert [path.name for path in tmp_path.iterdir()] == ["clip.mp4"]
    assert clip.read_bytes() == b"the earlier one"


@pytest.mark.parametrize(
    ("name", "complaint"),
    [("clip.gif", "no video container"), ("clip", "no video container"), ("missing/clip.mp4", "No such file")],
)
def test_a_place_where_no_clip_can_be_written_is_refused(tmp_path: Path, name: str, complaint: str) -> None:
    options = ClipOptions(width_px=320, height_px=180, seconds=1, face_px=(12, 40))
    with pytest.raises(OutputError, match=complaint):
        encode_clip(noise(options), tmp_path / name, options)


def test_a_folder_in_the_place_of_the_clip_is_refused(tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").mkdir()
    options = ClipOptions(width_px=320, height_px=180, seconds=1, face_px=(12, 40))
    with pytest.raises(OutputError, match="is a folder"):
        encode_clip(noise(options), tmp_path / "clip.mp4", options)
