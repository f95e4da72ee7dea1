"""From params to the result."""

from __future__ import annotations

from sagewright.engine.engine import engine_of
from sagewright.engine.gateway.exchange import Exchange


def dispatch(exchange: Exchange) -> None:
    """Carry the operation out."""
    assert exchange.caller is not None
    request = exchange.request
    engine = engine_of(exchange.home)
    exchange.result = engine.call(request.service, request.operation, exchange.params, exchange.caller)
