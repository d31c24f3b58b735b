"""The truth of simulated cameras, written while they run."""

from pathlib import Path

import pytest

from nigoh.domain.farm_truth import FarmAppearance, FarmDisturbance, FarmStart, FarmTruth
from nigoh.domain.sighting import CameraId, PersonId
from nigoh.errors import OutputError, SourceError
from nigoh.storage.farm_truth_file import FarmTruthFile, read_farm_truth

LOBBY, GATE = CameraId("cam001"), CameraId("cam002")
START = FarmStart(unix_s=1000.0, monotonic_s=50.0, cameras=(LOBBY, GATE))
ANNA = FarmAppearance(
    camera=LOBBY, person=PersonId("Oʻktam"), enter_unix_s=1002.5, leave_unix_s=1005.25, face_px=(60.0, 118.0)
)
FROZEN = FarmDisturbance(kind="freeze", camera=None, unix_s=1004.0)


def test_what_is_written_is_read_at_any_time(tmp_path: Path) -> None:
    path = tmp_path / "truth.jsonl"
    with FarmTruthFile(path, START) as file:
        assert read_farm_truth(path) == FarmTruth(start=START)
        file.appeared(ANNA)
        file.disturbed(FROZEN)
        assert read_farm_truth(path) == FarmTruth(start=START, appearances=(ANNA,), disturbances=(FROZEN,))
        file.ended(1010.0)
    assert read_farm_truth(path).ended_unix_s == 1010.0


def test_a_line_that_was_cut_by_a_crash_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "truth.jsonl"
    with FarmTruthFile(path, START) as file:
        file.appeared(ANNA)
        file.appeared(ANNA)
    path.write_bytes(path.read_bytes()[:-20])
    assert read_farm_truth(path).appearances == (ANNA,)


def test_who_is_there_is_told_for_a_camera_and_a_moment_on_either_clock() -> None:
    truth = FarmTruth(start=START, appearances=(ANNA,))
    assert truth.present(LOBBY, 1003.0) == (ANNA,)
    assert truth.present(LOBBY, 1005.26) == ()
    assert truth.present(GATE, 1003.0) == ()
    assert truth.monotonic_s(1003.0) == 53.0


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "does not begin as a farm's truth file"),
        (b'{"ended_unix_s": 1.0}\n', "does not begin as a farm's truth file"),
        (b"no JSON\n", "line 1"),
        (b'{"start": {"unix_s": 1.0}}\n', r"line 1: .*monotonic_s"),
        (b'{"begin": {}}\n', "line 1"),
        (b'{"start": {"unix_s": 1.0, "monotonic_s": 1.0, "cameras": [], "version": 9}}\n', "version 1, not 9"),
    ],
)
def test_what_is_no_truth_file_is_refused_by_line(tmp_path: Path, content: bytes, complaint: str) -> None:
    path = tmp_path / "truth.jsonl"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=complaint):
        read_farm_truth(path)


def test_a_missing_file_and_an_impossible_place_are_said(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="No such file"):
        read_farm_truth(tmp_path / "none.jsonl")
    with pytest.raises(OutputError, match="No such file"):
        FarmTruthFile(tmp_path / "none" / "truth.jsonl", START)


def test_nobody_leaves_before_entering() -> None:
    with pytest.raises(ValueError, match="leaves cam001 before entering"):
        FarmAppearance(camera=LOBBY, person=PersonId("A"), enter_unix_s=2, leave_unix_s=1, face_px=(1, 2))
