"""Matrices of the bodies of requests."""

from sagewright.engine.algorithms.xgboost.for_scripts import (
    csv_to_dmatrix,
    decode,
    json_to_jsonlines,
    libsvm_to_dmatrix,
    recordio_protobuf_to_dmatrix,
)
from sagewright.engine.script_mode.libraries import absent

__all__ = ["csv_to_dmatrix", "decode", "json_to_jsonlines", "libsvm_to_dmatrix", "recordio_protobuf_to_dmatrix"]

__getattr__ = absent("sagemaker_xgboost_container.encoder", "use `xgboost.DMatrix`.")
