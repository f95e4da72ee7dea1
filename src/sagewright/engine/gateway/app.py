"""The gateway: the life of a request, as one ordered list of handlers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from sagewright.engine.gateway.exchange import Exchange
from sagewright.engine.gateway.handlers.authenticate import authenticate
from sagewright.engine.gateway.handlers.authorise import authorise, conceal
from sagewright.engine.gateway.handlers.dispatch import dispatch
from sagewright.engine.gateway.handlers.errors import answer_error
from sagewright.engine.gateway.handlers.foreign import hand_to_hybrid
from sagewright.engine.gateway.handlers.pages import answer_preflight, tell_pages
from sagewright.engine.gateway.handlers.parse import parse
from sagewright.engine.gateway.handlers.render import render
from sagewright.engine.gateway.handlers.uploads import answer_upload, read_upload
from sagewright.engine.gateway.handlers.validate import validate
from sagewright.engine.gateway.wire import HttpRequest, HttpResponse
from sagewright.vocabulary.errors import ApiError

Handler = Callable[[Exchange], "HttpResponse | None"]

# Each handler adds to the exchange, or ends it with a response, or raises: `ApiError` for the client's eyes.
HANDLERS: Sequence[Handler] = (
    authenticate,  # who calls, from where
    hand_to_hybrid,  # services that are not ours
    answer_preflight,  # what a web page may ask of S3
    read_upload,  # a browser's form -> the request that it stands for
    parse,  # wire -> params
    validate,  # what the service model says of the params
    authorise,  # may the caller do that
    dispatch,  # params -> result
    render,  # result -> wire
)


def handle(request: HttpRequest, home: Path) -> HttpResponse:
    """Answer a request with the engine at `home`. Never raises."""
    return carry(Exchange(request, home))


def carry(exchange: Exchange) -> HttpResponse:
    """Lead an exchange through the handlers to its response. Never raises."""
    try:
        response = answer_upload(exchange, _carry_out(exchange))
    except Exception as error:  # noqa: BLE001 - the border of the gateway
        response = answer_error(exchange, error)
    return tell_pages(exchange, response)


def _carry_out(exchange: Exchange) -> HttpResponse:
    try:
        for handler in HANDLERS:
            response = handler(exchange)
            if response is not None:
                return response
    except ApiError as error:
        raise conceal(exchange, error) from None
    raise AssertionError("the last handler answers")
