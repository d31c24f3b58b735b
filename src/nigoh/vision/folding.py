"""Turns a packaged ONNX file into one that every runtime takes: float32 weights, free batch, free picture size.

The model zoo's files are block-quantised: weights are int8 with one scale per block (DequantizeLinear with
`block_size`, opset 21), which ONNX Runtime refuses and OpenVINO would unpack at every start. Folding computes the
float32 weights once. The arithmetic that is folded is exactly the graph's own, so results do not change.

A pure function from bytes to bytes. The same input gives the same output, whatever the process.
"""

from collections.abc import Iterable, Iterator

import numpy as np
import onnx
from google.protobuf.message import DecodeError
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, numpy_helper

Constants = dict[str, NDArray[np.generic]]


def fold(source: bytes, *, dynamic_size: bool) -> bytes:
    """Fold constants, drop constants from the inputs, and free the batch dimension.

    Args:
        source: an ONNX file with one picture input, (1 or N, C, H, W).
        dynamic_size: also free height and width.

    Returns:
        An ONNX file of the same function for any batch.

    Raises:
        ValueError: the bytes are not such a model.
    """
    try:
        model = onnx.load_model_from_string(source)
    except DecodeError as error:
        raise ValueError(f"not an ONNX file ({error})") from error
    constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    kept = list(_fold_nodes(model.graph.node, constants))
    _free_batch_of_reshapes(kept, constants)
    del model.graph.node[:]
    model.graph.node.extend(kept)
    _store_constants(model, constants)
    _free_dimensions(model, dynamic_size=dynamic_size)
    try:
        onnx.checker.check_model(model)
    except onnx.checker.ValidationError as error:
        raise ValueError(f"not a valid ONNX model ({error})") from error
    return bytes(model.SerializeToString(deterministic=True))


def _fold_nodes(nodes: Iterable[NodeProto], constants: Constants) -> Iterator[NodeProto]:
    """Compute the nodes whose inputs are all constant; yield the others. `constants` grows."""
    for node in nodes:
        if node.op_type == "Constant" and node.attribute[0].name == "value":
            constants[node.output[0]] = numpy_helper.to_array(node.attribute[0].t)
        elif node.op_type == "DequantizeLinear" and all(name in constants for name in node.input):
            constants[node.output[0]] = _dequantize(node, *(constants[name] for name in node.input))
        elif node.op_type == "Reshape" and all(name in constants for name in node.input):
            constants[node.output[0]] = constants[node.input[0]].reshape(constants[node.input[1]])
        else:
            yield node


def _dequantize(
    node: NodeProto,
    stored: NDArray[np.generic],
    scale: NDArray[np.generic],
    zero: NDArray[np.generic] | None = None,
) -> NDArray[np.float32]:
    """(stored - zero) * scale, where scale and zero hold one value a tensor, a channel or a block of `axis`."""
    attributes = {attribute.name: attribute.i for attribute in node.attribute}
    axis, block = attributes.get("axis", 1), attributes.get("block_size", 0)

    def spread(values: NDArray[np.generic]) -> NDArray[np.float32]:
        wide = values.astype(np.float32)
        if block:
            wide = np.repeat(wide, block, axis=axis)
            return wide.take(range(stored.shape[axis]), axis=axis)
        if wide.ndim == 1 and wide.size > 1:
            return wide.reshape([-1 if dimension == axis % stored.ndim else 1 for dimension in range(stored.ndim)])
        return wide

    whole = stored.astype(np.float32)
    if zero is not None:
        whole = whole - spread(zero)
    return np.asarray(whole * spread(scale), dtype=np.float32)


def _free_batch_of_reshapes(nodes: Iterable[NodeProto], constants: Constants) -> None:
    """Let a Reshape of activations that says "batch 1" say "the input's batch" (0 in ONNX)."""
    for node in nodes:
        shape = constants.get(node.input[1]) if node.op_type == "Reshape" else None
        if shape is not None and len(shape) > 1 and shape[0] == 1:
            freed = f"{node.input[1]}/free_batch"
            constants[freed] = np.concatenate([[0], shape[1:]]).astype(np.int64)
            node.input[1] = freed


def _store_constants(model: ModelProto, constants: Constants) -> None:
    graph = model.graph
    used = {name for node in graph.node for name in node.input}
    pictures = [value for value in graph.input if value.name in used and value.name not in constants]
    del graph.initializer[:], graph.input[:], graph.value_info[:]
    graph.input.extend(pictures)
    graph.initializer.extend(
        numpy_helper.from_array(np.asarray(constants[name], order="C"), name)
        for name in sorted(used & set(constants))
    )


def _free_dimensions(model: ModelProto, *, dynamic_size: bool) -> None:
    if len(model.graph.input) != 1 or len(model.graph.input[0].type.tensor_type.shape.dim) != 4:
        raise ValueError("not a model of one picture input (N, C, H, W)")
    dimensions = model.graph.input[0].type.tensor_type.shape.dim
    dimensions[0].dim_param = "batch"
    if dynamic_size:
        dimensions[2].dim_param, dimensions[3].dim_param = "height", "width"
    for output in model.graph.output:
        shape = output.type.tensor_type.shape.dim
        if shape:
            shape[0].dim_param = "batch"
        if dynamic_size and len(shape) > 1:
            shape[1].dim_param = f"{output.name}/rows"
