"""How Triton is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sagewright.deserializers import JSONDeserializer
from sagewright.serializers import JSONSerializer

if TYPE_CHECKING:
    from sagewright.serve.builder.schema_builder import SchemaBuilder

INPUT_NAME = "input_1"
OUTPUT_NAME = "output_1"


class TritonSerializer(JSONSerializer):
    """Arrays as Triton's requests.

    Args:
        input_serializer: Makes an array.
        dtype: Triton's name for its numbers.
    """

    def __init__(self, input_serializer: Any, dtype: str, content_type: str = "application/json") -> None:
        super().__init__(content_type)
        self.input_serializer, self.dtype = input_serializer, dtype

    def serialize(self, data: Any) -> Any:
        """Return the request's document."""
        array = self.input_serializer.serialize(data)
        tensor = {"name": INPUT_NAME, "shape": array.shape, "datatype": self.dtype, "data": array.tolist()}
        return super().serialize({"inputs": [tensor]})


def triton_translators(schema_builder: SchemaBuilder) -> tuple[Any, Any]:
    """Return what makes Triton's requests, and what reads its answers."""
    dtype = str(schema_builder._input_triton_dtype).rpartition("_")[2]
    return TritonSerializer(schema_builder.input_serializer, dtype), JSONDeserializer()
