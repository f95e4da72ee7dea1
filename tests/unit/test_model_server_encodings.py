"""What requests may hold, and what answers are written as."""

from __future__ import annotations

import io
import json
from array import array

import numpy as np
import pytest
from scipy import sparse

from sagewright.engine.model_server import decoding
from sagewright.engine.model_server.decoding import decode
from sagewright.engine.model_server.encoding import encode, to_csv, to_json
from sagewright.engine.model_server.errors import Undecodable, UnsupportedFormat, WrongType
from sagewright.engine.model_server.frameworks.rest_forms import UnknownForm, to_rest
from sagewright.vocabulary.recordio import Record, Tensor, write_record

ROWS = np.array([[1.0, 2.5], [3.0, -4.0]])


def npy(values):
    body = io.BytesIO()
    np.save(body, values)
    return body.getvalue()


def npz(values):
    body = io.BytesIO()
    sparse.save_npz(body, sparse.csr_matrix(values))
    return body.getvalue()


def plain(value):
    return value.toarray() if sparse.issparse(value) else np.asarray(value)


BODIES = {
    "application/json": b"[[1, 2.5], [3, -4]]",
    "application/json; charset=utf-8": b"[[1, 2.5], [3, -4]]",
    "application/jsonlines": b"[1, 2.5]\n\n[3, -4]\n",
    "text/csv": b"1,2.5\r\n3,-4\r\n",
    "application/x-npy": npy(ROWS),
    "application/x-npz": npz(ROWS),
    "text/libsvm": b"0 0:1 1:2.5\n1 0:3 1:-4\n",
    "text/x-libsvm": b"0:1 1:2.5\n0:3 1:-4\n",
    "application/x-recordio-protobuf": b"".join(
        write_record(Record({"values": Tensor(array("d", row))})) for row in ROWS.tolist()
    ),
}


@pytest.mark.parametrize("content_type", BODIES)
def test_every_form_holds_the_same_rows(content_type):
    assert np.array_equal(plain(decode(BODIES[content_type], content_type)), ROWS)


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "application/jsonlines",
        "text/csv",
        "application/x-npy",
        "application/x-npz",
        "application/x-recordio-protobuf",
    ],
)
@pytest.mark.parametrize("make", [np.array, sparse.csr_matrix])
def test_what_is_written_is_read_again(content_type, make):
    body, name = encode(make(ROWS), content_type)
    assert name == content_type
    assert np.array_equal(plain(decode(body, name)), ROWS)


def test_sparse_records_are_read_as_a_matrix():
    records = [Tensor(array("f", [5]), [3], [4]), Tensor(array("f", [1, 2]), [0, 1], [4])]
    found = decode(b"".join(write_record(Record({"values": item})) for item in records), BODIES_RECORDIO)
    assert found.toarray().tolist() == [[0, 0, 0, 5], [1, 2, 0, 0]]


BODIES_RECORDIO = "application/x-recordio-protobuf"


def test_text_and_bytes_are_what_they_are():
    assert decode(b"caf\xc3\xa9", "text/plain") == "café"
    assert decode(b"\xff", "application/octet-stream") == b"\xff"
    assert encode("yes", "text/plain") == (b"yes", "text/plain")
    assert encode(b"\xff", "application/octet-stream") == (b"\xff", "application/octet-stream")
    with pytest.raises(WrongType, match="`int`"):
        encode(1, "application/octet-stream")


def test_cells_that_are_no_numbers_stay_text():
    assert decode('a,"b,c"\nd,e\n', "text/csv").tolist() == [["a", "b,c"], ["d", "e"]]


