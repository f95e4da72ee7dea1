"""v2's files of defaults (`contract.md` 9.3): found, and not applied yet."""

from __future__ import annotations

import logging
import os
from pathlib import Path

logger = logging.getLogger("sagemaker")


def warn_of_config_files() -> None:
    """Say that v2's files of defaults are not applied, where there are some (`contract.md` 9.3)."""
    for variable, default in (
        ("SAGEMAKER_ADMIN_CONFIG_OVERRIDE", "/etc/xdg/sagemaker/config.yaml"),
        ("SAGEMAKER_USER_CONFIG_OVERRIDE", "~/.config/sagemaker/config.yaml"),
    ):
        place = os.environ.get(variable) or default
        if os.environ.get(variable) or Path(place).expanduser().exists():
            logger.warning("SDK defaults from %s are not applied: that is not built yet.", place)
