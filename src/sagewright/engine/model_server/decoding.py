"""From a request's body to what a model takes, by content type. Nothing is ever unpickled.

`decode` reads as the toolkits do, and more forms than they; the two toolkits read CSV differently.
"""

from __future__ import annotations

import csv
import io
import json
import struct
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from sagewright.engine.model_server.errors import InferenceError, Undecodable, UnsupportedFormat
from sagewright.vocabulary import recordio
from sagewright.vocabulary.content_types import CSV, JSON, JSON_LINES, RECORDIO, parse_content_type

NPY, NPZ = "application/x-npy", "application/x-npz"
LIBSVM, LIBSVM_TOO = "text/libsvm", "text/x-libsvm"
TENSOR = "tensor/pt"
PARQUET = "application/x-parquet"
TEXT, BYTES = "text/plain", "application/octet-stream"
WIDEST_ROW = 1 << 24  # features of a LIBSVM row


def decode(body: str | bytes, content_type: str | None) -> Any:
    """Return what a body holds: mostly an array; a sparse matrix, a tensor, a frame, text or bytes by its type.

    Raises:
        UnsupportedFormat: The content type is not known.
        Undecodable: The body is not what it says.
    """
    name = parse_content_type(content_type or JSON).name
    read = _READERS.get(name)
    if read is None:
        raise UnsupportedFormat(content_type)
    try:
        return read(_bytes(body))
    except InferenceError:
        raise
    except _DAMAGES as error:
        raise Undecodable(name, error) from error


def json_array(body: str | bytes, dtype: Any = None) -> Any:
    """Return the array of a document."""
    return np.array(json.loads(body), dtype=dtype)


def csv_rows(body: str | bytes) -> Any:
    """Return rows of `(n, d)`: numbers where all cells are, else text."""
    rows = list(csv.reader(io.StringIO(_bytes(body).decode("utf-8")), strict=True))
    rows = [row for row in rows if row]
    if len({len(row) for row in rows}) > 1:
        raise ValueError("the rows have different numbers of cells")
    try:
        return np.array(rows, dtype=np.float64)
    except ValueError:
        return np.array(rows)


def csv_array(body: str | bytes, dtype: Any = None) -> Any:
    """Return an array as numpy reads CSV, `(d,)` of one row: `sagemaker_inference`'s way."""
    text = io.StringIO(_bytes(body).decode("utf-8"))
    return np.genfromtxt(text, dtype=dtype or np.float64, delimiter=",")


def npy_array(body: bytes) -> Any:
    """Return the array of NPY.

    Raises:
        ValueError: It holds pickled objects.
    """
    try:
        return np.load(io.BytesIO(body), allow_pickle=False)
    except ValueError as error:
        if "pickle" not in str(error):
            raise
        raise ValueError("it holds Python objects, which are never unpickled") from None


def npz_arrays(body: bytes) -> Any:
    """Return the sparse matrix of an NPZ of `scipy.sparse`, its only array, or all of them by name."""
    loaded = np.load(io.BytesIO(body), allow_pickle=False)
    if isinstance(loaded, np.ndarray):
        return loaded
    with loaded as arrays:
        if {"format", "shape", "data"} <= set(arrays.files):
            from scipy import sparse

            return sparse.load_npz(io.BytesIO(body))
        found = {name: arrays[name] for name in arrays.files}
    return next(iter(found.values())) if len(found) == 1 else found


def libsvm_matrix(body: str | bytes) -> Any:
    """Return the sparse matrix of lines `[label] index:value ...`; the labels are passed over."""
    from scipy.sparse import csr_matrix

    index: list[int] = []
    values: list[float] = []
    ends = [0]
    for line in _bytes(body).decode("utf-8").strip().splitlines():
        for number, value in (item.split(":", 1) for item in line.split() if ":" in item):
            index.append(int(number))
            values.append(float(value))
        ends.append(len(index))
    if index and not 0 <= min(index) <= max(index) < WIDEST_ROW:
        raise ValueError(f"an index lies outside of 0 to {WIDEST_ROW}")
    return csr_matrix((np.array(values), index, ends), shape=(len(ends) - 1, max(index, default=0) + 1))


def record_rows(body: bytes) -> Any:
    """Return the rows of RecordIO-protobuf, `(n, d)`; a sparse matrix where one is sparse."""
    tensors = [record.features["values"] for record in recordio.read_records(io.BytesIO(body))]
    if any(tensor.keys for tensor in tensors):
        return _sparse(tensors)
    return np.array([np.asarray(tensor.values) for tensor in tensors])


def tensor(body: bytes) -> Any:
    """Return the tensor of a file of `torch.save`, which may hold tensors only."""
    import pickle

    import torch

    try:
        return torch.load(io.BytesIO(body), map_location="cpu", weights_only=True)
    except pickle.UnpicklingError:
        raise ValueError("it holds other Python objects than tensors, which are never unpickled") from None
    except RuntimeError as error:
        raise ValueError(str(error).partition("\n")[0]) from None


def parquet_frame(body: bytes) -> Any:
    """Return the frame of a Parquet file."""
    import duckdb

    with tempfile.NamedTemporaryFile(suffix=".parquet") as file:
        file.write(body)
        file.flush()
        try:
            return duckdb.read_parquet(file.name).df()
        except duckdb.Error as error:
            raise ValueError(str(error).partition("\n")[0]) from None


def _sparse(tensors: list[recordio.Tensor]) -> Any:
    from scipy.sparse import csr_matrix

    width = max((*(item.shape[-1] for item in tensors if item.shape), *(max(t.keys, default=0) + 1 for t in tensors)))
    index = [key for item in tensors for key in (item.keys or range(len(item.values)))]
    values = [value for item in tensors for value in item.values]
    ends = np.cumsum([0, *(len(item.values) for item in tensors)])
    return csr_matrix((values, index, ends), shape=(len(tensors), width))


def _json_lines(body: bytes) -> Any:
    return np.array([json.loads(line) for line in body.decode("utf-8").splitlines() if line.strip()])


def _bytes(body: str | bytes) -> bytes:
    return body.encode() if isinstance(body, str) else bytes(body)


_READERS: Mapping[str, Callable[[bytes], Any]] = {
    JSON: json_array,
    JSON_LINES: _json_lines,
    CSV: csv_rows,
    NPY: npy_array,
    NPZ: npz_arrays,
    LIBSVM: libsvm_matrix,
    LIBSVM_TOO: libsvm_matrix,
    RECORDIO: record_rows,
    TENSOR: tensor,
    PARQUET: parquet_frame,
    TEXT: lambda body: body.decode("utf-8"),
    BYTES: bytes,
}

# What damaged bodies make the libraries raise.
_DAMAGES = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    EOFError,
    OSError,
    csv.Error,
    struct.error,
    zipfile.BadZipFile,
    OverflowError,
)
