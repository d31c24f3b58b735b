"""What `nigoh up` leaves behind, and what a full disk does to it."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from nigoh.cli.up_outputs import KeepingCounts, PatientOutput
from nigoh.domain.camera_sighting import CameraSighting, Stage
from nigoh.domain.sighting import BestShot, CameraId, Candidate, PersonId, Sighting, Status
from nigoh.engine.shard_seam import SightingNews
from nigoh.errors import OutputError
from nigoh.messaging.camera_sighting_lines import CameraSightingFile, encode_camera_sighting
from nigoh.storage.sighting_crops import SightingCrops

TOLD = CameraSighting(
    id="5f1c",
    stage=Stage.APPEARED,
    sighting=Sighting(
        camera=CameraId("Eshik/№1"),
        track=7,
        status=Status.KNOWN,
        person=PersonId("Oʻktam"),
        score=0.71234567,
        threshold=0.358,
        first_s=1.23456,
        last_s=2.0,
        frames=5,
        best=BestShot(t_s=1.5, box=(1.04, 2.0, 30.06, 40.0), quality=0.87654321),
        model="sface/2021dec",
        candidates=(Candidate(PersonId("Oʻktam"), 0.71234567),),
    ),
    first_unix_s=1_700_000_000.1234567,
    last_unix_s=1_700_000_001.0,
    told_unix_s=1_700_000_001.5,
)
LEFT = replace(TOLD, stage=Stage.LEFT)


def news(number: int) -> SightingNews:
    return SightingNews(replace(TOLD, id=str(number)), b"jpeg")


class Disk:
    """Keeps what it is given while it has room."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.is_full = False

    def __call__(self, given: SightingNews) -> None:
        if self.is_full:
            raise OutputError("sightings.jsonl cannot be written: the disk is full", "Make room.")
        self.ids.append(given.sighting.id)


def test_a_line_is_rounded_and_can_be_read_again() -> None:
    line = encode_camera_sighting(TOLD)
    assert b"\n" not in line
    assert b'"first_unix_s":1700000000.123' in line
    assert b'"score":0.7123,' in line
    assert "Oʻktam".encode() in line
    read = msgspec.json.decode(line, type=CameraSighting)
    assert (read.id, read.stage, read.sighting.person) == (TOLD.id, TOLD.stage, TOLD.sighting.person)


def test_lines_follow_those_that_are_there(tmp_path: Path) -> None:
    path = tmp_path / "sightings.jsonl"
    for _ in range(2):
        with CameraSightingFile(path) as file:
            file.write(TOLD)
    assert len(path.read_bytes().splitlines()) == 2


def test_a_full_disk_is_told_in_words() -> None:
    with CameraSightingFile(Path("/dev/full")) as file, pytest.raises(OutputError, match="the disk is full"):
        file.write(TOLD)


def test_a_place_that_cannot_be_written_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        CameraSightingFile(tmp_path / "nowhere" / "sightings.jsonl")


def test_a_line_that_did_not_fit_leaves_nothing_of_itself(tmp_path: Path) -> None:
    path = tmp_path / "sightings.jsonl"
    code = """
import resource, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from test_sighting_outputs import TOLD
from nigoh.errors import OutputError
from nigoh.messaging.camera_sighting_lines import CameraSightingFile, encode_camera_sighting
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
size = len(encode_camera_sighting(TOLD)) + 1
with CameraSightingFile(Path(sys.argv[1])) as file:
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(size * 2.5), resource.RLIM_INFINITY))
    file.write(TOLD)
    file.write(TOLD)
    try:
        file.write(TOLD)
    except OutputError:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    file.write(TOLD)
"""
    folder = str(Path(__file__).parent)
    subprocess.run([sys.executable, "-c", code, str(path), folder], check=True, timeout=60)
    assert path.read_bytes() == (encode_camera_sighting(TOLD) + b"\n") * 3


def test_a_full_disk_makes_sightings_wait_in_their_order(caplog: pytest.LogCaptureFixture) -> None:
    disk = Disk()
    output = PatientOutput("lines", disk)
    output.take(news(0), 0.0)
    disk.is_full = True
    for number in range(1, 4):
        output.take(news(number), 1.0 + number)
    assert output.counts == KeepingCounts(offered=4, kept=1, waiting=3, lost=0)
    assert caplog.text.count("the disk is full") == 1, "said once, not with each sighting"
    disk.is_full = False
    output.step(4.0)
    assert disk.ids == ["0"], "not before some seconds have passed"
    output.step(20.0)
    assert disk.ids == ["0", "1", "2", "3"]
    assert "can be written again" in caplog.text


def test_what_waits_is_bounded_and_what_is_given_up_is_counted(caplog: pytest.LogCaptureFixture) -> None:
    disk = Disk()
    disk.is_full = True
    output = PatientOutput("lines", disk, most_waiting=10)
    for number in range(25):
        output.take(news(number), 0.0)
    assert output.counts == KeepingCounts(offered=25, kept=0, waiting=10, lost=15)
    output.close(100.0)
    assert output.counts == KeepingCounts(offered=25, kept=0, waiting=0, lost=25)
    assert "25 sightings could not be written as lines" in caplog.text


def test_the_end_writes_what_waits() -> None:
    disk = Disk()
    disk.is_full = True
    output = PatientOutput("lines", disk)
    output.take(news(0), 0.0)
    disk.is_full = False
    output.close(0.1)
    assert disk.ids == ["0"]


def crops_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.jpg"))


def test_a_track_has_one_crop_that_ends_as_its_last_and_best(tmp_path: Path) -> None:
    crops = SightingCrops(tmp_path / "crops")
    stranger = replace(TOLD, sighting=replace(TOLD.sighting, status=Status.UNKNOWN, person=None))
    crops.save(stranger, b"first")
    (first,) = crops_in(tmp_path / "crops")
    assert first.endswith("-Eshik_1-0007-unknown.jpg")
    crops.save(replace(TOLD, stage=Stage.CHANGED), b"second")
    crops.save(LEFT, b"third")
    (last,) = crops_in(tmp_path / "crops")
    assert last.endswith("-Eshik_1-0007-Oʻktam.jpg")
    assert (tmp_path / "crops" / last).read_bytes() == b"third"
    assert first.partition("/")[0] == last.partition("/")[0], "a folder a day"


@pytest.mark.parametrize("name", ["../../etc/passwd", "a" * 400, "Ў" * 200, "x\x00y", " "])
def test_names_stay_inside_the_folder(tmp_path: Path, name: str) -> None:
    crops = SightingCrops(tmp_path / "crops")
    camera = CameraId(name)
    crops.save(replace(LEFT, sighting=replace(TOLD.sighting, camera=camera, person=PersonId(name))), b"jpeg")
    assert len(crops_in(tmp_path)) == 1
    assert crops_in(tmp_path)[0].startswith("crops/")


def test_a_sighting_without_a_picture_leaves_none(tmp_path: Path) -> None:
    SightingCrops(tmp_path).save(LEFT, b"")
    assert crops_in(tmp_path) == []


@pytest.mark.parametrize("make", [SightingCrops, CameraSightingFile])
def test_a_closed_place_is_refused(tmp_path: Path, make: Callable[[Path], object]) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError):
        make(tmp_path / "file" / "inside")
