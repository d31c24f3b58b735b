"""Cameras come into nigoh.toml and go again; everything else in it stays as its owner wrote it."""

import threading
import tomllib
from functools import partial
from pathlib import Path

import pytest

from nigoh.config.engine_edit import NEW_FILE, CameraValue, with_camera, without_camera
from nigoh.config.engine_file import read_engine_file
from nigoh.config.file_edit import edit_text
from nigoh.errors import ConfigError, OutputError

PATH = Path("nigoh.toml")
CAMERA: dict[str, CameraValue] = {"name": "new", "url": "rtsp://10.0.0.9/s"}
TEXT = """\
# Ours. Ask before you change it.
# (really)
[engine]
shards=2   # two cores

# --- cameras ---

# the gate, on the north side
[[cameras]]
name = "gate"          # not "Gate"
url  = "rtsp://10.0.0.5/s"
zones = [
  [[0, 0], [1, 0], [1, 1]],   # the door
  # and no more
]

# the yard
[[ cameras ]]
name = 'yard'
url = 'rtsp://10.0.0.6/s'
# end of the yard

[watch] # who
wanted = []

[[cameras]]
name = "hall"
url = "rtsp://10.0.0.7/s"
"""


@pytest.mark.parametrize("text", [TEXT, TEXT.replace("\n", "\r\n"), "\ufeff" + TEXT, TEXT.rstrip(), "", NEW_FILE])
def test_a_camera_that_is_added_and_removed_leaves_the_file_as_it_was(text: str) -> None:
    added = with_camera(text, PATH, CAMERA)
    assert added.startswith(text)
    assert added.count("\r\n") in (0, added.count("\n"))
    assert tomllib.loads(added.removeprefix("\ufeff"))["cameras"][-1] == CAMERA
    assert without_camera(added, PATH, "new").rstrip() == text.rstrip()


def test_a_removed_camera_takes_its_lines_and_the_comment_above_them_along() -> None:
    gone = TEXT.index("# the gate"), TEXT.index("# the yard")
    assert without_camera(TEXT, PATH, "gate") == TEXT[: gone[0]] + TEXT[gone[1] :]
    gone = TEXT.index("# the yard"), TEXT.index("# end of the yard")
    assert without_camera(TEXT, PATH, "yard") == TEXT[: gone[0]] + TEXT[gone[1] :]
    assert without_camera(TEXT, PATH, "hall") == TEXT[: TEXT.index('\n[[cameras]]\nname = "hall"')]


def test_the_last_camera_can_go_and_the_heading_of_the_file_stays() -> None:
    text = "# our cameras\n[[cameras]]\nname = 'a'\nurl = 'rtsp://h/s'\n"
    assert without_camera(text, PATH, "a") == "# our cameras\n"


def test_cameras_in_one_array_are_edited_there() -> None:
    text = "cameras = [ {name='a', url='rtsp://h/a'}, # first\n {name='b', url='rtsp://h/b'},\n]\n[engine] # e\n"
    added = with_camera(text, PATH, CAMERA)
    assert [camera["name"] for camera in tomllib.loads(added)["cameras"]] == ["a", "b", "new"]
    assert "# first" in added
    assert "[engine] # e" in added
    left = without_camera(without_camera(added, PATH, "a"), PATH, "b")
    assert tomllib.loads(left) == {"cameras": [CAMERA], "engine": {}}
    assert tomllib.loads(with_camera("cameras = []\n", PATH, CAMERA)) == {"cameras": [CAMERA]}


