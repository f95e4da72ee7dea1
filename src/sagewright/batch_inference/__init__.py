"""Transform jobs by `ModelBuilder` (v2's own path)."""
