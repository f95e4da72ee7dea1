"""The operations of Lambda that run functions."""

from __future__ import annotations

import base64
import io
import json
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sagewright.engine.engine import engine_of
from sagewright.engine.gateway import models
from sagewright.engine.gateway.hybrid import pending, store
from sagewright.engine.gateway.hybrid.functions import acting, invoking
from sagewright.engine.gateway.protocols import codec_of
from sagewright.engine.gateway.wire import Headers, HttpRequest, HttpResponse
from sagewright.engine.parts import Caller
from sagewright.vocabulary.errors import ApiError

EVENT_BYTES = 1 << 20
INVOCATIONS = ("Invoke", "InvokeAsync")


def answer(request: HttpRequest, body: bytes, home: Path, caller: Caller) -> HttpResponse:
    """Answer `Invoke` and `InvokeAsync`.

    Raises:
        ApiError: There is no such function, or it cannot be invoked.
    """
    params = _params_of(request, body)
    name, qualifier = params["FunctionName"], params.get("Qualifier")
    kind = "Event" if request.operation == "InvokeAsync" else params.get("InvocationType", "RequestResponse")
    if kind not in ("Event", "DryRun", "RequestResponse"):
        raise ApiError("InvalidParameterValueException", f"InvocationType `{kind}` is none of Lambda's.")
    _check_json(body)
    if kind == "RequestResponse":
        context = _client_context(params)
        done = invoking.invoke(
            home, name, body, account=caller.account, region=caller.region, qualifier=qualifier, client_context=context
        )
        return _answered(done, tail=params.get("LogType") == "Tail")
    found = invoking.find(home, name, caller.account, caller.region, qualifier)
    if kind == "DryRun":
        return HttpResponse(204, Headers({"x-amz-executed-version": found.version}))
    if len(body) > EVENT_BYTES:
        raise ApiError("RequestTooLargeException", f"{len(body)} byte payload is too large for an event", 413)
    queue_event(home, found.arn, body)
    return HttpResponse(202, Headers({"x-amz-executed-version": found.version}), b"")


def note_change(request: HttpRequest, body: bytes, home: Path, caller: Caller) -> None:
    """Note whose a function is that a request makes or changes."""
    if request.operation in acting.CHANGES:
        acting.note(home, caller, str(_params_of(request, body).get("FunctionName", "")))


def queue_event(home: Path, function_arn: str, payload: bytes) -> None:
    """Have a function invoked by the steward, durably."""
    work = {"kind": "lambda", "function": function_arn, "payload": payload.decode()}
    store.database_of(home).write(lambda connection: pending.add(connection, work, time.time()))
    engine_of(home).parts.ring()


def _params_of(request: HttpRequest, body: bytes) -> dict[str, Any]:
    model = models.operation_model("lambda", request.operation)
    return codec_of(model, request).parse(replace(request, body=io.BytesIO(body)), model)


def _check_json(body: bytes) -> None:
    try:
        json.loads(body or b"null")
    except ValueError as error:
        text = f"Could not parse request body into json: {error}"
        raise ApiError("InvalidRequestContentException", text) from None


def _client_context(params: Mapping[str, Any]) -> Any:
    try:
        return json.loads(base64.b64decode(params.get("ClientContext") or "bnVsbA=="))
    except ValueError:
        raise ApiError(
            "InvalidRequestContentException", "Client context must be a valid Base64-encoded JSON object."
        ) from None


def _answered(done: invoking.Answer, *, tail: bool) -> HttpResponse:
    headers = Headers({"content-type": "application/json", "x-amz-executed-version": done.version})
    if done.failed:
        headers["x-amz-function-error"] = "Unhandled"
    if tail:
        headers["x-amz-log-result"] = base64.b64encode(done.log[-invoking.TAIL_BYTES :]).decode()
    return HttpResponse(200, headers, done.payload)
