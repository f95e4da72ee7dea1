"""What kinds of credentials cannot do, whatever policies say (IAM User Guide, "Compare AWS STS credentials")."""

from __future__ import annotations

from sagewright.engine.gateway.authentication import dialects
from sagewright.engine.gateway.exchange import Exchange
from sagewright.vocabulary.errors import ApiError

_MAKE_SESSIONS = ("GetSessionToken", "GetFederationToken")
# The kind of a session -> the operations of STS that it may call.
_OF_STS = {
    "session-token": ("AssumeRole", "GetCallerIdentity"),
    "federation": ("GetCallerIdentity",),
}


def check_credentials(exchange: Exchange) -> None:
    """Check that such a caller may call such an operation at all.

    Raises:
        ApiError: It may not.
    """
    session, request = exchange.session, exchange.request
    if (request.service, request.operation) == ("sts", "AssumeRole") and _is_root(exchange):
        raise ApiError("AccessDenied", "Roles may not be assumed by root accounts.", 403)
    if session is None or request.service not in ("iam", "sts"):
        return
    if request.service == "sts" and request.operation in _MAKE_SESSIONS:
        raise ApiError("AccessDenied", f"Cannot call {request.operation} with session credentials", 403)
    allowed = _OF_STS.get(session["kind"])
    if allowed is not None and (request.service == "iam" or request.operation not in allowed):
        raise dialects.bad_token(dialects.dialect_of(exchange), None)


def _is_root(exchange: Exchange) -> bool:
    """Tell whether the root of an account calls."""
    caller = exchange.caller
    return caller is not None and caller.principal is not None and caller.principal.kind == "root"
