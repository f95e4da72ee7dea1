"""What an invocation asks: which endpoint, which variant of it, which of its containers."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from sagewright import settings
from sagewright.engine.abc import Record
from sagewright.engine.hosting.asking import Instance, Invocation, Serving
from sagewright.engine.hosting.delivery import Moved
from sagewright.engine.hosting.meters import COMPONENT_DIMENSION, Meter
from sagewright.engine.hosting.routing import choose_variant
from sagewright.engine.lifecycle.endpoint import ANSWERS
from sagewright.engine.operations.runtime.errors import no_such_endpoint, refused
from sagewright.engine.operations.runtime.sessions import Session, find_session, lost
from sagewright.engine.parts import Caller, Params, Parts

T = TypeVar("T")

SERVERLESS_BYTES = 4 << 20
ENDPOINT, COMPONENT = "endpoint", "inference-component"  # kinds of records, whose bodies are alike
COMPONENTS = "Components"  # the mode of a variant that serves nothing of its own
SERVES = ANSWERS | {"SystemUpdating", "UpdateRollbackFailed"}

_UNBUILT = ("EnableExplanations", "PrefixAwareId")
_FORWARDED = {
    "ContentType": "Content-Type",
    "Accept": "Accept",
    "CustomAttributes": "X-Amzn-SageMaker-Custom-Attributes",
    "InferenceId": "X-Amzn-SageMaker-Inference-Id",
    "SessionId": "X-Amzn-SageMaker-Session-Id",
}


@dataclass(frozen=True)
class Asked:
    """An endpoint's variant, as it is while one request is answered.

    Attributes:
        record: The endpoint's; or an inference component's, whose body is like one.
        look: Returns the instances as they are now, beginning with those of `record`.
        wanted: The execution of the instance that must answer; None: any.
    """

    record: Record
    variant: Mapping[str, Any]
    serving: Serving
    look: Callable[[], Sequence[Instance]]
    wanted: str | None = None

    @property
    def name(self) -> str:
        """The variant's name."""
        return str(self.variant["name"])

    @property
    def place(self) -> tuple[str, str, str]:
        """The endpoint's scope and name, and the variant's."""
        return self.record.scope, self.serving.endpoint, self.name


def ask_until_settled(parts: Parts, caller: Caller, params: Params, use: Callable[[Asked], T]) -> T:
    """Find out what a request goes to and use it, once more where an update has replaced it before anything was sent.

    Raises:
        ApiError: `ValidationError`: there is no such endpoint or variant, or it takes no requests, or not such ones.
    """
    while True:
        try:
            return use(_asked_of(parts, caller, params))
        except Moved:
            continue


def _asked_of(parts: Parts, caller: Caller, params: Params) -> Asked:
    for name in _UNBUILT:
        if params.get(name):
            raise refused(f"`{name}` is not built into the Sagewright engine yet (target `local`).")
    endpoint = find_serving(parts, caller, params["EndpointName"])
    if endpoint.body.get("config", {}).get("AsyncInferenceConfig"):
        raise refused(
            f"Endpoint {endpoint.name} does not support this inference type.\nhint: call InvokeEndpointAsync."
        )
    session = find_session(parts, caller, params)
    component = params.get("InferenceComponentName")
    if component:
        record = find_component(parts, caller, endpoint, component)
        asked = asked_variant(parts, caller, record, choose_variant(record.body, None))
    else:
        target = session.variant if session else params.get("TargetVariant")
        asked = asked_variant(parts, caller, endpoint, choose_variant(endpoint.body, target))
    _check_target(asked, params)
    return _of_session(asked, session, params) if session else asked


def find_component(parts: Parts, caller: Caller, endpoint: Record, name: str) -> Record:
    """Return the record of an inference component of an endpoint's.

    Raises:
        ApiError: `ValidationError`: there is no such component on it that takes requests.
    """
    if not any(variant["mode"] == COMPONENTS for variant in endpoint.body["variants"]):
        raise refused(
            "Inference Component Name header is not allowed for endpoints to which you dont plan to deploy inference "
            "components. Please remove the Inference Component Name header and try again."
        )
    record = parts.state.get(COMPONENT, caller.scope, name)
    if record is None or record.body["request"]["EndpointName"] != endpoint.name:
        raise refused(f"Inference Component {name} of endpoint {endpoint.name} not found.")
    if record.body["endpoint_status"] not in SERVES:
        raise refused(
            f"Inference Component {name} of endpoint {endpoint.name} not found.\n"
            f"hint: it is in status {record.body['endpoint_status']}."
        )
    return record


def _of_session(asked: Asked, session: Session, params: Params) -> Asked:
    def look() -> Sequence[Instance]:
        instances = asked.look()
        if not any(instance["execution_id"] == session.execution_id for instance in instances):
            raise lost(asked.serving.endpoint, params["SessionId"])
        return instances

    return replace(asked, look=look, wanted=session.execution_id)


