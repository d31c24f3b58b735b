"""Recorded clips: what came in comes out, bit for bit and at its time, whatever happens to the writer."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from nigoh.errors import OutputError, SourceUnavailable
from nigoh.testing.coded_pictures import SHADES, code_pictures, shade_of
from nigoh.video.access_unit import AccessUnit
from nigoh.video.clip_writer import CLIP_CODECS, ClipWriter

FPS = 15
CODECS = list(CLIP_CODECS)


def writer_to(path: Path, codec: str, first: AccessUnit) -> ClipWriter:
    return ClipWriter(path.open("wb", buffering=0), path, codec, first)


def write(path: Path, codec: str, units: list[AccessUnit], times_s: list[float] | None = None) -> None:
    with writer_to(path, codec, units[0]) as writer:
        for at, unit in enumerate(units):
            writer.write(unit, times_s[at] if times_s else 1000 + at / FPS)


def shown(path: Path) -> tuple[list[float], list[int]]:
    """The times and the numbers of the pictures that a player shows."""
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
    pictures = [np.asarray(frame.to_ndarray(format="bgr24"), np.uint8) for frame in frames]
    return [frame.time or 0.0 for frame in frames], [shade_of(pixels) for pixels in pictures]


def payloads(path: Path, codec: str) -> list[list[bytes]]:
    """The NAL units (or the JPEG) of each picture as they are in the file."""
    with av.open(str(path)) as container:
        packets = [bytes(packet) for packet in container.demux(video=0) if packet.size]
    return [[data] if codec == "mjpeg" else list(lengthed_units(data)) for data in packets]


def lengthed_units(data: bytes) -> Iterator[bytes]:
    """NAL units as MP4 keeps them, each behind its length."""
    while data:
        size = int.from_bytes(data[:4])
        yield data[4 : 4 + size]
        data = data[4 + size :]


def nal_units(data: bytes) -> list[bytes]:
    return [unit for unit in re.split(rb"\x00*\x00\x00\x01", data) if unit]


@pytest.mark.parametrize("codec", CODECS)
def test_pictures_come_back_bit_for_bit_at_their_times(codec: str, tmp_path: Path) -> None:
    units = code_pictures(codec, 50)
    write(tmp_path / "clip.mp4", codec, units)
    times_s, numbers = shown(tmp_path / "clip.mp4")
    assert times_s == pytest.approx([number / FPS for number in range(50)], abs=1e-4)
    assert numbers == list(range(50))
    expected = [[unit.data] if codec == "mjpeg" else nal_units(unit.data) for unit in units]
    assert payloads(tmp_path / "clip.mp4", codec) == expected


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_pictures_that_are_reordered_for_display_are_shown_in_their_order(codec: str, tmp_path: Path) -> None:
    units = code_pictures(codec, 75, b_frames=3, gop=30)
    assert any(after.t_s < before.t_s for before, after in pairwise(units)), "nothing is reordered"
    times_s: list[float] = []
    for unit in units:
        times_s.append(max([50 + unit.t_s, *times_s[-1:]]))
    write(tmp_path / "clip.mp4", codec, units, times_s)
    seen_s, numbers = shown(tmp_path / "clip.mp4")
    assert numbers == [number % SHADES for number in range(75)]
    assert np.diff(seen_s) == pytest.approx(1 / FPS, abs=1e-3)


def test_a_camera_whose_clock_jumps_is_shown_as_it_was_captured(tmp_path: Path) -> None:
    units = code_pictures("h264", 45)
    jumping = [
        AccessUnit(unit.data, unit.t_s + (-900 if at >= 20 else 0), None, unit.is_keyframe, unit.size_bytes)
        for at, unit in enumerate(units)
    ]
    times_s = [7 + at / FPS + (3 if at >= 30 else 0) for at in range(45)]
    write(tmp_path / "clip.mp4", "h264", jumping, times_s)
    assert shown(tmp_path / "clip.mp4")[0] == pytest.approx([time_s - 7 for time_s in times_s], abs=1e-4)


def test_pictures_of_one_moment_stay_in_order(tmp_path: Path) -> None:
    units = code_pictures("h264", 20)
    write(tmp_path / "clip.mp4", "h264", units, [5.0] * 20)
    times_s, numbers = shown(tmp_path / "clip.mp4")
    assert numbers == list(range(20))
    assert times_s == sorted(set(times_s))
    assert times_s[-1] < 0.001


@pytest.mark.parametrize(("gop", "lost"), [(15, 15), (1000, 31)])
@pytest.mark.parametrize("codec", CODECS)
def test_a_killed_process_leaves_a_clip_that_plays_up_to_its_last_fragment(
    codec: str, gop: int, lost: int, tmp_path: Path
) -> None:
    path = tmp_path / "clip.mp4"
    script = (
        "import os, signal, sys; from pathlib import Path\n"
        "from nigoh.testing.coded_pictures import code_pictures; from nigoh.video.clip_writer import ClipWriter\n"
        f"units = code_pictures({codec!r}, 97, gop={gop}); path = Path(sys.argv[1])\n"
        f"writer = ClipWriter(path.open('wb', buffering=0), path, {codec!r}, units[0])\n"
        f"for at, unit in enumerate(units): writer.write(unit, at / {FPS})\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = subprocess.run([sys.executable, "-c", script, str(path)], check=False)
    assert killed.returncode == -9
    _, numbers = shown(path)
    assert numbers == [number % SHADES for number in range(len(numbers))]
    assert 97 - lost <= len(numbers) < 97
    assert decoded_by_ffmpeg(path) in (None, len(numbers))


def decoded_by_ffmpeg(path: Path) -> int | None:
    """How many pictures the ffmpeg program decodes without a complaint; None where it is not installed."""
    program = shutil.which("ffprobe")
    if program is None:
        return None
    command = [program, "-v", "error", "-count_frames", "-show_entries", "stream=nb_read_frames", "-of", "csv=p=0"]
    probed = subprocess.run([*command, str(path)], capture_output=True, text=True, check=True)
    assert probed.stderr == ""
    return int(probed.stdout)


@pytest.mark.parametrize("most_bytes", [50, 16_000, 40_000])
def test_a_disk_that_fills_up_leaves_what_was_whole(most_bytes: int, tmp_path: Path) -> None:
    script = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from nigoh.errors import OutputError\n"
        "from nigoh.testing.coded_pictures import code_pictures; from nigoh.video.clip_writer import ClipWriter\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"units = code_pictures('h264', 300); path = Path(sys.argv[1])\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({most_bytes}, {most_bytes}))\n"
        "writer = ClipWriter(path.open('wb', buffering=0), path, 'h264', units[0])\n"
        "try:\n"
        f"    for at, unit in enumerate(units): writer.write(unit, at / {FPS})\n"
        "except OutputError as error: print(error)\n"
        "try: writer.close()\n"
        "except OutputError: print(writer.is_playable)\n"
    )
    path = tmp_path / "clip.mp4"
    run = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True)
    complaint, playable = run.stdout.splitlines()
    assert "cannot be written: File too large" in complaint
    assert playable == str(most_bytes > 5_000)
    if playable == "True":
        _, numbers = shown(path)
        assert len(numbers) >= 15
        assert numbers == [number % SHADES for number in range(len(numbers))]
        assert decoded_by_ffmpeg(path) in (None, len(numbers))


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize(
    "data", [b"garbage", b"\0\0\0\1\x67\0\0", b"\0\0\0\1\x65\x88\x80", b"\xff\xd8\xff\xd9", b"\0"]
)
def test_a_keyframe_that_cannot_be_read_is_refused(codec: str, data: bytes, tmp_path: Path) -> None:
    first = AccessUnit(data, 0, None, is_keyframe=True, size_bytes=len(data))
    path = tmp_path / "clip.mp4"
    with path.open("wb", buffering=0) as file, pytest.raises(SourceUnavailable, match="no size that could be read"):
        ClipWriter(file, path, codec, first)


@pytest.mark.parametrize("codec", CODECS)
def test_a_keyframe_of_another_size_does_not_fit(codec: str, tmp_path: Path) -> None:
    small, large = code_pictures(codec, 16), code_pictures(codec, 1, size=(192, 128))
    with writer_to(tmp_path / "clip.mp4", codec, small[0]) as writer:
        writer.write(small[0], 0)
        assert writer.fits(small[15])
        assert not writer.fits(large[0])


def test_parameter_sets_may_come_from_the_description(tmp_path: Path) -> None:
    units = code_pictures("h264", 20)
    split = units[0].data.index(b"\0\0\1\x06")  # where the encoder says what it is
    extradata, bare = units[0].data[:split], units[0].data[split:]
    bare_units = [AccessUnit(bare, 0, None, is_keyframe=True, size_bytes=len(bare)), *units[1:15]]
    path = tmp_path / "clip.mp4"
    with ClipWriter(path.open("wb", buffering=0), path, "h264", bare_units[0], extradata) as writer:
        for at, unit in enumerate(bare_units):
            writer.write(unit, at / FPS)
        assert writer.fits(bare_units[0])
    assert shown(path)[1] == list(range(15))


def test_a_full_disk_is_an_error_at_once_and_closing_again_does_no_harm() -> None:
    units = code_pictures("h264", 1)
    path = Path("/dev/full")
    writer = ClipWriter(path.open("r+b", buffering=0), path, "h264", units[0])
    with pytest.raises(OutputError, match="the disk is full"):
        writer.write(units[0], 0)
    with pytest.raises(OutputError, match="the disk is full"):
        writer.close()
    writer.close()
    assert not writer.is_playable


@pytest.mark.parametrize("codec", CODECS)
def test_noise_between_pictures_does_no_harm(codec: str, tmp_path: Path) -> None:
    units = code_pictures(codec, 30)
    noise = AccessUnit(b"noise" * 50, 0, None, is_keyframe=False, size_bytes=250)
    path = tmp_path / "clip.mp4"
    with writer_to(path, codec, units[0]) as writer:
        for at, unit in enumerate([*units[:20], noise]):
            try:
                writer.write(unit, at / FPS)
            except SourceUnavailable:
                assert unit is noise
    with av.open(str(path)) as container:
        assert sum(1 for packet in container.demux(video=0) if packet.size) >= 15
