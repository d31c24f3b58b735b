"""nigoh.toml is read as it is meant, or refused at once with file, line and key, and without a password."""

import re
from pathlib import Path

import numpy as np
import pytest

from nigoh.config.engine_file import parse_engine_file, read_engine_file
from nigoh.config.engine_settings import SECTIONS, STDOUT, CameraSettings, EngineSettings
from nigoh.config.settings import Settings
from nigoh.domain.camera import Mode, Priority, Record
from nigoh.domain.schedule import parse_hours
from nigoh.errors import ConfigError

WHOLE = """\
[engine]
data_dir = "data"
shards = 2
out = "-"
metrics = "[::1]:9464"

[vision]
detector = "yunet"
accept_licences = ["one", "two"]

[watch]
known = "known_faces"
wanted = ["Aziz Karimov"]

[recording]
max_age_days = 7

[cameras_default]
fps = 2
zones = [[[0, 0], [1, 0], [1, 1]]]

[[cameras]]
name = "gate 1"
url = "rtsp://admin:s3cr3t@10.0.0.5/stream"
mode = "full"
priority = "high"
schedule = ["mon-fri 08:00-18:00", "sat 10:00-12:00"]
record = "always"

[[cameras]]
name = "Дарвоза-2"
url = "http://10.0.0.6/mjpeg"
transport = "udp"
fps = 0.5
zones = []
masks = [[[0.1, 0.2], [0.9, 0.2],
          [0.9, 0.9]]]
"""

ALL: dict[str, type[Settings]] = {**SECTIONS, "[cameras]": CameraSettings}
CAMERA = '[[cameras]]\nname = "a"\nurl = "rtsp://10.0.0.5/s"\n'


def read(text: str, folder: Path) -> EngineSettings:
    path = folder / "nigoh.toml"
    path.write_text(text, encoding="utf-8")
    return read_engine_file(path)


