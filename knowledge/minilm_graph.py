"""The all-MiniLM-L6-v2 network drawn as one ONNX graph, from token numbers to unit vectors.

BERT as published (Devlin et al. 2018, arXiv:1810.04805) in its MiniLM size (Wang et al. 2020,
arXiv:2002.10957): six layers, 12 heads of 32, GELU by the error function. The masked mean over
the tokens and the unit length belong to the graph, so that what comes out is ready to compare.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from onnx import NodeProto

VERSION = 1  # part of the cached graph's name; count up when the drawing changes
LAYERS, HEADS, HEAD, WIDTH = 6, 12, 32, 384
POSITIONS = 256  # the model knows 512, but was trained on 256
PARTS = ("query", "key", "value")
SCALE = np.float32(HEAD**-0.5)  # of the attention scores; folded into the query
EPSILON = 1e-12  # of layer normalisation, as published
FLOAT = 1  # ONNX's number for float32

Tensor = npt.NDArray[np.float32]


def draw(weights: Path) -> bytes:
    """The graph as bytes. Inputs `tokens` and `mask`, both int64 (texts, tokens), the mask 1
    where there is a token; output `vectors`, float32 (texts, 384), rows of unit length.
    """
    from safetensors.numpy import load_file

    drawing = _Drawing(load_file(weights))
    hidden = _embeddings(drawing)
    bias = _attention_bias(drawing)
    for layer in range(LAYERS):
        hidden = _layer(drawing, hidden, bias, f"encoder.layer.{layer}")
    _unit_mean(drawing, hidden)
    return drawing.finished()


class _Drawing:
    """A graph in the making. Each verb adds something and returns the name of its result."""

    def __init__(self, weights: Mapping[str, Tensor]) -> None:
        self.weights = weights
        self._nodes: list[NodeProto] = []
        self._constants: dict[str, npt.NDArray[np.generic]] = {}

    def add(self, operation: str, *inputs: str, named: str = "", **attributes: Any) -> str:
        from onnx import helper

        result = named or f"{operation}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(operation, inputs, [result], **attributes))
        return result

    def constant(self, name: str, value: npt.ArrayLike) -> str:
        self._constants[name] = np.asarray(value)
        return name

    def weight(self, name: str) -> str:
        return self.constant(name, self.weights[name])

    def linear(self, x: str, name: str) -> str:
        # Published as (out, in); a graph multiplies from the left.
        kernel = self.constant(f"{name}.kernel", self.weights[f"{name}.weight"].T.copy())
        return self.add("Add", self.add("MatMul", x, kernel), self.weight(f"{name}.bias"))

    def normalised_sum(self, x: str, y: str, name: str) -> str:
        total, scale, shift = self.add("Add", x, y), f"{name}.weight", f"{name}.bias"
        parts = (total, self.weight(scale), self.weight(shift))
        return self.add("LayerNormalization", *parts, axis=-1, epsilon=EPSILON)

    def finished(self) -> bytes:
        from onnx import TensorProto, helper, numpy_helper

        described = helper.make_tensor_value_info
        taken = TensorProto.INT64, ["texts", "tokens"]
        graph = helper.make_graph(
            self._nodes,
            "all-MiniLM-L6-v2",
            [described("tokens", *taken), described("mask", *taken)],
            [described("vectors", TensorProto.FLOAT, ["texts", WIDTH])],
            [numpy_helper.from_array(value, name) for name, value in self._constants.items()],
        )
        opset = helper.make_opsetid("", 20)  # the first with a GELU of its own
        model = helper.make_model(graph, ir_version=10, opset_imports=[opset])
        return bytes(model.SerializeToString())


def _embeddings(drawing: _Drawing) -> str:
    words = drawing.weight("embeddings.word_embeddings.weight")
    # Every text is one segment, so the type embedding is the same everywhere: add it here.
    places = drawing.weights["embeddings.position_embeddings.weight"][:POSITIONS]
    kinds = drawing.weights["embeddings.token_type_embeddings.weight"][0]
    width = drawing.add("Shape", "tokens", start=1, end=2)
    start = drawing.constant("start", [0])
    here = drawing.add("Slice", drawing.constant("places", places + kinds), start, width)
    named = drawing.add("Gather", words, "tokens")
    return drawing.normalised_sum(named, here, "embeddings.LayerNorm")


def _attention_bias(drawing: _Drawing) -> str:
    """0 where there is a token and -1e9 where there is none, shaped to add to all heads."""
    present = drawing.add("Cast", "mask", named="present", to=FLOAT)
    absent = drawing.add("Sub", present, drawing.constant("one", np.float32(1)))
    bias = drawing.add("Mul", absent, drawing.constant("far", np.float32(1e9)))
    return drawing.add("Unsqueeze", bias, drawing.constant("heads and rows", [1, 2]))


def _layer(drawing: _Drawing, x: str, bias: str, name: str) -> str:
    seen = _attention(drawing, x, bias, f"{name}.attention.self")
    seen = drawing.linear(seen, f"{name}.attention.output.dense")
    x = drawing.normalised_sum(x, seen, f"{name}.attention.output.LayerNorm")
    wide = drawing.add("Gelu", drawing.linear(x, f"{name}.intermediate.dense"))
    narrow = drawing.linear(wide, f"{name}.output.dense")
    return drawing.normalised_sum(x, narrow, f"{name}.output.LayerNorm")


def _attention(drawing: _Drawing, x: str, bias: str, name: str) -> str:
    """Every head's look at every other token, side by side again in one row per token."""
    joined = drawing.add("MatMul", x, drawing.constant(f"{name}.kernel", _kernels(drawing, name)))
    joined = drawing.add("Add", joined, drawing.constant(f"{name}.bias", _biases(drawing, name)))
    split = drawing.constant("three, heads", [0, 0, 3, HEADS, HEAD])
    apart = drawing.add("Transpose", drawing.add("Reshape", joined, split), perm=[2, 0, 3, 1, 4])
    query, key, value = (_pick(drawing, apart, part) for part in range(3))
    fit = drawing.add("MatMul", query, drawing.add("Transpose", key, perm=[0, 1, 3, 2]))
    share = drawing.add("Softmax", drawing.add("Add", fit, bias), axis=-1)
    seen = drawing.add("Transpose", drawing.add("MatMul", share, value), perm=[0, 2, 1, 3])
    return drawing.add("Reshape", seen, drawing.constant("heads joined", [0, 0, WIDTH]))


def _kernels(drawing: _Drawing, name: str) -> Tensor:
    """Query, key and value side by side: one large product is quicker than three small ones."""
    query, key, value = (drawing.weights[f"{name}.{part}.weight"].T for part in PARTS)
    return np.concatenate([query * SCALE, key, value], axis=1)


def _biases(drawing: _Drawing, name: str) -> Tensor:
    query, key, value = (drawing.weights[f"{name}.{part}.bias"] for part in PARTS)
    return np.concatenate([query * SCALE, key, value])


def _pick(drawing: _Drawing, apart: str, part: int) -> str:
    return drawing.add("Gather", apart, drawing.constant(PARTS[part], part), axis=0)


def _unit_mean(drawing: _Drawing, hidden: str) -> str:
    weight = drawing.add("Unsqueeze", "present", drawing.constant("width", [2]))
    tokens = drawing.constant("over tokens", [1])
    total = drawing.add("ReduceSum", drawing.add("Mul", hidden, weight), tokens, keepdims=0)
    mean = drawing.add("Div", total, drawing.add("ReduceSum", "present", tokens, keepdims=1))
    return drawing.add("LpNormalization", mean, named="vectors", axis=-1, p=2)
