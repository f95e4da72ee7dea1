"""The names of v2's keys and paths, and its schemas (v2's own path)."""

from __future__ import annotations

from sagewright.config.paths import *  # noqa: F403
from sagewright.config.schema import *  # noqa: F403
from sagewright.config.words import *  # noqa: F403
