"""From the result to the wire."""

from __future__ import annotations

from sagewright.engine.gateway.exchange import Exchange
from sagewright.engine.gateway.wire import HttpResponse


def render(exchange: Exchange) -> HttpResponse:
    """Write the result as the service's protocol has it."""
    response = exchange.codec.render(exchange.result, exchange.model, exchange.request_id)
    if exchange.request.method == "HEAD":
        response.body = b""
    return response
