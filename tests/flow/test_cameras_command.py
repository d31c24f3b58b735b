"""`nigoh cameras test` on real streams: what they send, how large faces are, what to change."""

import json
from pathlib import Path

import pytest

from nigoh.cli.main import main
from nigoh.testing.mjpeg_camera import MjpegCamera

PASSWORD = "s3cr3t"  # noqa: S105 - of a camera that lives for one test


def _run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["cameras", "test", *arguments])
    return int(ended.value.code or 0)


def test_a_camera_is_measured_and_its_password_stays_hidden(
    shared_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = (shared_data / "photos" / "portraits" / "obama-240p.jpg").read_bytes()
    with MjpegCamera([picture], fps=10, user="admin", password=PASSWORD) as camera:
        assert _run(f"http://admin:{PASSWORD}@{camera.address}", "--seconds", "2", "--json") == 0
    printed = capsys.readouterr()
    assert "s3cr3t" not in printed.out + printed.err
    found = json.loads(printed.out)
    assert found["stream"]["codec"] == "mjpeg"
    assert found["faces"] >= 2
    assert found["face_height_px"] > 30
    assert any("mjpeg" in line for line in found["advice"])


@pytest.mark.parametrize(
    ("camera", "message"),
    [
        ("lobby", "lobby is no camera"),
        ("rtsp://admin:s3cr3t@127.0.0.1:9/stream", "127.0.0.1:9"),
        ("97", "97"),
    ],
)
def test_what_cannot_be_reached_is_one_line(camera: str, message: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert _run(camera, "--seconds", "1") == 2
    printed = capfd.readouterr().err
    assert printed.startswith("error: ")
    assert message in printed
    assert "s3cr3t" not in printed
