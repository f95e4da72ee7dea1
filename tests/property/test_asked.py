"""Whatever is asked of whatever operation: somebody without policies gets nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sagewright.engine import operations
from sagewright.engine.gateway import models
from sagewright.engine.gateway.exchange import Exchange
from sagewright.engine.gateway.handlers.authorise import authorise
from sagewright.engine.gateway.wire import Headers, HttpRequest, Peer
from sagewright.engine.parts import Principal
from sagewright.vocabulary.errors import ApiError
from tests.protocol.shapes import values
from tests.unit.conftest import CALLER

ALL = sorted(
    (service, operation)
    for service, rooms in operations.ROOMS.items()
    for names in rooms.values()
    for operation in names
)
FOREIGN = [
    *(("sns", "Publish"), ("sqs", "SendMessage"), ("sqs", "DeleteMessageBatch"), ("dynamodb", "PutItem")),
    *(("dynamodb", "BatchWriteItem"), ("dynamodb", "TransactWriteItems"), ("dynamodb", "ExecuteStatement")),
    *(("ses", "SendEmail"), ("lambda", "Invoke"), ("lambda", "CreateFunction"), ("ec2", "RunInstances")),
    *(("events", "PutEvents"), ("events", "PutRule"), ("ssm", "GetParameters"), ("ecr", "PutImage")),
    *(("stepfunctions", "StartExecution"), ("kinesis", "PutRecord"), ("athena", "StartQueryExecution")),
]
# Who one is may be asked by everybody, and a token for oneself needs no permission.
FREE = {("sts", "GetCallerIdentity"), ("sts", "GetSessionToken")}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_nobody_gets_anything_for_nothing(home: Path, data: st.DataObject) -> None:
    service, operation = data.draw(st.sampled_from(ALL + FOREIGN))
    shape = models.operation_model(service, operation).input_shape
    params = {} if shape is None else data.draw(values(shape))
    for name, member in ({} if shape is None else shape.members).items():
        if params.get(name) is None and name in ("Bucket", "Key", "Delete"):
            params[name] = data.draw(values(member))
    kind = data.draw(st.sampled_from(["user", "role"]))
    request = HttpRequest("POST", "/", "", "h", Headers(), data, service, operation, Peer("192.0.2.1"))  # type: ignore[arg-type]
    exchange = Exchange(request, home, caller=replace(CALLER, principal=Principal(kind, "nobody")), params=params)
    error = _refusal(exchange)
    if error is None:
        left = exchange.params["Delete"]["Objects"] if operation == "DeleteObjects" else []
        assert (service, operation) in FREE or (operation == "DeleteObjects" and not left)
    else:
        assert error.status in (400, 403)
        assert "AccessDenied" in error.code or error.code == "UnauthorizedOperation"


def _refusal(exchange: Exchange) -> ApiError | None:
    try:
        authorise(exchange)
    except ApiError as error:
        return error
    return None
