"""Models that other programs have saved (v2's own path)."""
