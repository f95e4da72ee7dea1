"""Who calls, and from where: first of all that happens to a request."""

from __future__ import annotations

from sagewright.engine.gateway.authentication.signed import recall, verified_caller
from sagewright.engine.gateway.exchange import Exchange
from sagewright.engine.gateway.handlers.identify import identify

# Browsers ask what they may ask without credentials, and put them into the form that they upload.
_CARRY_NONE = frozenset((("s3", "OptionsObject"), ("s3", "PostObject")))


def authenticate(exchange: Exchange) -> None:
    """Set the exchange's caller: the user's own process, or whoever has signed what came over the network.

    The two requests of browsers that carry no credentials get no caller, and no operation is called without one.

    Raises:
        ApiError: The request is not signed as it must be, in the words of its service.
    """
    request = exchange.request
    if request.peer is None:
        identify(exchange)
        if request.service == "sts":
            recall(exchange)
    elif (request.service, request.operation) not in _CARRY_NONE:
        exchange.caller = verified_caller(exchange)
