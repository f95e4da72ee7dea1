"""Assuming roles. Whether the caller may is decided before (`gateway/handlers/authorise.py`)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from sagewright.engine.operations.sts.sessions import (
    open_session,
    packed_size,
    refuse_mfa,
    session_policies,
    session_tags,
)
from sagewright.engine.parts import Caller, Params, Parts, Principal, Result
from sagewright.vocabulary.arns import parse_arn, partition_of
from sagewright.vocabulary.errors import ApiError

ROLE = "iam-role"
DEFAULT_S = LONGEST_CHAINED_S = 3600


def assume_role(parts: Parts, caller: Caller, params: Params) -> Result:
    """Open a session of a role.

    In the user's own process roles are accepted as they come, recorded or not.
    """
    refuse_mfa(params)
    if params.get("ProvidedContexts"):
        raise ApiError("InvalidContextAssertion", "`ProvidedContexts` are not known here.")
    account, name = _named(params["RoleArn"])
    record = parts.state.get(ROLE, account, name)
    role = _unrecorded(name) if record is None else record.body
    duration_s = _duration_s(caller, role, params)
    principal = _principal(caller, name, params)
    session = params["RoleSessionName"]
    partition = partition_of(caller.region)
    arn, user_id = f"arn:{partition}:sts::{account}:assumed-role/{name}/{session}", f"{role['id']}:{session}"
    credentials = open_session(
        parts,
        kind="assumed-role",
        account=account,
        arn=arn,
        user_id=user_id,
        principal=principal,
        principal_arn=params["RoleArn"],
        policies=session_policies(parts, account, params),
        duration_s=duration_s,
    )
    return {
        "Credentials": credentials,
        "AssumedRoleUser": {"AssumedRoleId": user_id, "Arn": arn},
        "PackedPolicySize": packed_size(params),
        "SourceIdentity": principal.source_identity,
    }


def _named(text: str) -> tuple[str, str]:
    """Return account and name of a role's ARN."""
    try:
        arn = parse_arn(text)
    except ValueError:
        raise ApiError("ValidationError", f"{text} is invalid") from None
    if arn.service != "iam" or arn.resource_type != "role" or not arn.resource_name:
        raise ApiError("ValidationError", f"{text} is invalid")
    return arn.account, arn.resource_name.rpartition("/")[2]


def _unrecorded(name: str) -> Mapping[str, Any]:
    digest = hashlib.sha256(name.encode()).hexdigest()[:17].upper()
    return {"id": f"AROA{digest}", "max_session_s": 43200}


def _duration_s(caller: Caller, role: Mapping[str, Any], params: Params) -> int:
    duration_s = int(params.get("DurationSeconds", DEFAULT_S))
    if caller.principal is not None and caller.principal.kind == "role" and duration_s > LONGEST_CHAINED_S:
        raise ApiError(
            "ValidationError",
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
        )
    if duration_s > role["max_session_s"]:
        raise ApiError(
            "ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
        )
    return duration_s


def _principal(caller: Caller, name: str, params: Params) -> Principal:
    """Return the session's principal: with its own tags, and those that it inherits from the session that opens it."""
    own, inherited = session_tags(params), dict(caller.principal.inherited_tags) if caller.principal else {}
    taken = {key.lower() for key in inherited}
    if any(key.lower() in taken for key in own):
        raise ApiError(
            "InvalidParameterValue",
            "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from "
            "the calling session.",
        )
    missing = [key for key in params.get("TransitiveTagKeys") or () if key not in own]
    if missing:
        raise ApiError(
            "InvalidParameterValue", "The specified transitive tag key must be included in the requested tags."
        )
    passed_on = {key: own[key] for key in params.get("TransitiveTagKeys") or ()}
    return Principal(
        "role",
        name,
        tags={**inherited, **own},
        inherited_tags={**inherited, **passed_on},
        source_identity=_source_identity(caller, params),
    )


def _source_identity(caller: Caller, params: Params) -> str | None:
    given: str | None = params.get("SourceIdentity")
    kept = caller.principal.source_identity if caller.principal else None
    if given and kept and given != kept:
        raise ApiError("AccessDenied", "The source identity of a session cannot be changed.", 403)
    return kept or given
