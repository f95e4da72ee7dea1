"""Arrays as records: the same bytes, and the same records, as one by one."""

from __future__ import annotations

import io
import pickle
import random
from array import array

import numpy as np
import pytest
import scipy.sparse

from sagewright.amazon.common import (
    read_records,
    write_numpy_to_dense_tensor,
    write_spmatrix_to_sparse_tensor,
)
from sagewright.amazon.record_pb2 import Record as Message
from sagewright.serializers import RecordSerializer
from sagewright.vocabulary import record_arrays, record_runs, recordio
from sagewright.vocabulary.record_runs import record_of, runs_of
from sagewright.vocabulary.recordio import DamagedRecord, Record, Tensor

CODES = {"float32": "f", "float64": "d", "int64": "i"}
LABELS = (None, "float32", "float64", "int64")


def _label(labels, row):
    return {} if labels is None else {"values": Tensor(array(CODES[labels.dtype.name], [labels[row].item()]))}


def _one_by_one(rows, labels):
    """Return the frames of rows, each written alone."""
    frames = []
    for number in range(rows.shape[0]):
        if scipy.sparse.issparse(rows):
            part = slice(rows.indptr[number], rows.indptr[number + 1])
            values, keys, shape = rows.data[part], rows.indices[part].tolist(), [rows.shape[1]]
        else:
            values, keys, shape = rows[number], [], []
        tensor = Tensor(array(CODES[rows.dtype.name], values.tolist()), keys, shape)
        frames.append(recordio.write_record(Record({"values": tensor}, _label(labels, number))))
    return b"".join(frames)


def _rows(dtype, shape, density=None):
    rng = np.random.default_rng(3)
    rows = (rng.normal(size=shape) * 2000).astype(dtype)
    if density is not None:
        return scipy.sparse.csr_matrix(rows * (rng.random(shape) < density), dtype=dtype)
    return rows


def _records(data):
    return [record_of(data, begin, run) for run in runs_of(data) for begin in run.begins()]


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr(record_arrays, "CHUNK_BYTES", 2000)
    monkeypatch.setattr(record_runs, "_WORTHWHILE_BYTES", 100)
    monkeypatch.setattr(record_runs, "_WORTHWHILE", 1)


@pytest.mark.parametrize("label_type", LABELS)
@pytest.mark.parametrize("dtype", CODES)
@pytest.mark.parametrize("shape", [(1, 1), (5, 0), (40, 3), (7, 200), (2, 20000)])
def test_dense_rows_are_written_as_one_by_one(dtype, label_type, shape):
    rows, labels = _rows(dtype, shape), None if label_type is None else _rows(label_type, shape[0])
    file = io.BytesIO()
    write_numpy_to_dense_tensor(file, rows, labels)
    assert file.getvalue() == _one_by_one(rows, labels)
    assert _records(file.getvalue()) == list(recordio.read_records(io.BytesIO(file.getvalue())))


@pytest.mark.parametrize("label_type", LABELS)
@pytest.mark.parametrize("dtype", CODES)
@pytest.mark.parametrize(("shape", "density"), [((1, 5), 0.5), ((40, 300), 0.05), ((9, 4), 0.0)])
def test_sparse_rows_are_written_as_one_by_one(dtype, label_type, shape, density):
    rows, labels = _rows(dtype, shape, density), None if label_type is None else _rows(label_type, shape[0])
    file = io.BytesIO()
    write_spmatrix_to_sparse_tensor(file, rows, labels)
    assert file.getvalue() == _one_by_one(rows, labels)
    assert _records(file.getvalue()) == list(recordio.read_records(io.BytesIO(file.getvalue())))


def test_what_is_damaged_is_told_or_read_as_one_by_one():
    file = io.BytesIO()
    write_numpy_to_dense_tensor(file, _rows("float32", (6, 3)), _rows("float32", 6))
    write_numpy_to_dense_tensor(file, _rows("int64", (3, 3)))
    write_spmatrix_to_sparse_tensor(file, _rows("float64", (4, 300), 0.02), _rows("int64", 4))
    whole, chance, told = file.getvalue(), random.Random(5), 0
    for _ in range(3000):
        data = bytearray(whole)
        data[chance.randrange(len(data))] = chance.randrange(256)
        if chance.random() < 0.1:
            del data[chance.randrange(len(data)) :]
        told += _told(bytes(data))
    assert 300 < told < 2900


