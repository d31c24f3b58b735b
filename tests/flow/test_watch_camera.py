"""`nigoh watch` on a live camera: names while it runs, everything kept when it ends, its password nowhere."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from nigoh.testing.mjpeg_camera import MjpegCamera

PASSWORD = "s3cr3t/p@ss"  # noqa: S105 - of a camera that lives for one test


@pytest.fixture
def known(shared_data: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "known"
    folder.mkdir()
    (folder / "Barack.jpg").write_bytes((shared_data / "photos" / "portraits" / "obama.jpg").read_bytes())
    return folder


@pytest.fixture
def camera(shared_data: Path) -> Iterator[MjpegCamera]:
    picture = (shared_data / "photos" / "portraits" / "obama-240p.jpg").read_bytes()
    with MjpegCamera([picture], fps=20, user="admin", password=PASSWORD) as running:
        yield running


@contextmanager
def watching(camera: MjpegCamera, known: Path, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    """The command, running, once it has named the person; killed in the end if it has not ended by itself."""
    url = f"http://admin:{PASSWORD}@{camera.address}"
    command = [sys.executable, "-m", "nigoh", "watch", url, "--known", str(known), *map(str, arguments)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        seen = []
        for line in process.stderr:
            seen.append(line)
            if "Barack" in line:
                break
        assert "Barack" in seen[-1], seen
        assert not any("s3cr3t" in line for line in seen)
        yield process
    finally:
        process.kill()
        process.communicate()


def test_a_camera_that_ends_is_an_error_and_what_was_found_is_kept(
    camera: MjpegCamera, known: Path, tmp_path: Path
) -> None:
    out, crops = tmp_path / "out.jsonl", tmp_path / "crops"
    with watching(camera, known, "--out", out, "--crops", crops) as process:
        camera.switched_off.set()
        output, rest = process.communicate(timeout=60)
    assert process.returncode == 2
    errors = [line for line in rest.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1
    assert "127.0.0.1" in errors[0]
    assert "Traceback" not in rest
    (sighting,) = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert (sighting["status"], sighting["person"]) == ("known", "Barack")
    everything = output + rest + out.read_text("utf-8") + " ".join(path.name for path in crops.iterdir())
    assert "s3cr3t" not in everything
    assert "p@ss" not in everything


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_watch_of_a_frozen_camera(
    number: signal.Signals, camera: MjpegCamera, known: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.jsonl"
    with watching(camera, known, "--out", out) as process:
        camera.frozen.set()
        process.send_signal(number)
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "Barack" in output
    assert len(out.read_text("utf-8").splitlines()) == 1


def test_a_wrong_password_is_said_without_saying_it(
    camera: MjpegCamera, known: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    command = [sys.executable, "-m", "nigoh", "watch", f"http://admin:wr0ng@{camera.address}", "--known", str(known)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "wr0ng" not in done.stdout + done.stderr + capfd.readouterr().err
    assert "password" in done.stderr
