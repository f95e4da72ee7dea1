"""What a model is asked and answers, found out from a sample of each (v2's own path)."""

from __future__ import annotations

import io
import logging
import sys
from pathlib import Path
from typing import Any

from sagewright.deserializers import (
    BaseDeserializer,
    BytesDeserializer,
    JSONDeserializer,
    NumpyDeserializer,
    PandasDeserializer,
    StringDeserializer,
    TorchTensorDeserializer,
)
from sagewright.serializers import (
    BaseSerializer,
    CSVSerializer,
    DataSerializer,
    JSONSerializer,
    NumpySerializer,
    StringSerializer,
    TorchTensorSerializer,
)
from sagewright.serve.builder.triton_schema_builder import TritonSchemaBuilder
from sagewright.serve.marshalling.custom_payload_translator import CONTENT_TYPE, CustomPayloadTranslator

logger = logging.getLogger("sagemaker.serve")


class JSONSerializerWrapper(JSONSerializer):
    """JSON as bytes."""

    def serialize(self, data: Any) -> Any:
        """Return the document as bytes."""
        return _as_bytes(super().serialize(data))


class CSVSerializerWrapper(CSVSerializer):
    """CSV as bytes."""

    def serialize(self, data: Any) -> Any:
        """Return the rows as bytes."""
        return _as_bytes(super().serialize(data))


class DeserializerWrapper(BaseDeserializer):
    """A deserializer that reads all answers as its own type, since some servers say `text/html` of any.

    Args:
        accept: The types it accepts; the first is the one that counts.
    """

    def __init__(self, deserializer: BaseDeserializer, accept: Any) -> None:
        self._deserializer, self._accept = deserializer, accept

    def deserialize(self, stream: Any, content_type: str | None = None) -> Any:
        """Return the data, and close the stream."""
        return self._deserializer.deserialize(stream, self._accept[0])

    @property
    def ACCEPT(self) -> Any:
        """The first of the accepted types."""
        return self._accept[0]


class SchemaBuilder(TritonSchemaBuilder):
    """Finds out from samples how requests and answers become bytes, in the client and in the server.

    Arrays of NumPy travel as `.npy`, data frames as CSV, tensors of PyTorch as `.npy`, text as it is, bytes and files
    as they are, all else as JSON.

    Args:
        sample_input, sample_output: What the model may be asked, and what it would answer.
        input_translator, output_translator: A way of one's own, in place of what the samples tell.

    Raises:
        ValueError: A sample is of a type that is not known, or a translator cannot carry it.

    Example:
        >>> from sagewright.serve import SchemaBuilder
        >>> schema = SchemaBuilder({"inputs": "a question"}, [{"answer": "an answer"}])
        >>> schema.input_serializer.CONTENT_TYPE, schema.output_deserializer.ACCEPT
        ('application/json', 'application/json')
    """

    def __init__(
        self,
        sample_input: Any,
        sample_output: Any,
        input_translator: CustomPayloadTranslator | None = None,
        output_translator: CustomPayloadTranslator | None = None,
    ) -> None:
        super().__init__()
        self.sample_input, self.sample_output = sample_input, sample_output
        if input_translator:
            _check(input_translator, sample_input)
            self.custom_input_translator = input_translator
        else:
            self.input_serializer = _serializer_of(sample_input)
            self._input_deserializer: Any = _INVERSE[type(self.input_serializer)]()
            self.input_deserializer = DeserializerWrapper(self._input_deserializer, self._input_deserializer.ACCEPT)
        if output_translator:
            _check(output_translator, sample_output)
            self.custom_output_translator = output_translator
        else:
            self._output_deserializer = _deserializer_of(sample_output)
            self.output_serializer = _INVERSE[type(self._output_deserializer)]()
            self.output_deserializer = DeserializerWrapper(self._output_deserializer, self._output_deserializer.ACCEPT)

    def generate_marshalling_map(self) -> dict[str, Any]:
        """Return the names of the classes that carry input and output; whether translators do."""
        names = {"input_serializer": "input_serializer", "output_serializer": "output_serializer"}
        names |= {"input_deserializer": "_input_deserializer", "output_deserializer": "_output_deserializer"}
        return {
            **{
                role: type(getattr(self, name)).__name__ if hasattr(self, name) else None
                for role, name in names.items()
            },
            "custom_input_translator": hasattr(self, "custom_input_translator"),
            "custom_output_translator": hasattr(self, "custom_output_translator"),
        }

    def get_input_sample(self) -> object:
        """Return what the model may be asked."""
        return self.sample_input

    def __repr__(self) -> str:
        roles = ("input_serializer", "output_serializer", "custom_input_translator", "custom_output_translator")
        told = [f"{role}={getattr(self, role)!r}" for role in roles if hasattr(self, role)]
        return f"SchemaBuilder({', '.join(told)})"


