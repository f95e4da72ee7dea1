"""Which variant and which of its instances answers an invocation. Pure, but for the dice and the counts."""

from __future__ import annotations

import contextlib
import random
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sagewright.vocabulary.errors import ApiError

LEAST_OUTSTANDING = "LEAST_OUTSTANDING_REQUESTS"


def choose_variant(body: Mapping[str, Any], target: str | None) -> Mapping[str, Any]:
    """Return the production variant that a request goes to: the one it names, else one drawn by weight.

    Raises:
        ApiError: `ValidationError`: there is no such variant, or none takes any traffic.
    """
    variants = [variant for variant in body["variants"] if not variant.get("shadow")]
    if target is not None:
        for variant in variants:
            if variant["name"] == target:
                return dict(variant)
        names = ", ".join(variant["name"] for variant in variants)
        raise ApiError("ValidationError", f"Variant {target} of endpoint was not found; it has {names}.")
    if len(variants) == 1:
        return dict(variants[0])
    weights = [variant["weight"] for variant in variants]
    if not any(weights):
        raise ApiError("ValidationError", "No variant of the endpoint takes traffic: all weights are 0.")
    return dict(random.choices(variants, weights)[0])  # noqa: S311 - no secret


def choose_instance(
    instances: Sequence[Mapping[str, Any]], broken: frozenset[str], strategy: str = "RANDOM", wanted: str | None = None
) -> Mapping[str, Any] | None:
    """Return a ready instance that is not known to be broken; None: there is none.

    Args:
        broken: Their executions.
        strategy: `RANDOM`, or `LEAST_OUTSTANDING_REQUESTS`: as far as this process knows, which counts its own.
        wanted: The execution of the one that must answer; None: any.
    """
    ready = [
        instance
        for instance in instances
        if instance.get("addresses")
        and instance["execution_id"] not in broken
        and wanted in (None, instance["execution_id"])
    ]
    if strategy == LEAST_OUTSTANDING and len(ready) > 1:
        with _lock:
            least = min(_outstanding[instance["execution_id"]] for instance in ready)
            ready = [instance for instance in ready if _outstanding[instance["execution_id"]] == least]
    return random.choice(ready) if ready else None  # noqa: S311 - no secret


def strategy_of(variant: Mapping[str, Any]) -> str:
    """Return how a variant's requests are spread over its instances."""
    routing = variant.get("routing") or "RANDOM"
    return str(routing if isinstance(routing, str) else routing.get("RoutingStrategy", "RANDOM"))


@contextlib.contextmanager
def outstanding(execution_id: str) -> Iterator[None]:
    """Count a request that an instance works on."""
    with _lock:
        _outstanding[execution_id] += 1
    try:
        yield
    finally:
        with _lock:
            _outstanding[execution_id] -= 1
            if not _outstanding[execution_id]:
                del _outstanding[execution_id]


_outstanding: Counter[str] = Counter()
_lock = threading.Lock()
