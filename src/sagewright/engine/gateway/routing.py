"""From an HTTP request to botocore's service and operation.

Services share one address, so nothing but the request itself tells whom it is for: the target of the JSON protocols,
the path of CBOR's, the action of the query protocol; for the REST protocols the name that the request is signed for,
or the host, and then method, path and query. A request that is signed for nothing and names nothing is for S3, the
only service that strangers speak to.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import parse_qsl, unquote_plus

from sagewright.engine.gateway import rest_routes, s3_routes, service_index
from sagewright.engine.gateway.service_index import Service
from sagewright.engine.gateway.wire import Headers
from sagewright.vocabulary.errors import ApiError

FORM = "application/x-www-form-urlencoded"

_CBOR_PATH = re.compile(r"/service/([^/]+)/operation/([^/]+)")
_SCOPE = re.compile(r"Credential=[^/,\s]+/\d{8}/(?:[^/,\s]+/)?([^/,\s]+)/aws4_request")  # SigV4A's has no region
_AWS_HOST = re.compile(r"(?P<name>.+?)(?:\.[a-z]{2}(?:-[a-z]+)+-\d)?\.(?:amazonaws\.com(?:\.cn)?|api\.aws)(?::\d+)?")
_SHARED = {"s3express": "s3", "s3-object-lambda": "s3", "s3-outposts": "s3"}  # other names that S3 is signed for
_ACCOUNT = "x-amz-account-id"  # S3 Control's requests have it, S3's have not


def route(method: str, path: str, query: str, host: str, headers: Headers, form: str = "") -> tuple[str, str]:
    """Return botocore's names of the service and the operation that a request means.

    Args:
        path, query: As on the wire, percent-encoded.
        form: The body, where its content type says that it is a form: the query protocol's action stands in it.

    Raises:
        ApiError: There is no such operation.
    """
    signed_for = signing_name(query, headers)
    if headers.get("smithy-protocol") == "rpc-v2-cbor":
        match = _CBOR_PATH.fullmatch(path)
        return _targeted(match[1], match[2], signed_for) if match else _unknown(path, 404)
    target = headers.get("x-amz-target")
    if target:
        prefix, _, operation = target.rpartition(".")
        return _targeted(prefix, operation, signed_for)
    candidates = _candidates(signed_for, host)
    if not signed_for or not _speaks_only_s3(candidates):
        action = _action(query, form)
        if action:
            return _queried(*action, candidates)
    return _rest(method, path, query, host, headers, candidates)


def signing_name(query: str, headers: Headers) -> str | None:
    """Return the service that a request is signed for, or None."""
    authorization = headers.get("authorization")
    if authorization:
        scope = _SCOPE.search(authorization)
        return scope[1] if scope else "s3" if authorization.startswith("AWS ") else None
    if "X-Amz-Credential=" in query:
        scope = _SCOPE.search(unquote_plus(query[query.index("X-Amz-Credential=") :].partition("&")[0]))
        return scope[1] if scope else None
    return "s3" if "AWSAccessKeyId=" in query else None


def _candidates(signed_for: str | None, host: str) -> Sequence[Service]:
    if signed_for:
        return service_index.signed_as(signed_for) or service_index.signed_as(_SHARED.get(signed_for, ""))
    match = _AWS_HOST.fullmatch(host)
    return service_index.with_endpoint(match["name"]) if match else ()


def _speaks_only_s3(candidates: Sequence[Service]) -> bool:
    return bool(candidates) and candidates[0].name == "s3"


def _targeted(prefix: str, operation: str, signed_for: str | None) -> tuple[str, str]:
    """Return what a target names, of those services that the request is signed for."""
    services = service_index.with_target(prefix)
    fitting = [service for service in services if signed_for in (None, service.signing_name)]
    if services and not fitting:
        raise ApiError(
            "InvalidSignatureException",
            f"Credential should be scoped to correct service: '{services[0].signing_name}'. ",
            403,
        )
    for service in fitting:
        if operation in rest_routes.operation_names(service.name):
            return service.name, operation
    return _unknown(f"{prefix}.{operation}")


def _action(query: str, form: str) -> tuple[str, str] | None:
    """Return the action and the version of the query protocol."""
    for text in (form, query):
        if "Action=" in text:
            fields = dict(parse_qsl(text, keep_blank_values=True))
            if "Action" in fields:
                return fields["Action"], fields.get("Version", "")
    return None


def _queried(action: str, version: str, candidates: Sequence[Service]) -> tuple[str, str]:
    speaking = [service for service in candidates if service.protocols & {"query", "ec2"}]
    fitting = [service for service in speaking if service.version == version]
    for service in fitting or speaking or service_index.with_version(version):
        if action in rest_routes.operation_names(service.name):
            return service.name, action
    raise ApiError(
        "InvalidAction", f"Could not find operation {action} for version {version or 'NO_VERSION_SPECIFIED'}"
    )


def _rest(
    method: str, path: str, query: str, host: str, headers: Headers, candidates: Sequence[Service]
) -> tuple[str, str]:
    fields = dict(parse_qsl(query, keep_blank_values=True)) if query else {}
    for service in candidates:
        if service.name == "s3":
            if _ACCOUNT not in headers or "x-amz-copy-source" in headers:
                return "s3", s3_routes.find(method, host, path, fields, headers)
        elif service.protocols & {"rest-json", "rest-xml"}:
            operation = rest_routes.find(service.name, method, path, fields, headers)
            if operation:
                return service.name, operation
    if candidates:
        return _unknown(f"{method} {path}", 404)
    return "s3", s3_routes.find(method, host, path, fields, headers)


def _unknown(what: str, status: int = 400) -> tuple[str, str]:
    raise ApiError("UnknownOperationException", f"`{what[:200]}` is no operation that is known here.", status)
