"""Truth files and sighting files: what is read back, and what is refused by name."""

from pathlib import Path

import msgspec
import pytest

from nigoh.domain.sighting import BestShot, CameraId, PersonId, Sighting, Status
from nigoh.domain.truth import Appearance, Truth, TruthBox
from nigoh.errors import OutputError, SourceError
from nigoh.messaging.json_lines import read_sightings
from nigoh.storage.truth_file import read_truth, write_truth

TRUTH = Truth(
    clip="дарвоза.mp4",
    width=1280,
    height=720,
    fps=15.0,
    frames=90,
    appearances=(
        Appearance(
            person=PersonId("Oʻktam"),
            enter_s=1.0,
            leave_s=3.0,
            track=(TruthBox(t_s=1.0, box=(0.0, 0.0, 10.0, 10.0)), TruthBox(t_s=3.0, box=(20.0, 0.0, 40.0, 20.0))),
            enrolled_hint=True,
        ),
    ),
)

WRITTEN = b"""{"version": 1, "clip": "a.mp4", "width": 640, "height": 360, "fps": 25, "frames": 50, "appearances": [
 {"person": "Anna", "enrolled_hint": null, "enter_s": 0.5, "leave_s": 1, "track": [{"t_s": 0.5, "box": [1, 2, 3, 4]}]}
]}"""

SIGHTING = Sighting(
    camera=CameraId("gate"),
    track=3,
    status=Status.UNKNOWN,
    person=None,
    score=0.1,
    threshold=0.4,
    first_s=1.0,
    last_s=2.0,
    frames=4,
    best=BestShot(t_s=1.5, box=(1.0, 2.0, 3.0, 4.0), quality=0.5),
    model="sface/2021dec",
)


def test_a_truth_file_gives_back_what_was_written(tmp_path: Path) -> None:
    write_truth(TRUTH, tmp_path / "truth.json")

    assert read_truth(tmp_path / "truth.json") == TRUTH


def test_a_truth_file_written_by_hand_is_read(tmp_path: Path) -> None:
    (tmp_path / "truth.json").write_bytes(WRITTEN)
    truth = read_truth(tmp_path / "truth.json")

    assert list(truth.people) == ["Anna"]
    assert truth.appearances[0].track[0].box == (1.0, 2.0, 3.0, 4.0)
    assert truth.appearances[0].enrolled_hint is None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b'"clip": "a.mp4", ', b"", "clip"),
        (b'"fps": 25', b'"fps": "fast"', "$.fps"),
        (b'"fps": 25', b'"fps": 0', "pictures a second"),
        (b'"version": 1', b'"version": 7', "version 1, not 7"),
        (b"[1, 2, 3, 4]", b"[1, 2, 3]", "$.appearances[0].track[0].box"),
        (b"[1, 2, 3, 4]", b"[3, 2, 1, 4]", "x1 < x2"),
        (b'"leave_s": 1', b'"leave_s": 0', "before entering"),
        (b'[{"t_s": 0.5, "box": [1, 2, 3, 4]}]', b"[]", "at least one place"),
        (b"]}", b"]", "is not JSON"),
    ],
)
def test_a_wrong_truth_file_is_refused_by_file_and_field(tmp_path: Path, old: bytes, new: bytes, said: str) -> None:
    path = tmp_path / "truth.json"
    path.write_bytes(WRITTEN.replace(old, new))

    with pytest.raises(SourceError) as refused:
        read_truth(path)
    assert str(path) in str(refused.value)
    assert said in str(refused.value)


def test_files_that_are_not_there_or_cannot_be_written_say_so(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"none\.json: No such file"):
        read_truth(tmp_path / "none.json")
    with pytest.raises(SourceError, match=r"none\.jsonl: No such file"):
        read_sightings(tmp_path / "none.jsonl")
    with pytest.raises(OutputError, match="No such file"):
        write_truth(TRUTH, tmp_path / "nowhere" / "truth.json")


def test_a_face_moves_straight_between_two_places() -> None:
    appearance = TRUTH.appearances[0]

    assert appearance.box_at(2.0) == (10, 0, 25, 15)
    assert appearance.box_at(1.0) == (0, 0, 10, 10)
    assert appearance.box_at(3.1) is None
    assert appearance.box_at(3.1, slack_s=0.2) == (20, 0, 40, 20)
    assert appearance.box_at(0.9, slack_s=0.2) == (0, 0, 10, 10)


def test_sightings_are_read_among_lines_of_other_types(tmp_path: Path) -> None:
    path = tmp_path / "sightings.jsonl"
    lines = [msgspec.json.encode(SIGHTING), b'{"type": "summary", "frames": 9}', b"", msgspec.json.encode(SIGHTING)]
    path.write_bytes(b"\n".join(lines))

    assert read_sightings(path) == (SIGHTING, SIGHTING)


@pytest.mark.parametrize("line", [b"not json", b'{"type": "sighting"}', b"{}", b"[1]", b'{"type": "sighting", "cam'])
def test_a_line_that_is_no_sighting_is_refused_by_its_number(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "sightings.jsonl"
    path.write_bytes(msgspec.json.encode(SIGHTING) + b"\n" + line + b"\n")

    with pytest.raises(SourceError, match=r"sightings\.jsonl, line 2"):
        read_sightings(path)
