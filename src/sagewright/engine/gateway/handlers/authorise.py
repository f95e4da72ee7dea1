"""May the caller do that: asked when the params are known and nothing has happened yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from sagewright.engine.authorisation.asked import Asked
from sagewright.engine.authorisation.s3 import deletion, objects_to_delete
from sagewright.engine.authorisation.tables import everything_asked
from sagewright.engine.gateway.authorisation.denials import denied
from sagewright.engine.gateway.authorisation.judging import Judge
from sagewright.engine.gateway.authorisation.kinds import check_credentials
from sagewright.engine.gateway.exchange import Exchange
from sagewright.engine.gateway.hybrid.aliases import behind
from sagewright.vocabulary.errors import ApiError

_HIDDEN = ("NoSuchKey", "NoSuchVersion")


def authorise(exchange: Exchange) -> None:
    """Let the policies of the caller and of the resource decide; calls from the user's own process may do everything.

    Of several objects that are to be deleted, those that may not be are left out, and stand in `exchange.refused`.

    Raises:
        ApiError: The caller may not, in the words of the service.
    """
    caller, request = exchange.caller, exchange.request
    if caller is None:
        raise ApiError("AccessDenied", "Access Denied", 403)
    if caller.principal is None:
        return
    check_credentials(exchange)
    judge = Judge(exchange, exchange.parts)
    if (request.service, request.operation) == ("s3", "DeleteObjects"):
        _leave_out(exchange, judge)
        return
    for asked in everything_asked(request.service, request.operation, exchange.params, judge.place, judge.known):
        error = _error(exchange, judge, replace(asked, resource=behind(exchange.home, asked.resource)))
        if error is not None:
            raise error


def conceal(exchange: Exchange, error: Exception) -> Exception:
    """Return the error that the caller may see: that an object is missing is for those who may list the bucket."""
    if not isinstance(error, ApiError) or error.code not in _HIDDEN or exchange.request.service != "s3":
        return error
    caller = exchange.caller
    if caller is None or caller.principal is None or exchange.request.operation == "DeleteObjects":
        return error
    judge = Judge(exchange, exchange.parts)
    arn = f"arn:{judge.place.partition}:s3:::{_missing_from(exchange.params)}"
    return _error(exchange, judge, Asked("s3:ListBucket", arn)) or error


def _missing_from(params: Mapping[str, Any]) -> str:
    """Return the bucket in which an object was not found: that of a copy's source, if it is one."""
    source = params.get("CopySource")
    return unquote(str(source)).removeprefix("/").partition("/")[0] if source else str(params.get("Bucket"))


def _error(exchange: Exchange, judge: Judge, asked: Asked) -> ApiError | None:
    decision = judge.decide(asked)
    if decision.allowed:
        return None
    return denied(exchange, judge.caller.arn, asked, decision, is_own=judge.is_own(asked))


def _leave_out(exchange: Exchange, judge: Judge) -> None:
    """Take the objects that may not be deleted out of what is to be deleted."""
    allowed: list[Mapping[str, Any]] = []
    for item in objects_to_delete(exchange.params):
        error = _error(exchange, judge, deletion(item, exchange.params, judge.place))
        if error is None:
            allowed.append(item)
        else:
            exchange.refused.append({**_named(item), "Code": error.code, "Message": error.message})
    if exchange.refused:
        exchange.params = {**exchange.params, "Delete": {**exchange.params["Delete"], "Objects": allowed}}


def _named(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: item[name] for name in ("Key", "VersionId") if item.get(name) is not None}
