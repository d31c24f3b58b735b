"""The seam between what a model means and what runs it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Device:
    """Something that a runtime can run models on.

    Attributes:
        name: as the user writes it after --device: "cpu", "gpu", "npu", "cuda", "tensorrt".
        description: the hardware, in words.
        works: a small model really ran on it here.
        problem: why it does not work, else "".
    """

    name: str
    description: str
    works: bool
    problem: str = ""


class Session(Protocol):
    """A loaded model. One thread at a time runs it."""

    def run(self, batch: NDArray[np.float32]) -> Mapping[str, NDArray[np.float32]]:
        """Run the model's one input, (N, C, H, W) float32 with N >= 1; outputs by name, N rows each."""
        ...


class Runtime(Protocol):
    """Runs model files on one device, chosen at construction, which raises DeviceUnavailable or MissingExtra.

    It never falls back to another device.
    """

    @property
    def name(self) -> str:
        """As in the catalogue: "openvino", "onnxruntime"."""
        ...

    @property
    def device(self) -> str:
        """What it runs on, as the user writes it after --device."""
        ...

    def load(self, model: Path) -> Session:
        """Load an ONNX file whose batch (and perhaps height and width) is dynamic. Raises ModelError."""
        ...
