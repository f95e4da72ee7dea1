"""SavedModels of TensorFlow 1: graphs that run in a session, with the look of those that TensorFlow 2 loads."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

TAGS = ["serve"]
FIRST = "serving_default"  # the signature that a request means which names none


class Value(NamedTuple):
    """An output."""

    array: Any

    def numpy(self) -> Any:
        return self.array


class Signature:
    """One of a graph's signatures; called with tensors by name, it returns its outputs by name.

    Each has the graph to itself, for what is an input to one may be reckoned by another.
    """

    def __init__(self, folder: Path, definition: Any, kinds: Mapping[str, Any]) -> None:
        import tensorflow as tf

        self._folder, self._definition = folder, definition
        self._dtypes = {
            info.name: tf.as_dtype(kinds.get(info.name.partition(":")[0], info.dtype))
            for info in definition.inputs.values()
        }
        specs = {name: tf.TensorSpec(None, self._dtypes[info.name]) for name, info in definition.inputs.items()}
        self.structured_input_signature: tuple[tuple[()], Mapping[str, Any]] = ((), specs)

    def __call__(self, **tensors: Any) -> dict[str, Value]:
        session, fed = self.opened
        inputs = {fed[self._definition.inputs[name].name]: tensor.numpy() for name, tensor in tensors.items()}
        outputs = {name: info.name for name, info in self._definition.outputs.items()}
        return {name: Value(array) for name, array in session.run(outputs, inputs).items()}

    @cached_property
    def opened(self) -> tuple[Any, Mapping[str, Any]]:
        """The session, and what is fed in the place of each input."""
        import tensorflow as tf

        session = tf.compat.v1.Session(graph=tf.Graph())
        with session.graph.as_default():
            # TensorFlow Serving feeds a graph whatever shapes it declares; a session would insist on them.
            fed = {name: tf.compat.v1.placeholder(dtype) for name, dtype in self._dtypes.items()}
            tf.compat.v1.saved_model.load(session, TAGS, str(self._folder), input_map=fed)
        return session, fed


class Graph:
    """A model whose functions are a graph's signatures."""

    def __init__(self, folder: Path, served: Any) -> None:
        kinds = _kinds(served.graph_def)
        self.signatures = {
            name: Signature(folder, definition, kinds)
            for name, definition in served.signature_def.items()
            if not name.startswith("__")
        }
        if FIRST in self.signatures:
            _ = self.signatures[FIRST].opened  # what is amiss comes out before the first request


def load(folder: Path) -> Any:
    """Load a SavedModel of either kind: those of TensorFlow 2 say which objects they are made of."""
    import tensorflow as tf
    from tensorflow.core.protobuf import saved_model_pb2

    bundle = saved_model_pb2.SavedModel()
    bundle.ParseFromString((folder / "saved_model.pb").read_bytes())
    served = next((graph for graph in bundle.meta_graphs if list(graph.meta_info_def.tags) == TAGS), None)
    if served is None or served.HasField("object_graph_def"):
        return tf.saved_model.load(str(folder))
    return Graph(folder, served)


def _kinds(graph: Any) -> dict[str, Any]:
    """Return the types of what nodes give, by the nodes' names: old signatures do not always say them."""
    found = {node.name: node.attr.get("dtype") or node.attr.get("T") for node in graph.node}
    return {name: attribute.type for name, attribute in found.items() if attribute is not None and attribute.type}
