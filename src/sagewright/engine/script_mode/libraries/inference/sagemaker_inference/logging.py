"""The toolkit's logger."""

from __future__ import annotations

import logging

from sagewright.engine.script_mode.libraries import absent


def get_logger() -> logging.Logger:
    """Return it."""
    return logging.getLogger("sagemaker-inference")


__getattr__ = absent("sagemaker_inference.logging", "pip install sagemaker-inference")
