"""What is taken for Chainer where nothing is said (v2's own path)."""

from __future__ import annotations

LATEST_PY2_VERSION = "5.0.0"
