"""Looking for cameras in the network, as JSON."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from nigoh.office.camera_finder import MOST_SECONDS, FoundCamera
from nigoh.server.models.texts import ShortText
from nigoh.video.onvif.client import Login


class DiscoveryIn(BaseModel):
    """How to look, and as whom to ask those that answer."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, hide_input_in_errors=True)

    seconds: Annotated[float, Field(ge=0.5, le=MOST_SECONDS, description="How long to wait for answers.")] = 3.0
    user: Annotated[ShortText, Field(description="ONVIF user of the cameras; most want one.")] = ""
    password: Annotated[SecretStr, Field(max_length=256)] = SecretStr("")

    @property
    def login(self) -> Login:
        """Who asks."""
        return Login(self.user, self.password.get_secret_value())


class OfferedStreamModel(BaseModel):
    """A stream that a camera offers."""

    name: str
    codec: str = Field(description='"" if it does not say.')
    width_px: int
    height_px: int
    fps: float
    url: str = Field(description="Without user and password.")


class FoundCameraModel(BaseModel):
    """A camera that answered."""

    host: str
    name: str
    hardware: str
    streams: list[OfferedStreamModel]
    problem: str = Field(description="Why it names no streams; empty if it does.")
    next_step: str


class DiscoveryModel(BaseModel):
    """Who answered, by address."""

    items: list[FoundCameraModel]


def discovery_model(found: tuple[FoundCamera, ...]) -> DiscoveryModel:
    """What was found, as it is told."""
    return DiscoveryModel(items=[_found(each) for each in found])


def _found(camera: FoundCamera) -> FoundCameraModel:
    streams = [
        OfferedStreamModel(
            name=each.name,
            codec=each.codec,
            width_px=each.width_px,
            height_px=each.height_px,
            fps=each.fps,
            url=str(each.url),
        )
        for each in camera.streams
    ]
    return FoundCameraModel(
        host=camera.device.address,
        name=camera.device.name,
        hardware=camera.device.hardware,
        streams=streams,
        problem=camera.problem,
        next_step=camera.next_step,
    )
