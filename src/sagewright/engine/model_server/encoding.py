"""From a prediction to an answer's body, by the content type that is accepted."""

from __future__ import annotations

import csv
import io
import json
from array import array
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from sagewright.engine.model_server.decoding import BYTES, NPY, NPZ, TENSOR, TEXT
from sagewright.engine.model_server.errors import UnsupportedFormat, WrongType
from sagewright.vocabulary import recordio
from sagewright.vocabulary.content_types import CSV, JSON, JSON_LINES, RECORDIO, parse_content_type


def encode(prediction: Any, accept: str) -> tuple[bytes, str]:
    """Return a body of the first of the accepted types that can be written, and that type.

    Args:
        accept: May name several, and `*/*` for JSON.

    Raises:
        UnsupportedFormat: None of them can be written.
    """
    for wish in accept.split(","):
        name = parse_content_type(wish).name
        name = JSON if name in ("", "*/*", "application/*") else name
        if write := _WRITERS.get(name):
            return write(prediction), name
    raise UnsupportedFormat(accept, 406)


def to_json(prediction: Any) -> str:
    """Return the document of nested lists and objects."""
    return json.dumps(prediction, default=_plain)


def to_csv(prediction: Any) -> str:
    """Return a line for each row; for each value, of one dimension."""
    rows = _array(prediction)
    rows = rows.reshape(-1, 1) if rows.ndim < 2 else rows
    text = io.StringIO()
    csv.writer(text, lineterminator="\n", strict=True).writerows(rows.tolist())
    return text.getvalue()


def to_npy(prediction: Any) -> bytes:
    """Return NPY, never with pickled objects.

    Raises:
        WrongType: It would need some.
    """
    values = _array(prediction)
    if values.dtype == object:
        values = np.array(values.tolist())  # of text, for example
    if values.dtype == object:
        raise WrongType("predict_fn", prediction)
    body = io.BytesIO()
    np.save(body, values, allow_pickle=False)
    return body.getvalue()


def to_npz(prediction: Any) -> bytes:
    """Return a sparse matrix as `scipy.sparse` writes it, and anything else as the only array."""
    body = io.BytesIO()
    if _is_sparse(prediction):
        from scipy import sparse

        sparse.save_npz(body, prediction)
    else:
        np.savez(body, _array(prediction))
    return body.getvalue()


def to_records(prediction: Any, labels: Any = None) -> bytes:
    """Return a record of RecordIO-protobuf for each row; for each value, of one dimension."""
    rows = _array(prediction)
    rows = rows.reshape(-1, 1) if rows.ndim < 2 else rows
    code = "d" if rows.dtype == np.float64 else "f"
    marks = [] if labels is None else np.asarray(labels).ravel().tolist()
    return b"".join(
        recordio.write_record(
            recordio.Record(
                {"values": recordio.Tensor(array(code, row.astype(float).tolist()))},
                {"values": recordio.Tensor(array("f", [float(marks[number])]))} if marks else {},
            )
        )
        for number, row in enumerate(rows)
    )


def _lines(prediction: Any) -> bytes:
    rows = prediction if isinstance(prediction, list) else _plain(prediction)
    rows = rows if isinstance(rows, list) else [rows]
    return "".join(f"{to_json(row)}\n" for row in rows).encode()


def _tensor(prediction: Any) -> bytes:
    import torch

    body = io.BytesIO()
    torch.save(prediction if torch.is_tensor(prediction) else torch.from_numpy(_array(prediction)), body)
    return body.getvalue()


def _text(prediction: Any) -> bytes:
    return prediction if isinstance(prediction, bytes) else str(prediction).encode()


def _as_it_is(prediction: Any) -> bytes:
    if isinstance(prediction, (bytes, bytearray, memoryview)):
        return bytes(prediction)
    if isinstance(prediction, str):
        return prediction.encode()
    raise WrongType("predict_fn", prediction)


def _plain(value: Any) -> Any:
    """Return an array, a frame, a matrix or a set as lists and objects."""
    if hasattr(value, "to_dict") and hasattr(value, "columns"):
        return value.to_dict(orient="records")
    if _is_sparse(value):
        return value.toarray().tolist()
    for name in ("tolist", "to_list"):
        if hasattr(value, name):
            return getattr(value, name)()
    if isinstance(value, (set, frozenset, tuple, Iterator)):
        return list(value)
    if isinstance(value, (dict, list, str, int, float)) or value is None:
        return value
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def _array(prediction: Any) -> Any:
    if _is_sparse(prediction):
        return prediction.toarray()
    if hasattr(prediction, "detach"):
        prediction = prediction.detach().cpu().numpy()
    return np.asarray(prediction)


def _is_sparse(value: Any) -> bool:
    return hasattr(value, "toarray") and hasattr(value, "nnz")


_WRITERS: Mapping[str, Callable[[Any], bytes]] = {
    JSON: lambda prediction: to_json(prediction).encode(),
    JSON_LINES: _lines,
    CSV: lambda prediction: to_csv(prediction).encode(),
    NPY: to_npy,
    NPZ: to_npz,
    RECORDIO: to_records,
    TENSOR: _tensor,
    TEXT: _text,
    BYTES: _as_it_is,
}
