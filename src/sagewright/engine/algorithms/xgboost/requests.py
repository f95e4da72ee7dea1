"""What a request to a served model may hold: CSV, LIBSVM or RecordIO-protobuf, without labels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from sagewright.engine.algorithms.xgboost import csv_rows, record_rows
from sagewright.engine.algorithms.xgboost.sources import CSV, LIBSVM, RECORDIO, form_of

WIDEST_ROW = 1 << 24  # features of a LIBSVM row


class Unreadable(ValueError):
    """The body is not what its content type says."""


def decode(body: bytes, content_type: str | None) -> Any:
    """Return the rows, an array or a sparse matrix of `(n, d)`; NaN, or absent in the matrix, is missing.

    Args:
        content_type: None: LIBSVM.

    Raises:
        CustomerError: The content type is none of the algorithm's.
        Unreadable: The body cannot be read.
    """
    form = form_of(content_type) if content_type else LIBSVM
    if form not in _READERS:
        raise Unreadable(f"Content-type {content_type} is not supported.")
    try:
        return _READERS[form](body)
    except (ValueError, IndexError, KeyError) as error:
        raise Unreadable(
            f"Loading {form} data failed with Exception, please ensure data is in {form} format:\n "
            f"{type(error)}\n {error}"
        ) from None


def _csv(body: bytes) -> Any:
    lines = [line.strip("\r") for line in body.strip().decode().split("\n")]
    delimiter = csv_rows.delimiter_of(lines[0]) or ","
    rows = [[cell if cell.strip() else "nan" for cell in line.split(delimiter)] for line in lines]
    if len(widths := {len(row) for row in rows}) > 1:
        raise ValueError(f"the rows have different numbers of cells: {sorted(widths)}")
    return np.array([[float(cell) for cell in row] for row in rows], np.float64)


def _libsvm(body: bytes) -> Any:
    """Read `index:value` pairs; the label that a row may begin with is passed over."""
    from scipy.sparse import csr_matrix

    index: list[int] = []
    values: list[float] = []
    ends = [0]
    for line in body.strip().decode().split("\n"):
        for number, value in (item.split(":", 1) for item in line.split() if ":" in item):
            index.append(int(number))
            values.append(float(value))
        ends.append(len(index))
    if index and not 0 <= min(index) <= max(index) < WIDEST_ROW:
        raise ValueError(f"an index lies outside of 0 to {WIDEST_ROW}")
    width = max(index) + 1 if index else 1
    return csr_matrix((np.array(values, np.float32), index, ends), shape=(len(ends) - 1, width))


_READERS: Mapping[str, Callable[[bytes], Any]] = {CSV: _csv, LIBSVM: _libsvm, RECORDIO: record_rows.read_bytes}
