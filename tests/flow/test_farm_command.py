"""`nigoh farm` as a user runs it."""

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import av
import pytest

from nigoh.cli.main import main
from nigoh.errors import ConfigError, Fatal
from nigoh.storage.farm_truth_file import read_farm_truth
from nigoh.testing.farm import Fault, FaultKind
from nigoh.testing.farm.process import FarmProcess

SMALL = ("--size", "320x180", "--fps", "10", "--gop", "5", "--bitrate", "300k", "--face-px", "30:60")
DEADLINE_S = 60
AT_ONCE = {"fpsprobesize": "0"}
"""FFmpeg otherwise watches for a second and a half before it gives the first picture."""


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Clips are made once for all tests here, and nowhere else."""
    return {**os.environ, "NIGOH_CACHE": str(tmp_path_factory.mktemp("cache"))}


@pytest.fixture
def own_cache(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands that run in this process use that cache too."""
    monkeypatch.setenv("NIGOH_CACHE", environment["NIGOH_CACHE"])


@contextmanager
def started(environment: dict[str, str], *arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "nigoh", "farm", *SMALL, *arguments]
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def first_lines(process: subprocess.Popen[str], count: int) -> list[str]:
    assert process.stdout is not None
    return [line.strip() for line in islice(process.stdout, count)]


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(["farm", *arguments])
    return int(left.value.code or 0)


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_cameras_can_be_watched_until_the_farm_is_told_to_end(
    environment: dict[str, str], tmp_path: Path, told: signal.Signals
) -> None:
    truth = tmp_path / "truth.jsonl"
    with started(environment, "--cameras", "3", "--truth", str(truth)) as farm:
        urls = first_lines(farm, 3)
        with av.open(urls[2], options=AT_ONCE, timeout=(10, 10)) as container:
            assert len(list(islice(container.decode(video=0), 5))) == 5
        farm.send_signal(told)
        _, said = farm.communicate(timeout=DEADLINE_S)
    assert farm.returncode == 0
    assert [url.rpartition("/")[2] for url in urls] == ["cam001", "cam002", "cam003"]
    assert "control port" in said
    assert "Traceback" not in said
    assert read_farm_truth(truth).ended_unix_s is not None


def test_a_farm_ends_by_itself_after_its_time(environment: dict[str, str]) -> None:
    with started(environment, "--cameras", "1", "--seconds", "0.5") as farm:
        farm.communicate(timeout=DEADLINE_S)
        assert farm.returncode == 0


def test_a_password_is_made_in_a_file_for_the_owner_alone_and_shown_nowhere(
    environment: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "farm.password"
    secured = ("--cameras", "1", "--auth", "digest", "--user", "guard", "--password-file", str(file))
    with started(environment, *secured) as farm:
        (url,) = first_lines(farm, 1)
        password = file.read_text("utf-8").strip()
        assert len(password) > 16
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert password not in Path(f"/proc/{farm.pid}/cmdline").read_text("utf-8")
        with pytest.raises(av.error.HTTPUnauthorizedError):
            av.open(url)
        with av.open(url.replace("://", f"://guard:{password}@"), options=AT_ONCE, timeout=(10, 10)) as container:
            assert next(container.decode(video=0))
        farm.terminate()
        said = farm.communicate(timeout=DEADLINE_S)
    assert password not in url + "".join(said)
    assert str(file) in said[1]
    with started(environment, *secured, "--seconds", "0") as again:
        again.communicate(timeout=DEADLINE_S)
    assert file.read_text("utf-8").strip() == password, "a password that is there stays"


@pytest.mark.usefixtures("own_cache")
def test_a_farm_in_its_own_process_is_disturbed_and_counted(capsys: pytest.CaptureFixture[str]) -> None:
    with FarmProcess([*SMALL, "--cameras", "2"]) as farm:
        with av.open(farm.place.urls[0], options=AT_ONCE, timeout=(10, 10)) as container:
            list(islice(container.decode(video=0), 5))
        assert farm.status().pictures >= 5
        assert run("fault", str(farm.place.control_port), "unauthorized", "--camera", "1", "--seconds", "60") == 0
        with pytest.raises(av.error.HTTPUnauthorizedError):
            av.open(farm.place.urls[0])
        assert run("fault", str(farm.place.control_port), "clear") == 0
        farm.disturb(Fault(FaultKind.UNAUTHORIZED, camera=2))
        farm.clear(2)
        with pytest.raises(ConfigError, match="there is no camera 7"):
            farm.clear(7)
        assert run("fault", str(farm.place.control_port), "freeze", "--camera", "7") == 2
        assert "error: there is no camera 7. The cameras are 1 to 2." in capsys.readouterr().err
        assert Path(f"/proc/{farm.place.pid}").exists()
    assert not Path(f"/proc/{farm.place.pid}").exists()


@pytest.mark.usefixtures("own_cache")
def test_a_farm_that_cannot_begin_is_said() -> None:
    with pytest.raises(Fatal, match="the farm has not begun"), FarmProcess(["--cameras", "0"]):
        pass


def test_json_says_where_everything_is(environment: dict[str, str]) -> None:
    with started(environment, "--cameras", "2", "--json") as farm:
        (line,) = first_lines(farm, 1)
        place = json.loads(line)
        assert place["pid"] == farm.pid
        assert len(place["urls"]) == 2
        assert place["control_port"] > 0


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--cameras", "0"), "cameras 0 is impossible"),
        (("--still", "2"), "still 2 is impossible"),
        (("--face-share", "0.9"), "face-share 0.9 is impossible"),
        (("--size", "wide"), "'wide' is no size"),
        (("--face-px", "60:300"), "face-px 60:300 does not fit"),
        (("--port", "99999"), "port 99999 is impossible"),
        (("--host", "192.0.2.1"), "192.0.2.1"),
        (("--auth", "basic"), "authentication by basic needs a password"),
        (("--auth", "basic", "--user", "a:b", "--password-file", "{tmp}/p"), "user 'a:b' is impossible"),
        (("--auth", "basic", "--password-file", "{tmp}/none/p"), "none/p: No such file"),
        (("--faces", "{tmp}/none"), "none cannot be used: it is no folder"),
        (("--faces", "{tmp}"), "cannot be used: no file is in it"),
        (("--truth", "{tmp}/none/t"), "cannot be written"),
        (("fault", "1", "freeze"), "no farm answers on control port 1"),
        (("fault", "99999", "freeze"), "no farm answers on control port 99999"),
        (("fault", "1", "frost"), "'frost' is not one of"),
        (("fault", "1", "loss", "--value", "2"), "2 is no value of the fault loss"),
    ],
)
@pytest.mark.usefixtures("own_cache")
def test_bad_input_is_one_line_and_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], complaint: str
) -> None:
    filled = [argument.format(tmp=tmp_path) for argument in arguments]
    assert run(*(() if filled[0] == "fault" else SMALL[:-2] if "--face-px" in filled else SMALL), *filled) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert complaint in said
    assert "Traceback" not in said


def test_an_empty_password_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = tmp_path / "farm.password"
    empty.touch()
    assert run("--auth", "basic", "--password-file", str(empty)) == 2
    assert "farm.password is empty" in capsys.readouterr().err
