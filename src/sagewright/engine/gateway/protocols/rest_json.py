"""REST-JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from botocore.model import OperationModel, StructureShape

from sagewright.engine.gateway.protocols import event_stream, json, rest
from sagewright.engine.gateway.wire import Headers, HttpRequest, HttpResponse
from sagewright.vocabulary.errors import ApiError


class RestJsonCodec:
    """The protocol of `sagemaker-runtime` and others."""

    def parse(self, request: HttpRequest, model: OperationModel) -> dict[str, Any]:
        params, shape = rest.parse_located(request, model), model.input_shape
        if shape is None:
            return params
        payload = rest.payload_member(shape)
        if payload is None:
            params.update(_body_members(shape, json.load(request.body.read())))
        elif shape.members[payload].type_name in ("blob", "string"):
            params[payload] = rest.raw_payload(request, shape.members[payload], params)
        else:
            params[payload] = json.read(shape.members[payload], json.load(request.body.read()))
        return params

    def render(self, result: Mapping[str, Any], model: OperationModel, request_id: str) -> HttpResponse:
        response = rest.located_response(result, model, Headers({"x-amzn-requestid": request_id}))
        shape = model.output_shape
        payload = rest.payload_member(shape)
        if shape is None:
            return response
        if payload is None:
            _put_json(response, json.write(shape, {name: result.get(name) for name in rest.in_body(shape)}))
        elif shape.members[payload].serialization.get("eventstream"):
            response.headers["content-type"] = event_stream.CONTENT_TYPE
            response.body = event_stream.stream_body(result[payload], cast("StructureShape", shape.members[payload]))
        elif shape.members[payload].type_name in ("blob", "string"):
            response.body = rest.blob_body(result.get(payload))
        elif result.get(payload) is not None:
            _put_json(response, json.write(shape.members[payload], result[payload]))
        return response

    def error(self, error: ApiError, model: OperationModel, request_id: str) -> HttpResponse:
        headers = Headers(
            {"content-type": "application/json", "x-amzn-requestid": request_id, "x-amzn-errortype": error.code}
        )
        return HttpResponse(error.status, headers, json.dump(json.error_members(error, model)))


def _body_members(shape: Any, document: Any) -> dict[str, Any]:
    members = rest.in_body(shape)
    return {name: value for name, value in json.read(shape, document).items() if name in members}


def _put_json(response: HttpResponse, document: Any) -> None:
    response.headers.setdefault("content-type", "application/json")
    response.body = json.dump(document)
