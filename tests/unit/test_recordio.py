"""RecordIO frames and protobuf records: what goes in comes out, and damage is told."""

import io
import struct
from array import array
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sagewright.vocabulary.recordio import DamagedRecord, Record, Tensor, frame, read_frames, read_records, write_record

# What `sagemaker` 2.257.7 writes: `sagemaker.amazon.common.write_numpy_to_dense_tensor` of one row and its label.
FROM_SDK: dict[str, tuple[str, list[Any]]] = {
    "f": (
        "0a23d7ce300000000a1a0a0676616c7565731210120e0a0c0000c03f000000c00000404012120a0676616c756573120812060a040000803f",
        [1.5, -2.0, 3.0],
    ),
    "d": (
        "0a23d7ce400000000a260a0676616c756573121c1a1a0a18000000000000f83f00000000000000c00000000000000840"
        "12160a0676616c756573120c1a0a0a08000000000000f03f",
        [1.5, -2.0, 3.0],
    ),
    "i": (
        "0a23d7ce2d0000000a1a0a0676616c75657312103a0e0a0c01feffffffffffffffff0103120f0a0676616c75657312053a030a0101000000",
        [1, -2, 3],
    ),
}

KEYS = st.text(max_size=8)
FLOATS = st.lists(st.floats(width=32, allow_nan=False), max_size=20).map(lambda v: array("f", v))
DOUBLES = st.lists(st.floats(allow_nan=False), max_size=20).map(lambda v: array("d", v))
INTEGERS = st.lists(st.integers(-(2**31), 2**31 - 1), max_size=20).map(lambda v: array("i", v))
DENSE = st.one_of(FLOATS, DOUBLES, INTEGERS).map(Tensor)


@st.composite
def sparse(draw):
    values = draw(FLOATS.filter(len))
    keys = draw(st.lists(st.integers(0, 2**40), min_size=len(values), max_size=len(values)))
    return Tensor(values, tuple(keys), (max(keys) + 1,))


MAPS = st.dictionaries(KEYS, st.one_of(DENSE, sparse()), max_size=3)


@settings(suppress_health_check=[HealthCheck.too_slow])  # a busy machine makes its data slowly
@given(st.lists(st.builds(Record, MAPS, MAPS), max_size=4))
def test_what_is_written_is_read_back(records):
    stream = io.BytesIO(b"".join(map(write_record, records)))
    assert list(read_records(stream)) == records


@given(st.lists(st.binary(max_size=50)))
def test_frames_are_read_back_and_padded_to_four_bytes(payloads):
    data = b"".join(map(frame, payloads))
    assert len(data) % 4 == 0
    assert list(read_frames(io.BytesIO(data))) == payloads


@pytest.mark.parametrize("code", FROM_SDK)
def test_bytes_are_those_of_the_sdk(code):
    text, values = FROM_SDK[code]
    data = bytes.fromhex(text)
    record = Record({"values": Tensor(array(code, values))}, {"values": Tensor(array(code, [1]))})
    assert list(read_records(io.BytesIO(data))) == [record]
    assert write_record(record) == data


def test_values_that_are_not_packed_are_read():
    one = b"\x0d" + struct.pack("<f", 2.5)  # field 1, 32 bits, twice: what a proto2 writer without `packed` leaves
    tensor = b"\x12" + bytes([2 * len(one)]) + one + one
    entry = b"\x0a\x06values\x12" + bytes([len(tensor)]) + tensor
    payload = b"\x0a" + bytes([len(entry)]) + entry
    (record,) = read_records(io.BytesIO(frame(payload)))
    assert list(record.features["values"].values) == [2.5, 2.5]


WHOLE = write_record(Record({"values": Tensor(array("f", [1.0, 2.0]))}, {"values": Tensor(array("f", [0.0]))}))


@pytest.mark.parametrize("size", range(1, len(WHOLE)))
def test_a_file_that_is_cut_off_is_told_at_every_byte(size):
    with pytest.raises(DamagedRecord, match="record 1"):
        list(read_records(io.BytesIO(WHOLE + WHOLE[:size])))


@given(st.binary(min_size=1, max_size=60))
def test_foreign_payloads_are_told_and_nothing_else_is_raised(payload):
    try:
        list(read_records(io.BytesIO(frame(payload))))
    except DamagedRecord as error:
        assert str(error).startswith("record 0: ")  # noqa: PT017 - most payloads are damaged, some are empty records


def test_csv_is_no_recordio():
    with pytest.raises(DamagedRecord, match="not RecordIO"):
        list(read_records(io.BytesIO(b"1.0,2.0,3.0\n")))


def test_a_sparse_vector_without_a_shape_is_told():
    with pytest.raises(DamagedRecord, match="no shape"):
        list(read_records(io.BytesIO(write_record(Record({"values": Tensor(array("f", [1.0]), [3])})))))
