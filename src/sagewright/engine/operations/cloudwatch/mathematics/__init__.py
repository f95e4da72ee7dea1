"""Metric maths: expressions over series (CloudWatch User Guide, "Using metric math"). Pure."""