def refusal(text: str, folder: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        read(text, folder)
    message = str(caught.value)
    assert message.startswith(str(folder / "nigoh.toml"))
    assert "\n" not in message
    return message.removeprefix(str(folder / "nigoh.toml"))


def test_an_option_goes_before_the_servers_section_and_leaves_the_rest_of_it(tmp_path: Path) -> None:
    text = '[server]\nport = 1\ntls_certificate = "c.pem"\ntls_key = "k.pem"\n'
    server = read(text, tmp_path).with_server(port=9000).server
    assert server is not None
    assert (server.port, server.tls_certificate, server.tls_key) == (9000, tmp_path / "c.pem", tmp_path / "k.pem")
    assert server.model_fields_set == {"port", "tls_certificate", "tls_key"}
    alone = read("", tmp_path).with_server(host="::1").server
    assert alone is not None
    assert (alone.host, alone.port) == ("::1", 8080)
    with pytest.raises(ValueError, match="port"):
        read("", tmp_path).with_server(port=70_000)


def test_a_whole_file_is_read_as_it_is_meant(tmp_path: Path) -> None:
    settings = read(WHOLE, tmp_path)
    assert settings.engine.data_dir == tmp_path / "data"
    assert settings.engine.out == STDOUT
    assert settings.engine.metrics_endpoint == ("::1", 9464)
    assert settings.watch.known == tmp_path / "known_faces"
    assert settings.vision.accept_licences == ("one", "two")
    assert settings.recordings_folder == tmp_path / "data" / "recordings"
    gate, door = settings.cameras
    assert (gate.name, gate.mode, gate.priority, gate.record) == ("gate 1", Mode.FULL, Priority.HIGH, Record.ALWAYS)
    assert gate.url.reveal() == "rtsp://admin:s3cr3t@10.0.0.5/stream"
    assert gate.schedule.hours == (parse_hours("mon-fri 08:00-18:00"), parse_hours("sat 10:00-12:00"))
    assert (gate.fps, gate.burst_fps, gate.regions.zones) == (2.0, 5.0, (((0, 0), (1, 0), (1, 1)),))
    assert (door.name, door.transport, door.fps, door.regions.zones) == ("Дарвоза-2", "udp", 0.5, ())
    assert door.regions.masks == (((0.1, 0.2), (0.9, 0.2), (0.9, 0.9)),)
    assert "s3cr3t" not in repr(settings)


def test_an_empty_file_means_the_defaults_and_no_camera(tmp_path: Path) -> None:
    settings = read("", tmp_path)
    assert settings.cameras == ()
    assert (settings.vision.detect_size_px, settings.engine.shards, settings.engine.out) == (None, 0, None)


def test_every_key_has_a_meaning() -> None:
    for kind in ALL.values():
        assert all(field.description for field in kind.model_fields.values())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[engine]\nshards = ", r", line 2: invalid value"),
        ('[engine]\nout = "a', r", line 2: .*quote or bracket"),
        ("x = [[[", r", line 1: "),
        ("a = " + "[" * 5000, r": its brackets are nested too deep"),
        ("\n\n[engines]\n", r", line 3: engines: there is no such section\. Did you mean engine\?"),
        ("cameras = 5", r", line 1: cameras: each camera begins with \[\[cameras\]\]"),
        ('[cameras]\nname = "a"', r", line 1: cameras: each camera begins with \[\[cameras\]\]"),
        ("engine = 5", r", line 1: engine: it is a table"),
        ("cameras = [{}, 3]", r", line 1: cameras\[0\]\.name: it is missing"),
        ("[engine]\n\nshard = 2", r", line 3: engine\.shard: there is no such key\. Did you mean shards\?"),
        ("[engine]\nshards = 2.5", r", line 2: engine\.shards: it should be a valid integer.*Processes"),
        ("[engine]\nshards = true", r", line 2: engine\.shards: it should be a valid integer"),
        ("[engine]\nshards = -1", r", line 2: engine\.shards: it should be greater than or equal to 0"),
        ("[engine]\nconnects_per_s = nan", r", line 2: engine\.connects_per_s: it should be a finite number"),
        ("[engine]\nconnects_per_s = inf", r", line 2: engine\.connects_per_s: "),
        ("[engine]\nout = 5", r", line 2: engine\.out: it is a text in quotes"),
        ('[engine]\nout = ""', r", line 2: engine\.out: it is the name of a file"),
        ('[engine]\nmetrics = "9464"', r", line 2: engine\.metrics: it is host:port"),
        ('[engine]\nmetrics = "localhost:99999"', r", line 2: engine\.metrics: it is host:port"),
        ('[vision]\ndetect_size_px = "640"', r", line 2: vision\.detect_size_px: it should be a valid integer"),
        ("[watch]\nwanted = [\n 'a',\n 5]", r", line 4: watch\.wanted\[1\]: it should be a valid string"),
        ('[watch]\nwanted = "Aziz"', r", line 2: watch\.wanted: it should be a valid list"),
        ("[watch]\nfalse_alarms = 1", r", line 2: watch\.false_alarms: it should be less than 1"),
        ("[cameras_default]\nfps = 0\n" + CAMERA, r", line 2: cameras_default\.fps: it should be greater than 0"),
        ("[cameras_default]\nname = 'a'", r", line 2: cameras_default\.name: there is no such key"),
        (CAMERA + "fps = '1'", r", line 4: cameras\[0\]\.fps: it should be a valid number"),
        (CAMERA + "fsp = 1", r", line 4: cameras\[0\]\.fsp: .*Did you mean fps\?"),
        (CAMERA + "mode = 'fast'", r", line 4: cameras\[0\]\.mode: it should be 'keyframes', 'adaptive' or 'full'"),
        (CAMERA + "priority = 'vip'", r", line 4: cameras\[0\]\.priority: it should be 'low', 'normal' or 'high'"),
        (CAMERA + CAMERA, r", line 5: cameras\[1\]\.name: the camera in line 2 is called 'a' too"),
        (CAMERA + CAMERA.replace('"a"', '"A"'), r", line 5: cameras\[1\]\.name: the camera in line 2"),
        (CAMERA + 'schedule = ["mon 8-18"]', r", line 4: cameras\[0\]\.schedule\[0\]: '8' is no time of day"),
        (
            CAMERA + "zones = [\n[[0, 0], [1, 0], [1, 1]],\n[[0.1, 0.2],\n [1.2, 0.5], [0, 1]]]",
            r", line 6: cameras\[0\]\.zones\[1\]: the corner \(1\.2, 0\.5\) is outside the picture",
        ),
        (CAMERA + "masks = [[[0, 0], [1, 0]]]", r", line 4: cameras\[0\]\.masks\[0\]: a polygon has at least 3"),
        (
            CAMERA + "zones = [[[0, 0], [1, 0], [1]]]",
            r", line 4: cameras\[0\]\.zones\[0\]\[2\]\[1\]: two numbers are needed",
        ),
        (
            CAMERA + "zones = [[[0, 0], [1, 0], [1, 1, 1]]]",
            r", line 4: cameras\[0\]\.zones\[0\]\[2\]: two numbers are needed",
        ),
        (
            CAMERA + "zones = [[0, 0], [1, 0], [1, 1]]",
            r", line 4: cameras\[0\]\.zones\[0\]\[0\]: it should be a valid list",
        ),
        (CAMERA + "user = ''", r", line 4: cameras\[0\]\.user: "),
    ],
)
def test_what_is_wrong_is_told_with_line_and_key(text: str, message: str, tmp_path: Path) -> None:
    assert re.match(message, refusal(text, tmp_path))


