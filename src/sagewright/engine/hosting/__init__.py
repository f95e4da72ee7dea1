"""Reaching served models."""
