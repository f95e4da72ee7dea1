"""Sessions: temporary keys, recorded until some time after they have expired.

A record's status is when it expires, written so that it sorts: the sweep finds the oldest first.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from sagewright.engine.abc import Query, Record, StateStore
from sagewright.engine.operations.iam.entities import ROLE, find_or_none
from sagewright.engine.operations.iam.policy_arns import named_policy
from sagewright.engine.parts import Parts, Principal, Result
from sagewright.engine.policies import check_document
from sagewright.vocabulary.arns import parse_arn, partition_of
from sagewright.vocabulary.errors import ApiError

SESSION = "sts-session"
KEPT_S = 86400.0  # after the end, so that its keys are told that they have expired
MAX_POLICY_CHARACTERS = 2048

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_NOTHING = '{"Version":"2012-10-17","Statement":[]}'


def open_session(
    parts: Parts,
    *,
    kind: str,
    account: str,
    arn: str,
    user_id: str,
    principal: Principal,
    principal_arn: str,
    policies: Sequence[str],
    duration_s: int,
) -> Result:
    """Record a session and return the member `Credentials`.

    Args:
        kind: `assumed-role`, `session-token` or `federation`.
        principal_arn: Of the role or user whose policies decide.
        policies: The texts of its session policies.
    """
    now = parts.clock.now()
    key_id = "ASIA" + "".join(secrets.choice(_LETTERS) for _ in range(16))
    body = {
        "kind": kind,
        "account": account,
        "secret": secrets.token_urlsafe(30),
        "token": "IQoJb3JpZ2luX2Vj" + secrets.token_urlsafe(255),
        "issued_at": now,
        "expires_at": now + duration_s,
        "arn": arn,
        "user_id": user_id,
        "principal_arn": principal_arn,
        "principal": {
            "kind": principal.kind,
            "name": principal.name,
            "session_policies": list(policies),
            "tags": dict(principal.tags),
            "inherited_tags": dict(principal.inherited_tags),
            "source_identity": principal.source_identity,
        },
    }
    parts.state.put(Record(SESSION, "", key_id, body, status=_sortable(now + duration_s)), expected_version=0)
    return {
        "AccessKeyId": key_id,
        "SecretAccessKey": body["secret"],
        "SessionToken": body["token"],
        "Expiration": int(now + duration_s),
    }


def open_service_session(
    parts: Parts, *, role: str, account: str, region: str, session: str, duration_s: int
) -> Result | None:
    """Open the session of a service that acts as a role, and return the member `Credentials`; None: the role is gone.

    Args:
        role: Its ARN.
        session: The session's name.
    """
    name = parse_arn(role).resource_name.rpartition("/")[2]
    record = find_or_none(parts, account, ROLE, name)
    if record is None:
        return None
    return open_session(
        parts,
        kind="assumed-role",
        account=account,
        arn=f"arn:{partition_of(region)}:sts::{account}:assumed-role/{name}/{session}",
        user_id=f"{record.body['id']}:{session}",
        principal=Principal("role", name),
        principal_arn=role,
        policies=[],
        duration_s=duration_s,
    )


def sweep_sessions(state: StateStore, now: float) -> int:
    """Forget sessions that have long expired; return how many."""
    swept = 0
    while True:
        page = state.list(Query(SESSION, "", sort_by="status", limit=500))
        old = [record for record in page.records if record.status < _sortable(now - KEPT_S)]
        for record in old:
            state.delete(SESSION, "", record.name)
        swept += len(old)
        if len(old) < 500:
            return swept


def _sortable(unix_s: float) -> str:
    return f"{unix_s:017.3f}"


def session_policies(parts: Parts, account: str, params: Mapping[str, Any]) -> list[str]:
    """Return the texts of the session policies that are given: one as it stands, others by their ARNs.

    Raises:
        ApiError: `MalformedPolicyDocument`, `PackedPolicyTooLarge` or `ValidationError`.
    """
    arns = [descriptor.get("arn", "") for descriptor in params.get("PolicyArns") or ()]
    if len(arns) > 10:
        raise ApiError("LimitExceeded", "A session can have at most 10 managed session policies.")
    inline = [params["Policy"]] if params.get("Policy") else []
    if len("".join((*inline, *arns))) > MAX_POLICY_CHARACTERS:
        raise ApiError("PackedPolicyTooLarge", "Packed size of session policies and tags exceeds the limit.")
    for text in inline:
        check_document(text, "identity")
    return inline + [_text_of(parts, account, arn) for arn in arns]


def no_permissions() -> str:
    """Return the policy of a session that has not been given any."""
    return _NOTHING


def packed_size(params: Mapping[str, Any]) -> int | None:
    """Return how much of what fits into a token the policies and tags take, in percent."""
    given = {name: params[name] for name in ("Policy", "PolicyArns", "Tags") if params.get(name)}
    if not given:
        return None
    return max(1, min(100, len(json.dumps(given)) * 100 // (2 * MAX_POLICY_CHARACTERS)))


def session_tags(params: Mapping[str, Any]) -> dict[str, str]:
    """Return the tags that a session is given.

    Raises:
        ApiError: `InvalidParameterValue`: a key stands there twice.
    """
    tags = {tag["Key"]: tag["Value"] for tag in params.get("Tags") or ()}
    if len({key.lower() for key in tags}) < len(params.get("Tags") or ()):
        raise ApiError(
            "InvalidParameterValue", "Duplicate tag keys found. Please note that Tag keys are case insensitive."
        )
    if any(key.lower().startswith("aws:") for key in tags):
        raise ApiError("InvalidParameterValue", "Tag keys that begin with aws: are reserved.")
    return tags


def refuse_mfa(params: Mapping[str, Any]) -> None:
    """Refuse a one-time code: no device is known here.

    Raises:
        ApiError: `AccessDenied`.
    """
    if params.get("SerialNumber") or params.get("TokenCode"):
        raise ApiError("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code. ", 403)


def _text_of(parts: Parts, account: str, arn: str) -> str:
    policy = named_policy(parts, account, arn)
    if policy is None:
        raise ApiError("ValidationError", f"The policy {arn} does not exist or is not attachable.")
    return policy.text
