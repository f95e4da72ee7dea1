"""RecordIO-protobuf: dense and sparse vectors under the key `values`, a label with each."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from sagewright.engine.algorithms.abc import CustomerError
from sagewright.engine.algorithms.xgboost.batches import Batch, Batches, Floats
from sagewright.vocabulary import recordio

RECORDS_PER_BATCH = 20_000


def read(path: Path) -> Batches:
    """Yield the rows of a file.

    Raises:
        CustomerError: It is damaged, or its records do not go together.
    """
    try:
        with path.open("rb") as file:
            yield from read_stream(file)
    except (recordio.DamagedRecord, ValueError) as error:
        raise CustomerError(f"Failed to load recordio-protobuf data with exception:\n'{path.name}': {error}") from None


def read_bytes(body: bytes) -> Any:
    """Return the features of a request's records, `(n, d)`.

    Raises:
        ValueError: They cannot be read.
    """
    records = list(recordio.read_records(io.BytesIO(body)))
    if not records:
        raise ValueError("No records found in RecordIO-Protobuf data")
    return _features([_vector(record) for record in records])


def read_stream(file: BinaryIO) -> Iterator[Batch]:
    records = recordio.read_records(file)
    while part := list(islice(records, RECORDS_PER_BATCH)):
        labels = [record.label["values"].values[0] for record in part if record.label.get("values")]
        if len(labels) not in (0, len(part)):
            raise ValueError(f"{len(part) - len(labels)} of {len(part)} records have no label")
        yield Batch(_features([_vector(record) for record in part]), np.asarray(labels, np.float32))


def _vector(record: recordio.Record) -> recordio.Tensor:
    if "values" not in record.features:
        raise ValueError("a record has no features under the key `values`")
    return record.features["values"]


def _features(vectors: Sequence[recordio.Tensor]) -> Any:
    if not any(vector.keys or (vector.shape and not vector.values) for vector in vectors):
        return _dense(vectors)
    from scipy.sparse import csr_matrix

    widths = {_width(vector) for vector in vectors}
    if len(widths) != 1:
        raise ValueError(f"the records have different numbers of features: {sorted(widths)}")
    keys = [_keys(vector) for vector in vectors]
    values = np.concatenate([np.asarray(vector.values, np.float32) for vector in vectors])
    index, ends = np.concatenate(keys), np.cumsum([0, *map(len, keys)])
    width = widths.pop()
    if len(index) != len(values) or (len(index) and (index.min() < 0 or index.max() >= width)):
        raise ValueError(f"a record's keys do not go with its values, or lie outside of its {width} features")
    return csr_matrix((values, index, ends), shape=(len(vectors), width))


def _dense(vectors: Sequence[recordio.Tensor]) -> Floats:
    widths = {len(vector.values) for vector in vectors}
    if len(widths) != 1:
        raise ValueError(f"the records have different numbers of features: {sorted(widths)}")
    return np.stack([np.asarray(vector.values, np.float32) for vector in vectors])


def _width(vector: recordio.Tensor) -> int:
    if vector.shape:
        return int(vector.shape[-1])
    return int(max(vector.keys)) + 1 if vector.keys else len(vector.values)


def _keys(vector: recordio.Tensor) -> Any:
    return np.asarray(vector.keys, np.int64) if vector.keys else np.arange(len(vector.values))
