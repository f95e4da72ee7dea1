"""Errors of requests that mean no operation, in the protocol that they seem to speak."""

from __future__ import annotations

from sagewright.engine.gateway import models
from sagewright.engine.gateway.protocols.cbor import CborCodec
from sagewright.engine.gateway.protocols.json_values import dump
from sagewright.engine.gateway.protocols.query import QueryCodec
from sagewright.engine.gateway.protocols.rest_xml import RestXmlCodec
from sagewright.engine.gateway.routing import FORM, signing_name
from sagewright.engine.gateway.wire import Headers, HttpResponse
from sagewright.vocabulary.errors import ApiError


def answer(error: ApiError, method: str, query: str, headers: Headers, request_id: str) -> HttpResponse:
    """Return the response to a request that was refused before its operation was known."""
    response = _written(error, query, headers, request_id)
    if method == "HEAD":
        response.body = b""
    return response


def _written(error: ApiError, query: str, headers: Headers, request_id: str) -> HttpResponse:
    content_type = headers.get("content-type") or ""
    signed_for = signing_name(query, headers)
    if headers.get("smithy-protocol") == "rpc-v2-cbor":
        return CborCodec().error(error, models.operation_model("cloudwatch", "PutMetricData"), request_id)
    if "x-amz-target" in headers or content_type.startswith("application/x-amz-json"):
        return _json(error, content_type or "application/x-amz-json-1.1", request_id)
    if content_type.startswith(FORM) or "Action=" in query:
        return QueryCodec().error(error, models.operation_model("sts", "GetCallerIdentity"), request_id)
    if signed_for in (None, "s3"):
        return RestXmlCodec().error(error, models.operation_model("s3", "ListBuckets"), request_id)
    return _json(error, "application/json", request_id)


def _json(error: ApiError, content_type: str, request_id: str) -> HttpResponse:
    headers = Headers({"content-type": content_type, "x-amzn-requestid": request_id, "x-amzn-errortype": error.code})
    return HttpResponse(error.status, headers, dump({"__type": error.code, "message": error.message}))
