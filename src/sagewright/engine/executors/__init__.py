"""Runs the programs of jobs and served models."""
