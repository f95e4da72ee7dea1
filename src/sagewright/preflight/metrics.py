"""The regular expressions of metrics."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sagewright.preflight.findings import Finding
from sagewright.preflight.flight import Flight


def check(flight: Flight) -> Iterator[Finding]:
    """Find definitions that can match nothing."""
    for definition in flight.request["AlgorithmSpecification"].get("MetricDefinitions", ()):
        where = f"metric `{definition.get('Name')}`"
        try:
            expression = re.compile(definition.get("Regex", ""))
        except re.error as error:
            yield Finding(where, f"`{definition['Regex']}` is no regular expression: {error}.")
            continue
        if not expression.groups:
            yield Finding(
                where,
                f"`{definition.get('Regex')}` has no group, so it yields no value.",
                "put the number between parentheses: `loss=([0-9.]+)`.",
                is_error=False,
            )
