"""Finds out whether a device works by running a small model on it."""

import tempfile
from pathlib import Path
from typing import Protocol

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from nigoh.errors import NigohError
from nigoh.vision.runtime import Device, Runtime


class RuntimeKind(Protocol):
    """What an entry point of the group nigoh.runtimes gives: makes a Runtime, and tells of its devices."""

    @property
    def devices(self) -> tuple[str, ...]:
        """The devices that it knows, whether they are here or not, as the user writes them."""
        ...

    def __call__(self, device: str) -> Runtime:
        """A runtime on that device. Raises DeviceUnavailable, MissingExtra."""
        ...

    def describe(self, device: str) -> str:
        """The hardware, in words; "" if it is not here."""
        ...


def probe_devices(kind: RuntimeKind) -> tuple[Device, ...]:
    """Each device that the runtime knows, with the result of a real run on it."""
    with tempfile.TemporaryDirectory(prefix="nigoh-probe-") as folder:
        model = Path(folder) / "probe.onnx"
        onnx.save_model(_small_model(), str(model))
        return tuple(_probe(kind, device, model) for device in kind.devices)


def _probe(kind: RuntimeKind, device: str, model: Path) -> Device:
    batch = np.arange(2 * 3 * 4 * 4, dtype=np.float32).reshape(2, 3, 4, 4)
    try:
        (sums,) = kind(device).load(model).run(batch).values()
    except NigohError as error:
        return Device(device, kind.describe(device), works=False, problem=str(error))
    # Devices that compute in float16 are right to 1 in 1,000.
    if sums.shape != (2, 1, 4, 4) or not np.allclose(sums[:, 0], batch.sum(axis=1), rtol=1e-2):
        return Device(device, kind.describe(device), works=False, problem="it computes wrong results")
    return Device(device, kind.describe(device), works=True)


def _small_model() -> onnx.ModelProto:
    """A convolution that adds up the channels, its batch free."""
    weights = numpy_helper.from_array(np.ones((1, 3, 1, 1), np.float32), "weights")
    graph = helper.make_graph(
        [helper.make_node("Conv", ["picture", "weights"], ["sum"])],
        "probe",
        [helper.make_tensor_value_info("picture", TensorProto.FLOAT, ["batch", 3, 4, 4])],
        [helper.make_tensor_value_info("sum", TensorProto.FLOAT, ["batch", 1, 4, 4])],
        [weights],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
