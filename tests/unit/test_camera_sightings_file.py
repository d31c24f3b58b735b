"""What an engine has written is read back, also while it writes."""

from pathlib import Path

import pytest

from nigoh.domain.camera_sighting import CameraSighting, Stage
from nigoh.domain.sighting import BestShot, CameraId, PersonId, Sighting, Status
from nigoh.errors import SourceError
from nigoh.evaluation.camera_sightings import read_camera_sightings
from nigoh.messaging.camera_sighting_lines import CameraSightingFile

TOLD = CameraSighting(
    id="gate-1",
    stage=Stage.APPEARED,
    sighting=Sighting(
        camera=CameraId("gate"),
        track=1,
        status=Status.KNOWN,
        person=PersonId("Oʻktam"),
        score=0.5,
        threshold=0.25,
        first_s=1.5,
        last_s=2.5,
        frames=3,
        best=BestShot(t_s=2.0, box=(1.0, 2.0, 3.0, 4.0), quality=0.75),
        model="sface/2021dec",
    ),
    first_unix_s=1000.25,
    last_unix_s=1001.25,
    told_unix_s=1001.5,
)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "sightings.jsonl"
    with CameraSightingFile(path) as file:
        file.write(TOLD)
        file.write(TOLD)
        assert read_camera_sightings(path) == (TOLD, TOLD)


def test_a_line_that_is_not_whole_yet_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "sightings.jsonl"
    with CameraSightingFile(path) as file:
        file.write(TOLD)
    path.write_bytes(path.read_bytes() + b'{"type": "camera-si')
    assert read_camera_sightings(path) == (TOLD,)


def test_an_engine_that_has_told_nothing_yet_has_no_file(tmp_path: Path) -> None:
    assert read_camera_sightings(tmp_path / "sightings.jsonl") == ()


def test_a_line_that_is_something_else_is_named(tmp_path: Path) -> None:
    path = tmp_path / "sightings.jsonl"
    path.write_text('{"type": "sighting"}\n', "utf-8")
    with pytest.raises(SourceError, match="line 1"):
        read_camera_sightings(path)
