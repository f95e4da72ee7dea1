"""CSV without a header: the label, a weight where `csv_weights` says so, the features; an empty cell is missing."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sagewright.engine.algorithms.abc import CustomerError
from sagewright.engine.algorithms.xgboost.batches import Batch, Batches, Floats, rows_per_batch

DELIMITERS = (",", ";", "\t", "|", " ")
MISSING = ("", "nan", "na", "n/a", "null", "none", "?")
_FAILED = "Failed to load csv data with exception:\n"


def delimiter_of(line: str) -> str | None:
    """Return what separates the cells of a line; None: it cannot be told."""
    line = line.strip("\r\n")
    counts = {mark: line.count(mark) for mark in DELIMITERS if mark in line.strip(" ")}
    numeric = [mark for mark in counts if all(is_cell(cell) for cell in line.split(mark))]
    found = numeric or list(counts)
    if found:
        return max(found, key=lambda mark: counts[mark])
    return DELIMITERS[0] if is_cell(line) else None


def is_cell(text: str) -> bool:
    """Tell whether a cell holds a number or nothing."""
    text = text.strip()
    if text.lower() in MISSING:
        return True
    try:
        float(text)
    except ValueError:
        return False
    return True


def read(path: Path, delimiter: str, *, weighted: bool) -> Batches:
    """Yield the rows of a file.

    Raises:
        CustomerError: A cell is not a number, or a row is longer than the first.
    """
    import pandas as pd

    size = rows_per_batch(_width(path, delimiter))
    try:
        with pd.read_csv(
            path,
            header=None,
            sep=delimiter,
            dtype=np.float32,
            chunksize=size,
            compression=None,
            na_values=list(MISSING[1:]),
            skipinitialspace=delimiter != " ",
        ) as chunks:
            for chunk in chunks:
                yield _split(chunk.to_numpy(np.float32), path, weighted=weighted)
    except CustomerError:
        raise
    except (ValueError, pd.errors.ParserError) as error:
        raise CustomerError(f"{_FAILED}{_explain(path, delimiter, error)}") from None


def _width(path: Path, delimiter: str) -> int:
    with path.open(errors="replace") as file:
        return file.readline().count(delimiter) + 1


def _split(rows: Floats, path: Path, *, weighted: bool) -> Batch:
    first = 2 if weighted else 1
    if rows.shape[1] <= first:
        raise CustomerError(
            f"{_FAILED}'{path.name}' has {rows.shape[1]} column(s): none is left for the features.\n"
            f"hint: the label{' and the weight come' if weighted else ' comes'} first."
        )
    return Batch(
        np.ascontiguousarray(rows[:, first:]),
        rows[:, 0].copy(),
        rows[:, 1].copy() if weighted else None,
    )


def _explain(path: Path, delimiter: str, error: Exception) -> str:
    """Say where the file is wrong, which the parser does not."""
    with path.open(errors="replace") as file:
        width = None
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            cells = line.rstrip("\r\n").split(delimiter)
            width = width or len(cells)
            for column, cell in enumerate(cells, start=1):
                if not is_cell(cell.strip().strip('"')):
                    header = "\nhint: CSV for this algorithm has no header line." if number == 1 else ""
                    return f"'{path.name}', line {number}, column {column}: {cell.strip()!r} is not a number.{header}"
            if len(cells) > width:
                return f"'{path.name}', line {number}: it has {len(cells)} columns, the first line has {width}."
    return f"'{path.name}': {error}"
