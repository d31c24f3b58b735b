"""Annotated videos: what was written comes back, at its time, whatever happens."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from nigoh.domain.frame import Frame, Pixels
from nigoh.errors import OutputError, SourceError
from nigoh.video.opening import open_source
from nigoh.video.writer import VideoWriter

WIDTH, HEIGHT = 96, 64


def plain(shade: int, width: int = WIDTH, height: int = HEIGHT) -> Pixels:
    return np.full((height, width, 3), shade, np.uint8)


def read(path: Path) -> list[Frame]:
    with open_source(path) as source:
        return list(source.frames())


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".mov", ".avi", ".MP4"])
def test_pictures_come_back_at_their_times(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"Oʻktam{suffix}"
    with VideoWriter(path, WIDTH, HEIGHT, 25) as writer:
        for number in range(100):
            writer.write(plain(number * 2), 60 + number / 25)
    frames = read(path)
    assert [frame.t_s for frame in frames] == pytest.approx([number / 25 for number in range(100)], abs=0.041)
    assert [float(frame.pixels.mean()) for frame in frames] == pytest.approx(range(0, 200, 2), abs=4)


@pytest.mark.parametrize("fps", [0, 25])
@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_uneven_times_are_kept(suffix: str, fps: float, tmp_path: Path) -> None:
    times_s = [0.0, 0.04, 0.5, 0.51, 3.0, 10.0]
    path = tmp_path / f"clip{suffix}"
    with VideoWriter(path, WIDTH, HEIGHT, fps) as writer:
        for t_s in times_s:
            writer.write(plain(90), t_s)
    assert [frame.t_s for frame in read(path)] == pytest.approx(times_s, abs=0.001)


def test_colours_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    colours = [(200, 40, 40), (40, 200, 40), (40, 40, 200), (0, 176, 255)]
    with VideoWriter(path, WIDTH, HEIGHT, 25) as writer:
        for number, colour in enumerate(colours):
            writer.write(np.full((HEIGHT, WIDTH, 3), colour, np.uint8), number / 25)
    found = [frame.pixels[HEIGHT // 2, WIDTH // 2].astype(int) for frame in read(path)]
    assert abs(np.array(found) - np.array(colours)).max() < 12


@pytest.mark.parametrize(("width", "height"), [(95, 63), (1, 1), (96, 33)])
def test_odd_sides_are_made_even(width: int, height: int, tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    with VideoWriter(path, width, height, 25) as writer:
        writer.write(plain(180, width, height), 0)
    (frame,) = read(path)
    assert (frame.width_px, frame.height_px) == (width + width % 2, height + height % 2)
    assert frame.pixels.min() > 170


def test_a_picture_of_another_size_is_fitted_in(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    with VideoWriter(path, WIDTH, HEIGHT, 25) as writer:
        writer.write(plain(180), 0)
        writer.write(plain(180, 40, 200), 0.04)
    tall = read(path)[1].pixels
    assert tall.shape == (HEIGHT, WIDTH, 3)
    assert tall[HEIGHT // 2, WIDTH // 2].mean() > 150
    assert tall[:, : WIDTH // 4].mean() < 20


def test_an_error_in_the_work_leaves_a_video_that_plays(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"

    def work() -> None:
        with VideoWriter(path, WIDTH, HEIGHT, 25) as writer:
            for number in range(30):
                writer.write(plain(number), number / 25)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work()
    assert len(read(path)) == 30


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".mov"])
def test_a_killed_process_leaves_a_video_that_plays(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"clip{suffix}"
    script = (
        "import os, sys, numpy as np; from pathlib import Path; from nigoh.video.writer import VideoWriter\n"
        "writer = VideoWriter(Path(sys.argv[1]), 320, 240, 25)\n"
        "noise = np.random.default_rng(1).integers(0, 255, (240, 320, 3), np.uint8)\n"
        "for n in range(250): writer.write(np.roll(noise, n * 7, 1), n / 25)\n"
        "os._exit(9)"
    )
    killed = subprocess.run([sys.executable, "-c", script, str(path)], check=False)
    assert killed.returncode == 9
    assert len(read(path)) > 100


def test_a_video_without_pictures_is_not_left_behind(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    with VideoWriter(path, WIDTH, HEIGHT, 25):
        pass
    assert not path.exists()
    with pytest.raises(SourceError):
        open_source(path)


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("clip.webm", r"not written as '\.webm'.*\.mp4, \.mkv"),
        ("clip", r"not written as ''"),
        ("missing/clip.mp4", "No such file or directory"),
        ("folder.mp4", "Is a directory"),
        ("full.mp4", "the disk is full"),
    ],
)
def test_what_cannot_be_written_is_known_before_any_work(name: str, complaint: str, tmp_path: Path) -> None:
    (tmp_path / "folder.mp4").mkdir()
    (tmp_path / "full.mp4").symlink_to("/dev/full")
    with pytest.raises(OutputError, match=complaint) as caught:
        VideoWriter(tmp_path / name, WIDTH, HEIGHT, 25)
    assert caught.value.next_step


def test_a_disk_that_fills_up_is_an_error_and_no_crash(tmp_path: Path) -> None:
    script = (
        "import resource, signal, sys, numpy as np; from pathlib import Path\n"
        "from nigoh.errors import OutputError; from nigoh.video.writer import VideoWriter\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "noise = np.random.default_rng(1).integers(0, 255, (240, 320, 3), np.uint8)\n"
        "try:\n"
        "    with VideoWriter(Path(sys.argv[1]), 320, 240, 25) as writer:\n"
        "        for n in range(500): writer.write(np.roll(noise, n * 7, 1), n / 25)\n"
        "except OutputError as error: sys.exit(f'refused: {error}')\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "clip.mp4")], capture_output=True, text=True, check=False
    )
    assert run.returncode == 1
    assert run.stderr.startswith("refused: ")
    assert "cannot be written: File too large" in run.stderr
