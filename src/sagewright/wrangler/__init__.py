"""Flows of Amazon's Data Wrangler (v2's own path)."""
