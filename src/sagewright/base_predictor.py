"""Where v2 keeps what `sagewright.predictor` holds (v2's own path)."""

from __future__ import annotations

from sagewright.deserializers import StreamDeserializer, StringDeserializer
from sagewright.predictor import Predictor, PredictorBase, RealTimePredictor
from sagewright.renamed_serializers import (
    csv_deserializer,
    csv_serializer,
    json_deserializer,
    json_serializer,
    npy_serializer,
    numpy_deserializer,
)

__all__ = [
    "Predictor",
    "PredictorBase",
    "RealTimePredictor",
    "StreamDeserializer",
    "StringDeserializer",
    "csv_deserializer",
    "csv_serializer",
    "json_deserializer",
    "json_serializer",
    "npy_serializer",
    "numpy_deserializer",
]
