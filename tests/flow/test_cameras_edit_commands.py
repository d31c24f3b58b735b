"""`nigoh cameras add`, `list`, `remove`, and `test` by name: what stands in the file, and what is said."""

import json
from pathlib import Path

import pytest

from nigoh.cli.main import main
from nigoh.config.engine_file import read_engine_file
from nigoh.domain.camera_status import CameraStatus, EngineStatus, LinkState, ShardStatus
from nigoh.domain.sighting import CameraId
from nigoh.server.control import ControlActions, ControlServer
from nigoh.server.live_views import LiveViews

PASSWORD = "s3cr3t"  # noqa: S105 - of a camera that does not exist


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / "nigoh.toml"


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["cameras", *arguments])
    return int(ended.value.code or 0)


def test_a_camera_is_added_with_all_that_was_said_about_it(config: Path) -> None:
    (config.parent / "secret").write_text(PASSWORD + "\n")
    options = [
        "--transport",
        "udp",
        "--mode",
        "full",
        "--fps",
        "2",
        "--burst-fps",
        "4",
        "--still",
        "8",
        "--least-fps",
    ]
    options += ["0.5", "--priority", "high", "--record", "always", "--user", "admin", "--password-file", "secret"]
    options += ["--zone", "0,0 1,0 1,1", "--zone", "0,0 1,0 0,1", "--mask", "0.1,0.1 0.2,0.1 0.2,0.2"]
    options += ["--schedule", "mon-fri 08:00-18:00", "--schedule", "sat 10:00-12:00"]
    assert run("add", "gate 1", "rtsp://10.0.0.5/s", *options) == 0
    camera = read_engine_file(config).cameras[0]
    assert camera.url.reveal() == f"rtsp://admin:{PASSWORD}@10.0.0.5/s"
    assert (camera.name, camera.transport, camera.mode, camera.record) == ("gate 1", "udp", "full", "always")
    assert (camera.fps, camera.burst_fps, camera.still_s, camera.least_fps) == (2, 4, 8, 0.5)
    assert (len(camera.regions.zones), len(camera.regions.masks), len(camera.schedule.hours)) == (2, 1, 2)
    assert camera.priority.name == "HIGH"
    assert PASSWORD not in config.read_text()
    assert config.stat().st_mode & 0o777 == 0o600


def test_what_was_not_said_is_left_to_the_defaults_of_the_file(config: Path) -> None:
    config.write_text("[cameras_default]\nfps = 3.0\n")
    assert run("add", "a", "rtsp://h/s") == 0
    assert read_engine_file(config).cameras[0].fps == 3
    assert config.read_text() == '[cameras_default]\nfps = 3.0\n\n[[cameras]]\nname = "a"\nurl = "rtsp://h/s"\n'


