"""`nigoh top` asks a running engine over its control socket, on a real terminal and without one."""

import json
import os
import pty
import select
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from nigoh.domain.camera_status import CameraCounts, CameraStatus, EngineStatus, LinkState, ShardStatus
from nigoh.domain.sighting import CameraId
from nigoh.server.control import ControlActions, ControlServer
from nigoh.server.live_views import LiveViews

NIGOH = [sys.executable, "-m", "nigoh", "top"]
PATIENCE_S = 60.0


def status() -> EngineStatus:
    """Of an engine of two cameras, one of which analyses five frames a second."""
    now_s = time.time()
    frames = int((now_s - 1_700_000_000) * 5)
    busy = CameraCounts(received=frames * 3, offered=frames, analysed=frames, latency=(0, frames, *(0,) * 11))
    gate = CameraStatus(
        camera=CameraId("gate"),
        shard="s1",
        state=LinkState.WATCHING,
        since_unix_s=now_s - 60,
        counts=busy,
        coverage=1.0,
    )
    yard = CameraStatus(
        camera=CameraId("yard"),
        shard="s1",
        state=LinkState.RETRYING,
        since_unix_s=now_s,
        reason="it hangs up",
        next_try_unix_s=now_s + 9,
    )
    shard = ShardStatus(
        shard="s1", pid=2, cpu_s=1.0, resident_bytes=1, threads=1, descriptors=1, cameras=(gate, yard)
    )
    return EngineStatus(
        unix_s=now_s, started_unix_s=1_700_000_000.0, pid=1, cpu_s=1.0, resident_bytes=1, shards=(shard,)
    )


@contextmanager
def engine(folder: Path) -> Iterator[None]:
    views = LiveViews(lambda _camera, _options: True)
    actions = ControlActions(status=status, reload=lambda: None, stop=lambda: None, views=views)
    with ControlServer(folder, actions):
        yield


def top(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*NIGOH, *arguments], capture_output=True, text=True, timeout=PATIENCE_S, check=False, cwd=cwd
    )


class Terminal:
    """`nigoh top` on a terminal of its own, whose screen is everything that was written so far."""

    def __init__(self, folder: Path) -> None:
        self._ours, self.theirs = pty.openpty()
        termios.tcsetwinsize(self.theirs, (24, 80))
        self.before = termios.tcgetattr(self.theirs)
        self.process = subprocess.Popen(
            [*NIGOH, "--data-dir", str(folder)],
            stdin=self.theirs,
            stdout=self.theirs,
            stderr=self.theirs,
            env={**os.environ, "TERM": "xterm"},
            start_new_session=True,
        )
        self.written = ""

    def wait_for(self, text: str, *, after: int = 0) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while text not in self.written[after:]:
            assert time.monotonic() < deadline, self.written
            self.read(0.5)

    def read(self, wait_s: float) -> None:
        if select.select([self._ours], [], [], wait_s)[0]:
            self.written += os.read(self._ours, 65536).decode()

    def press(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    def wait_for_end(self) -> int:
        deadline = time.monotonic() + PATIENCE_S
        while self.process.poll() is None:
            assert time.monotonic() < deadline, self.written
            self.read(0.1)
        return self.process.returncode

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._ours)
        os.close(self.theirs)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    with engine(tmp_path):
        opened = Terminal(tmp_path)
        try:
            opened.wait_for("q quits")
            yield opened
        finally:
            opened.close()


def test_once_prints_a_table_with_rates_and_the_trouble_first(tmp_path: Path) -> None:
    with engine(tmp_path):
        shown = top("--once", "--data-dir", str(tmp_path))
    assert (shown.returncode, shown.stderr) == (0, "")
    lines = shown.stdout.splitlines()
    assert "2 cameras: 1 watching, 1 retrying" in lines[0]
    assert lines[5].split()[:3] == ["!!", "yard", "retrying"]
    assert "again in 9 s: it hangs up" in lines[6]
    assert lines[7].split()[:2] == ["gate", "still"]
    assert "\x1b" not in shown.stdout


def test_json_has_the_same_in_numbers(tmp_path: Path) -> None:
    with engine(tmp_path):
        shown = top("--once", "--json", "--data-dir", str(tmp_path))
    (line,) = shown.stdout.splitlines()
    summary = json.loads(line)
    yard, gate = summary["cameras"]
    assert (yard["camera"], yard["trouble"], yard["reason"]) == ("yard", "link", "it hangs up")
    assert gate["analysed_fps"] == pytest.approx(5.0, abs=1.0)
    assert summary["states"] == {"watching": 1, "retrying": 1}


def test_the_engine_is_found_by_its_file(tmp_path: Path) -> None:
    (tmp_path / "nigoh.toml").write_text('[engine]\ndata_dir = "state"\n', encoding="utf-8")
    (tmp_path / "state").mkdir()
    with engine(tmp_path / "state"):
        here = top("--once", "--json", cwd=tmp_path)
        named = top("--once", "--json", "--config", str(tmp_path / "nigoh.toml"))
    assert here.returncode == named.returncode == 0, here.stderr + named.stderr


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--data-dir", "nowhere"), "no engine answers on nowhere"),
        (("--config", "missing.toml"), "missing.toml does not exist"),
        (("--config", "a.toml", "--data-dir", "b"), "give one of them"),
    ],
)
def test_without_an_engine_one_line_says_what_to_do(
    tmp_path: Path, arguments: tuple[str, ...], complaint: str
) -> None:
    refused = top(*arguments, cwd=tmp_path)
    assert refused.returncode == 2
    assert complaint in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_q_leaves_and_the_terminal_is_as_before(terminal: Terminal) -> None:
    terminal.press("x\x1b[A")  # other keys do nothing, an arrow's three letters neither
    terminal.wait_for("yard", after=len(terminal.written))
    terminal.press("q")
    assert terminal.wait_for_end() == 0
    terminal.read(0)
    assert "\x1b[?1049l" in terminal.written  # back from the screen of its own
    assert termios.tcgetattr(terminal.theirs) == terminal.before


def test_ctrl_c_leaves_without_a_complaint(terminal: Terminal) -> None:
    terminal.process.send_signal(2)
    assert terminal.wait_for_end() == 0
    assert "error" not in terminal.written
    assert termios.tcgetattr(terminal.theirs) == terminal.before


def test_an_engine_that_ends_and_comes_back_is_waited_for(tmp_path: Path) -> None:
    with engine(tmp_path):
        terminal = Terminal(tmp_path)
        try:
            terminal.wait_for("q quits")
        except BaseException:
            terminal.close()
            raise
    try:
        terminal.wait_for("no engine answers")
        with engine(tmp_path):
            terminal.wait_for("q quits", after=len(terminal.written))
        terminal.press("q")
        assert terminal.wait_for_end() == 0
    finally:
        terminal.close()
