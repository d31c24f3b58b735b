"""Settings, read once, checked, and frozen."""

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from nigoh.errors import ConfigError


S = TypeVar("S", bound="Settings")


class Settings(BaseModel):
    """Base of all settings: unknown keys are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class VisionSettings(Settings):
    """What finds and describes faces, and what it runs on."""

    detector: str = Field("yunet", description="Name of a detector in the model catalogue.")
    embedder: str = Field("sface", description="Name of an embedder in the model catalogue.")
    runtime: str = Field("openvino", description="What runs the models: openvino or onnxruntime.")
    device: str = Field(
        "cpu", description="Where they run: cpu, gpu, npu (openvino); cpu, cuda, tensorrt (onnxruntime)."
    )
    detect_size_px: Annotated[int, Field(ge=64, le=4096)] = Field(
        640, description="Long side of the picture that the detector sees; larger finds smaller faces."
    )
    detect_score: Annotated[float, Field(gt=0, lt=1)] = Field(0.6, description="Least detector score of a face.")
    accept_licences: tuple[str, ...] = Field(
        (), description="Models whose non-commercial licence you accept, by name."
    )


def read_settings(kind: type[S], values: dict[str, Any]) -> S:
    """Check values and freeze them.

    Raises:
        ConfigError: names the first wrong setting, what is wrong, and what it is for.
    """
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        field = kind.model_fields.get(name)
        meaning = (
            field.description if field and field.description else f"Known settings: {', '.join(kind.model_fields)}."
        )
        raise ConfigError(f"setting {name}: {first['msg']}", meaning) from error
