"""How functions, their arguments and what they return are stored (v2's own path)."""
