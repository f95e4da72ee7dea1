"""v2's configuration files: defaults for what a program leaves out (`contract.md` 9.3)."""

from __future__ import annotations

from sagewright.config.config import load_local_mode_config, load_sagemaker_config, validate_sagemaker_config
from sagewright.config.config_schema import *  # noqa: F403 - the names of all keys and paths, as in v2
from sagewright.config.validation import ConfigError

__all__ = ["ConfigError", "load_local_mode_config", "load_sagemaker_config", "validate_sagemaker_config"]
