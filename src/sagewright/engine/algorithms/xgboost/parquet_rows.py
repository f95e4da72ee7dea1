"""Parquet files: the label is the first column, the features are the others; null is missing."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sagewright.engine.algorithms.abc import CustomerError
from sagewright.engine.algorithms.xgboost.batches import Batch, Batches, rows_per_batch

_ROWS_PER_VECTOR = 2048  # duckdb's
_FAILED = "Failed to load parquet data with exception:\n"


def read(path: Path) -> Batches:
    """Yield the rows of a file.

    Raises:
        CustomerError: It is damaged, or a column holds no numbers.
    """
    try:
        import duckdb
    except ImportError:
        raise CustomerError(
            "Parquet is read with the library duckdb, which is not installed.\nhint: pip install 'sagewright[local]'"
        ) from None
    connection = duckdb.connect(config={"autoinstall_known_extensions": "false"})
    try:
        rows = connection.execute("SELECT COLUMNS(*)::FLOAT FROM read_parquet(?)", [str(path)])
        width = len(rows.description or ())
        if width < 2:
            raise CustomerError(f"{_FAILED}'{path.name}' has {width} column: none is left for the features.")
        vectors = max(1, rows_per_batch(width) // _ROWS_PER_VECTOR)
        while len(frame := rows.fetch_df_chunk(vectors)):
            values = frame.to_numpy(np.float32)
            yield Batch(np.ascontiguousarray(values[:, 1:]), values[:, 0].copy())
    except duckdb.Error as error:
        raise CustomerError(f"{_FAILED}'{path.name}': {str(error).splitlines()[0]}") from None
    finally:
        connection.close()
