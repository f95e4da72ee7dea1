"""Frozen specs in, request documents out: pure, the same documents for every target."""
