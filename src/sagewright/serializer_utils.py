"""Records of protobuf under v2's other path; see `sagewright.amazon.common`."""

from __future__ import annotations

from sagewright.amazon.common import (
    read_recordio,
    read_records,
    write_numpy_to_dense_tensor,
    write_spmatrix_to_sparse_tensor,
)

__all__ = ["read_recordio", "read_records", "write_numpy_to_dense_tensor", "write_spmatrix_to_sparse_tensor"]
