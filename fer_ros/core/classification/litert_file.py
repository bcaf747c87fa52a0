"""What stands in a LiteRT model file: its operators and constants, for whoever runs or reads them without LiteRT."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Constant = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Operator:
    """One operation on tensors, which are named by their numbers.

    name: of the schema's BuiltinOperator, such as 'CONV_2D'.  options: the schema's object for this operator, with
    stride, padding and fused activation, or None.
    """

    name: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: Any


@dataclass(frozen=True, eq=False)
class Graph:
    """The first subgraph of a model file.

    operators: in the order in which they run.  constants: tensors with values in the file, float32, float16 or int32.
    input, output: the tensors that go in and come out.
    """

    operators: tuple[Operator, ...]
    constants: dict[int, Constant]
    input: int
    output: int


def read_graph(content: bytes) -> Graph:
    """Read a LiteRT model file.

    Args:
        content: its bytes, already checked against their SHA-256: a broken FlatBuffer is not recognised here.

    Returns:
        Its operators and constants.

    Raises:
        ImportError: the package ai-edge-litert is missing.

    """
    from ai_edge_litert import schema_py_generated as schema

    model = schema.ModelT.InitFromPackedBuf(content, 0)
    graph = model.subgraphs[0]
    names = {value: name for name, value in vars(schema.BuiltinOperator).items() if isinstance(value, int)}
    operators = []
    for operator in graph.operators:
        code = model.operatorCodes[operator.opcodeIndex]
        # Old files keep the operator in the first field, new ones in the second.
        name = names[max(code.builtinCode, code.deprecatedBuiltinCode)]
        inputs, outputs = (tuple(int(i) for i in tensors) for tensors in (operator.inputs, operator.outputs))
        operators.append(Operator(name, inputs, outputs, operator.builtinOptions))
    kinds = {
        schema.TensorType.FLOAT32: np.float32,
        schema.TensorType.FLOAT16: np.float16,
        schema.TensorType.INT32: np.int32,
    }
    constants: dict[int, Constant] = {}
    for index, tensor in enumerate(graph.tensors):
        data = model.buffers[tensor.buffer].data
        if data is not None and len(data) and tensor.type in kinds:
            constants[index] = np.asarray(data, np.uint8).view(kinds[tensor.type]).reshape(tensor.shape)
    return Graph(tuple(operators), constants, int(graph.inputs[0]), int(graph.outputs[0]))
