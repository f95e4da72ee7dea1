"""What is particular to the built-in algorithms (v2's own path)."""
