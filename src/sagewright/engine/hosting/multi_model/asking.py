"""One invocation of one of many models at one instance."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sagewright.engine.hosting import faults
from sagewright.engine.hosting.asking import Instance, Invocation, Serving, ask_instance
from sagewright.engine.hosting.connections import Answer
from sagewright.engine.hosting.http import Broken, Undelivered
from sagewright.engine.hosting.meters import Meter
from sagewright.engine.hosting.multi_model.loading import Loader
from sagewright.engine.hosting.multi_model.places import Model, Place, model_of
from sagewright.engine.hosting.multi_model.server import ModelServer
from sagewright.engine.parts import Parts
from sagewright.vocabulary.errors import ApiError

TRIES = 5  # a model may be unloaded again before it is asked
MOST_REMEMBERED = 10_000

_HEADER = "X-Amzn-SageMaker-Target-Model"


def ask_model(
    parts: Parts,
    serving: Serving,
    definition: Mapping[str, Any],
    instance: Instance,
    invocation: Invocation,
    meter: Meter,
    memory_bytes: int | None = None,
) -> Answer:
    """Ask a model, loading it first where it is not, and return its answer, which is no error.

    Args:
        definition: The container's.
        memory_bytes: What the server and its models may hold; None: as much as there is.

    Raises:
        ApiError: `ValidationError`: there is no such model. `ModelNotReadyException`: it does not load in time.
        ModelFault, Undelivered, Broken: As `ask_instance`.
    """
    assert invocation.model is not None
    if parts.home is None:
        raise ApiError("ValidationError", "An engine in memory serves no multi-model endpoints.")
    model = model_of(definition, invocation.model)
    place = Place(parts.home / "executions" / instance["execution_id"] / "algo-1")
    server = ModelServer(instance["addresses"][0], serving.containers[0])
    loader = Loader(parts.objects, place, server, meter.note, memory_bytes)
    place.touch(model)
    given = replace(invocation, headers={**invocation.headers, _HEADER: invocation.model})
    if definition.get("MultiModelConfig", {}).get("ModelCacheSetting") == "Disabled":
        return _ask_and_unload(serving, instance, given, model, loader)
    return _ask(serving, instance, given, model, loader)


def _ask_and_unload(
    serving: Serving, instance: Instance, invocation: Invocation, model: Model, loader: Loader
) -> Answer:
    """Ask a model, and unload it unless somebody else is asking it."""
    try:
        with loader.place.using(model.name):
            return _ask(serving, instance, invocation, model, loader)
    finally:
        with contextlib.suppress(faults.ModelFault, Undelivered, Broken), loader.place.unused(model.name) as is_unused:
            if is_unused:
                _loaded.discard((instance["execution_id"], model.name))
                loader.unload(model.name)


def _ask(serving: Serving, instance: Instance, invocation: Invocation, model: Model, loader: Loader) -> Answer:
    key, is_hit = (instance["execution_id"], model.name), True
    for _ in range(TRIES):
        if key not in _loaded and not loader.server.has(model.name):
            loader.load(model, invocation.timeout_s)
            is_hit = False
        _remember(key)
        try:
            answer = ask_instance(serving, instance, invocation, f"/models/{model.name}/invoke")
        except faults.AnswerFault as fault:
            if fault.status != 404 or loader.server.has(model.name):
                raise  # it is the model's own
            _loaded.discard(key)  # it was unloaded, and has not seen the request
            continue
        loader.note("ModelCacheHit", float(is_hit), "None")
        return answer
    raise faults.AnswerFault(serving.containers[0], 404, f"The model {model.target} is unloaded again and again.")


# What was loaded when this process last looked: a model that is asked again is not looked for first.
_loaded: set[tuple[str, str]] = set()


def _remember(key: tuple[str, str]) -> None:
    if len(_loaded) >= MOST_REMEMBERED:
        _loaded.clear()
    _loaded.add(key)
