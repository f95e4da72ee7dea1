"""LIBSVM text: `label[:weight] [qid:query] index:value ...`, indexes as they stand (0 is the first feature).

Whole blocks are turned into numbers at once; only a block that does not add up is looked at line by line.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sagewright.engine.algorithms.abc import CustomerError
from sagewright.engine.algorithms.xgboost.batches import Batch, Batches

BLOCK_BYTES = 8 << 20
LARGEST_INDEX = 1 << 31
_COMMENT = re.compile(rb"#[^\n]*")
_TO_SPACES = bytes.maketrans(b":\t\r", b"   ")
_QUERY = -1.0  # stands for the index of a `qid:` pair


def is_line(text: str) -> bool:
    """Tell whether a line is LIBSVM, as the container checks the first one."""
    label, *pairs = text.split("#", maxsplit=1)[0].split() or [""]
    return 0 < len(label.split(":")) <= 2 and _are_numbers(label.split(":")) and all(_is_pair(pair) for pair in pairs)


def _is_pair(text: str) -> bool:
    index, colon, value = text.partition(":")
    return bool(colon) and (index.isdigit() or index == "qid") and _are_numbers([value])


def _are_numbers(texts: Sequence[str]) -> bool:
    try:
        return all(isinstance(float(text), float) for text in texts)
    except ValueError:
        return False


def read(path: Path) -> Batches:
    """Yield the rows of a file.

    Raises:
        CustomerError: A line is not LIBSVM.
    """
    with path.open("rb") as file:
        number = 1
        while block := file.read(BLOCK_BYTES):
            block += file.readline()
            lines = [line for line in _COMMENT.sub(b"", block).split(b"\n") if line.strip()]
            if lines:
                yield _parse(lines, path, number)
            number += block.count(b"\n")


def _parse(lines: Sequence[bytes], path: Path, number: int) -> Batch:
    # Per line: how many numbers it must hold, if every token is what it should be.
    colons = np.array([line.count(b":") for line in lines])
    weighted = np.array([b":" in line.split(None, 1)[0] for line in lines])
    counts = 1 + 2 * colons - weighted
    values = _numbers(lines)
    if values is None or len(values) != counts.sum():
        raise _explained(lines, path, number)
    starts = np.cumsum(counts) - counts
    is_pair = np.ones(len(values), bool)
    is_pair[starts] = False
    is_pair[starts[weighted] + 1] = False
    pairs = values[is_pair].reshape(-1, 2)
    row = np.repeat(np.arange(len(lines)), colons - weighted)
    is_query = pairs[:, 0] == _QUERY
    index = pairs[~is_query, 0]
    if len(index) and (index.min() < 0 or index.max() >= LARGEST_INDEX or (index != np.floor(index)).any()):
        raise _explained(lines, path, number)
    weights = np.ones(len(lines), np.float32)
    weights[weighted] = values[starts[weighted] + 1]
    groups = np.zeros(len(lines), np.int64)
    groups[row[is_query]] = pairs[is_query, 1].astype(np.int64)
    return Batch(
        _matrix(len(lines), row[~is_query], index, pairs[~is_query, 1]),
        values[starts].astype(np.float32),
        weights if weighted.any() else None,
        groups if is_query.any() else None,
    )


def _numbers(lines: Sequence[bytes]) -> npt.NDArray[np.float64] | None:
    text = b" ".join(lines).replace(b"qid:", b"-1:").translate(_TO_SPACES)
    with warnings.catch_warnings():
        warnings.simplefilter("error", DeprecationWarning)  # how numpy says that something is no number
        try:
            return np.fromstring(text.decode("latin-1"), np.float64, sep=" ")
        except (DeprecationWarning, ValueError):
            return None


def _matrix(
    rows: int, row: npt.NDArray[np.int64], index: npt.NDArray[np.float64], values: npt.NDArray[np.float64]
) -> object:
    from scipy.sparse import csr_matrix

    ends = np.searchsorted(row, np.arange(rows + 1))
    width = int(index.max()) + 1 if len(index) else 1
    return csr_matrix((values.astype(np.float32), index.astype(np.int32), ends), shape=(rows, width))


def _explained(lines: Sequence[bytes], path: Path, number: int) -> CustomerError:
    for offset, line in enumerate(lines):
        text = line.decode(errors="replace")
        if not is_line(text):
            return CustomerError(
                f"Failed to load libsvm data with exception:\n'{path.name}', line {number + offset} or a little "
                f"further: '{text[:50]}' is not LIBSVM."
            )
    return CustomerError(f"Failed to load libsvm data with exception:\n'{path.name}' cannot be read as LIBSVM.")
