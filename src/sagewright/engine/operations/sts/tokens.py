"""Temporary keys for the caller itself, and for those that it lets act in its place."""

from __future__ import annotations

from sagewright.engine.operations.sts.sessions import (
    no_permissions,
    open_session,
    packed_size,
    refuse_mfa,
    session_policies,
    session_tags,
)
from sagewright.engine.parts import Caller, Params, Parts, Principal, Result
from sagewright.vocabulary.arns import partition_of

DEFAULT_S, LONGEST_OF_ROOT_S = 43200, 3600


def get_session_token(parts: Parts, caller: Caller, params: Params) -> Result:
    """Open a session of the calling user or root."""
    refuse_mfa(params)
    own = _own(caller)
    credentials = open_session(
        parts,
        kind="session-token",
        account=caller.account,
        arn=own.arn,
        user_id=own.user_id,
        principal=_principal(own),
        principal_arn=own.arn,
        policies=(),
        duration_s=_duration_s(own, params),
    )
    return {"Credentials": credentials}


def get_federation_token(parts: Parts, caller: Caller, params: Params) -> Result:
    """Open a session that may do what both the caller and its session policies may; without policies, nothing."""
    own, name = _own(caller), params["Name"]
    principal = _principal(own)
    arn = f"arn:{partition_of(caller.region)}:sts::{caller.account}:federated-user/{name}"
    user_id = f"{caller.account}:{name}"
    credentials = open_session(
        parts,
        kind="federation",
        account=caller.account,
        arn=arn,
        user_id=user_id,
        principal=Principal(principal.kind, principal.name, tags=session_tags(params)),
        principal_arn=own.arn,
        policies=session_policies(parts, caller.account, params) or [no_permissions()],
        duration_s=_duration_s(own, params),
    )
    return {
        "Credentials": credentials,
        "FederatedUser": {"FederatedUserId": user_id, "Arn": arn},
        "PackedPolicySize": packed_size(params),
    }


def _own(caller: Caller) -> Caller:
    """Return the caller; the user's own process, which may do everything, acts as the account's root."""
    if caller.principal is not None:
        return caller
    arn = f"arn:{partition_of(caller.region)}:iam::{caller.account}:root"
    return Caller(caller.account, caller.region, arn, caller.account, principal=Principal("root"))


def _principal(caller: Caller) -> Principal:
    assert caller.principal is not None
    return caller.principal


def _duration_s(caller: Caller, params: Params) -> int:
    duration_s = int(params.get("DurationSeconds", DEFAULT_S))
    return min(duration_s, LONGEST_OF_ROOT_S) if _principal(caller).kind == "root" else duration_s
