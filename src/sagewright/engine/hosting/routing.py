"""Which server answers an invocation. Pure, but for the dice."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from sagewright.vocabulary.errors import ApiError


def choose_variant(body: Mapping[str, Any], target: str | None) -> str:
    """Return the variant that a request goes to: the one it names, else one drawn by weight.

    Raises:
        ApiError: `ValidationError`: there is no such variant, or none takes any traffic.
    """
    variants = [variant for variant in body["variants"] if not variant.get("shadow")]
    names = [variant["name"] for variant in variants]
    if target is not None:
        if target not in names:
            raise ApiError("ValidationError", f"Variant {target} of endpoint was not found; it has {', '.join(names)}.")
        return target
    if len(names) == 1:
        return str(names[0])
    weights = [variant["weight"] for variant in variants]
    if not any(weights):
        raise ApiError("ValidationError", "No variant of the endpoint takes traffic: all weights are 0.")
    return str(random.choices(names, weights)[0])  # noqa: S311 - no secret


def choose_instance(body: Mapping[str, Any], variant: str, broken: frozenset[str]) -> Mapping[str, Any] | None:
    """Return one of the variant's ready instances that is not known to be broken; None: there is none.

    Args:
        broken: Their executions.
    """
    ready = [
        instance
        for instance in body["instances"][variant]
        if instance.get("addresses") and instance["execution_id"] not in broken
    ]
    return random.choice(ready) if ready else None  # noqa: S311 - no secret
