"""Lineage: what was made of what (v2's own path)."""
