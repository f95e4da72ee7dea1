"""What is taken for MXNet where nothing is said (v2's own path)."""

from __future__ import annotations

LATEST_PY2_VERSION = "1.6.0"
