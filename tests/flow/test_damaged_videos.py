"""Video files as they come: rotated, cut off, damaged, without pictures, not videos at all."""

import shutil
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame

from nigoh.domain.frame import Frame, Pixels
from nigoh.errors import SourceError
from nigoh.video.opening import open_source
from nigoh.video.options import SourceOptions
from nigoh.video.sampling import Sampling
from nigoh.video.source import SourceFaults

WIDTH, HEIGHT, FPS, COUNT, GOP = 320, 240, 25, 200, 25
_TURNED_RIGHT = np.array([0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30], ">i4").tobytes()
_UPRIGHT = np.array([1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30], ">i4").tobytes()


NOISE = np.repeat(np.random.default_rng(7).integers(0, 160, (HEIGHT, WIDTH, 1), dtype=np.uint8), 3, axis=2)


def scene(number: int) -> Pixels:
    """Noise that moves: it costs bytes, so that damage in the middle hits pictures. Its top left corner is white."""
    moved = np.roll(NOISE, number, axis=1)
    moved[: HEIGHT // 4, : WIDTH // 4] = 255
    return moved


def shows(frame: Frame, number: int) -> bool:
    return bool(abs(frame.pixels.astype(int) - scene(number)).mean() < 12)


def write_clip(path: Path, options: dict[str, str] | None = None) -> Path:
    with av.open(str(path), "w", options=options or {}) as container:
        stream = container.add_stream("libx264", rate=FPS, options={"preset": "ultrafast", "bf": "0"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.codec_context.gop_size = GOP
        for number in range(COUNT):
            frame = VideoFrame.from_ndarray(scene(number), format="bgr24")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("clips") / "clip.mp4", options={"movflags": "faststart"})


def read(path: Path, options: SourceOptions | None = None) -> tuple[list[Frame], SourceFaults]:
    with open_source(path, options) as source:
        return list(source.frames()), source.faults


def damaged_copy(clip: Path, folder: Path, begin: float, end: float) -> Path:
    """The clip with this part of its bytes overwritten."""
    content = bytearray(clip.read_bytes())
    first, last = int(len(content) * begin), int(len(content) * end)
    content[first:last] = np.random.default_rng(1).bytes(last - first)
    path = folder / "damaged.mp4"
    path.write_bytes(content)
    return path


def test_a_sound_file_is_read_whole(clip: Path) -> None:
    frames, faults = read(clip)
    assert [frame.index for frame in frames] == list(range(COUNT))
    assert [frame.t_s for frame in frames] == pytest.approx([number / FPS for number in range(COUNT)])
    assert faults == SourceFaults()
    assert shows(frames[100], 100)


def test_a_damaged_passage_is_skipped_and_counted(clip: Path, tmp_path: Path) -> None:
    frames, faults = read(damaged_copy(clip, tmp_path, 0.5, 0.55))
    assert faults.damaged_packets > 0
    # The passage ends at the next keyframe at the latest, and time goes on as if nothing had happened.
    assert COUNT - 2 * GOP - 0.05 * COUNT < len(frames) < COUNT
    assert frames[-1].t_s == pytest.approx((COUNT - 1) / FPS)
    assert all(before.t_s < after.t_s for before, after in pairwise(frames))
    after = frames[-GOP]
    assert shows(after, round(after.t_s * FPS))


def test_a_file_that_was_cut_off_says_how_much_is_missing(clip: Path, tmp_path: Path) -> None:
    path = tmp_path / "cut.mp4"
    content = clip.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    frames, faults = read(path)
    assert COUNT * 0.3 < len(frames) < COUNT * 0.6
    assert faults.missing_s == pytest.approx((COUNT - len(frames)) / FPS, abs=0.2)


def test_nothing_is_missing_from_a_part_that_was_asked_for(clip: Path) -> None:
    _, faults = read(clip, SourceOptions(end_s=2))
    assert faults.missing_s == 0


def test_a_part_of_a_file(clip: Path) -> None:
    frames, _ = read(clip, SourceOptions(start_s=3.5, end_s=4))
    assert [frame.t_s for frame in frames] == pytest.approx([3.52 + number / FPS for number in range(12)])
    assert frames[0].index == 0
    assert shows(frames[0], 88)


def test_a_part_that_begins_behind_the_end(clip: Path) -> None:
    with pytest.raises(SourceError, match="no picture after 60 s"):
        open_source(clip, SourceOptions(start_s=60))


def test_frames_that_nobody_wants_are_left_out(clip: Path) -> None:
    frames, _ = read(clip, SourceOptions(sampling=Sampling(target_fps=5)))
    assert [frame.index for frame in frames] == list(range(0, COUNT, 5))


@pytest.mark.parametrize("suffix", [".mkv", ".avi", ".ts", ".mov"])
def test_other_containers(suffix: str, tmp_path: Path) -> None:
    frames, faults = read(write_clip(tmp_path / f"clip{suffix}"))
    assert len(frames) == COUNT
    assert frames[-1].t_s == pytest.approx((COUNT - 1) / FPS, abs=0.05)
    assert faults == SourceFaults()


def test_a_stream_without_timestamps(tmp_path: Path) -> None:
    frames, _ = read(write_clip(tmp_path / "clip.h264"))
    assert len(frames) == COUNT
    assert all(before.t_s < after.t_s for before, after in pairwise(frames))
    assert frames[-1].t_s == pytest.approx((COUNT - 1) / FPS, abs=0.1)


def test_a_rotated_file_comes_upright(clip: Path, tmp_path: Path) -> None:
    content = clip.read_bytes()
    # The matrix stands twice: for the film and for its video track. The track's is what phones write.
    place = content.rindex(_UPRIGHT)
    path = tmp_path / "phone.mp4"
    path.write_bytes(content[:place] + _TURNED_RIGHT + content[place + len(_TURNED_RIGHT) :])
    with open_source(path) as source:
        info, frame = source.info, next(source.frames())
    assert (info.width_px, info.height_px) == (HEIGHT, WIDTH)
    assert frame.pixels.shape == (WIDTH, HEIGHT, 3)
    bright = {
        corner: frame.pixels[y, x].mean() > 200
        for corner, (y, x) in {
            "top left": (8, 8),
            "top right": (8, -8),
            "bottom left": (-8, 8),
            "bottom right": (-8, -8),
        }.items()
    }
    assert [corner for corner, is_bright in bright.items() if is_bright] == ["top right"]


def test_names_that_look_like_protocols(clip: Path, tmp_path: Path) -> None:
    path = tmp_path / "concat:Oʻktam %20 #1?.mp4"
    shutil.copy(clip, path)
    frames, _ = read(path, SourceOptions(end_s=0.1))
    assert len(frames) == 3


def write_sound(path: Path) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=16000)
        for number in range(20):
            frame = AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = 16000, number * 1024, Fraction(1, 16000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def write_text(path: Path) -> Path:
    path.write_text("This is no video.\n" * 200, encoding="utf-8")
    return path


def cut_before_its_index(path: Path) -> Path:
    content = write_clip(path).read_bytes()
    path.write_bytes(content[: len(content) // 2])
    return path


def touch(path: Path) -> Path:
    path.touch()
    return path


@pytest.mark.parametrize(
    ("make", "name", "complaint"),
    [
        (lambda path: path, "none.mp4", "does not exist"),
        (touch, "empty.mp4", "is empty"),
        (write_text, "renamed.mp4", "is not a video"),
        (write_text, "notes.txt", "is not a video"),
        (write_sound, "sound.mp4", "only sound"),
        (cut_before_its_index, "cut.mp4", "cut off"),
        (lambda path: path / "below.mp4", "no_folder", "does not exist"),
    ],
)
def test_what_is_not_a_video_is_refused_in_one_line(
    make: object, name: str, complaint: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert callable(make)
    path = make(tmp_path / name)
    with pytest.raises(SourceError, match=complaint) as caught:
        open_source(path)
    assert str(path) in caught.value.what
    assert caught.value.next_step
    assert "\n" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


def test_ffmpeg_prints_nothing_about_damage(clip: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    read(damaged_copy(clip, tmp_path, 0.4, 0.6))
    assert capfd.readouterr() == ("", "")


def test_a_webcam_that_is_not_there() -> None:
    with pytest.raises(SourceError, match="webcam 97 is not there"):
        open_source(97)


def test_a_folder_with_an_unreadable_picture(tmp_path: Path, shared_data: Path) -> None:
    portraits = sorted((shared_data / "photos" / "portraits").glob("*.jpg"))[:2]
    shutil.copy(portraits[0], tmp_path / "10.jpg")
    shutil.copy(portraits[1], tmp_path / "2.jpg")
    write_text(tmp_path / "3.jpg")
    write_text(tmp_path / "notes.txt")
    frames, faults = read(tmp_path)
    assert [(frame.index, frame.t_s) for frame in frames] == [(0, 0.0), (2, 2.0)]
    assert faults.damaged_packets == 1


def test_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="holds no pictures"):
        open_source(tmp_path)


@pytest.mark.parametrize(
    ("name", "size", "count"),
    [
        ("short_hamilton_clip.mp4", (640, 360), 275),
        ("pyfeat_noface_face.mov", (960, 540), 169),
        ("nasa_13013.mp4", (480, 270), 390),
        ("intel_one-by-one-person-detection.mp4", (768, 432), 1394),
    ],
)
def test_real_clips(name: str, size: tuple[int, int], count: int, shared_data: Path) -> None:
    with open_source(shared_data / "videos" / name, SourceOptions(sampling=Sampling(every=7))) as source:
        frames = list(source.frames())
        assert (source.info.width_px, source.info.height_px) == size
        assert source.faults == SourceFaults()
        assert source.info.duration_s == pytest.approx(frames[-1].t_s, abs=0.4)
    assert len(frames) == -(-count // 7)
