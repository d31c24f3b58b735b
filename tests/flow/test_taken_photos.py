"""Photos that are no files: of a simulated camera over RTSP, and a sighting's best shot."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from nigoh.cli.people import command
from nigoh.config.deployment_settings import deployment_settings
from nigoh.config.environment import DeploymentEnvironment
from nigoh.deployment_wiring import open_deployment
from nigoh.domain.camera import Camera
from nigoh.domain.camera_url import CameraUrl
from nigoh.domain.sighting import CameraId
from nigoh.domain.spooled_sighting import SpooledSighting
from nigoh.errors import ConfigError, Missing, SourceError, SourceUnavailable
from nigoh.office.actor import Actor
from nigoh.office.camera_office import CameraOffice, CameraOrder
from nigoh.office.sighting_writing import SightingWriter
from nigoh.outbound import Outbound
from nigoh.testing.clip_options import ClipOptions
from nigoh.testing.farm import Farm, FarmOptions, prepare_footage
from nigoh.testing.told_sightings import told_sighting
from nigoh.video.one_frame import take_frame

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from nigoh.deployment_wiring import Deployment
    from nigoh.vision.detector import Detector

PICTURE = ClipOptions(width_px=320, height_px=180, fps=20, gop=10, bitrate=300_000, noise=0.01, face_px=(30, 60))


def no_detector() -> Detector:
    raise AssertionError("no face has to be found")


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Farm]:
    options = FarmOptions(cameras=1, picture=PICTURE)
    footage = prepare_footage(None, no_detector, options, tmp_path_factory.mktemp("cache"))
    with Farm(footage, options) as running:
        yield running


def camera(url: str) -> Camera:
    return Camera(name=CameraId("counter"), url=CameraUrl(url))


def test_a_camera_gives_one_picture_as_it_sends_it(farm: Farm) -> None:
    assert take_frame(camera(farm.urls[0].reveal()), Outbound()).shape == (180, 320, 3)


def test_what_gives_no_picture_is_told(farm: Farm) -> None:
    host = farm.urls[0].reveal().rpartition("/")[0]
    with pytest.raises((SourceError, SourceUnavailable)):
        take_frame(camera(f"{host}/nowhere"), Outbound())
    with pytest.raises(SourceUnavailable):
        take_frame(camera("rtsp://127.0.0.1:9/x"), Outbound())
    with pytest.raises(SourceError, match="a video file and no camera"):
        take_frame(camera("file:///tmp/lobby.mp4"), Outbound())


@pytest.fixture
def deployment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, migrated_sqlite: Path) -> Iterator[Deployment]:
    data, key = tmp_path / "data", tmp_path / "master.key"
    data.mkdir(mode=0o700)
    (data / "nigoh.db").write_bytes(migrated_sqlite.read_bytes())
    monkeypatch.setenv("NIGOH_DATA", str(data))
    monkeypatch.setenv("NIGOH_MASTER_KEY_FILE", str(key))
    with open_deployment(deployment_settings(DeploymentEnvironment(data=data), master_key_file=key)) as opened:
        yield opened


def run(*arguments: str) -> Result:
    return CliRunner(catch_exceptions=False).invoke(command, [*arguments], standalone_mode=False)


def test_the_best_shot_of_a_sighting_is_enrolled(deployment: Deployment, shared_data: Path) -> None:
    shot = (shared_data / "photos" / "portraits" / "obama.jpg").read_bytes()
    with deployment.database.begin() as connection:
        news = SpooledSighting(told=told_sighting("gate-1"), jpeg=shot)
        SightingWriter(deployment.vault, deployment.media).write(connection, [news], 1.0)
    done = json.loads(run("add", "Barack", "--from-sighting", "gate-1", "--json").stdout)
    assert (done["person"]["name"], len(done["person"]["photos"])) == ("Barack", 1)
    again = run("edit", "Barack", "--from-sighting", "gate-1", "--json")
    assert (again.return_value, json.loads(again.stdout)["photos"][0]["outcome"]) == (1, "duplicate")
    with pytest.raises(Missing):
        run("edit", "Barack", "--from-sighting", "gate-2")


def test_a_picture_of_a_camera_is_looked_at_by_name_or_address(deployment: Deployment, farm: Farm) -> None:
    office = CameraOffice(deployment.database, deployment.vault, now=lambda: 1.0)
    office.add(Actor("test"), CameraOrder(camera=camera(farm.urls[0].reveal()), group=None))
    for name in ("counter", farm.urls[0].reveal()):
        done = run("add", "Nobody", "--from-camera", name, "--json")
        assert (done.return_value, json.loads(done.stdout)["photos"][0]["outcome"]) == (1, "no-face")
    with pytest.raises((Missing, ConfigError)):
        run("add", "Nobody", "--from-camera", "roof")
