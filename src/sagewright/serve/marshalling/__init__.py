"""From objects to bytes and back, by code of one's own (v2's own path)."""
