"""What is taken for TensorFlow where nothing is said (v2's own path)."""

from __future__ import annotations

LATEST_PY2_VERSION = "2.1.1"
