"""Runs models with OpenVINO: on the CPU by default, on Intel GPUs and NPUs.

Measured on 2 cores of a Xeon with AVX-512, float32, per picture or face:

    threads   YuNet 640x384        SFace                 (wall / CPU)
    1         5.0 / 5.0 ms         8.3 / 8.3 ms
    2         3.0 / 6.0 ms         5.3 / 10.5 ms

- One thread does most for its CPU seconds, and decoding wants the other core: half the cores, at most 4, by default.
- Shapes stay dynamic: a static shape saved less than 8 % and costs 110 ms of compiling for each new shape.
- Precision is fixed to float32. OpenVINO takes bfloat16 by itself where the CPU offers it; here that was 1.5 times
  slower, moved embeddings by up to 0.04, and would make templates differ between machines.
- No compiled-model cache: it would save 0.27 s at a start, but what it loads is not covered by the model's digest.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from nigoh.errors import DeviceUnavailable, ModelError
from nigoh.vision.inference_threads import default_threads

# OpenVINO's Python package reports each import of it to Google Analytics, unless its telemetry package is missing.
# nigoh sends nothing anywhere, so here it is missing: an empty module in its place fails OpenVINO's import of it.
sys.modules.setdefault("openvino_telemetry", ModuleType("openvino_telemetry"))

import openvino as ov  # noqa: E402 - after its telemetry has been kept out

_DEVICES = ("cpu", "gpu", "npu")


class OpenVinoRuntime:
    """Runs models with OpenVINO on one device.

    Args:
        device: "cpu", "gpu" or "npu".
        threads: on the CPU, how many threads run a model; by default `default_threads()`.

    Raises:
        DeviceUnavailable: OpenVINO does not see that device here.
    """

    name = "openvino"
    devices: ClassVar[tuple[str, ...]] = _DEVICES

    def __init__(self, device: str = "cpu", *, threads: int | None = None) -> None:
        self._core = ov.Core()
        seen = _seen_devices(self._core)
        if device not in seen:
            raise DeviceUnavailable(
                f"device {device}: OpenVINO does not see it here", f"Available: {', '.join(seen)}."
            )
        self.device = device
        self._config: dict[str, object] = {"PERFORMANCE_HINT": "LATENCY"}
        if device != "npu":  # NPUs compute in float16 only
            self._config["INFERENCE_PRECISION_HINT"] = "f32"
        if device == "cpu":
            self._config["INFERENCE_NUM_THREADS"] = threads or default_threads()
            # Pinned, the inference of every process on the machine would run on the same first core.
            self._config["ENABLE_CPU_PINNING"] = False

    @staticmethod
    def describe(device: str) -> str:
        """The hardware behind a device, in words; "" if there is none."""
        core = ov.Core()
        return str(core.get_property(device.upper(), "FULL_DEVICE_NAME")) if device in _seen_devices(core) else ""

    def load(self, model: Path) -> "OpenVinoSession":
        """Load an ONNX file. Raises ModelError."""
        try:
            compiled = self._core.compile_model(str(model), self.device.upper(), self._config)
        except RuntimeError as error:
            raise ModelError(
                f"{model} does not load on {self.device}: {_reason(error)}", "See: nigoh doctor"
            ) from error
        return OpenVinoSession(compiled)


class OpenVinoSession:
    """A compiled model and its one request; one thread at a time."""

    def __init__(self, compiled: ov.CompiledModel) -> None:
        self._request = compiled.create_infer_request()
        self._names = [_output_name(port) for port in compiled.outputs]

    def run(self, batch: NDArray[np.float32]) -> Mapping[str, NDArray[np.float32]]:
        """Outputs by name, owned by the caller. Raises ModelError: the model does not take such a batch."""
        try:
            # The batch is shared, not copied: the request is done with it when infer returns.
            results = self._request.infer(batch, share_inputs=True, share_outputs=True)
        except RuntimeError as error:
            raise ModelError(f"the model does not take a batch of {batch.shape}: {_reason(error)}") from error
        return {name: np.array(results[index]) for index, name in enumerate(self._names)}


def _seen_devices(core: ov.Core) -> tuple[str, ...]:
    seen = {name.partition(".")[0].lower() for name in core.available_devices}
    return tuple(device for device in _DEVICES if device in seen)


def _output_name(port: ov.ConstOutput) -> str:
    # A port has every name of its tensor, in no order, once the identity before it is folded away; the Result node
    # behind it is called after the ONNX output: "cls_8/sink_port_0".
    return str(port.node.friendly_name).rpartition("/sink_port_")[0] or str(port.any_name)


def _reason(error: RuntimeError) -> str:
    """The last line of OpenVINO's message: the ones before it name its own source files."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else "no reason given"
