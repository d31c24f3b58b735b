"""Photos that are no files: pictures taken of cameras, best shots of sightings."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from nigoh.cli.config_option import optional_config_option
from nigoh.config.engine_file import read_engine_file
from nigoh.deployment_wiring import Deployment
from nigoh.domain.camera import Camera
from nigoh.domain.camera_url import CameraUrl
from nigoh.domain.sighting import CameraId
from nigoh.office.actor import Actor
from nigoh.office.camera_frames import CameraFrames
from nigoh.office.camera_office import CameraOffice
from nigoh.office.enrolment_office import EnrolmentOffice
from nigoh.office.photo_desk import SentPhoto
from nigoh.office.sighting_desk import SightingDesk
from nigoh.outbound import Outbound
from nigoh.video.one_frame import take_frame

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Taken:
    """What photos are to be taken of.

    Attributes:
        cameras: names, or addresses.
        sightings: identifiers.
        config: the engine's file, whose cameras are known by name too.
    """

    cameras: tuple[str, ...]
    sightings: tuple[str, ...]
    config: Path | None

    def photos(self, deployment: Deployment, enrolment: EnrolmentOffice, actor: Actor) -> list[SentPhoto]:
        """Take them, the sightings' first.

        Raises:
            Missing: there is no such camera or sighting, or it has no picture any more.
            SourceError, SourceUnavailable: a camera gives no picture.
        """
        desk = SightingDesk(deployment.database, deployment.media, enrolment, now=time.time)
        found = [SentPhoto(desk.picture(actor, each)[1], f"sighting {each}") for each in self.sightings]
        if self.cameras:
            configured, gate = self._configured()
            office = CameraOffice(deployment.database, deployment.vault, now=time.time, outbound=gate)
            frames = CameraFrames(_finder(office), configured, lambda camera: take_frame(camera, gate))
            found += [SentPhoto(frames.take(CameraId(each)), f"camera {_shown(each)}") for each in self.cameras]
        return found

    def _configured(self) -> tuple[Sequence[Camera], Outbound]:
        if self.config is None:
            return (), Outbound()
        settings = read_engine_file(self.config)
        return settings.cameras, settings.network.gate()


def taken_options(command: Callable[..., R]) -> Callable[..., R]:
    """Add --from-camera, --from-sighting and --config; the command gets them as one keyword, `taken: Taken`."""

    @wraps(command)
    def with_taken(*arguments: object, **values: Any) -> R:  # noqa: ANN401 - whatever click parsed
        taken = Taken(values.pop("from_cameras"), values.pop("from_sightings"), values.pop("config"))
        return command(*arguments, taken=taken, **values)

    decorated = optional_config_option(with_taken)
    for flag, name, help_text in (
        ("--from-sighting", "from_sightings", "A photo: the best shot of this sighting."),
        ("--from-camera", "from_cameras", "A photo: a picture taken of this camera now."),
    ):
        metavar = "ID" if name == "from_sightings" else "CAMERA"
        decorated = click.option(flag, name, multiple=True, metavar=metavar, help=help_text)(decorated)
    return decorated


def _finder(office: CameraOffice) -> Callable[[CameraId], Camera]:
    """Cameras of the database by name; an address is a camera of its own."""

    def find(name: CameraId) -> Camera:
        if "://" in name:
            return Camera(name=CameraId("camera"), url=CameraUrl(name))
        return office.opened(name)

    return find


def _shown(camera: str) -> str:
    """A camera as it may be shown: never with a password."""
    return str(CameraUrl(camera)) if "://" in camera else camera
