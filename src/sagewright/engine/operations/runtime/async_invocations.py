"""InvokeEndpointAsync: a request is written down and answered at once; the steward sees to it (`contract.md` 2.9)."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Mapping
from typing import Any

from sagewright.engine.abc import Record
from sagewright.engine.hosting.places import place_of
from sagewright.engine.operations.runtime.asked import find_serving
from sagewright.engine.operations.runtime.errors import refused
from sagewright.engine.parts import Caller, Params, Parts, Result

KIND = "async-invocation"
TTL_S, TIMEOUT_S = 21_600, 900
_FORWARDED = ("ContentType", "Accept", "CustomAttributes")


def invoke_endpoint_async(parts: Parts, caller: Caller, params: Params) -> Result:
    """Take a request in.

    Raises:
        ApiError: `ValidationError`: the endpoint takes no such requests, or there is not one input.
    """
    record = find_serving(parts, caller, params["EndpointName"])
    config = record.body.get("config", {}).get("AsyncInferenceConfig")
    if not config:
        raise refused(f"Endpoint {record.name} does not support this inference type.\nhint: call InvokeEndpoint.")
    _check(params)
    identity = str(uuid.UUID(parts.ids.new()))
    inference_id = params.get("InferenceId") or str(uuid.UUID(parts.ids.new()))
    output = _output(config["OutputConfig"], params, identity)
    failures = config["OutputConfig"].get("S3FailurePath")
    failure = f"{failures.rstrip('/')}/{identity}-error.out" if failures else None
    now = parts.clock.now()
    body = {
        "endpoint": record.name,
        "endpoint_created_at": record.created_at,
        "role": record.body["variants"][0]["containers"][0].get("role"),
        "inference_id": inference_id,
        "input": params.get("InputLocation"),
        "inline": base64.b64encode(params["Body"]).decode() if params.get("Body") else None,
        "request": {name: params[name] for name in _FORWARDED if params.get(name)},
        "output": output,
        "is_own_name": "Filename" not in params,
        "failure": failure,
        "received_at": now,
        "expires_at": now + params.get("RequestTTLSeconds", TTL_S),
        "timeout_s": params.get("InvocationTimeoutSeconds", TIMEOUT_S),
        "tries": 0,
    }
    parts.state.put(Record(KIND, caller.scope, f"{record.name}/{identity}", body, queue="active"), expected_version=0)
    parts.ring()
    return {"@status": 202, "InferenceId": inference_id, "OutputLocation": output, "FailureLocation": failure}


def _check(params: Params) -> None:
    if bool(params.get("InputLocation")) == bool(params.get("Body")):
        raise refused("You must specify either InputLocation or Body, and not both.")
    for member in ("ContentType", "Accept", "CustomAttributes"):
        if "\n" in params.get(member, "") or "\r" in params.get(member, ""):
            raise refused(f"{member} must be one line.")
    for member in ("S3OutputPathExtension", "Filename"):
        if ".." in params.get(member, "").split("/"):
            raise refused(f"{member} must not lead out of the output path.")
    if params.get("InputLocation"):
        try:
            place_of(params["InputLocation"])
        except ValueError as error:
            raise refused(f"InputLocation is {error}.") from None


def _output(config: Mapping[str, Any], params: Params, identity: str) -> str:
    """Return where the answer is put."""
    steps = [config["S3OutputPath"].rstrip("/")]
    if extension := params.get("S3OutputPathExtension", "").strip("/"):
        steps.append(extension)
    return "/".join([*steps, params.get("Filename") or f"{identity}.out"])
