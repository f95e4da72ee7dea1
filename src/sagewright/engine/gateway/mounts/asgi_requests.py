"""What ASGI says of a request and its client, as the gateway sees it."""

from __future__ import annotations

import io
from collections.abc import MutableMapping
from typing import Any

from sagewright.engine.gateway.wire import Headers, HttpRequest, Peer
from sagewright.vocabulary.errors import ApiError

Scope = MutableMapping[str, Any]

# Fields that must not come twice: readers before and behind us might each believe another.
_ONCE = frozenset(
    (
        *("host", "authorization", "content-length", "content-type", "content-encoding", "smithy-protocol"),
        *("x-amz-target", "x-amz-date", "x-amz-content-sha256", "x-amz-security-token", "x-amz-decoded-content-length"),
    )
)


def request_of(scope: Scope, *, behind_proxy: bool) -> HttpRequest:
    """Return a request whose service, operation and body are still to be found."""
    headers = _headers(scope)
    return HttpRequest(
        method=scope["method"],
        path=scope["raw_path"].decode("latin-1") or "/",
        query=scope["query_string"].decode("latin-1"),
        host=headers.get("host") or "",
        headers=headers,
        body=io.BytesIO(),
        service="",
        operation="",
        peer=_peer(scope, headers, behind_proxy=behind_proxy),
    )


def check_fields(scope: Scope) -> None:
    """Refuse a request with two values where there can be one.

    Raises:
        ApiError: So it has.
    """
    names = [name for name, _ in scope["headers"]]
    if len(set(names)) < len(names):
        for name in _ONCE:
            if names.count(name.encode()) > 1:
                raise ApiError("InvalidRequest", f"The header `{name}` must not be given twice.")


def has_body(headers: Headers) -> bool:
    """Tell whether bytes follow a request's headers."""
    return "transfer-encoding" in headers or (headers.get("content-length") or "0") != "0"


def length_of(headers: Headers) -> int | None:
    """Return the length of the body where it is known before."""
    text = headers.get("content-length")
    return int(text) if text is not None and text.isdigit() and "transfer-encoding" not in headers else None


def _headers(scope: Scope) -> Headers:
    headers = Headers()
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]},{value}" if name in headers else value
    return headers


def _peer(scope: Scope, headers: Headers, *, behind_proxy: bool) -> Peer:
    address = scope["client"][0] if scope.get("client") else ""
    secure = scope.get("scheme") == "https"
    if behind_proxy:  # which has added the last address; what stands before, the client may have made up
        address = (headers.get("x-forwarded-for") or address).rpartition(",")[2].strip()
        secure = (headers.get("x-forwarded-proto") or "").rpartition(",")[2].strip() == "https" or secure
    return Peer(address, secure)
