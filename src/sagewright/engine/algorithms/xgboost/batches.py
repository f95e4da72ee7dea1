"""Rows as they are read: a part of a channel at a time, so that memory does not hold a file twice.

Notation: `n` rows, `d` features.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
VALUES_PER_BATCH = 4 << 20  # 16 MiB of float32


@dataclass(frozen=True)
class Batch:
    """Some rows.

    Attributes:
        features: `(n, d) float32`, an array, or a `scipy.sparse.csr_matrix` in which what is absent is missing.
        labels, weights: `(n,) float32`; None: the rows carry none.
        groups: `(n,) int64`, the query each row belongs to.
    """

    features: Any
    labels: Floats
    weights: Floats | None = None
    groups: npt.NDArray[np.int64] | None = None


Batches = Iterator[Batch]


def rows_per_batch(width: int) -> int:
    return max(1, VALUES_PER_BATCH // max(1, width))