def test_the_two_toolkits_read_one_row_differently():
    assert decoding.csv_rows("1,2\n").shape == (1, 2)
    assert decoding.csv_array("1,2\n").shape == (2,)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"[1,", "application/json"),
        (b"\xff\xfe", "text/csv"),
        (b"1,2\n3\n", "text/csv"),
        (b"not npy", "application/x-npy"),
        (npy(ROWS)[:90], "application/x-npy"),
        (b"PK\x03\x04 no zip", "application/x-npz"),
        (b"1:2 -5:1", "text/libsvm"),
        (b"99999999999:1", "text/libsvm"),
        (b"1:x", "text/libsvm"),
        (b"nonsense", "application/x-recordio-protobuf"),
        (b"nonsense", "application/x-parquet"),
    ],
)
def test_damaged_bodies_are_the_clients_fault(body, content_type):
    with pytest.raises(Undecodable) as caught:
        decode(body, content_type)
    assert caught.value.status_code == 400


@pytest.mark.parametrize("content_type", ["application/x-npy", "application/x-npz"])
def test_nothing_is_unpickled(content_type):
    body = io.BytesIO()
    values = np.array([{"an": "object"}], dtype=object)
    np.save(body, values) if content_type.endswith("npy") else np.savez(body, values)
    with pytest.raises(Undecodable):
        decode(body.getvalue(), content_type)


def test_tensors_are_read_and_written_and_nothing_else():
    torch = pytest.importorskip("torch")
    body, name = encode(torch.tensor(ROWS), "tensor/pt")
    assert torch.equal(decode(body, name), torch.tensor(ROWS))
    assert json.loads(encode(torch.tensor(ROWS), "application/json")[0]) == ROWS.tolist()
    hostile = io.BytesIO()
    torch.save(print, hostile)
    with pytest.raises(Undecodable, match="never unpickled"):
        decode(hostile.getvalue(), "tensor/pt")


def test_unknown_types_are_refused_each_with_its_status():
    with pytest.raises(UnsupportedFormat, match="image/png is not supported") as read:
        decode(b"", "image/png")
    with pytest.raises(UnsupportedFormat) as written:
        encode(ROWS, "image/png, video/mp4")
    assert (read.value.status_code, written.value.status_code) == (415, 406)


def test_the_first_accepted_type_that_can_be_written_is():
    assert encode([1], "image/png, text/csv;q=0.5, application/json") == (b"1\n", "text/csv")
    assert encode([1], "*/*") == (b"[1]", "application/json")


def test_frames_labels_and_numbers_become_plain():
    import pandas as pd

    assert json.loads(to_json(pd.DataFrame({"a": [1], "b": ["x"]}))) == [{"a": 1, "b": "x"}]
    assert json.loads(to_json({"p": np.float32(0.5), "n": np.int64(3), "s": {1}})) == {"p": 0.5, "n": 3, "s": [1]}
    assert to_csv(np.array(["a", "b,c"])) == 'a\n"b,c"\n'
    assert np.load(io.BytesIO(encode(np.array(["a", "b"], dtype=object), "application/x-npy")[0])).tolist() == [
        "a",
        "b",
    ]
    with pytest.raises(WrongType):
        encode(np.array([{}], dtype=object), "application/x-npy")
    with pytest.raises(TypeError, match="not JSON serializable"):
        to_json([object()])


@pytest.mark.parametrize(
    ("body", "content_type", "instances"),
    [
        ('{"instances": [1]}', "application/json", [1]),
        ("[1, 2]", "application/json", [[1, 2]]),
        ("[[1], [2]]", "application/json", [[1], [2]]),
        ('{"a": [{"b": 1}, {"b": 2}]}', "application/json", [{"a": [{"b": 1}, {"b": 2}]}]),
        ("[1]\n[2]\n", "application/jsonlines", [[1], [2]]),
        ('{"x": 1}\n{"x": 2}', "application/json", [{"x": 1}, {"x": 2}]),
        ("1,2\n3,4", "text/csv", [[1, 2], [3, 4]]),
        ("1\n2", "text/csv", [1, 2]),
        ('"a, b",c\n', "text/csv", [["a, b", "c"]]),
    ],
)
def test_requests_become_those_of_tensorflow_serving(body, content_type, instances):
    assert json.loads(to_rest(body, content_type)) == {"instances": instances}


def test_other_forms_are_no_requests_of_tensorflow_serving():
    with pytest.raises(UnknownForm, match="image/png"):
        to_rest("", "image/png")
