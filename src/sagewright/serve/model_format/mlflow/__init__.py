"""Models that MLflow has saved (v2's own path)."""
