"""Captured invocations (`contract.md` 2.11): as lines, on their way in the home, as objects."""
