"""What a process was at is known after it has crashed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from nigoh.domain.sighting import CameraId
from nigoh.errors import OutputError
from nigoh.storage.black_box import BlackBox, read_black_box

LONG = "дарвоза " * 100

CRASHES = """
import os, signal, sys
from pathlib import Path
from nigoh.storage.black_box import BlackBox

box = BlackBox(Path(sys.argv[1]), 3)
for thread, camera in enumerate(("gate", "yard", "hall")):
    box.begins(thread, camera)
box.ends(1)
os.kill(os.getpid(), signal.SIGSEGV)
"""


def test_the_cameras_at_hand_survive_a_crash(tmp_path: Path) -> None:
    path = tmp_path / "boxes" / "shard-1"
    ended = subprocess.run([sys.executable, "-c", CRASHES, str(path)], capture_output=True, check=False, timeout=60)
    assert ended.returncode == -signal.SIGSEGV, ended.stderr
    assert read_black_box(path) == ("gate", "hall")


def test_a_new_life_begins_with_an_empty_box_that_others_cannot_read(tmp_path: Path) -> None:
    path = tmp_path / "shard-1"
    with BlackBox(path, 2) as box:
        box.begins(0, CameraId("gate"))
    with BlackBox(path, 2):
        assert read_black_box(path) == ()
    assert path.stat().st_mode & 0o077 == 0


def test_a_name_that_is_too_long_never_spills_into_the_next_slot(tmp_path: Path) -> None:
    with BlackBox(tmp_path / "box", 2) as box:
        box.begins(1, CameraId("yard"))
        box.begins(0, CameraId(LONG))
        assert read_black_box(tmp_path / "box")[1] == "yard"


def test_a_box_that_is_not_there_or_is_rubbish_names_nobody(tmp_path: Path) -> None:
    assert read_black_box(tmp_path / "none") == ()
    (tmp_path / "rubbish").write_bytes(os.urandom(300))
    read_black_box(tmp_path / "rubbish")


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(OutputError, match="file"):
        BlackBox(tmp_path / "file" / "box", 1)
