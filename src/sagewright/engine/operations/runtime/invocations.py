"""InvokeEndpoint (`contract.md` 2.6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sagewright.engine.abc import Record
from sagewright.engine.hosting import gates
from sagewright.engine.hosting.connections import Answer, Unreachable, post
from sagewright.engine.hosting.routing import choose_instance, choose_variant
from sagewright.engine.lifecycle.endpoint import ANSWERS
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.engine.planning.serving import CONTAINER, log_group
from sagewright.vocabulary.errors import ApiError

PATH = "/invocations"
WAIT_S = 60.0  # for a server that is being replaced
PAUSE_S = 0.05
SHOWN_CHARACTERS = 2048  # of a model's error

_FORWARDED = {
    "ContentType": "Content-Type",
    "Accept": "Accept",
    "CustomAttributes": "X-Amzn-SageMaker-Custom-Attributes",
    "InferenceId": "X-Amzn-SageMaker-Inference-Id",
}


def invoke_endpoint(parts: Parts, caller: Caller, params: Params) -> Result:
    """Ask a served model.

    Raises:
        ApiError: `ValidationError` where the endpoint does not take requests; `ModelError` where the model answered
            with an error or not in time; `ServiceUnavailable` where no server came up in time.
    """
    _check(params)
    record = _find(parts, caller, params["EndpointName"])
    variant = choose_variant(record.body, params.get("TargetVariant"))
    headers = {header: params[name] for name, header in _FORWARDED.items() if params.get(name)}
    try:
        answer = _ask(parts, caller, record, variant, headers, params.get("Body") or b"")
    except TimeoutError:
        raise _model_error(caller, record, Answer(0, {}, _TIMED_OUT.encode())) from None
    if answer.status >= 400:
        raise _model_error(caller, record, answer)
    return {
        "Body": answer.body,
        "ContentType": answer.headers.get("content-type"),
        "CustomAttributes": answer.headers.get("x-amzn-sagemaker-custom-attributes"),
        "InvokedProductionVariant": variant,
    }


_TIMED_OUT = (
    f"Your invocation timed out while waiting for a response from container {CONTAINER}. Review the latency metrics "
    "for each container in Amazon CloudWatch, resolve the issue, and try again."
)


def _check(params: Params) -> None:
    for name, present in _unbuilt(params):
        if present:
            raise ApiError("ValidationError", f"`{name}` is not built into the Sagewright engine yet (target `local`).")


def _unbuilt(params: Params) -> Iterator[tuple[str, Any]]:
    for name in (
        "TargetModel",
        "TargetContainerHostname",
        "EnableExplanations",
        "InferenceComponentName",
        "SessionId",
        "PrefixAwareId",
    ):
        yield name, params.get(name)


def _find(parts: Parts, caller: Caller, name: str) -> Record:
    record = parts.state.get("endpoint", caller.scope, name)
    if record is None or record.body["endpoint_status"] not in ANSWERS:
        hint = "" if record is None else f"\nhint: it is in status {record.body['endpoint_status']}."
        raise ApiError(
            "ValidationError",
            f"Endpoint {name} of account {caller.account} not found.{hint}",
            members={"ErrorCode": "NO_SUCH_ENDPOINT"},
        )
    return record


def _ask(parts: Parts, caller: Caller, record: Record, variant: str, headers: Mapping[str, str], body: bytes) -> Answer:
    """Send the request to one of the variant's servers, waiting for a replacement where all are gone."""
    broken: frozenset[str] = frozenset()
    deadline = parts.clock.now() + WAIT_S
    while True:
        instance = choose_instance(record.body, variant, broken)
        if instance is not None:
            try:
                with gates.through(parts.home, instance["execution_id"]):
                    return post(instance["addresses"][0], PATH, headers, body)
            except (Unreachable, gates.Shut):
                broken |= {instance["execution_id"]}
                continue
        if parts.clock.now() >= deadline:
            raise ApiError("ServiceUnavailable", f"No server of variant {variant} answers.", 503)
        parts.ring()  # the steward replaces what has died
        parts.clock.sleep(PAUSE_S)
        record = _find(parts, caller, record.name)
        broken &= {instance["execution_id"] for instance in record.body["instances"][variant]}


def _model_error(caller: Caller, record: Record, answer: Answer) -> ApiError:
    group, text = log_group(record.name), answer.body[:SHOWN_CHARACTERS].decode(errors="replace")
    fault = "client" if 400 <= answer.status < 500 else "server"
    return ApiError(
        "ModelError",
        f'Received {fault} error ({answer.status}) from {CONTAINER} with message "{text}". See '
        f"https://{caller.region}.console.aws.amazon.com/cloudwatch/home?region={caller.region}"
        f"#logEventViewer:group={group} in account {caller.account} for more information.",
        424,
        {
            "OriginalStatusCode": answer.status,
            "OriginalMessage": text,
            "LogStreamArn": f"arn:aws:logs:{caller.region}:{caller.account}:log-group:{group}",
            "ErrorCode": "CLIENT_ERROR_FROM_MODEL" if fault == "client" else "SERVER_ERROR_FROM_MODEL",
        },
    )
