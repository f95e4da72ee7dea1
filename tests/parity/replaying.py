"""The third driver: raw boto3 sends the requests that genuine v2 was recorded to send.

Each goes through botocore's own validation and serialisation, the engine's parser, and what the engine checks against
the service's model. The operations that the engine has are then called on an engine in memory, where no job is started.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import datetime, timezone
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from sagewright.engine.engine import Engine
from sagewright.engine.gateway import models
from sagewright.engine.gateway.exchange import Exchange
from sagewright.engine.gateway.handlers.parse import parse
from sagewright.engine.gateway.handlers.validate import validate
from sagewright.engine.gateway.mounts.botocore import from_botocore, to_botocore
from sagewright.engine.gateway.wire import Headers, HttpResponse
from sagewright.engine.operations import ROOMS
from sagewright.engine.parts import Caller
from tests.parity.recording import ACCOUNT, BUCKET, REGION

FOLDER = Path(__file__).with_name("recorded")
SERVICES = (
    "sagemaker",
    "sagemaker-runtime",
    "s3",
    "iam",
    "sts",
    "ecr",
    "logs",
    "cloudwatch",
    "lambda",
    "events",
    "scheduler",
    "resource-groups",
    "athena",
)
_CALLER = Caller(ACCOUNT, REGION, f"arn:aws:sts::{ACCOUNT}:assumed-role/r/s", "u", python="/usr/bin/python3")
# What the record has in place of the time, or of what is drawn, as a name may have it.
_TIMES = {
    "<timestamp>": "2024-05-06-07-08-09-123",
    "<epoch>-<hex>": "1714979289-0a1b",
    "<uuid>": "0a1b2c3d-4e5f-4a6b-8c7d-0a1b2c3d4e5f",
}

# What some scenarios take out of their requests, since it holds the time in minutes.
_NAMELESS = {
    "CreateAutoMLJob": {"AutoMLJobName": "name"},
    "CreateAutoMLJobV2": {"AutoMLJobName": "name"},
    "CreateHyperParameterTuningJob": {"HyperParameterTuningJobName": "name"},
}


class Call(NamedTuple):
    """One request of a recorded scenario."""

    scenario: str
    service: str
    operation: str
    params: dict[str, Any]


class Arrived(NamedTuple):
    """What a request was when the engine had read and checked it."""

    service: str
    operation: str
    params: dict[str, Any]


def scenarios() -> dict[str, list[dict[str, Any]]]:
    """Return the recorded requests of every scenario that makes some, by topic and name."""
    found = {}
    for file in sorted(FOLDER.glob("*.json")):
        recorded = json.loads(file.read_text()).get("recorded", {})
        for name, scenario in recorded.items():
            if isinstance(scenario, dict) and scenario.get("calls"):
                found[f"{file.stem}.{name}"] = scenario["calls"]
    return found


def calls_of(scenario: str, recorded: list[dict[str, Any]]) -> Iterator[Call]:
    """Yield a scenario's requests in order, as boto3 takes them."""
    for call in recorded:
        params = {**_NAMELESS.get(call["operation"], {}), **_sendable(call["params"])}
        service = service_of(call["operation"], params)
        if service:
            yield Call(scenario, service, call["operation"], params)


@cache
def _operations(service: str) -> frozenset[str]:
    return frozenset(models.service_model(service).operation_names)


def service_of(operation: str, params: dict[str, Any]) -> str | None:
    """Return the service of `SERVICES` that has an operation, and the members that were given to it."""
    for service in SERVICES:
        if operation in _operations(service):
            shape = models.service_model(service).operation_model(operation).input_shape
            if shape is None or set(params) <= set(shape.members):
                return service
    return None


def send(call: Call) -> Arrived:
    """Send a request with raw boto3 and return what the engine makes of it.

    Raises:
        ParamValidationError: botocore refuses it.
        ApiError: The engine's parser or the service's model does.
    """
    client = _client(call.service)
    _SENT[client.meta.service_model.service_id.hyphenize()] = call.service
    _arrived.clear()
    getattr(client, client_method(client, call.operation))(**call.params)
    return _arrived[-1]


def client_method(client: Any, operation: str) -> str:
    methods: dict[str, str] = client.meta.method_to_api_mapping
    return next(method for method, name in methods.items() if name == operation)


def is_ours(call: Call) -> bool:
    """Tell whether the engine has a SageMaker operation that changes what it holds."""
    built = {name for names in ROOMS["sagemaker"].values() for name in names}
    return call.service == "sagemaker" and call.operation in built


def call_in_memory(call: Call) -> dict[str, Any]:
    """Call an operation of an engine that is new, in memory, and has all buckets and objects that the request names.

    Raises:
        ApiError: The engine refuses.
    """
    engine = Engine.in_memory()
    places = [uri.removeprefix("s3://").partition("/") for uri in sorted(set(_uris(call.params)))]
    for bucket in {BUCKET, *(bucket for bucket, _, _ in places)}:
        engine.parts.objects.create_bucket(bucket, REGION, ACCOUNT)
    for bucket, _, key in places:
        engine.parts.objects.put(bucket, key if key and not key.endswith("/") else f"{key}object", b"x")
    return engine.call(call.service, call.operation, call.params, _CALLER)


def _uris(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value.startswith("s3://"):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _uris(item)


def _sendable(value: Any) -> Any:
    """Return recorded params with bytes, and names with a time, as they were."""
    if value == "a time":  # of which the record only says that it is there
        return datetime(2024, 5, 6, 7, 8, 9, tzinfo=timezone.utc)
    if isinstance(value, str):
        for mark, time in _TIMES.items():
            value = value.replace(mark, time)
        return value
    if isinstance(value, dict):
        if set(value) == {"base64"}:
            return base64.b64decode(value["base64"])
        if set(value) == {"zip"}:  # an archive, of which the record has the files
            return b"PK"
        return {_sendable(key): _sendable(item) for key, item in value.items()}
    return [_sendable(item) for item in value] if isinstance(value, list) else value


_arrived: list[Arrived] = []
_SENT: dict[str, str] = {}  # a service's id in botocore's events -> its name


@cache
def _client(service: str) -> Any:
    session = boto3.Session("AKIDEXAMPLE", "x", region_name=REGION)
    session.events.register_first("before-call", lambda model, **_: models.remember(model))
    session.events.register_first("before-send", _check)  # type: ignore[arg-type]  # what it returns is the answer
    return session.client(service)  # type: ignore[call-overload]


def _check(request: AWSPreparedRequest, event_name: str, **_: Any) -> AWSResponse:
    _before, service_id, name = event_name.split(".")
    service = _SENT[service_id]
    exchange = Exchange(from_botocore(request, service, name), Path())
    parse(exchange)
    if service in ROOMS:  # what others serve, they check
        validate(exchange)
    _arrived.append(Arrived(service, name, exchange.params))
    return to_botocore(request.url, HttpResponse(200, Headers(), b"{}" if service != "s3" else b""))