def test_a_password_on_the_command_line_is_taken_with_a_note_and_shown_nowhere(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("add", "a", f"rtsp://admin:{PASSWORD}@10.0.0.5/s") == 0
    assert run("add", "b", "rtsp://10.0.0.6/s") == 0
    printed = capsys.readouterr()
    assert printed.err.count("note: the password stands in the shell's history") == 1
    assert run("list") == 0
    assert run("list", "--json") == 0
    assert run("add", "a", f"rtsp://admin:{PASSWORD}@10.0.0.5/s") == 2
    printed = capsys.readouterr()
    assert PASSWORD not in printed.out + printed.err
    assert read_engine_file(config).cameras[0].url.secrets() == (PASSWORD, "admin")


def test_a_path_is_meant_from_where_it_is_typed(config: Path) -> None:
    folder = config.parent / "conf"
    folder.mkdir()
    (config.parent / "clip.mp4").touch()
    (folder / "near.mp4").touch()
    assert run("add", "far", "clip.mp4", "--config", "conf/nigoh.toml") == 0
    assert run("add", "near", "conf/near.mp4", "--config", "conf/nigoh.toml") == 0
    far, near = read_engine_file(folder / "nigoh.toml").cameras
    assert far.url.reveal() == (config.parent / "clip.mp4").as_uri()
    assert near.url.reveal() == (folder / "near.mp4").as_uri()
    assert 'url = "near.mp4"' in (folder / "nigoh.toml").read_text()


def test_the_list_says_how_each_camera_is_watched(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("list") == 2
    assert "does not exist. Make it with: nigoh cameras add" in capsys.readouterr().err
    config.write_text("")
    assert run("list") == 0
    assert "no cameras yet" in capsys.readouterr().out
    assert (
        run("add", "gate", "rtsp://u:p@[::1]:554/s", "--schedule", "sat,sun 22:00-06:00", "--record", "always") == 0
    )
    capsys.readouterr()
    assert run("list") == 0
    line = next(line for line in capsys.readouterr().out.splitlines() if "gate" in line)
    shown = [cell.strip() for cell in line.strip("│").split("│")]
    assert shown == ["gate", "rtsp://***@[::1]:554/s", "adaptive", "1", "normal", "always", "sat-sun 22:00-06:00"]
    assert run("list", "--json") == 0
    assert json.loads(capsys.readouterr().out) == [
        {
            "name": "gate",
            "address": "rtsp://***@[::1]:554/s",
            "transport": "tcp",
            "mode": "adaptive",
            "fps": 1.0,
            "priority": "normal",
            "record": "always",
            "schedule": ["sat-sun 22:00-06:00"],
            "state": None,
            "reason": None,
        }
    ]


def test_a_removed_camera_is_gone_and_the_others_are_not(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a", "b", "c"):
        assert run("add", name, f"rtsp://h/{name}") == 0
    before = config.read_text()
    assert run("remove", "b") == 0
    assert config.read_text() == before.replace('[[cameras]]\nname = "b"\nurl = "rtsp://h/b"\n\n', "")
    assert run("remove", "b") == 2
    assert "has no camera of this name. There are, for example: a, c" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["add", "a/b", "rtsp://h/s"], "name: a camera's name has"),
        (["add", "", "rtsp://h/s"], "name: a camera's name has 1 to 64"),
        (["add", "b", "ftp://u:s3cr3t@h/s"], "url: ftp:// cannot be opened"),
        (["add", "b", "u:s3cr3t@h/s"], "url: it is neither an address"),
        (["add", "b", "rtsp://h/s", "--zone", "0,0 2,0 1,1"], "zones[0]: the corner (2, 0) is outside"),
        (["add", "b", "rtsp://h/s", "--zone", "0,0 2"], "is no polygon: write, for example"),
        (["add", "b", "rtsp://h/s", "--schedule", "daily"], "schedule[0]: 'daily' is no schedule"),
        (["add", "b", "rtsp://h/s", "--fps", "nan"], "fps: it should be"),
        (["add", "b", "rtsp://h/s", "--mode", "fast"], "'fast' is not one of"),
        (["add", "b", "rtsp://h/s", "--user", "u", "--password-file", "missing"], "missing cannot be read"),
        (["add", "b", "rtsp://h/s", "--config", ""], "--config: the name of the file is empty"),
        (["add", "A", "rtsp://h/s"], "has a camera 'A' already"),
        (["test", "b", "--config", "nigoh.toml"], "has no camera of this name"),
        (["test", "clip", "--config", "nigoh.toml"], "clip is a video file and no camera"),
    ],
)
def test_bad_input_is_one_line_and_leaves_the_file_as_it_was(
    arguments: list[str], message: str, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = '[[cameras]]\nname = "a"\nurl = "rtsp://h/s"\n[[cameras]]\nname = "clip"\nurl = "file:///clip.mp4"\n'
    config.write_text(text)
    assert run(*arguments) == 2
    printed = capsys.readouterr().err
    assert message in printed
    assert printed.count("\n") == 1
    assert "s3cr3t" not in printed
    assert config.read_text() == text
    assert [path.name for path in config.parent.iterdir()] == ["nigoh.toml"]


def test_a_configured_camera_is_tested_by_its_name(config: Path, capfd: pytest.CaptureFixture[str]) -> None:
    config.write_text('[[cameras]]\nname = "gate"\nurl = "rtsp://admin:s3cr3t@127.0.0.1:9/stream"\n')
    assert run("test", "gate", "--config", str(config), "--seconds", "1") == 2
    printed = capfd.readouterr().err
    assert "127.0.0.1:9" in printed
    assert "s3cr3t" not in printed


def test_the_list_asks_a_running_engine_how_its_cameras_are(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data_dir = config.parent / "data"
    config.write_text(f'[engine]\ndata_dir = "{data_dir}"\n')
    assert run("add", "gate", "rtsp://h/s") == 0
    assert run("add", "new", "rtsp://h/n") == 0
    status = CameraStatus(
        camera=CameraId("gate"), shard="0", state=LinkState.RETRYING, since_unix_s=1, reason="refuses connections"
    )
    shard = ShardStatus(shard="0", pid=1, cpu_s=0, resident_bytes=0, threads=1, descriptors=1, cameras=(status,))
    engine = EngineStatus(unix_s=2, started_unix_s=1, pid=1, cpu_s=0, resident_bytes=0, shards=(shard,))
    actions = ControlActions(
        status=lambda: engine,
        reload=lambda: None,
        stop=lambda: None,
        views=LiveViews(lambda _camera, _options: False),
    )
    data_dir.mkdir()
    capsys.readouterr()
    with ControlServer(data_dir, actions):
        assert run("list") == 0
        shown = capsys.readouterr().out
        assert run("list", "--json") == 0
    assert "retrying: refuses connections" in shown
    assert "not taken up yet" in shown
    states = [(camera["state"], camera["reason"]) for camera in json.loads(capsys.readouterr().out)]
    assert states == [("retrying", "refuses connections"), (None, None)]


def test_without_a_command_the_help_is_shown_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == 2
    printed = capsys.readouterr().err
    assert printed.startswith("Usage: nigoh cameras")
    assert all(f"\n  {name}" in printed for name in ("add", "list", "remove", "test"))
