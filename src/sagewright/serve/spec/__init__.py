"""What users write themselves to load a model and to ask it (v2's own path)."""