# What carries what --------------------------------------------------------------------------------------------------

_INVERSE: dict[type, Any] = {
    NumpySerializer: NumpyDeserializer,
    JSONSerializerWrapper: JSONDeserializer,
    TorchTensorSerializer: TorchTensorDeserializer,
    DataSerializer: BytesDeserializer,
    CSVSerializerWrapper: PandasDeserializer,
    StringSerializer: StringDeserializer,
}
_INVERSE |= {back: there for there, back in _INVERSE.items()}

_UNKNOWN = (
    "SchemaBuilder cannot determine {what} of type {type} Please provide your own marshalling code"
    "to SchemaBuilder via CustomPayloadTranslator"
)


def _serializer_of(sample: Any) -> BaseSerializer:
    if isinstance(sample, str) and _is_file(sample):
        return DataSerializer()
    carrier = _carrier(sample)
    if carrier is not None:
        made: BaseSerializer = carrier()
        return made
    if isinstance(sample, dict) and "content_type" in sample:
        return DataSerializer(content_type=sample["content_type"])
    raise ValueError(_UNKNOWN.format(what="the serializer", type=type(sample)))


def _deserializer_of(sample: Any) -> BaseDeserializer:
    carrier = _carrier(sample)
    if carrier is None:
        raise ValueError(_UNKNOWN.format(what="deserializer", type=type(sample)))
    made: BaseDeserializer = _INVERSE[carrier]()
    return made


def _carrier(sample: Any) -> Any:
    """Return the class of what makes bytes of a sample; None: there is none.

    A library that is not loaded has made no sample, so that none is loaded to look.
    """
    for module, name, carrier in (
        ("numpy", "ndarray", NumpySerializer),
        ("pandas", "DataFrame", CSVSerializerWrapper),
        ("torch", "Tensor", TorchTensorSerializer),
    ):
        kind = getattr(sys.modules.get(module), name, None)
        if kind is not None and isinstance(sample, kind):
            return carrier
    if isinstance(sample, bytes):
        return DataSerializer
    if isinstance(sample, str):
        return StringSerializer
    return JSONSerializerWrapper if _is_json(sample) else None


def _is_json(sample: Any) -> bool:
    try:
        JSONSerializerWrapper().serialize(sample)
    except Exception:  # noqa: BLE001 - whatever the sample's own methods raise
        return False
    return True


def _is_file(text: str) -> bool:
    try:
        return Path(text).resolve().is_file()
    except (OSError, ValueError):  # longer than a path can be
        return False


def _check(translator: Any, sample: Any) -> None:
    """Let a translator carry a sample there and back.

    Raises:
        ValueError: It cannot.
    """
    try:
        body = translator.serialize(payload=sample, content_type=CONTENT_TYPE)
        translator.deserialize(stream=io.BytesIO(body), content_type=CONTENT_TYPE)
    except Exception as error:
        raise ValueError("Error when validating payload serialization and deserialization.", error) from error


def _as_bytes(text: Any) -> Any:
    return text.encode("utf-8") if isinstance(text, str) else text