@pytest.mark.parametrize(
    "name",
    ["", "a" * 65, "a/b", "a\\\\b", "..", ".hidden", "-o", "a ", "a.", " a", "a\\nb", "a\\u202eb", "a'b", "🙂"],
)
def test_a_name_that_could_be_no_file_is_refused(name: str, tmp_path: Path) -> None:
    text = f'[[cameras]]\nname = "{name}"\nurl = "rtsp://10.0.0.5/s"\n'
    assert re.match(r", line 2: cameras\[0\]\.name: a camera's name ", refusal(text, tmp_path))


def test_names_of_any_script_are_one_name_however_they_were_typed(tmp_path: Path) -> None:
    two = "".join(f'[[cameras]]\nname = "{name}"\nurl = "rtsp://h/s"\n' for name in ("Café", "Café"))
    assert "is called 'Café' too" in refusal(two, tmp_path)
    for name in ("Oʻzbekiston-1", "門_2", "हिन्दी", "gate 1.b"):
        assert read(f'[[cameras]]\nname = "{name}"\nurl = "rtsp://h/s"\n', tmp_path).cameras[0].name == name


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("10.0.0.5/stream", "it is neither an address"),
        ("admin:hunter2@10.0.0.5/stream", "it is neither an address"),
        ("rtsp:/admin:hunter2@10.0.0.5", "it is neither an address"),
        ("", "it is neither an address"),
        ("missing.mp4", "it is neither an address"),
        ("ftp://admin:hunter2@10.0.0.5/stream", r"ftp:// cannot be opened: use one of rtsp"),
        ("rtsp://admin:hunter2@/stream", "the address names no host"),
        ("rtsp://", "the address names no host"),
        ("rtsp://admin:hunter2", "the address has no number from 1 to 65535 as port"),
        ("rtsp://10.0.0.5:70000/s", "the address has no number from 1 to 65535 as port"),
        ("rtsp://10.0.0.5:0/s", "the address has no number from 1 to 65535 as port"),
        ("rtsp://admin:hun ter2@10.0.0.5/s", "an address has no spaces"),
        ("rtsp://admin:hunter2@[::1/s", "the address names no host"),
        ("file://", "the address names no file"),
        ("file://host/a.mp4", "the address names no file"),
    ],
)
def test_a_wrong_address_is_refused_and_not_shown(url: str, message: str, tmp_path: Path) -> None:
    told = refusal(f'[[cameras]]\nname = "a"\nurl = "{url}"\n', tmp_path)
    assert re.match(rf", line 3: cameras\[0\]\.url: {message}", told)
    assert not re.search("hun|ter2", told)


