"""The configuration of a running engine: taken over when it changes, kept when it is wrong."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from nigoh.cli.up_config import LiveConfig
from nigoh.config.engine_file import read_engine_file
from nigoh.domain.camera import Camera
from nigoh.errors import ConfigError

GATE = '[[cameras]]\nname = "gate"\nurl = "rtsp://10.0.0.5/stream"\n'
YARD = '[[cameras]]\nname = "yard"\nurl = "rtsp://10.0.0.6/stream"\n'


class Bench:
    """A configuration file, its clock, and the cameras that were taken over."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.now_s = 0.0
        self.taken: list[list[str]] = []
        path.write_text(GATE)
        self.config = LiveConfig(read_engine_file(path), self._take)

    def _take(self, cameras: Sequence[Camera]) -> None:
        self.taken.append([camera.name for camera in cameras])

    def live(self, seconds: int = 3) -> None:
        for _ in range(seconds):
            self.now_s += 1.0
            self.config.step(self.now_s)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "nigoh.toml")


def test_a_changed_file_is_taken_over_once(bench: Bench) -> None:
    bench.live()
    assert bench.taken == []
    bench.path.write_text(GATE + YARD)
    bench.live(5)
    assert bench.taken == [["gate", "yard"]]


def test_a_file_that_is_replaced_is_taken_over(bench: Bench) -> None:
    new = bench.path.with_suffix(".new")
    new.write_text(YARD)
    bench.live()
    new.replace(bench.path)
    os.utime(bench.path, (0, 0))
    bench.live()
    assert bench.taken == [["yard"]]


def test_a_wrong_file_is_reported_once_and_changes_nothing(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    bench.path.write_text(GATE + 'colour = "red"\n')
    bench.live(5)
    assert bench.taken == []
    assert caplog.text.count("goes on with the configuration that it has") == 1
    assert "line 4" in caplog.text
    bench.path.write_text(YARD)
    bench.live()
    assert bench.taken == [["yard"]]


def test_a_missing_file_changes_nothing(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    bench.path.unlink()
    bench.live(5)
    assert (bench.taken, caplog.records) == ([], [])
    with pytest.raises(ConfigError, match="does not exist"):
        bench.config.reload()


def test_what_only_a_start_changes_is_said(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    bench.path.write_text("[engine]\nshards = 7\n" + GATE)
    bench.live()
    assert bench.taken == [["gate"]]
    assert "[engine] holds when the engine is started again" in caplog.text
