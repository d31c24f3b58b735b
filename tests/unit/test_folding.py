"""Folding: the same function, for any batch, with plain float32 weights."""

from typing import Any

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from nigoh.vision.folding import fold

RNG = np.random.default_rng(5)


def quantised_model(*, block_size: int | None) -> bytes:
    """Dequantised weights, reshaped, in a convolution; then batch 1 written into a Reshape, as exporters do."""
    stored = RNG.integers(-100, 100, (4, 6), dtype=np.int8)
    scale_shape = (4, 3) if block_size else (4,)
    constants: dict[str, NDArray[Any]] = {
        "stored": stored,
        "scale": RNG.random(scale_shape).astype(np.float32) / 50,
        "zero": RNG.integers(-5, 5, scale_shape, dtype=np.int8),
        "weights_shape": np.array([4, 6, 1, 1]),
        "flat_shape": np.array([1, -1, 4]),
    }
    dequantise = helper.make_node(
        "DequantizeLinear", ["stored", "scale", "zero"], ["plain"], axis=1 if block_size else 0
    )
    if block_size:
        dequantise.attribute.append(helper.make_attribute("block_size", block_size))
    nodes = [
        dequantise,
        helper.make_node("Reshape", ["plain", "weights_shape"], ["weights"]),
        helper.make_node("Conv", ["picture", "weights"], ["mixed"]),
        helper.make_node("Transpose", ["mixed"], ["turned"], perm=[0, 2, 3, 1]),
        helper.make_node("Reshape", ["turned", "flat_shape"], ["cells"]),
    ]
    graph = helper.make_graph(
        nodes,
        "quantised",
        [
            helper.make_tensor_value_info("picture", TensorProto.FLOAT, [1, 6, 8, 8]),
            # Old exporters list constants among the inputs.
            helper.make_tensor_value_info("scale", TensorProto.FLOAT, list(scale_shape)),
        ],
        [helper.make_tensor_value_info("cells", TensorProto.FLOAT, [1, 64, 4])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    return bytes(model.SerializeToString())


def run(model: bytes, picture: NDArray[np.float32]) -> NDArray[np.float32]:
    (cells,) = ReferenceEvaluator(onnx.load_model_from_string(model)).run(None, {"picture": picture})
    return np.asarray(cells, np.float32)


@pytest.mark.parametrize("block_size", [2, None])
def test_a_folded_model_computes_what_its_source_computes(block_size: int | None) -> None:
    source = quantised_model(block_size=block_size)
    picture = RNG.random((1, 6, 8, 8), dtype=np.float32)
    assert np.allclose(run(fold(source, dynamic_size=True), picture), run(source, picture), atol=1e-5)


def test_a_folded_model_takes_any_batch_and_size() -> None:
    source = quantised_model(block_size=2)
    pictures = RNG.random((3, 6, 8, 8), dtype=np.float32)
    folded = fold(source, dynamic_size=True)
    singles = np.concatenate([run(source, pictures[row : row + 1]) for row in range(3)])
    assert np.allclose(run(folded, pictures), singles, atol=1e-5)
    assert run(folded, RNG.random((2, 6, 4, 16), dtype=np.float32)).shape == (2, 64, 4)


def test_a_folded_model_has_one_input_and_no_dequantising_left() -> None:
    graph = onnx.load_model_from_string(fold(quantised_model(block_size=2), dynamic_size=True)).graph
    assert [value.name for value in graph.input] == ["picture"]
    assert [node.op_type for node in graph.node] == ["Conv", "Transpose", "Reshape"]
    assert {numpy_helper.to_array(tensor).dtype.name for tensor in graph.initializer} == {"float32", "int64"}


def test_height_and_width_stay_fixed_where_the_contract_fixes_them() -> None:
    graph = onnx.load_model_from_string(fold(quantised_model(block_size=2), dynamic_size=False)).graph
    dimensions = graph.input[0].type.tensor_type.shape.dim
    assert [dimension.dim_param or dimension.dim_value for dimension in dimensions] == ["batch", 6, 8, 8]


def test_folding_gives_the_same_bytes_each_time() -> None:
    source = quantised_model(block_size=2)
    assert fold(source, dynamic_size=True) == fold(source, dynamic_size=True)


def test_folding_what_is_folded_changes_nothing_that_it_computes() -> None:
    once = fold(quantised_model(block_size=2), dynamic_size=True)
    picture = RNG.random((2, 6, 8, 8), dtype=np.float32)
    assert np.array_equal(run(fold(once, dynamic_size=True), picture), run(once, picture))


@pytest.mark.parametrize("source", [b"", b"nonsense", b"\x08\x09"])
def test_what_is_no_model_is_refused(source: bytes) -> None:
    with pytest.raises(ValueError, match="not a"):
        fold(source, dynamic_size=True)
