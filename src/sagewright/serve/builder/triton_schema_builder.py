"""What a model is asked and answers, in the words of Triton (v2's own path)."""

from __future__ import annotations

from typing import Any

from sagewright.arguments import shows
from sagewright.serve.marshalling.triton_translator import (
    NumpyTranslator,
    TensorflowTensorTranslator,
    TorchTensorTranslator,
)

_DEFAULT_TYPE = "TYPE_FP32"
_FLOATS = {
    "float16": "FP16",
    "half": "FP16",
    "bfloat16": "BF16",
    "float32": "FP32",
    "float64": "FP64",
    "double": "FP64",
}
_WHOLE = {"uint8": "UINT8", "int8": "INT8", "int16": "INT16", "int32": "INT32", "int64": "INT64", "bool": "BOOL"}
_SHARED = {**_FLOATS, **_WHOLE}
# A word in the name of a sample's class -> what makes an array of it, and its types of numbers by name.
_KINDS: dict[str, tuple[Any, dict[str, str]]] = {
    "torch": (TorchTensorTranslator, {**_SHARED, "float": "FP32", "short": "INT16", "int": "INT32", "long": "INT64"}),
    "tensorflow": (TensorflowTensorTranslator, {**_SHARED, "int": "INT32"}),
    "ndarray": (NumpyTranslator, {**_SHARED, "uint16": "UINT16", "uint32": "UINT32", "uint64": "UINT64"}),
}


@shows
class TritonSchemaBuilder:
    """The part of `SchemaBuilder` that speaks with Triton: in arrays, and in its names for their types."""

    sample_input: Any
    sample_output: Any
    input_serializer: Any
    input_deserializer: Any
    output_serializer: Any
    output_deserializer: Any

    def __init__(self) -> None:
        self._input_class_name: str | None = None
        self._output_class_name: str | None = None
        self._input_triton_dtype: str | None = None
        self._output_triton_dtype: str | None = None
        self._sample_input_ndarray: Any = None
        self._sample_output_ndarray: Any = None

    def _update_serializer_deserializer_for_triton(self) -> None:
        """Let arrays carry input and output.

        Raises:
            ValueError: A sample is no array or tensor.
        """
        self._input_class_name = _kind(self.sample_input, "input")
        self._output_class_name = _kind(self.sample_output, "output")
        self.input_serializer = self.input_deserializer = _KINDS[self._input_class_name][0]()
        self.output_serializer = self.output_deserializer = _KINDS[self._output_class_name][0]()
        try:
            self._sample_input_ndarray = self.input_serializer.serialize(self.sample_input)
            self._sample_output_ndarray = self.output_serializer.serialize(self.sample_output)
            self.input_deserializer.deserialize(self._sample_input_ndarray)
            self.output_deserializer.deserialize(self._sample_output_ndarray)
        except Exception as error:
            raise ValueError(
                f"Validation of serialization and deserialization failed: {error},"
                "please verify your sample_input and sample_output."
            ) from error

    def _detect_dtype_for_triton(self) -> None:
        """Name the types of the samples' numbers."""
        self._input_triton_dtype = _type_name(self.sample_input, self._input_class_name)
        self._output_triton_dtype = _type_name(self.sample_output, self._output_class_name)


def _kind(sample: Any, which: str) -> str:
    found = next((kind for kind in _KINDS if kind in str(type(sample))), None)
    if found is None:
        raise ValueError(
            f"Unable to update {which} serializer and deserializer for type {type(sample)} for Triton. "
            f"Please provide sample_{which} of the following type: {set(_KINDS)} to SchemaBuilder."
        )
    return found


def _type_name(sample: Any, kind: str | None) -> str:
    if kind is None:
        return _DEFAULT_TYPE
    dtype = sample.dtype
    name = getattr(dtype, "name", None) or str(dtype).removeprefix("torch.")
    short = _KINDS[kind][1].get(name)
    return f"TYPE_{short}" if short else "TYPE_STRING" if kind == "ndarray" and name == "object_" else _DEFAULT_TYPE
