"""What samples tell of requests and answers."""

from __future__ import annotations

import io
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sagewright.serve import CustomPayloadTranslator, SchemaBuilder
from sagewright.serve.marshalling.triton_translator import ListTranslator


class Words(CustomPayloadTranslator):
    def serialize_payload_to_bytes(self, payload: Any) -> bytes:
        return " ".join(payload).encode()

    def deserialize_payload_from_stream(self, stream: Any) -> Any:
        return stream.read().decode().split()


class Broken(Words):
    def deserialize_payload_from_stream(self, stream: Any) -> Any:
        raise OSError("no way back")


def _carried(serializer: Any, deserializer: Any, value: Any) -> Any:
    return deserializer.deserialize(io.BytesIO(serializer.serialize(value)), "text/html")


@pytest.mark.parametrize(
    ("sample", "content_type", "accept"),
    [
        (np.array([[1.0, 2.0]]), "application/x-npy", "application/x-npy"),
        ({"inputs": "text", "parameters": {"n": 1}}, "application/json", "application/json"),
        ([1, 2.5, None], "application/json", "application/json"),
        ("some text", "text/plain", "application/json"),
        (b"bytes", "file-path/raw-bytes", "*/*"),
    ],
)
def test_a_sample_tells_how_it_travels_there_and_back(sample: Any, content_type: str, accept: str) -> None:
    schema = SchemaBuilder(sample, sample)
    assert content_type == schema.input_serializer.CONTENT_TYPE
    assert accept == schema.output_deserializer.ACCEPT
    for serializer, deserializer in (
        (schema.input_serializer, schema.input_deserializer),
        (schema.output_serializer, schema.output_deserializer),
    ):
        np.testing.assert_array_equal(_carried(serializer, deserializer, sample), sample)


def test_a_frame_travels_as_csv() -> None:
    frame = pd.DataFrame({"a": [1, 2], "b": [3, 4]})
    schema = SchemaBuilder(frame, frame)
    assert schema.input_serializer.serialize(frame) == b"1,3\n2,4"[:7] + b"\n"
    assert isinstance(schema.output_deserializer.deserialize(io.BytesIO(b"a\n1\n")), pd.DataFrame)
    assert schema.generate_marshalling_map() == {
        "input_serializer": "CSVSerializerWrapper",
        "output_serializer": "CSVSerializerWrapper",
        "input_deserializer": "PandasDeserializer",
        "output_deserializer": "PandasDeserializer",
        "custom_input_translator": False,
        "custom_output_translator": False,
    }


def test_a_tensor_travels_as_an_array() -> None:
    torch = pytest.importorskip("torch")
    schema = SchemaBuilder(torch.ones(2, 2), torch.ones(2))
    assert schema.input_serializer.CONTENT_TYPE == "tensor/pt"
    assert _carried(schema.input_serializer, schema.input_deserializer, torch.ones(2, 2)).sum() == 4


def test_the_path_of_a_file_stands_for_what_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "picture").write_bytes(b"abc")
    schema = SchemaBuilder(str(tmp_path / "picture"), {"label": "cat"})
    assert schema.input_serializer.serialize(str(tmp_path / "picture")) == b"abc"
    assert SchemaBuilder("x" * 5000, "y").input_serializer.CONTENT_TYPE == "text/plain"


def test_what_cannot_be_carried_is_refused() -> None:
    with pytest.raises(ValueError, match=r"cannot determine the serializer of type .*object"):
        SchemaBuilder(object(), 1)
    with pytest.raises(ValueError, match="cannot determine deserializer of type"):
        SchemaBuilder(1, {1, 2})
    with pytest.raises(ValueError, match=r"validating payload.*no way back"):
        SchemaBuilder(["a"], ["b"], input_translator=Broken())


def test_translators_take_the_place_of_what_samples_tell() -> None:
    schema = SchemaBuilder(["a", "b"], 1, input_translator=Words("text/words", "text/words"))
    assert schema.custom_input_translator.CONTENT_TYPE == "text/words"
    assert not hasattr(schema, "input_serializer")
    assert schema.generate_marshalling_map()["custom_input_translator"] is True
    assert "Words" in repr(schema)
    copied = pickle.loads(pickle.dumps(SchemaBuilder({"a": 1}, [1])))
    assert copied.get_input_sample() == {"a": 1}


def test_triton_gets_arrays_and_its_names_for_their_types() -> None:
    schema = SchemaBuilder(np.ones((2, 3), "float32"), np.ones(2, "int64"))
    schema._update_serializer_deserializer_for_triton()
    schema._detect_dtype_for_triton()
    assert (schema._input_triton_dtype, schema._output_triton_dtype) == ("TYPE_FP32", "TYPE_INT64")
    with pytest.raises(ValueError, match="Unable to update input serializer"):
        SchemaBuilder({"a": 1}, 1)._update_serializer_deserializer_for_triton()
    assert ListTranslator().deserialize(ListTranslator().serialize([1, 2])) == [1, 2]
