"""A LiteRT file is read as LiteRT runs it: its operators in order, its constants by tensor."""

import numpy as np

from fer_ros.core.classification.bundle import load_bundle
from fer_ros.core.classification.litert_file import read_graph


def test_a_file_gives_its_operators_and_constants(tiny_bundle):
    bundle = load_bundle(tiny_bundle)
    graph = read_graph(bundle.read_model("float32"))
    names = [operator.name for operator in graph.operators]
    assert names[-1] == "FULLY_CONNECTED" and names.count("DEPTHWISE_CONV_2D") == 4
    kernel = graph.constants[graph.operators[-1].inputs[1]]
    assert kernel.shape[0] == len(bundle.labels) and kernel.dtype == np.float32
    assert graph.operators[-1].outputs == (graph.output,) and graph.input not in graph.constants


def test_every_value_stands_where_an_operator_before_put_it(tiny_bundle):
    graph = read_graph(load_bundle(tiny_bundle).read_model("float16"))
    known = {graph.input, *graph.constants}
    for operator in graph.operators:
        assert {i for i in operator.inputs if i >= 0} <= known, operator.name
        known.update(operator.outputs)
    assert {values.dtype for values in graph.constants.values()} >= {np.dtype(np.float16)}
