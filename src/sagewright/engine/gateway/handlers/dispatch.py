"""From params to the result."""

from __future__ import annotations

from sagewright.engine.gateway.exchange import Exchange


def dispatch(exchange: Exchange) -> None:
    """Carry the operation out, or that part of it which the caller may do."""
    assert exchange.caller is not None
    request = exchange.request
    engine = exchange.engine
    if exchange.refused and not exchange.params["Delete"]["Objects"]:
        exchange.result = {"Errors": exchange.refused}
        return
    exchange.result = engine.call(request.service, request.operation, exchange.params, exchange.caller)
    if exchange.refused:
        exchange.result["Errors"] = [*exchange.result.get("Errors", ()), *exchange.refused]
