"""Types, errors and predictors of `ModelBuilder` (v2's own path)."""
