"""Records of protobuf, the built-in algorithms' own format (v2's own path)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from sagewright.amazon.records import ProtobufRecord, records_of
from sagewright.deserializers import RecordDeserializer
from sagewright.serializers import RecordSerializer
from sagewright.vocabulary.record_arrays import dense_frames, sparse_frames
from sagewright.vocabulary.recordio import read_frames

__all__ = [
    "RecordDeserializer",
    "RecordSerializer",
    "read_recordio",
    "read_records",
    "write_numpy_to_dense_tensor",
    "write_spmatrix_to_sparse_tensor",
]


def write_numpy_to_dense_tensor(file: BinaryIO, array: Any, labels: Any = None) -> None:
    """Write the rows of an array as records.

    Args:
        array: `(n_rows, n_features)`, of NumPy's int, float or float32.
        labels: `(n_rows,)`, of one of these types.

    Raises:
        ValueError: A shape or a type is another.

    Example:
        >>> import io
        >>> import numpy as np
        >>> from sagewright.amazon.common import read_records, write_numpy_to_dense_tensor
        >>> file = io.BytesIO()
        >>> write_numpy_to_dense_tensor(file, np.array([[1.0, 2.0]]), np.array([3.0]))
        >>> file.seek(0)
        0
        >>> read_records(file)[0].label["values"].float64_tensor.values
        [3.0]
    """
    labels = _checked(array, labels)
    code, label_code = _code_of(array.dtype), "f" if labels is None else _code_of(labels.dtype)
    for frames in dense_frames(array, code, labels, label_code):
        file.write(frames)


def write_spmatrix_to_sparse_tensor(file: BinaryIO, array: Any, labels: Any = None) -> None:
    """Write the rows of a sparse matrix of SciPy as records; arguments and errors as above.

    Raises:
        TypeError: The matrix is not sparse.
    """
    import scipy.sparse

    if not scipy.sparse.issparse(array):
        raise TypeError("Array must be sparse")
    labels = _checked(array, labels)
    code, label_code = _code_of(array.dtype), "f" if labels is None else _code_of(labels.dtype)
    for frames in sparse_frames(array.tocsr(), code, labels, label_code):
        file.write(frames)


def read_recordio(f: BinaryIO) -> Iterator[bytes]:
    """Yield the payloads of a file of RecordIO.

    Raises:
        ValueError: The file is damaged.
    """
    return read_frames(f)


def read_records(file: BinaryIO) -> list[ProtobufRecord]:
    """Return the records of a file of RecordIO.

    Raises:
        ValueError: The file is damaged.
    """
    return records_of(file.read())


def _checked(array: Any, labels: Any) -> Any:
    """Return the labels of an array's rows. As many as it has columns will do: v2 takes the first ones then."""
    if len(array.shape) != 2:
        raise ValueError("Array must be a Matrix")
    if labels is None:
        return None
    if len(labels.shape) != 1:
        raise ValueError("Labels must be a Vector")
    if labels.shape[0] not in array.shape or labels.shape[0] < array.shape[0]:
        raise ValueError(f"Label shape {labels.shape} not compatible with array shape {array.shape}")
    return labels[: array.shape[0]]


def _code_of(dtype: Any) -> str:
    """Return the type code of a tensor that holds values of a type of NumPy's."""
    codes = {"int64": "i", "float64": "d", "float32": "f"}
    if dtype.name not in codes:
        raise ValueError(f"Unsupported dtype {dtype} on array")
    return codes[dtype.name]
