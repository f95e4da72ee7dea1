"""Words of the model server that the engine and the server itself share (`contract.md` 2.2)."""

from __future__ import annotations

FRAMEWORK = "SAGEWRIGHT_SERVING_FRAMEWORK"  # whose defaults the server has; none: the toolkit's
MEMORY_BYTES = "SAGEWRIGHT_MEMORY_BYTES"  # of the instance, for a server of many models

FRAMEWORKS = ("sklearn", "xgboost", "pytorch", "tensorflow", "huggingface")

# Whose containers look for code beside the model, where the SDK packs it into the archive.
CODE_WITH_MODEL = ("pytorch", "tensorflow", "huggingface", "mxnet")
