"""What goes through a serializer and comes back; what v2 makes of the same data is in tests/parity."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sagewright import deserializers, serializers
from sagewright.vocabulary.recordio import read_records


def read(deserializer: Any, content: bytes | str, content_type: str) -> Any:
    return deserializer.deserialize(io.BytesIO(content.encode() if isinstance(content, str) else content), content_type)


def test_csv_there_and_back() -> None:
    body = serializers.CSVSerializer().serialize([["a,b", 'say "x"'], [1, 2.5]])
    assert read(deserializers.CSVDeserializer(), body, "text/csv") == [["a,b", 'say "x"'], ["1", "2.5"]]


def test_csv_of_a_frame_has_no_header() -> None:
    assert serializers.CSVSerializer().serialize(pd.DataFrame({"a": [1, 2], "b": [3, 4]})) == "1,3\n2,4\n"


def test_numbers_of_numpy_become_json() -> None:
    data = {"row": np.array([1.5, 2.0]), "n": np.int64(3), "deep": [{"x": np.float32(0.5)}]}
    body = serializers.JSONSerializer().serialize(data)
    assert json.loads(body) == {"row": [1.5, 2.0], "n": 3, "deep": [{"x": 0.5}]}


@pytest.mark.parametrize("rows", [np.eye(2), np.eye(2, dtype="float32"), np.array([[-1, 2**31 - 1]])])
def test_records_there_and_back(rows: Any) -> None:
    stream = serializers.RecordSerializer().serialize(rows)
    assert [list(record.features["values"].values) for record in read_records(stream)] == rows.tolist()


def test_numpy_there_and_back() -> None:
    body = serializers.NumpySerializer(dtype="float32").serialize([[1, 2], [3, 4]])
    array = read(deserializers.NumpyDeserializer(), body, "application/x-npy")
    assert (array.dtype, array.tolist()) == (np.dtype("float32"), [[1, 2], [3, 4]])


def test_pickles_are_not_loaded_unasked() -> None:
    stream = io.BytesIO()
    np.save(stream, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match="set the param allow_pickle=True.*\nhint: only for endpoints"):
        read(deserializers.NumpyDeserializer(), stream.getvalue(), "application/x-npy")


def test_file_goes_by_its_path(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"\x00")
    assert serializers.DataSerializer().serialize(str(tmp_path / "x")) == b"\x00"


@pytest.mark.parametrize(
    ("kind", "data", "message"),
    [
        ("CSV", [], "Cannot serialize empty array"),
        ("CSV", 3, "Unable to handle input format: <class 'int'>"),
        ("Numpy", [], "Cannot serialize empty array"),
        ("Numpy", np.array([]), "Cannot serialize empty array"),
        ("JSONLines", 3, "Object of type <class 'int'> is not JSON Lines serializable"),
        ("LibSVM", 3, "Unable to handle input format: <class 'int'>"),
        ("String", 3, "Object of type <class 'int'> is not String serializable"),
        ("Data", 3, "Object of type <class 'int'> is not Data serializable"),
        ("Data", "/no/such/file", "Could not open/read file: /no/such/file"),
        ("Record", np.zeros((1, 2, 3)), "Expected a 1D or 2D array, but got a 3D array instead"),
    ],
)
def test_data_that_cannot_be_serialised(kind: str, data: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        getattr(serializers, f"{kind}Serializer")().serialize(data)


@pytest.mark.parametrize("kind", ["CSV", "JSON", "JSONLines", "Numpy", "String", "Bytes", "Pandas"])
def test_bodies_are_closed_when_read(kind: str) -> None:
    stream = io.BytesIO(b"[1]")
    deserializer = getattr(deserializers, f"{kind}Deserializer")()
    deserializer.deserialize(stream, "application/json")
    assert stream.closed


def test_stream_stays_open() -> None:
    stream = io.BytesIO(b"x")
    assert deserializers.StreamDeserializer().deserialize(stream, "x/y") == (stream, "x/y")
    assert not stream.closed


def test_tensors_of_torch_there_and_back() -> None:
    torch = pytest.importorskip("torch")
    tensor = torch.tensor([[1.5, 2.0]], requires_grad=True)
    body = serializers.TorchTensorSerializer().serialize(tensor)
    back = deserializers.TorchTensorDeserializer().deserialize(io.BytesIO(body))
    assert back.tolist() == [[1.5, 2.0]]
    with pytest.raises(ValueError, match="is not a torch.Tensor"):
        serializers.TorchTensorSerializer().serialize([1.5])
    with pytest.raises(ValueError, match="Unable to deserialize your data to torch.Tensor"):
        deserializers.TorchTensorDeserializer().deserialize(io.BytesIO(b"no array"))


def test_names_of_v1_say_so(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.warns(DeprecationWarning, match="has been renamed in sagemaker>=2"):
        assert isinstance(serializers.numpy_to_record_serializer(), serializers.RecordSerializer)
    with pytest.warns(DeprecationWarning, match="has been renamed in sagemaker>=2"):
        assert isinstance(deserializers.record_deserializer(), deserializers.RecordDeserializer)
    assert caplog.text.count("has been renamed in sagemaker>=2") == 2
