"""InvokeEndpoint (`contract.md` 2.6)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sagewright.engine.hosting import faults
from sagewright.engine.hosting.admission import admitted
from sagewright.engine.hosting.asking import Invocation, ask_instance
from sagewright.engine.hosting.connections import Answer
from sagewright.engine.hosting.delivery import NoServer, deliver
from sagewright.engine.hosting.http import Broken
from sagewright.engine.hosting.routing import strategy_of
from sagewright.engine.operations.runtime.asked import Asked, asked_of, invocation_of
from sagewright.engine.operations.runtime.errors import model_error
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.errors import ApiError


def invoke_endpoint(parts: Parts, caller: Caller, params: Params) -> Result:
    """Ask a served model.

    Raises:
        ApiError: `ValidationError` where the endpoint does not take the request; `ModelError` where the model answered
            with an error or not in time; `ServiceUnavailable` where no server came up in time.
    """
    _check(params)
    invocation = invocation_of(params)
    asked = asked_of(parts, caller, params)
    with admitted(parts, asked.record, asked.variant):
        answer = _answer(parts, caller, asked, invocation)
    return {
        "Body": answer.body,
        "ContentType": answer.headers.get("content-type"),
        "CustomAttributes": answer.headers.get("x-amzn-sagemaker-custom-attributes"),
        "InvokedProductionVariant": asked.name,
    }


def _answer(parts: Parts, caller: Caller, asked: Asked, invocation: Invocation) -> Answer:
    try:
        return deliver(
            parts,
            asked.look,
            lambda instance: ask_instance(asked.serving, instance, invocation),
            strategy=strategy_of(asked.variant),
        )
    except Broken:
        container = asked.serving.containers[asked.serving.number_of(invocation)]
        raise model_error(caller, asked.record.name, faults.gone(container, asked.record.name)) from None
    except faults.ModelFault as fault:
        raise model_error(caller, asked.record.name, fault) from None
    except NoServer:
        raise ApiError("ServiceUnavailable", f"No server of variant {asked.name} answers.", 503) from None


def _check(params: Params) -> None:
    for name, present in _unbuilt(params):
        if present:
            raise ApiError("ValidationError", f"`{name}` is not built into the Sagewright engine yet (target `local`).")


def _unbuilt(params: Params) -> Iterator[tuple[str, Any]]:
    for name in ("EnableExplanations", "InferenceComponentName", "SessionId", "PrefixAwareId"):
        yield name, params.get(name)
