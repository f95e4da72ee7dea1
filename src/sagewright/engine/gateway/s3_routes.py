"""S3's routes: what a request to a bucket or an object means.

All of S3's operations share two paths; sub-resources (`?acl`), parameters (`uploadId`) and headers (a copy's source)
tell them apart. Bucket and key may stand in the path, or the bucket in the host, so that paths are not compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from sagewright.engine.gateway import models, rest_routes
from sagewright.engine.gateway.protocols.s3_address import bucket_and_key
from sagewright.engine.gateway.rest_routes import Route
from sagewright.vocabulary.errors import ApiError

# Old operations of the same routes as those that took their place, and those with hosts of their own.
_PASSED_OVER = frozenset(
    (
        *("GetBucketLifecycle", "PutBucketLifecycle", "GetBucketNotification", "PutBucketNotification"),
        *("WriteGetObjectResponse", "ListDirectoryBuckets"),
    )
)
_VALUED = frozenset(("list-type", "select-type"))  # with another value they are parameters like others
POST_OBJECT = "PostObject"  # a form, as browsers upload; botocore has no model of it
PREFLIGHT = "OptionsObject"  # the question of browsers whether they may ask; likewise


def find(method: str, host: str, path: str, query: Mapping[str, str], headers: Mapping[str, str]) -> str:
    """Return the operation that a request to S3 means.

    Raises:
        ApiError: There is none.
    """
    if method == "OPTIONS":
        return PREFLIGHT
    bucket, key = bucket_and_key(host, path)
    scope = "object" if key else "bucket" if bucket else "service"
    if method == "POST" and scope != "service" and _is_form(headers):
        return POST_OBJECT
    asked = _subresources(scope).intersection(query)
    for route in _routes(method, scope, literal=True) if asked else ():
        if route.accepts(query, route.headers):  # a header that is missing, the operation will miss
            return route.operation
    for route in _routes(method, scope, literal=False) if asked <= _VALUED else ():
        if route.accepts(query, headers):
            return route.operation
    raise ApiError(
        "MethodNotAllowed",
        "The specified method is not allowed against this resource.",
        405,
        {"Method": method, "ResourceType": "_".join(sorted(asked)).upper() or scope.upper()},
    )


def _is_form(headers: Mapping[str, str]) -> bool:
    return (headers.get("content-type") or "").lower().startswith("multipart/form-data")


@cache
def _routes(method: str, scope: str, *, literal: bool) -> Sequence[Route]:
    """Return the routes of operations on a part of a bucket or an object, or of those on the whole."""
    return tuple(
        route
        for route in rest_routes.routes_of("s3").get(method, ())
        if route.operation not in _PASSED_OVER
        and _scope_of(route.operation) == scope
        and bool(route.literals) == literal
    )


@cache
def _subresources(scope: str) -> frozenset[str]:
    """Return the names in queries that name a part of a bucket or an object."""
    return frozenset(
        name
        for routes in rest_routes.routes_of("s3").values()
        for route in routes
        if _scope_of(route.operation) == scope
        for name in route.literals
    )


@cache
def _scope_of(operation: str) -> str:
    uri = models.service_model("s3").operation_model(operation).http["requestUri"]
    return "object" if "{Key+}" in uri else "bucket" if "{Bucket}" in uri else "service"
