"""Instance profiles, which hold a role (IAM API Reference)."""

from __future__ import annotations

from typing import Any

from sagewright.engine.abc import Record
from sagewright.engine.operations.iam.entities import (
    PROFILE,
    ROLE,
    Body,
    all_of,
    arn_of,
    change,
    create,
    find,
    find_or_none,
    new_id,
    remove,
)
from sagewright.engine.operations.iam.pages import below, name_of, page_of
from sagewright.engine.operations.iam.roles import profiles_of, role_of
from sagewright.engine.operations.iam.tags import checked_tags
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.arns import partition_of
from sagewright.vocabulary.errors import ApiError


def create_instance_profile(parts: Parts, caller: Caller, params: Params) -> Result:
    """Record an instance profile without a role."""
    body = {
        "path": params.get("Path", "/"),
        "id": new_id(PROFILE.prefix),
        "tags": checked_tags(params.get("Tags")),
    }
    record = create(parts, caller.account, PROFILE, params["InstanceProfileName"], body)
    return {"InstanceProfile": profile_of(parts, record, caller)}


def get_instance_profile(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return an instance profile and its role."""
    record = find(parts, caller.account, PROFILE, params["InstanceProfileName"])
    return {"InstanceProfile": profile_of(parts, record, caller)}


def list_instance_profiles(parts: Parts, caller: Caller, params: Params) -> Result:
    """List instance profiles in order of name."""
    found = below(params, [(record.body["path"], record) for record in all_of(parts, caller.account, PROFILE)])
    page, more = page_of(params, found, name_of)
    return {"InstanceProfiles": [profile_of(parts, record, caller) for record in page], **more}


def list_instance_profiles_for_role(parts: Parts, caller: Caller, params: Params) -> Result:
    """List the instance profiles that a role is in."""
    role = find(parts, caller.account, ROLE, params["RoleName"])
    page, more = page_of(params, profiles_of(parts, role), name_of)
    return {"InstanceProfiles": [profile_of(parts, record, caller) for record in page], **more}


def add_role_to_instance_profile(parts: Parts, caller: Caller, params: Params) -> Result:
    """Put a role into an instance profile that is empty."""
    profile, role = params["InstanceProfileName"], None
    find(parts, caller.account, PROFILE, profile)
    role = find(parts, caller.account, ROLE, params["RoleName"])

    def edit(body: Body) -> None:
        if body.get("roles"):
            raise ApiError("LimitExceeded", "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1", 409)
        body["roles"] = {role.name: role.body["id"]}

    change(parts, caller.account, PROFILE, profile, edit)
    return {}


def remove_role_from_instance_profile(parts: Parts, caller: Caller, params: Params) -> Result:
    """Take the role out of an instance profile."""
    name = params["RoleName"]
    find(parts, caller.account, PROFILE, params["InstanceProfileName"])

    def edit(body: Body) -> None:
        if name not in (body.get("roles") or {}):
            raise ROLE.missing(name)
        body["roles"] = {}

    change(parts, caller.account, PROFILE, params["InstanceProfileName"], edit)
    return {}


def delete_instance_profile(parts: Parts, caller: Caller, params: Params) -> Result:
    """Forget an instance profile that is empty."""

    def check(record: Record) -> None:
        if record.body.get("roles"):
            raise ApiError(
                "DeleteConflict", "Cannot delete entity, must remove roles from instance profile first.", 409
            )

    remove(parts, caller.account, PROFILE, params["InstanceProfileName"], check)
    return {}


def profile_of(parts: Parts, record: Record, caller: Caller) -> dict[str, Any]:
    """Describe an instance profile."""
    roles = [find_or_none(parts, record.scope, ROLE, name) for name in record.body.get("roles") or {}]
    return {
        "Path": record.body["path"],
        "InstanceProfileName": record.name,
        "InstanceProfileId": record.body["id"],
        "Arn": arn_of(partition_of(caller.region), record, PROFILE),
        "CreateDate": record.created_at,
        "Roles": [role_of(role, caller, whole=False) for role in roles if role is not None],
        "Tags": list(record.body.get("tags") or ()),
    }
