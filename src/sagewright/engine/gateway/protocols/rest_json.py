"""REST-JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from botocore.model import OperationModel, StructureShape

from sagewright.engine.gateway.protocols import event_stream, failures, json_values, rest
from sagewright.engine.gateway.protocols.scalars import unreadable_as
from sagewright.engine.gateway.wire import Headers, HttpRequest, HttpResponse
from sagewright.vocabulary.errors import ApiError


class RestJsonCodec:
    """The protocol of `sagemaker-runtime` and others."""

    def parse(self, request: HttpRequest, model: OperationModel) -> dict[str, Any]:
        with unreadable_as("SerializationException"):
            params, shape = rest.parse_located(request, model), model.input_shape
            return params if shape is None else _add_body(params, request, shape)

    def render(self, result: Mapping[str, Any], model: OperationModel, request_id: str) -> HttpResponse:
        response = rest.located_response(result, model, Headers({"x-amzn-requestid": request_id}))
        shape = model.output_shape
        payload = rest.payload_member(shape)
        if shape is None:
            return response
        if payload is None:
            if rest.in_body(shape) or not shape.members:
                _put_json(response, json_values.write(shape, {name: result.get(name) for name in rest.in_body(shape)}))
        elif shape.members[payload].serialization.get("eventstream"):
            response.headers["content-type"] = event_stream.CONTENT_TYPE
            response.body = event_stream.stream_body(result[payload], cast("StructureShape", shape.members[payload]))
        elif shape.members[payload].type_name in ("blob", "string"):
            rest.put_raw(response, shape.members[payload], result.get(payload))
        else:
            value = result.get(payload)
            _put_json(response, json_values.write(shape.members[payload], {} if value is None else value))
        return response

    def error(self, error: ApiError, model: OperationModel, request_id: str) -> HttpResponse:
        headers = Headers(
            {"content-type": "application/json", "x-amzn-requestid": request_id, "x-amzn-errortype": error.code}
        )
        headers.update(rest.error_headers(error, model))
        members = failures.members_of(error, model, json_values.write)
        return HttpResponse(failures.status_of(error, model), headers, json_values.dump(members))


def _add_body(params: dict[str, Any], request: HttpRequest, shape: StructureShape) -> dict[str, Any]:
    """Return the params with those that stand in the body."""
    payload = rest.payload_member(shape)
    if payload is None:
        document = json_values.read(shape, json_values.load(request.body.read()))
        params.update({n: value for n, value in document.items() if "location" not in shape.members[n].serialization})
    elif shape.members[payload].type_name in ("blob", "string"):
        rest.add_raw_payload(params, payload, request, shape)
    elif body := request.body.read():
        params[payload] = json_values.read(shape.members[payload], json_values.load(body))
    return params


def _put_json(response: HttpResponse, document: Any) -> None:
    response.headers.setdefault("content-type", "application/json")
    response.body = json_values.dump(document)
