"""Trying cameras, as JSON."""

from base64 import b64encode
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from nigoh.domain.camera_url import CameraUrl
from nigoh.office.camera_tester import MOST_SECONDS, CameraTrial
from nigoh.server.models.cameras import Url
from nigoh.server.models.texts import CameraName
from nigoh.video.camera_facts import AdviceKind


class CameraTestIn(BaseModel):
    """A camera to try: one that is there, or an address."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, hide_input_in_errors=True)

    camera: Annotated[CameraName | None, Field(description="Name of a camera that is there.")] = None
    url: Annotated[Url | None, Field(description="Or an address, with user and password if it needs them.")] = None
    transport: Annotated[Literal["tcp", "udp"], Field(description="Of an address.")] = "tcp"
    seconds: Annotated[float, Field(ge=1, le=MOST_SECONDS, description="How long to listen, and to look.")] = 4.0

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.camera is None) == (self.url is None):
            raise ValueError("say camera or url, and not both")
        return self

    @property
    def address(self) -> CameraUrl | None:
        """The address, if it is one."""
        return None if self.url is None else CameraUrl(self.url)


class StreamModel(BaseModel):
    """What a camera sends, as it was measured."""

    codec: str
    width_px: int
    height_px: int
    fps: float
    keyframe_interval_s: float | None = Field(description="Null: fewer than two came.")
    bits_per_s: float


class AdviceModel(BaseModel):
    """What to change at the camera."""

    kind: AdviceKind
    text: str


class CameraTrialModel(BaseModel):
    """What came of trying a camera."""

    url: str = Field(description="Without user and password.")
    stream: StreamModel
    faces: int = Field(description="Seen, over all looks.")
    face_height_px: float | None = Field(description="Median; null if none was seen.")
    advice: list[AdviceModel] = Field(description="Most useful first; empty: it is well set.")
    picture: str = Field(description="JPEG, Base64: the picture with the most faces.")


def camera_trial_model(trial: CameraTrial) -> CameraTrialModel:
    """A trial as it is told."""
    stream = trial.stream
    return CameraTrialModel(
        url=trial.address,
        stream=StreamModel(
            codec=stream.codec,
            width_px=stream.width_px,
            height_px=stream.height_px,
            fps=stream.fps,
            keyframe_interval_s=stream.keyframe_interval_s,
            bits_per_s=stream.bits_per_s,
        ),
        faces=trial.faces,
        face_height_px=trial.face_height_px,
        advice=[AdviceModel(kind=each.kind, text=each.text) for each in trial.advice],
        picture=b64encode(trial.jpeg).decode(),
    )
