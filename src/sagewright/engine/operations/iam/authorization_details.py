"""Everything that says who may do what, in one answer (IAM API Reference, `GetAccountAuthorizationDetails`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from urllib.parse import quote

from sagewright.engine.abc import Record
from sagewright.engine.operations.iam.attachments import attached_policies, counts
from sagewright.engine.operations.iam.entities import GROUP, POLICY, ROLE, USER, all_of
from sagewright.engine.operations.iam.groups import group_of, groups_of
from sagewright.engine.operations.iam.instance_profiles import profile_of
from sagewright.engine.operations.iam.managed_policies import described_versions, policy_of
from sagewright.engine.operations.iam.pages import page_of
from sagewright.engine.operations.iam.policy_arns import Named, named_policy, policy_arn
from sagewright.engine.operations.iam.roles import profiles_of, role_of
from sagewright.engine.operations.iam.users import user_of
from sagewright.engine.parts import Caller, Params, Parts, Result

_MEMBERS = {
    "User": "UserDetailList",
    "Role": "RoleDetailList",
    "Group": "GroupDetailList",
    "LocalManagedPolicy": "Policies",
    "AWSManagedPolicy": "Policies",
}

Item = tuple[str, str, Callable[[], dict[str, Any]]]


def get_account_authorization_details(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return users, roles, groups and policies in use with all that is attached to them."""
    wanted = params.get("Filter") or list(_MEMBERS)
    items = [item for item in _items(parts, caller) if item[0] in wanted]
    ranks = list(_MEMBERS)
    page, more = page_of(params, items, lambda item: f"{ranks.index(item[0])} {item[1]}")
    details: dict[str, list[dict[str, Any]]] = {member: [] for member in _MEMBERS.values()}
    for family, _, describe in page:
        details[_MEMBERS[family]].append(describe())
    return {**details, **more}


def _items(parts: Parts, caller: Caller) -> Sequence[Item]:
    """Return what there is: its kind, its name, and what describes it."""
    account, used = caller.account, counts(parts, caller.account)
    items: list[Item] = []
    for family, kind, describe in (("User", USER, _user), ("Role", ROLE, _role), ("Group", GROUP, _group)):
        items += [(family, item.name, partial(describe, parts, caller, item)) for item in all_of(parts, account, kind)]
    for policy in _policies(parts, caller, sorted({arn for arn, _ in used[0]} | set(used[1]))):
        family = "LocalManagedPolicy" if policy.own else "AWSManagedPolicy"
        items.append((family, policy.name, partial(_policy, policy, used)))
    return items


def _policies(parts: Parts, caller: Caller, used: Sequence[str]) -> Sequence[Named]:
    """Return the account's own policies, and those of AWS's that are in use."""
    own = [policy_arn(caller, record) for record in all_of(parts, caller.account, POLICY)]
    found = (named_policy(parts, caller.account, arn) for arn in dict.fromkeys([*own, *used]))
    return [policy for policy in found if policy is not None]


def _user(parts: Parts, caller: Caller, record: Record) -> dict[str, Any]:
    return {
        **user_of(record, caller),
        "UserPolicyList": _inline(record),
        "GroupList": [group.name for group in groups_of(parts, record)],
        "AttachedManagedPolicies": _attached(parts, record),
    }


def _group(parts: Parts, caller: Caller, record: Record) -> dict[str, Any]:
    return {
        **group_of(record, caller),
        "GroupPolicyList": _inline(record),
        "AttachedManagedPolicies": _attached(parts, record),
    }


def _role(parts: Parts, caller: Caller, record: Record) -> dict[str, Any]:
    return {
        **role_of(record, caller),
        "InstanceProfileList": [profile_of(parts, profile, caller) for profile in profiles_of(parts, record)],
        "RolePolicyList": _inline(record),
        "AttachedManagedPolicies": _attached(parts, record),
        "RoleLastUsed": {},
    }


def _policy(policy: Named, used: Any) -> dict[str, Any]:
    return {**policy_of(policy, used), "PolicyVersionList": described_versions(policy)}


def _inline(record: Record) -> list[dict[str, str]]:
    inline = record.body.get("inline") or {}
    return [{"PolicyName": name, "PolicyDocument": quote(text, safe="")} for name, text in sorted(inline.items())]


def _attached(parts: Parts, record: Record) -> list[dict[str, str]]:
    return [{"PolicyName": policy.name, "PolicyArn": policy.arn} for policy in attached_policies(parts, record)]