def test_a_video_file_is_found_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "my clip@home.mp4").touch()
    camera = read('[[cameras]]\nname = "a"\nurl = "my clip@home.mp4"\n', tmp_path).cameras[0]
    assert camera.url.reveal() == (tmp_path / "my clip@home.mp4").as_uri()


def test_the_password_can_stand_in_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("p@ss/w:rd#1\n")
    settings = read(
        '[cameras_default]\nuser = "admin"\npassword_file = "secret"\n'
        '[[cameras]]\nname = "a"\nurl = "rtsp://10.0.0.5/a@b"\n'
        '[[cameras]]\nname = "b"\nurl = "rtsp://other@10.0.0.5/b"\n'
        '[[cameras]]\nname = "c"\nurl = "rtsp://own:word@10.0.0.5/c"\n'
        '[[cameras]]\nname = "d"\nurl = "file:///tmp/clip.mp4"\n',
        tmp_path,
    )
    assert [camera.url.reveal() for camera in settings.cameras] == [
        "rtsp://admin:p%40ss%2Fw%3Ard%231@10.0.0.5/a@b",
        "rtsp://other:p%40ss%2Fw%3Ard%231@10.0.0.5/b",
        "rtsp://own:word@10.0.0.5/c",
        "file:///tmp/clip.mp4",
    ]
    assert "p@ss" not in repr(settings)


@pytest.mark.parametrize(
    ("content", "lines", "message"),
    [
        (
            None,
            'password_file = "secret"\nuser = "u"',
            r", line 4: cameras\[0\]\.password_file: .*cannot be read: No s",
        ),
        (b"", 'password_file = "secret"\nuser = "u"', r".*does not hold one line"),
        (b"hunter2\nb\n", 'password_file = "secret"\nuser = "u"', r".*does not hold one line"),
        (b"hunter2\xff", 'password_file = "secret"\nuser = "u"', r".*no text in UTF-8"),
        (b"hunter2" * 999, 'password_file = "secret"\nuser = "u"', r".*does not hold one line"),
        (b"hunter2", 'password_file = "secret"', r", line 4: .*nobody is named.*Add user"),
        (b"hunter2", 'password_file = "."\nuser = "u"', r".*cannot be read: Is a directory"),
    ],
)
def test_a_password_file_that_is_none_is_named(
    content: bytes | None, lines: str, message: str, tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / "secret").write_bytes(content)
    told = refusal(CAMERA + lines, tmp_path)
    assert re.match(message, told)
    assert "hunter2" not in told


@pytest.mark.parametrize("key", ["user = 'u'", "password_file = 'p'"])
def test_a_login_that_stands_in_two_places_is_refused(key: str, tmp_path: Path) -> None:
    text = f"[[cameras]]\nname = 'a'\nurl = 'rtsp://admin:hunter2@h/s'\n{key}"
    assert re.match(r", line 4: cameras\[0\]\.\w+: the address says this too", refusal(text, tmp_path))


def test_the_first_of_several_mistakes_is_told(tmp_path: Path) -> None:
    text = CAMERA + "fps = 0\n[late_faces]\nmax_age_s = 0\n[engine]\nshards = -1\n"
    assert refusal(text, tmp_path).startswith(", line 4: cameras[0].fps")


def test_what_is_no_readable_text_is_refused(tmp_path: Path) -> None:
    def told(path: Path) -> str:
        with pytest.raises(ConfigError) as caught:
            read_engine_file(path)
        return str(caught.value)

    assert "does not exist. Make it with: nigoh cameras add" in told(tmp_path / "missing.toml")
    assert "cannot be read: Is a directory" in told(tmp_path)
    assert "cannot be read" in told(tmp_path / "a\0b")
    latin = tmp_path / "latin.toml"
    latin.write_bytes(b"[engine]\nout = '\xe9'\n")
    assert "latin.toml, line 2: it is not UTF-8" in told(latin)
    assert "too large" in told(Path("/dev/zero"))


def test_a_byte_order_mark_and_line_ends_of_windows_are_read(tmp_path: Path) -> None:
    path = tmp_path / "nigoh.toml"
    path.write_bytes(b"\xef\xbb\xbf" + WHOLE.replace("\n", "\r\n").encode())
    assert len(read_engine_file(path).cameras) == 2


