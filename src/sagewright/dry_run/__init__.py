"""Dry runs: what a program would ask of AWS is written down, answered from what it has asked for, and never sent."""

from __future__ import annotations

from sagewright.dry_run.mount import install

__all__ = ["install"]
