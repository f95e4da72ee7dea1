"""InvokeEndpoint (`contract.md` 2.6)."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

from sagewright import settings
from sagewright.engine.hosting.admission import admitted
from sagewright.engine.hosting.asking import Instance, Invocation, ask_instance
from sagewright.engine.hosting.connections import Answer
from sagewright.engine.hosting.meters import Meter, counted
from sagewright.engine.operations.runtime.asked import Asked, ask_until_settled, invocation_of, meter_of
from sagewright.engine.operations.runtime.captures import capturing
from sagewright.engine.operations.runtime.exchanges import exchanged
from sagewright.engine.operations.runtime.sessions import CLOSED_HEADER, NEW_HEADER, Session, keep_session
from sagewright.engine.operations.runtime.shadows import copy_to_shadows
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.errors import ApiError
from sagewright.vocabulary.instance_types import instance as instance_type


def invoke_endpoint(parts: Parts, caller: Caller, params: Params) -> Result:
    """Ask a served model.

    Raises:
        ApiError: `ValidationError` where the endpoint does not take the request; `ModelError` where the model answered
            with an error or not in time; `ServiceUnavailable` where no server came up in time.
    """
    invocation = invocation_of(params)
    asked, answered = ask_until_settled(
        parts, caller, params, lambda asked: (asked, _invoke_with_shadows(parts, caller, asked, invocation))
    )
    answer = answered.answer
    if params.get("SessionId"):
        session = Session(asked.name, answered.execution_id)
        keep_session(parts, caller, asked.serving.endpoint, session, answer)
    return {
        "Body": answer.body,
        "ContentType": answer.headers.get("content-type"),
        "CustomAttributes": answer.headers.get("x-amzn-sagemaker-custom-attributes"),
        "InvokedProductionVariant": asked.name,
        "NewSessionId": answer.headers.get(NEW_HEADER),
        "ClosedSessionId": answer.headers.get(CLOSED_HEADER),
    }


def _invoke_with_shadows(parts: Parts, caller: Caller, asked: Asked, invocation: Invocation) -> Answered:
    def copy() -> None:
        copy_to_shadows(parts, caller, asked, lambda shadow: invoke(parts, caller, shadow, invocation))

    try:
        answered = invoke(parts, caller, asked, invocation)
    except ApiError:
        copy()
        raise
    copy()
    return answered


@dataclass(frozen=True)
class Answered:
    """A model's answer, and whose it is."""

    answer: Answer
    execution_id: str


def invoke(parts: Parts, caller: Caller, asked: Asked, invocation: Invocation) -> Answered:
    """Ask a variant; the invocation is counted, and captured where the endpoint's are.

    Raises:
        ApiError: As `invoke_endpoint`.
    """
    container = asked.serving.last_asked(invocation)
    with (
        capturing(parts, asked, invocation) as captured,
        counted(meter_of(parts, asked)) as meter,
        admitted(parts, asked.record, asked.variant),
    ):

        def send(instance: Instance) -> Answered:
            return Answered(_ask(parts, asked, instance, invocation, meter), instance["execution_id"])

        answered = exchanged(parts, caller, asked, container, meter, send)
        captured.answer = answered.answer
        return answered


def _ask(parts: Parts, asked: Asked, instance: Instance, invocation: Invocation, meter: Meter) -> Answer:
    if asked.serving.mode != "MultiModel":
        return ask_instance(asked.serving, instance, invocation)
    from sagewright.engine.acting import kept_role, parts_of
    from sagewright.engine.hosting.multi_model.asking import ask_model  # brings archives along

    container = asked.variant["containers"][0]
    parts, definition = parts_of(parts, kept_role(container)), container["definition"]
    return ask_model(parts, asked.serving, definition, instance, invocation, meter, _memory_bytes(asked))


def _memory_bytes(asked: Asked) -> int | None:
    """Return what an instance may hold: what its type has, or what the setting says."""
    if mib := settings.MEMORY_MIB.read():
        return mib << 20
    for variant in asked.record.body.get("config", {}).get("ProductionVariants", ()):
        if variant["VariantName"] == asked.name and "InstanceType" in variant:
            with contextlib.suppress(ValueError):  # a family that nobody here knows
                return instance_type(variant["InstanceType"]).memory_bytes or None
    return None