def told_about(text: str, path: Path) -> str:
    """What a text is refused with, "" if it is not; anything but a ConfigError ends the test."""
    try:
        parse_engine_file(text, path)
    except ConfigError as error:
        return str(error)
    return ""


def test_a_damaged_file_is_read_or_refused_and_nothing_else(tmp_path: Path) -> None:
    dice = np.random.default_rng(11)
    pieces = [
        "",
        "\n",
        '"',
        "[",
        "]]",
        "{",
        "}",
        "=",
        "-1",
        "1e999",
        "nan",
        "9" * 5000,
        "[[cameras]]\n",
        "\0",
        "\\",
        "é",
    ]
    path = tmp_path / "nigoh.toml"
    messages = []
    for _ in range(1500):
        text = WHOLE
        for _ in range(dice.integers(1, 5)):
            at, size = dice.integers(len(text)), dice.choice([0, 1, 5, 40])
            text = text[:at] + pieces[dice.integers(len(pieces))] + text[at + size :]
        messages.append(told_about(text, path))
    refused = [message for message in messages if message]
    assert len(refused) > 1000
    assert [message for message in refused if not message.startswith(str(path)) or len(message) > 1000] == []
    assert [message for message in refused if "s3cr3t" in message] == []


def test_brackets_of_any_depth_are_refused(tmp_path: Path) -> None:
    for depth in range(1, 1200, 7):
        brackets = "[" * depth + "]" * depth
        assert told_about(f"[engine]\nout = {brackets}", tmp_path / "nigoh.toml")
        assert told_about(f"[[cameras]]\nzones = {brackets}", tmp_path / "nigoh.toml")


VALUES = ["1", "-1", "0.5", "nan", "1e400", '""', '"x"', "[]", "[[]]", "[[[1]]]", "{}", "{a=1}", "true", "1979-05-27"]
VALUES += ["07:32:00", '"\\u0000"', '["\\u0000"]', '"~nobody/x"', "[[[nan, 0], [1, 0], [1, 1]]]", "9" * 400]


@pytest.mark.parametrize(("section", "kind"), list(ALL.items()))
def test_any_value_at_any_key_is_read_or_refused_in_its_line(
    section: str, kind: type[Settings], tmp_path: Path
) -> None:
    path = tmp_path / "nigoh.toml"
    needed = {"name": '"n"', "url": '"rtsp://h/s"'} if section == "[cameras]" else {}
    for key in (*kind.model_fields, "odd"):
        for value in VALUES:
            lines = {**needed, key: value}
            message = told_about(f"[{section}]\n" + "\n".join(f"{k} = {v}" for k, v in lines.items()), path)
            where = f"{path}, line {list(lines).index(key) + 2}: {section.strip('[]')}"
            assert message.startswith(where) or not message


def test_standard_output_is_an_output_and_no_folder(tmp_path: Path) -> None:
    settings = read('[engine]\nout = "-"\ncrops = "-"\n', tmp_path)
    assert (settings.engine.out, settings.engine.crops) == (STDOUT, tmp_path / "-")


@pytest.mark.parametrize(
    "url", ["rtsp://169.254.169.254/s", "http://metadata.google.internal/", "rtsp://0x7f.1/s", "rtsp://2130706433/s"]
)
def test_a_camera_is_never_at_a_metadata_service_or_a_disguised_address(url: str, tmp_path: Path) -> None:
    path = tmp_path / "nigoh.toml"
    path.write_text(f'[[cameras]]\nname = "a"\nurl = "{url}"\n')
    with pytest.raises(ConfigError, match=r"line 3: cameras\[0\]\.url"):
        read_engine_file(path)


def test_an_entry_of_the_list_that_means_nothing_is_named(tmp_path: Path) -> None:
    path = tmp_path / "nigoh.toml"
    path.write_text('[network]\nallowed = ["hooks.uz", "0.0.0.0/0"]\n')
    with pytest.raises(ConfigError, match=r"line 2: network\.allowed\[1\]: it is the whole Internet"):
        read_engine_file(path)
