"""Settings, read once, checked, and frozen."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from nigoh.errors import ConfigError

S = TypeVar("S", bound="Settings")


class Settings(BaseModel):
    """Base of all settings: unknown keys are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class FileSettings(Settings):
    """Base of the file's sections: a value has the type that is asked for, and no error shows what was given."""

    model_config = ConfigDict(strict=True, allow_inf_nan=False, hide_input_in_errors=True)


class VisionSettings(Settings):
    """What finds and describes faces, and what it runs on."""

    detector: str = Field("yunet", description="Name of a detector in the model catalogue.")
    embedder: str = Field("sface", description="Name of an embedder in the model catalogue.")
    runtime: str = Field("openvino", description="What runs the models: openvino or onnxruntime.")
    device: str = Field(
        "cpu", description="Where they run: cpu, gpu, npu (openvino); cpu, cuda, tensorrt (onnxruntime)."
    )
    detect_size_px: Annotated[int, Field(ge=64, le=4096)] | None = Field(
        640, description="Long side of the picture that the detector sees; larger finds smaller faces."
    )
    detect_score: Annotated[float, Field(gt=0, lt=1)] = Field(0.6, description="Least detector score of a face.")
    accept_licences: tuple[str, ...] = Field(
        (), description="Models whose non-commercial licence you accept, by name."
    )


class WatchSettings(VisionSettings):
    """How one source is watched."""

    camera: str | None = Field(
        None, min_length=1, description="Name of the camera in sightings; default: the source's."
    )
    wanted: tuple[str, ...] = Field((), description="Known people whom you look for.")
    false_alarms: Annotated[float, Field(gt=0, lt=1)] = Field(
        0.01, description="Share of strangers who may be given a name, however many people are known."
    )
    threshold: Annotated[float, Field(gt=0, lt=1)] | None = Field(
        None, description="Least similarity of a known person; default: what false_alarms asks of the model."
    )
    every: Annotated[int, Field(ge=1)] | None = Field(None, description="Analyse every N-th frame.")
    fps: Annotated[float, Field(gt=0, le=1000)] | None = Field(
        None, description="Analyse at most this many frames a second of the source's time; default 10."
    )
    max_frames: Annotated[int, Field(ge=1)] | None = Field(None, description="Stop after this many analysed frames.")
    start_s: Annotated[float, Field(ge=0)] | None = Field(None, description="Begin at this second of a file.")
    end_s: Annotated[float, Field(gt=0)] | None = Field(None, description="End at this second of a file.")
    transport: Literal["tcp", "udp"] = Field("tcp", description="How an RTSP camera sends: tcp or udp.")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.end_s is not None and self.end_s <= (self.start_s or 0):
            raise ValueError(f"end_s ({self.end_s:g}) is not after start_s ({self.start_s or 0:g})")
        return self


def read_settings(kind: type[S], values: Mapping[str, object]) -> S:
    """Check values and freeze them.

    Raises:
        ConfigError: names the first wrong setting, what is wrong, and what it is for.
    """
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"]) or "combination"
        field = kind.model_fields.get(name)
        known = f"Known settings: {', '.join(kind.model_fields)}." if first["type"] == "extra_forbidden" else ""
        meaning = field.description if field and field.description else known
        raise ConfigError(f"setting {name}: {first['msg'].removeprefix('Value error, ')}", meaning) from error
