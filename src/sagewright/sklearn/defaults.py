"""What is taken for scikit-learn where nothing is said (v2's own path)."""

from __future__ import annotations

SKLEARN_NAME = "sklearn"