def _told(data):
    """Return whether damage is told; else what is read is what is read one by one."""
    try:
        expected = list(recordio.read_records(io.BytesIO(data)))
    except DamagedRecord:
        with pytest.raises(DamagedRecord):
            _records(data)
        return True
    assert repr(_records(data)) == repr(expected)  # NaN is not itself
    return False


def test_other_ways_to_write_a_message_are_read():
    numbers = b"\x12\x06\x0d\x00\x00\x80\x3f"[2:]  # a float that is not packed
    tensor = bytes([0x12, len(numbers)]) + numbers
    entry = b"\x0a\x06values" + bytes([0x12, len(tensor)]) + tensor
    frame = recordio.frame(bytes([0x0A, len(entry)]) + entry + b"\x1a\x03uid")
    (record,) = read_records(io.BytesIO(frame))
    assert record.features["values"].float32_tensor.values == [1.0]


def test_numbers_that_are_no_int32_are_refused():
    for bad in (1 << 31, -(1 << 31) - 1):
        with pytest.raises(ValueError, match=f"Value out of range: {bad}"):
            write_numpy_to_dense_tensor(io.BytesIO(), np.array([[1, bad]]))
    with pytest.raises(ValueError, match="Value out of range"):
        write_numpy_to_dense_tensor(io.BytesIO(), np.ones((1, 1)), np.array([1 << 40]))


def test_records_are_lists_to_their_users():
    file = io.BytesIO()
    write_numpy_to_dense_tensor(file, np.array([[1.5, 2]], np.float32), np.array([3]))
    file.seek(0)
    (record,) = read_records(file)
    values = record.features["values"].float32_tensor.values
    assert values == [1.5, 2]
    assert values[1:] == [2]
    assert (values[0], len(values), repr(values)) == (1.5, 2, "[1.5, 2.0]")
    assert np.asarray(values).dtype == np.float32
    assert record.label["values"].int32_tensor.values == [3]
    assert record.label["other"].float64_tensor.values == []
    copied = pickle.loads(pickle.dumps(record))
    assert copied == record
    assert "values" in repr(copied)


def test_a_serializer_takes_what_numpy_does():
    serialize = RecordSerializer().serialize
    for data in ([1, 2], np.array([1, 2], np.uint8)):
        (record,) = read_records(serialize(data))
        assert record.features["values"].int32_tensor.values == [1, 2]
    (record,) = read_records(serialize(np.array([1.5], ">f4")))
    assert record.features["values"].float32_tensor.values == [1.5]


def test_a_message_can_be_filled_by_hand():
    record = Message()
    record.features["values"].float64_tensor.values.extend([0.5, 1])
    record.features["values"].float64_tensor.keys.extend([3, 200])
    record.features["values"].float64_tensor.shape.append(300)
    record.label["values"].int32_tensor.values.append(-1)
    (read,) = read_records(io.BytesIO(recordio.frame(record.SerializeToString())))
    sparse = read.features["values"].float64_tensor
    assert [sparse.values, sparse.keys, sparse.shape] == [[0.5, 1.0], [3, 200], [300]]
    assert read.label["values"].int32_tensor.values == [-1]
    for copied in (Message.FromString(record.SerializeToString()), pickle.loads(pickle.dumps(record))):
        assert copied == record
    assert record.label["values"].HasField("int32_tensor")
    assert not record.label["values"].HasField("float32_tensor")
    record.Clear()
    assert record.SerializeToString() == b""
    with pytest.raises(AttributeError):
        record.uid = "x"  # type: ignore[attr-defined]


def test_as_many_labels_as_columns_will_do():
    file = io.BytesIO()
    write_numpy_to_dense_tensor(file, np.ones((2, 3)), np.array([7, 8, 9]))
    file.seek(0)
    assert [record.label["values"].int32_tensor.values for record in read_records(file)] == [[7], [8]]
    for rows, labels in ((np.ones((3, 2)), np.ones(2)), (np.ones((2, 2)), np.ones(3))):
        with pytest.raises(ValueError, match="not compatible with array shape"):
            write_numpy_to_dense_tensor(io.BytesIO(), rows, labels)
