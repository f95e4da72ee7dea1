"""AWS JSON 1.0 and 1.1: one POST, the operation in a header (`contract.md` 8.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from botocore.model import OperationModel, StructureShape

from sagewright.engine.gateway.protocols import event_stream, failures
from sagewright.engine.gateway.protocols.json_values import dump, load, read, write
from sagewright.engine.gateway.protocols.scalars import unreadable_as
from sagewright.engine.gateway.wire import Headers, HttpRequest, HttpResponse
from sagewright.vocabulary.errors import ApiError


class JsonCodec:
    """The protocol of `sagemaker`, `logs` and others."""

    def parse(self, request: HttpRequest, model: OperationModel) -> dict[str, Any]:
        with unreadable_as("SerializationException"):
            body = load(request.body.read())
            return {} if model.input_shape is None else dict(read(model.input_shape, body))

    def render(self, result: Mapping[str, Any], model: OperationModel, request_id: str) -> HttpResponse:
        headers, shape = _headers(model, request_id), model.output_shape
        status = int(result.get("@status", 200))
        if shape is None:
            return HttpResponse(status, headers)
        if stream := event_stream.member_of(model):
            first = dump(write(shape, {**result, stream: None}))
            body = event_stream.stream_body(
                result[stream], cast("StructureShape", shape.members[stream]), initial=(first, headers["content-type"])
            )
            headers["content-type"] = event_stream.CONTENT_TYPE
            return HttpResponse(status, headers, body)
        return HttpResponse(status, headers, dump(write(shape, result)))

    def error(self, error: ApiError, model: OperationModel, request_id: str) -> HttpResponse:
        headers = _headers(model, request_id)
        headers.update(failures.query_error(error, model))
        members = {"__type": failures.type_of(error, model), **failures.members_of(error, model, write)}
        return HttpResponse(error.status, headers, dump(members))


def _headers(model: OperationModel, request_id: str) -> Headers:
    version = model.service_model.metadata.get("jsonVersion", "1.1")
    return Headers({"content-type": f"application/x-amz-json-{version}", "x-amzn-requestid": request_id})
