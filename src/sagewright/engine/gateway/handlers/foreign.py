"""Services that the engine does not serve itself."""

from __future__ import annotations

import io
from urllib.parse import parse_qsl

from sagewright.engine.gateway.authentication.signed import FORM
from sagewright.engine.gateway.exchange import Exchange
from sagewright.engine.gateway.handlers.authorise import authorise
from sagewright.engine.gateway.handlers.parse import parse
from sagewright.engine.gateway.handlers.validate import check_given
from sagewright.engine.gateway.wire import HttpRequest, HttpResponse
from sagewright.engine.operations import is_ours
from sagewright.vocabulary.errors import ApiError


def hand_to_hybrid(exchange: Exchange) -> HttpResponse | None:
    """Let the library behind the extra `hybrid` answer for the rest of AWS."""
    if is_ours(exchange.request.service):
        return None
    if exchange.request.peer is not None:
        _authorise(exchange)
    from sagewright.engine.gateway.hybrid import answer

    assert exchange.caller is not None
    return answer(exchange.request.service, exchange.request, exchange.home, exchange.caller)


def _authorise(exchange: Exchange) -> None:
    """Ask whether the request is whole and the caller may, and leave the body to be read again by whoever answers."""
    body = exchange.request.body.read()
    _check_unambiguous(exchange.request, body)
    exchange.request.body = io.BytesIO(body)
    parse(exchange)
    check_given(exchange)
    authorise(exchange)
    exchange.request.body = io.BytesIO(body)


def _check_unambiguous(request: HttpRequest, body: bytes) -> None:
    """Check that whoever reads the request after us cannot read another one in it: no field stands there twice.

    Raises:
        ApiError: One does.
    """
    fields = parse_qsl(request.query, keep_blank_values=True)
    if (request.headers.get("content-type") or "").startswith(FORM):
        fields += parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
    names = [name for name, _ in fields]
    is_query = "Action" in names or "Version" in names
    if is_query and (len(set(names)) < len(names) or "x-amz-target" in request.headers):
        raise ApiError("MalformedQueryString", "The query string contains a syntax error.", 404)
