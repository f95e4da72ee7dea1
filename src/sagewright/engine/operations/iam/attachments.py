"""Which managed policies are attached to which users, groups and roles (IAM API Reference).

The record of the user, group or role holds them: ARN -> the policy's unique id (empty for AWS's).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from sagewright.engine.abc import Record
from sagewright.engine.operations.iam.entities import GROUP, PRINCIPALS, ROLE, USER, Body, Kind, all_of, change, find
from sagewright.engine.operations.iam.pages import below, name_of, page_of
from sagewright.engine.operations.iam.policy_arns import (
    Named,
    attachable_policy,
    existing_policy,
    missing_policy,
    named_policy,
)
from sagewright.engine.operations.iam.roles import check_is_changeable
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.errors import ApiError

_MAX_ATTACHED = {USER: 10, GROUP: 10, ROLE: 10}


def attach_user_policy(parts: Parts, caller: Caller, params: Params) -> Result:
    return _attach(parts, caller, USER, params)


def attach_group_policy(parts: Parts, caller: Caller, params: Params) -> Result:
    return _attach(parts, caller, GROUP, params)


def attach_role_policy(parts: Parts, caller: Caller, params: Params) -> Result:
    return _attach(parts, caller, ROLE, params)


def detach_user_policy(parts: Parts, caller: Caller, params: Params) -> Result:
    return _detach(parts, caller, USER, params)


def detach_group_policy(parts: Parts, caller: Caller, params: Params) -> Result:
    return _detach(parts, caller, GROUP, params)


def detach_role_policy(parts: Parts, caller: Caller, params: Params) -> Result:
    return _detach(parts, caller, ROLE, params)


def list_attached_user_policies(parts: Parts, caller: Caller, params: Params) -> Result:
    return _list(parts, caller, USER, params)


def list_attached_group_policies(parts: Parts, caller: Caller, params: Params) -> Result:
    return _list(parts, caller, GROUP, params)


def list_attached_role_policies(parts: Parts, caller: Caller, params: Params) -> Result:
    return _list(parts, caller, ROLE, params)


def list_entities_for_policy(parts: Parts, caller: Caller, params: Params) -> Result:
    """List the users, groups and roles that a policy is attached to, or that it bounds."""
    policy = existing_policy(parts, caller, params["PolicyArn"])
    usage = params.get("PolicyUsageFilter") or "PermissionsPolicy"
    found = [
        (kind, record)
        for kind in PRINCIPALS
        if params.get("EntityFilter") in (None, kind.noun)
        for record in all_of(parts, caller.account, kind)
        if is_used_by(policy, record, usage)
    ]
    kept = below(params, [(item[1].body["path"], item) for item in found])
    page, more = page_of(params, kept, lambda item: f"{PRINCIPALS.index(item[0])} {item[1].name}")
    listed: dict[str, list[dict[str, Any]]] = {"PolicyUsers": [], "PolicyGroups": [], "PolicyRoles": []}
    for kind, record in page:
        listed[f"Policy{kind.noun}s"].append({kind.member: record.name, f"{kind.noun}Id": record.body["id"]})
    return {**listed, **more}


def is_used_by(policy: Named, record: Record, usage: str = "PermissionsPolicy") -> bool:
    """Tell whether a policy is attached to a user, group or role, or bounds it (`PermissionsBoundary`)."""
    if usage == "PermissionsBoundary":
        return record.body.get("boundary") == policy.arn
    return (record.body.get("attached") or {}).get(policy.arn) == policy.id


def counts(parts: Parts, account: str) -> tuple[Mapping[tuple[str, str], int], Mapping[str, int]]:
    """Return how often each policy, by ARN and id, is attached, and how many each, by ARN, bounds."""
    records = [record for kind in PRINCIPALS for record in all_of(parts, account, kind)]
    attached = Counter(item for record in records for item in (record.body.get("attached") or {}).items())
    bounding = Counter(str(record.body["boundary"]) for record in records if record.body.get("boundary"))
    return attached, bounding


def attached_policies(parts: Parts, record: Record) -> Iterator[Named]:
    """Yield the managed policies of a user, group or role; one that was deleted is none any more."""
    for arn, identifier in (record.body.get("attached") or {}).items():
        policy = named_policy(parts, record.scope, arn)
        if policy is not None and policy.id == identifier:
            yield policy


def _attach(parts: Parts, caller: Caller, kind: Kind, params: Params) -> Result:
    name = params[kind.member]
    find(parts, caller.account, kind, name)
    policy = attachable_policy(parts, caller, params["PolicyArn"])

    def edit(body: Body) -> None:
        _check_changeable(kind, name, body)
        attached = {**(body.get("attached") or {}), policy.arn: policy.id}
        if len(attached) > _MAX_ATTACHED[kind]:
            limit = _MAX_ATTACHED[kind]
            raise ApiError("LimitExceeded", f"Cannot exceed quota for PoliciesPer{kind.noun}: {limit}", 409)
        body["attached"] = attached

    change(parts, caller.account, kind, name, edit)
    return {}


def _detach(parts: Parts, caller: Caller, kind: Kind, params: Params) -> Result:
    name, arn = params[kind.member], params["PolicyArn"]
    if not arn.startswith("arn:"):
        raise ApiError("ValidationError", f"ARN {arn} is not valid.")

    def edit(body: Body) -> None:
        _check_changeable(kind, name, body)
        attached = body.get("attached") or {}
        if arn not in attached:
            raise missing_policy(arn)
        body["attached"] = {other: identifier for other, identifier in attached.items() if other != arn}

    change(parts, caller.account, kind, name, edit)
    return {}


def _list(parts: Parts, caller: Caller, kind: Kind, params: Params) -> Result:
    record = find(parts, caller.account, kind, params[kind.member])
    policies = below(params, [(policy.path, policy) for policy in attached_policies(parts, record)])
    page, more = page_of(params, policies, name_of)
    return {"AttachedPolicies": [{"PolicyName": item.name, "PolicyArn": item.arn} for item in page], **more}


def _check_changeable(kind: Kind, name: str, body: Body) -> None:
    if kind is ROLE:
        check_is_changeable(name, body)
