"""One suite over every runtime: the same model gives the same numbers, and nothing falls back in silence."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from nigoh.errors import ConfigError, DeviceUnavailable, MissingExtra, ModelError
from nigoh.vision.model_files import open_models
from nigoh.vision.onnx_runtime import OnnxRuntime
from nigoh.vision.openvino_runtime import OpenVinoRuntime
from nigoh.vision.probing import RuntimeKind, probe_devices
from nigoh.vision.runtime import Runtime

KINDS: tuple[RuntimeKind, ...] = (OpenVinoRuntime, OnnxRuntime)
SHAPES = {"yunet": (3, 96, 160), "sface": (3, 112, 112)}

ObtainModel = Callable[[str], Path]


@pytest.fixture(scope="module")
def folded(tmp_path_factory: pytest.TempPathFactory) -> ObtainModel:
    """The default pack's models, folded into a cache of this run."""
    folder = tmp_path_factory.mktemp("models")
    store = open_models(models=None, cache=folder, config=folder)
    return lambda name: store.obtain(name).path


@pytest.fixture(params=KINDS, ids=lambda kind: str(kind.__name__))
def kind(request: pytest.FixtureRequest) -> RuntimeKind:
    chosen: RuntimeKind = request.param
    return chosen


@pytest.fixture
def runtime(kind: RuntimeKind) -> Runtime:
    return kind("cpu")


def batch_for(name: str, size: int) -> NDArray[np.float32]:
    """Smooth pictures, as cameras give them, 0..255."""
    channels, height, width = SHAPES[name]
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    waves = [127 + 120 * np.sin(rows / (5 + k) + columns / (3 + 2 * k)) for k in range(size * channels)]
    return np.asarray(waves, np.float32).reshape(size, channels, height, width)


@pytest.mark.parametrize("name", SHAPES)
def test_every_runtime_gives_the_same_outputs(folded: ObtainModel, name: str) -> None:
    batch = batch_for(name, 3)
    results = [kind("cpu").load(folded(name)).run(batch) for kind in KINDS]
    assert results[0].keys() == results[1].keys()
    for output, values in results[0].items():
        assert values.dtype == np.float32
        assert np.allclose(values, results[1][output], atol=1e-4), output


@pytest.mark.parametrize("name", SHAPES)
def test_a_batch_gives_what_its_rows_give_alone(runtime: Runtime, folded: ObtainModel, name: str) -> None:
    session, batch = runtime.load(folded(name)), batch_for(name, 3)
    together = session.run(batch)
    alone: list[Mapping[str, NDArray[np.float32]]] = [session.run(batch[row : row + 1]) for row in range(3)]
    for output, values in together.items():
        assert len(values) == 3
        assert np.allclose(values, np.concatenate([single[output] for single in alone]), atol=1e-4), output


def test_a_session_takes_pictures_of_another_size_the_next_time(runtime: Runtime, folded: ObtainModel) -> None:
    session = runtime.load(folded("yunet"))
    for height, width in ((64, 96), (128, 32), (64, 96)):
        outputs = session.run(np.zeros((2, 3, height, width), np.float32))
        assert outputs["cls_8"].shape == (2, height * width // 64, 1)
        assert outputs["kps_32"].shape == (2, height * width // 1024, 10)


def test_outputs_belong_to_the_caller(runtime: Runtime, folded: ObtainModel) -> None:
    session = runtime.load(folded("sface"))
    first = session.run(batch_for("sface", 1))["fc1"]
    kept = first.copy()
    session.run(batch_for("sface", 1)[:, ::-1].copy())
    assert np.array_equal(first, kept)
    first[:] = 0


def test_a_batch_that_the_model_does_not_take_is_an_error_that_says_so(runtime: Runtime, folded: ObtainModel) -> None:
    session = runtime.load(folded("sface"))
    with pytest.raises(ModelError, match=r"\(1, 3, 50, 50\)"):
        session.run(np.zeros((1, 3, 50, 50), np.float32))


@pytest.mark.parametrize("content", [None, b"not a model"])
def test_a_file_that_is_no_model_is_an_error_that_names_it(
    runtime: Runtime, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "broken.onnx"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError, match=r"broken\.onnx does not load on cpu"):
        runtime.load(path)


def test_a_runtime_says_what_it_is_and_where_it_runs(kind: RuntimeKind) -> None:
    runtime = kind("cpu")
    assert runtime.device == "cpu"
    assert runtime.name in {"openvino", "onnxruntime"}


def test_an_unknown_device_is_refused_with_those_that_are_there(kind: RuntimeKind) -> None:
    with pytest.raises(DeviceUnavailable, match=r"device abacus.*cpu"):
        kind("abacus")


def test_every_device_that_a_probe_finds_working_can_be_used_and_the_others_refuse(kind: RuntimeKind) -> None:
    devices = probe_devices(kind)
    assert [device.name for device in devices] == list(kind.devices)
    assert devices[0].name == "cpu"
    assert devices[0].works
    assert devices[0].description
    for device in devices:
        if device.works:
            assert kind(device.name).device == device.name
        else:
            assert device.problem


def test_a_gpu_that_is_not_there_is_refused_and_never_replaced(folded: ObtainModel) -> None:
    for kind in KINDS:
        for device in probe_devices(kind):
            if not device.works:
                with pytest.raises(ConfigError) as refused:
                    kind(device.name).load(folded("yunet"))
                assert isinstance(refused.value, DeviceUnavailable | MissingExtra)
                assert device.name in str(refused.value)
