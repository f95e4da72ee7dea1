"""Web pages of other origins: what S3 tells their browsers (Amazon S3 User Guide, "Using CORS").

A preflight request asks what a page may do; it carries no signature and learns nothing but the bucket's rules. Answers
to real requests with an `Origin` say whether the page may see them.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress

from sagewright.engine.abc import Bucket, NoSuchBucket
from sagewright.engine.gateway import models
from sagewright.engine.gateway.exchange import Exchange
from sagewright.engine.gateway.protocols.rest_xml import RestXmlCodec
from sagewright.engine.gateway.protocols.s3_address import bucket_and_key
from sagewright.engine.gateway.wire import Headers, HttpResponse
from sagewright.engine.operations.s3.cors import allowances, rule_for
from sagewright.vocabulary.errors import ApiError

log = logging.getLogger(__name__)

PREFLIGHT = "OptionsObject"


def answer_preflight(exchange: Exchange) -> HttpResponse | None:
    """Answer a browser that asks what a page may do."""
    request = exchange.request
    if request.service != "s3" or request.operation != PREFLIGHT:
        return None
    try:
        return HttpResponse(200, Headers(_allowed(exchange)))
    except ApiError as error:
        like = models.operation_model("s3", "HeadObject")  # no model describes the question itself
        return RestXmlCodec().error(error, like, exchange.request_id)


def tell_pages(exchange: Exchange, response: HttpResponse) -> HttpResponse:
    """Add to an answer what the browser of a page needs to show it."""
    request = exchange.request
    origin = request.headers.get("origin")
    if request.service != "s3" or not origin or request.operation == PREFLIGHT:
        return response
    try:
        bucket = _bucket(exchange)
    except Exception:  # the answer stands, whatever becomes of the bucket
        log.exception("the cross-origin rules cannot be read")
        return response
    method = request.method if exchange.upload is None else "POST"
    rule = rule_for(bucket.configuration.get("cors") or (), origin, method) if bucket else None
    if rule:
        for name, value in allowances(rule, origin).items():
            response.headers[name] = value
    return response


def _allowed(exchange: Exchange) -> dict[str, str]:
    headers = exchange.request.headers
    origin, method = headers.get("origin"), headers.get("access-control-request-method")
    if not origin:
        raise ApiError("BadRequest", "Insufficient information. Origin request header needed.")
    if not method:
        raise ApiError("BadRequest", "Invalid Access-Control-Request-Method: null")
    bucket = _bucket(exchange)
    if bucket is None:
        raise _forbidden(exchange, method, "CORSResponse: Bucket not found")
    if not bucket.configuration.get("cors"):
        raise _forbidden(exchange, method, "CORSResponse: CORS is not enabled for this bucket.")
    wanted = _names(headers.get("access-control-request-headers"))
    rule = rule_for(bucket.configuration["cors"], origin, method, wanted)
    if rule is None:
        raise _forbidden(
            exchange,
            method,
            "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request "
            "method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the "
            "resource's CORS spec.",
        )
    return allowances(rule, origin, wanted)


def _forbidden(exchange: Exchange, method: str, message: str) -> ApiError:
    key = bucket_and_key(exchange.request.host, exchange.request.path)[1]
    return ApiError("AccessForbidden", message, 403, {"Method": method, "ResourceType": "OBJECT" if key else "BUCKET"})


def _bucket(exchange: Exchange) -> Bucket | None:
    name = bucket_and_key(exchange.request.host, exchange.request.path)[0]
    with suppress(NoSuchBucket):
        return exchange.parts.objects.head_bucket(name)
    return None


def _names(header: str | None) -> Sequence[str]:
    return [name.strip() for name in (header or "").split(",") if name.strip()]
