"""Services that the engine does not serve itself."""

from __future__ import annotations

from sagewright.engine.gateway.exchange import Exchange
from sagewright.engine.gateway.wire import HttpResponse
from sagewright.engine.operations import is_ours


def hand_to_hybrid(exchange: Exchange) -> HttpResponse | None:
    """Let the library behind the extra `hybrid` answer for the rest of AWS."""
    if is_ours(exchange.request.service):
        return None
    from sagewright.engine.gateway.hybrid import answer

    assert exchange.caller is not None
    return answer(exchange.request.service, exchange.request, exchange.home, exchange.caller)
