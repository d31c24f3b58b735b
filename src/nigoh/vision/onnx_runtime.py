"""Runs models with ONNX Runtime: on NVIDIA GPUs (CUDA, TensorRT), or on the CPU to compare.

On the CPU OpenVINO is the better choice: SFace takes 33 ms a face here and 8 there (its PReLU is slow here).
"""

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from nigoh.errors import DeviceUnavailable, MissingExtra, ModelError
from nigoh.vision.inference_threads import default_threads

try:
    import onnxruntime as ort
    from onnxruntime.capi import onnxruntime_pybind11_state as ort_state
except ImportError as error:
    raise MissingExtra("the runtime onnxruntime", "onnx") from error

# ONNX Runtime's errors have no common base but Exception.
_FAILURES = (
    ort_state.EPFail,
    ort_state.Fail,
    ort_state.InvalidArgument,
    ort_state.InvalidGraph,
    ort_state.InvalidProtobuf,
    ort_state.NoSuchFile,
    ort_state.NotImplemented,
    ort_state.RuntimeException,
    RuntimeError,
)

# TensorRT leaves what it cannot run to CUDA, on the same GPU.
_PROVIDERS = {
    "cpu": ("CPUExecutionProvider",),
    "cuda": ("CUDAExecutionProvider",),
    "tensorrt": ("TensorrtExecutionProvider", "CUDAExecutionProvider"),
}
_SILENT = 4


class OnnxRuntime:
    """Runs models with ONNX Runtime on one device.

    Args:
        device: "cpu", "cuda" or "tensorrt".
        threads: on the CPU, how many threads run a model; by default `default_threads()`.

    Raises:
        DeviceUnavailable: there is no such device.
        MissingExtra: the installed ONNX Runtime was built without support for the device.
    """

    name = "onnxruntime"
    devices: ClassVar[tuple[str, ...]] = tuple(_PROVIDERS)

    def __init__(self, device: str = "cpu", *, threads: int | None = None) -> None:
        if device not in _PROVIDERS:
            raise DeviceUnavailable(
                f"device {device}: ONNX Runtime does not know it", f"Choose one of: {', '.join(_PROVIDERS)}."
            )
        if _PROVIDERS[device][0] not in ort.get_available_providers():
            raise MissingExtra(f"device {device} of onnxruntime", "cuda")
        if device != "cpu":
            # The extra installs CUDA's libraries as packages, where only this finds them.
            ort.preload_dlls()
        self.device = device
        self._threads = threads or default_threads()

    @staticmethod
    def describe(device: str) -> str:
        """The hardware behind a device, in words; "" if this ONNX Runtime was built without support for it."""
        built_in = _PROVIDERS[device][0] in ort.get_available_providers()
        return ("CPU" if device == "cpu" else f"NVIDIA GPU, {_PROVIDERS[device][0]}") if built_in else ""

    def load(self, model: Path) -> "OnnxSession":
        """Load an ONNX file.

        Raises:
            ModelError: the file is no model that it can run.
            DeviceUnavailable: the device does not work here: no driver, no GPU.
        """
        options = ort.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.log_severity_level = _SILENT  # what fails is raised, in words
        try:
            session = ort.InferenceSession(str(model), options, providers=list(_PROVIDERS[self.device]))
        except _FAILURES as error:
            raise ModelError(f"{model} does not load on {self.device}: {error}", "See: nigoh doctor") from error
        # Where the provider does not start, ONNX Runtime goes on with the CPU and says so in its log only.
        if session.get_providers()[0] != _PROVIDERS[self.device][0]:
            raise DeviceUnavailable(
                f"device {self.device}: {_PROVIDERS[self.device][0]} does not start here",
                "Check the GPU's driver with nvidia-smi, then run: nigoh doctor",
            )
        return OnnxSession(session)


class OnnxSession:
    """A loaded model; one thread at a time."""

    def __init__(self, session: ort.InferenceSession) -> None:
        self._session = session
        self._input = session.get_inputs()[0].name
        self._names = [output.name for output in session.get_outputs()]

    def run(self, batch: NDArray[np.float32]) -> Mapping[str, NDArray[np.float32]]:
        """Outputs by name, owned by the caller. Raises ModelError: the model does not take such a batch."""
        try:
            results = self._session.run(self._names, {self._input: batch})
        except _FAILURES as error:
            raise ModelError(f"the model does not take a batch of {batch.shape}: {error}") from error
        return dict(zip(self._names, results, strict=True))