def asked_variant(parts: Parts, caller: Caller, record: Record, variant: Mapping[str, Any]) -> Asked:
    """Return a request's way to one of an endpoint's variants, or to that of an inference component."""
    endpoint = record.name if record.kind == ENDPOINT else record.body["request"]["EndpointName"]
    serving = Serving(endpoint, variant["mode"], [container["name"] for container in variant["containers"]])
    return Asked(record, variant, serving, _looker(parts, caller, record, variant))


def invocation_of(params: Params) -> Invocation:
    """Return what the model gets.

    Raises:
        ApiError: `ValidationError`: a header of it would be more than one line.
    """
    headers = {header: params[name] for name, header in _FORWARDED.items() if params.get(name)}
    for name, value in headers.items():
        if "\r" in value or "\n" in value:
            raise refused(f"The header {name} must be one line.")
    return Invocation(
        params.get("Body") or b"",
        headers,
        container=params.get("TargetContainerHostname"),
        model=params.get("TargetModel"),
        timeout_s=settings.INVOCATION_S.read(),
    )


def meter_of(parts: Parts, asked: Asked) -> Meter:
    """Return what measures an invocation, beginning now."""
    dimensions = [{"EndpointName": asked.serving.endpoint, "VariantName": asked.name}]
    if asked.record.kind == COMPONENT:
        dimensions.append({COMPONENT_DIMENSION: asked.record.name})
    return Meter(parts, dimensions, len(_instances(asked.record, asked.variant)))


def find_serving(parts: Parts, caller: Caller, name: str) -> Record:
    """Return the record of an endpoint that takes requests.

    Raises:
        ApiError: `ValidationError`: there is none.
    """
    record = parts.state.get(ENDPOINT, caller.scope, name)
    if record is None:
        raise no_such_endpoint(caller, name)
    if record.body["endpoint_status"] not in SERVES:
        raise no_such_endpoint(caller, name, record.body["endpoint_status"])
    return record


def _looker(
    parts: Parts, caller: Caller, record: Record, variant: Mapping[str, Any]
) -> Callable[[], Sequence[Instance]]:
    known: list[Record] = [record]

    def look() -> Sequence[Instance]:
        if known:
            return _instances(known.pop(), variant)
        now = _again(parts, caller, record)
        if not any(_serves_the_same(variant, other) for other in now.body["variants"]):
            raise Moved
        return _instances(now, variant)

    return look


def _again(parts: Parts, caller: Caller, record: Record) -> Record:
    """Return a record as it is now."""
    if record.kind == ENDPOINT:
        return find_serving(parts, caller, record.name)
    return find_component(
        parts, caller, find_serving(parts, caller, record.body["request"]["EndpointName"]), record.name
    )


def _instances(record: Record, variant: Mapping[str, Any]) -> Sequence[Instance]:
    instances: Sequence[Instance] = record.body["instances"].get(variant["name"], ())
    return instances


def _serves_the_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return all(one[member] == other[member] for member in ("name", "mode", "containers"))


def _check_target(asked: Asked, params: Params) -> None:
    serving = asked.serving
    endpoint, container = serving.endpoint, params.get("TargetContainerHostname")
    if asked.variant.get("serverless") and len(params.get("Body") or b"") > SERVERLESS_BYTES:
        raise refused(f"Request {uuid.uuid4()} has oversize body.\nhint: serverless endpoints take 4 MB.")
    if serving.mode == COMPONENTS:
        raise refused(
            "Inference Component Name header is required for endpoints to which you plan to deploy inference "
            "components. Please include Inference Component Name header or consider using SageMaker models.",
            "INFERENCE_COMPONENT_NAME_MISSING",
        )
    if serving.mode == "Direct" and container is None:
        raise refused(
            f"Endpoint {endpoint} has several containers and needs a target container hostname.\n"
            f"hint: give `TargetContainerHostname`, one of {', '.join(serving.containers)}."
        )
    if container is not None and serving.mode != "Direct":
        raise refused(
            f"Endpoint {endpoint} is not a multi-container endpoint with direct invocation and does not support target "
            "container hostname header."
        )
    if container is not None and container not in serving.containers:
        raise refused(
            f"Container {container} of endpoint {endpoint} was not found; it has {', '.join(serving.containers)}."
        )
    if serving.mode == "MultiModel" and params.get("TargetModel") is None:
        raise refused(
            f"Request {uuid.uuid4()} is missing a target model header, which multi-model endpoint {endpoint} needs.\n"
            "hint: give `TargetModel`, the path of the archive behind the model's prefix."
        )
    if params.get("TargetModel") is not None and serving.mode != "MultiModel":
        raise refused(
            f"Endpoint {endpoint} is not a multi-model endpoint and does not support target model header.",
            "TARGET_MODEL_HEADER_NOT_SUPPORTED",
        )
