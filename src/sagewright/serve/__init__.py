"""`ModelBuilder`: from a model object, or a class that loads one, to an endpoint (v2's own path)."""

from __future__ import annotations

from sagewright.serve.builder.model_builder import ModelBuilder
from sagewright.serve.builder.schema_builder import SchemaBuilder
from sagewright.serve.marshalling.custom_payload_translator import CustomPayloadTranslator
from sagewright.serve.mode.function_pointers import Mode
from sagewright.serve.spec.inference_spec import InferenceSpec
from sagewright.serve.utils.types import ModelServer

__all__ = ["CustomPayloadTranslator", "InferenceSpec", "Mode", "ModelBuilder", "ModelServer", "SchemaBuilder"]
