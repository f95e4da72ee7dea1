"""What builds models, and what describes their input and output (v2's own path)."""
