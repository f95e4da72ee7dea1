"""From batches of rows to the library's matrices.

A `DMatrix` takes 8 bytes per value beside the rows themselves. What is too large for that is laid down in a temporary
file and, for the histogram method, binned from there: 1 or 2 bytes per value. Both give the same trees.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import IO, Any

import numpy as np
import xgboost as xgb

from sagewright.engine.algorithms.abc import CustomerError
from sagewright.engine.algorithms.xgboost.batches import Batch, Batches

MOST_HELD_VALUES = 64 << 20  # 256 MiB of float32

_ORIGIN = re.compile(r"^\[[\d:]+\] (\S+:\d+: )?")  # the time and the line of C++

NO_LABELS = (
    "Got input data without labels. Please check the input data set. If training job is running on multiple instances, "
    "please switch to using single instance if number of records in the data set is less than number of workers "
    "(16 * number of instance) in the cluster."
)


@dataclass(frozen=True)
class Binning:
    """How large channels are binned while they are read.

    Attributes:
        reference: The training matrix, whose bins a further one must have.
    """

    max_bin: int
    nthread: int | None = None
    reference: xgb.QuantileDMatrix | None = None


def build(batches: Batches, binning: Binning | None, nthread: int | None = None) -> xgb.DMatrix:
    """Return the rows as a matrix.

    Args:
        binning: None: the training needs the values themselves.

    Raises:
        CustomerError: Rows have no label, or different numbers of features.
    """
    parts = _collect(batches)
    try:
        if binning is not None and parts.values > MOST_HELD_VALUES:
            return _binned(parts.batches, binning)
        whole = _joined(parts)
        return xgb.DMatrix(whole.features, whole.labels, weight=whole.weights, qid=whole.groups, nthread=nthread or -1)
    except xgb.core.XGBoostError as error:
        raise CustomerError(message_of(error)) from None
    finally:
        if parts.file is not None:
            parts.file.close()


def message_of(error: BaseException) -> str:
    """Return what the library says, without the stack of its C++ code."""
    return _ORIGIN.sub("", str(error).partition("\nStack trace:")[0].strip())


@dataclass
class _Parts:
    """Batches of rows; dense ones are moved into a file when there are many."""

    batches: list[Batch] = field(default_factory=list)
    values: int = 0
    file: IO[bytes] | None = None

    def add(self, batch: Batch) -> None:
        if len(batch.labels) == 0:
            raise CustomerError(NO_LABELS)
        self._check_width(batch)
        self.batches.append(batch)
        self.values += _count(batch)
        if self.values > MOST_HELD_VALUES and not _is_sparse(batch):
            self._lay_down()

    def _check_width(self, batch: Batch) -> None:
        if not self.batches:
            return
        first = self.batches[0].features
        if _is_sparse(batch) != _is_sparse(self.batches[0]):
            raise CustomerError("The channel mixes dense and sparse records.")
        if not _is_sparse(batch) and batch.features.shape[1] != first.shape[1]:
            raise CustomerError(
                f"The files of the channel differ: one has {first.shape[1]} features per row, another has "
                f"{batch.features.shape[1]}."
            )

    def _lay_down(self) -> None:
        """Replace the rows held in memory by a view of the file that they are written to."""
        if self.file is None:
            self.file = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the matrix is being built
        for number, batch in enumerate(self.batches):
            if not isinstance(batch.features, np.memmap):
                self.batches[number] = replace(batch, features=_written(batch.features, self.file))


def _written(features: Any, file: IO[bytes]) -> Any:
    offset = file.seek(0, 2)
    features.tofile(file)
    file.flush()
    return np.memmap(file, np.float32, "r", offset, features.shape)


def _collect(batches: Batches) -> _Parts:
    parts = _Parts()
    for batch in batches:
        parts.add(batch)
    if not parts.batches:
        raise CustomerError(NO_LABELS)
    if _is_sparse(parts.batches[0]):
        width = max(batch.features.shape[1] for batch in parts.batches)
        for batch in parts.batches:
            batch.features.resize(batch.features.shape[0], width)
    return parts


def _is_sparse(batch: Batch) -> bool:
    return not isinstance(batch.features, np.ndarray)


def _count(batch: Batch) -> int:
    return int(batch.features.nnz if _is_sparse(batch) else batch.features.size)


def _joined(parts: _Parts) -> Batch:
    batches = parts.batches
    if len(batches) == 1:
        return batches[0]
    return Batch(
        _stacked(parts),
        np.concatenate([batch.labels for batch in batches]),
        _concatenated(batches, "weights"),
        _concatenated(batches, "groups"),
    )


def _stacked(parts: _Parts) -> Any:
    batches = parts.batches
    if _is_sparse(batches[0]):
        from scipy.sparse import vstack

        return vstack([batch.features for batch in batches], format="csr")
    if parts.file is None:
        return np.concatenate([batch.features for batch in batches])
    rows = sum(len(batch.features) for batch in batches)
    return np.memmap(parts.file, np.float32, "r", 0, (rows, batches[0].features.shape[1]))


def _concatenated(batches: Sequence[Batch], name: str) -> Any:
    """Return the column of all batches; rows of a batch without it weigh 1, or belong to query 0."""
    columns = [getattr(batch, name) for batch in batches]
    if all(column is None for column in columns):
        return None
    fill = np.ones if name == "weights" else np.zeros
    return np.concatenate(
        [fill(len(batch.labels)) if column is None else column for batch, column in zip(batches, columns, strict=True)]
    )


def _binned(batches: Sequence[Batch], binning: Binning) -> xgb.QuantileDMatrix:
    return xgb.QuantileDMatrix(
        _Feed(batches), max_bin=binning.max_bin, nthread=binning.nthread or -1, ref=binning.reference
    )


class _Feed(xgb.DataIter):
    """Hands the batches to the library, several times over."""

    def __init__(self, batches: Sequence[Batch]) -> None:
        self._batches = batches
        self._next = 0
        self._columns = {
            name: any(getattr(batch, name) is not None for batch in batches) for name in ("weights", "groups")
        }
        super().__init__()

    def next(self, input_data: Any) -> bool:
        if self._next == len(self._batches):
            return False
        batch = self._batches[self._next]
        weights = _concatenated([batch], "weights") if batch.weights is not None else np.ones(len(batch.labels))
        groups = batch.groups if batch.groups is not None else np.zeros(len(batch.labels), np.int64)
        input_data(
            data=batch.features,
            label=batch.labels,
            weight=weights if self._columns["weights"] else None,
            qid=groups if self._columns["groups"] else None,
        )
        self._next += 1
        return True

    def reset(self) -> None:
        self._next = 0
