"""What a watch leaves behind: JSON lines that others can read, and crops with safe names."""

import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from nigoh.domain.sighting import BestShot, CameraId, Candidate, PersonId, Sighting, Status
from nigoh.errors import OutputError
from nigoh.messaging.json_lines import SightingFile, encode_sighting
from nigoh.storage.crops import CropFolder

SIGHTING = Sighting(
    camera=CameraId("Eshik/№1"),
    track=7,
    status=Status.KNOWN,
    person=PersonId("Oʻktam Ўктамов"),
    score=0.71234567,
    threshold=0.358,
    first_s=1.23456,
    last_s=2.0,
    frames=5,
    best=BestShot(t_s=1.5, box=(1.04, 2.0, 30.06, 40.0), quality=0.87654321),
    model="sface/2021dec",
    candidates=(Candidate(PersonId("Oʻktam Ўктамов"), 0.71234567), Candidate(PersonId("Anna"), 0.1)),
)


def test_a_sighting_is_one_line_of_json_with_the_documented_fields() -> None:
    line = encode_sighting(SIGHTING)
    assert b"\n" not in line
    assert "Oʻktam Ўктамов".encode() in line, "letters are written as they are"
    assert json.loads(line) == {
        "type": "sighting",
        "camera": "Eshik/№1",
        "track": 7,
        "status": "known",
        "person": "Oʻktam Ўктамов",
        "score": 0.7123,
        "threshold": 0.358,
        "first_s": 1.235,
        "last_s": 2.0,
        "frames": 5,
        "best": {"t_s": 1.5, "box": [1.0, 2.0, 30.1, 40.0], "quality": 0.8765},
        "model": "sface/2021dec",
        "candidates": [{"person": "Oʻktam Ўктамов", "score": 0.7123}, {"person": "Anna", "score": 0.1}],
    }


def test_each_sighting_is_on_disk_as_soon_as_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    with SightingFile(path) as file:
        assert path.exists(), "an unwritable file is noticed before the work begins"
        for number in (1, 2):
            file.write(SIGHTING)
            assert len(path.read_text("utf-8").splitlines()) == number


def test_a_full_disk_is_said() -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    with pytest.raises(OutputError, match="the disk is full"), SightingFile(full) as file:
        file.write(SIGHTING)


def test_crops_have_names_that_every_file_system_takes(tmp_path: Path) -> None:
    picture = np.full((40, 30, 3), 90, np.uint8)
    path = CropFolder(tmp_path / "new" / "crops").save(SIGHTING, picture)
    assert path.parent == tmp_path / "new" / "crops"
    assert path.name == "Eshik_1-0007-Oʻktam_Ўктамов.jpg"
    read = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)
    assert read is not None
    assert read.shape == (40, 30, 3)


def test_crops_of_long_names_are_kept_apart_by_their_tracks(tmp_path: Path) -> None:
    crops = CropFolder(tmp_path)
    picture = np.full((40, 30, 3), 90, np.uint8)
    names = {
        crops.save(
            replace(SIGHTING, camera=CameraId("Эшик" * 60), track=track, person=PersonId("Ў" * 125)), picture
        ).name
        for track in (1, 2)
    }
    assert len(names) == len(list(tmp_path.iterdir())) == 2


def test_crops_of_an_earlier_watch_stay(tmp_path: Path) -> None:
    picture = np.full((40, 30, 3), 90, np.uint8)
    paths = [CropFolder(tmp_path).save(SIGHTING, picture) for _ in range(3)]
    assert len(set(paths)) == 3
    assert paths[1].stem == f"{paths[0].stem}-2"
    assert all(path.exists() for path in paths)


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot be written"):
        CropFolder(tmp_path / "file" / "crops")
