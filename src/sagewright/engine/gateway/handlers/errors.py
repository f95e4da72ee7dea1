"""Errors on the wire."""

from __future__ import annotations

import logging

from sagewright.engine.gateway.exchange import Exchange
from sagewright.engine.gateway.protocols import json_values
from sagewright.engine.gateway.wire import Headers, HttpResponse
from sagewright.vocabulary.errors import ApiError

log = logging.getLogger(__name__)


def answer_error(exchange: Exchange, error: Exception) -> HttpResponse:
    """Return the response to a request that failed; whatever is no `ApiError` is a defect of ours."""
    if not isinstance(error, ApiError):
        request = exchange.request
        log.error("%s:%s failed", request.service, request.operation, exc_info=error)
        error = ApiError("InternalFailure", _told(exchange, error), 500)
    try:
        response = exchange.codec.error(error, exchange.model, exchange.request_id)
    except Exception:  # noqa: BLE001 - a service or operation that no model describes
        response = HttpResponse(
            error.status,
            Headers({"content-type": "application/x-amz-json-1.1"}),
            json_values.dump({"__type": error.code, "message": error.message}),
        )
    if exchange.request.method == "HEAD":
        response.body = b""
    return response


def _told(exchange: Exchange, error: Exception) -> str:
    """Return what a client reads of a defect: one in this process all, strangers nothing of the inside."""
    if exchange.request.peer is not None:
        return "The request processing has failed because of an unknown error, exception or failure."
    return f"{type(error).__name__}: {error}"
