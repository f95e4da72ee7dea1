"""Where a built model runs (v2's own path)."""