def test_whatever_a_value_holds_it_is_read_back_as_it_was() -> None:
    url = "http://u:a\"b\\c'#[é]@10.0.0.9/s?x=1&y={}"
    values: dict[str, CameraValue] = {
        "name": "Oʻz-門",
        "url": url,
        "fps": 0.001,
        "zones": [[[0.1, 0.25], [1.0, 0.0], [1.0, 1.0]]],
        "schedule": ["mon-fri 08:00-18:00"],
    }
    assert tomllib.loads(with_camera("", PATH, values))["cameras"] == [values]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"name": "gate"}, "nigoh.toml has a camera 'gate' already"),
        ({"name": "GATE"}, "nigoh.toml has a camera 'GATE' already"),
        ({"name": "a/b"}, "^name: a camera's name has"),
        ({"url": "rtsp:/admin:hunter2@h"}, "^url: it is neither"),
        ({"fps": 0.0}, "^fps: it should be greater than 0"),
        ({"zones": [[[0.0, 0.0], [2.0, 0.0], [1.0, 1.0]]]}, r"^zones\[0\]: the corner \(2, 0\)"),
        ({"schedule": ["mon"]}, r"^schedule\[0\]: 'mon' is no schedule"),
        ({"password_file": "missing"}, "^password_file: .* cannot be read"),
    ],
)
def test_a_camera_that_is_none_is_refused_by_its_key(values: dict[str, CameraValue], message: str) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        with_camera(TEXT, PATH, {**CAMERA, **values})
    assert "hunter2" not in str(caught.value)


def test_a_camera_that_is_not_there_is_not_removed_and_the_nearest_is_named() -> None:
    with pytest.raises(ConfigError, match=r"no camera of this name\. There are, for example: gate"):
        without_camera(TEXT, PATH, "gates")
    with pytest.raises(ConfigError, match="none yet"):
        without_camera("", PATH, "a")


def test_nothing_is_written_into_a_file_that_is_wrong_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "nigoh.toml"
    path.write_text("[engine]\nshards = -1\n")
    with pytest.raises(ConfigError, match=r"line 2: engine\.shards"):
        edit_text(path, lambda text: with_camera(text, path, CAMERA))
    assert path.read_text() == "[engine]\nshards = -1\n"
    assert [each.name for each in tmp_path.iterdir()] == ["nigoh.toml"]


def test_a_new_file_is_private_and_an_old_one_keeps_its_permissions_and_its_link(tmp_path: Path) -> None:
    new = tmp_path / "folder" / "nigoh.toml"
    edit_text(new, lambda text: with_camera(text, new, CAMERA), new=NEW_FILE)
    assert new.stat().st_mode & 0o7777 == 0o600
    new.chmod(0o640)
    link = tmp_path / "link.toml"
    link.symlink_to(new)
    edit_text(link, lambda text: with_camera(text, link, {**CAMERA, "name": "two"}))
    assert link.is_symlink()
    assert new.stat().st_mode & 0o7777 == 0o640
    assert [camera.name for camera in read_engine_file(new).cameras] == ["new", "two"]
    assert [each.name for each in new.parent.iterdir()] == ["nigoh.toml"]


def test_two_who_add_at_once_both_find_their_cameras(tmp_path: Path) -> None:
    path = tmp_path / "nigoh.toml"

    def add(prefix: str) -> None:
        for number in range(15):
            values: dict[str, CameraValue] = {**CAMERA, "name": f"{prefix}{number}"}
            edit_text(path, partial(with_camera, path=path, values=values), new=NEW_FILE)

    threads = [threading.Thread(target=add, args=(prefix,)) for prefix in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    names = {camera.name for camera in read_engine_file(path).cameras}
    assert names == {f"{prefix}{number}" for prefix in ("a", "b") for number in range(15)}


def test_what_cannot_be_read_or_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="does not exist"):
        edit_text(tmp_path / "nigoh.toml", str.upper)
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot be written"):
        edit_text(tmp_path / "file" / "nigoh.toml", str.upper, new="")
    with pytest.raises(ConfigError, match="Is a directory"):
        edit_text(tmp_path, str.upper)
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    with pytest.raises(OutputError, match="cannot be written"):
        edit_text(loop, str.upper, new="")


def test_what_could_not_be_edited_without_a_loss_is_left_to_its_owner() -> None:
    text = "cameras = [ {name='a', url='rtsp://h/a'}, # first\n]\n"
    with pytest.raises(ConfigError, match=r"cannot be edited here\. Edit it by hand"):
        with_camera(text, PATH, CAMERA)
