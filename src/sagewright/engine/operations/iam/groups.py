"""Groups, and who is in them (IAM API Reference). A user's record says in which groups the user is."""

from __future__ import annotations

from typing import Any

from sagewright.engine.abc import Record
from sagewright.engine.operations.iam.entities import (
    GROUP,
    USER,
    Body,
    all_of,
    arn_of,
    change,
    create,
    find,
    find_or_none,
    new_id,
    remove,
    rename,
)
from sagewright.engine.operations.iam.pages import below, name_of, page_of
from sagewright.engine.operations.iam.users import user_of
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.arns import partition_of
from sagewright.vocabulary.errors import ApiError

_MAX_GROUPS = 10


def create_group(parts: Parts, caller: Caller, params: Params) -> Result:
    """Record a group."""
    body = {"path": params.get("Path", "/"), "id": new_id(GROUP.prefix)}
    return {"Group": group_of(create(parts, caller.account, GROUP, params["GroupName"], body), caller)}


def get_group(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return a group and its users."""
    group = find(parts, caller.account, GROUP, params["GroupName"])
    page, more = page_of(params, members_of(parts, group), name_of)
    return {"Group": group_of(group, caller), "Users": [user_of(user, caller, whole=False) for user in page], **more}


def list_groups(parts: Parts, caller: Caller, params: Params) -> Result:
    """List groups in order of name."""
    groups = below(params, [(record.body["path"], record) for record in all_of(parts, caller.account, GROUP)])
    page, more = page_of(params, groups, name_of)
    return {"Groups": [group_of(record, caller) for record in page], **more}


def update_group(parts: Parts, caller: Caller, params: Params) -> Result:
    """Give a group another name or path."""
    name = params["GroupName"]
    if params.get("NewPath"):
        change(parts, caller.account, GROUP, name, lambda body: body.update(path=params["NewPath"]))
    if params.get("NewGroupName"):
        rename(parts, caller.account, GROUP, name, params["NewGroupName"])
    find(parts, caller.account, GROUP, params.get("NewGroupName") or name)
    return {}


def delete_group(parts: Parts, caller: Caller, params: Params) -> Result:
    """Forget a group that is empty."""

    def check(record: Record) -> None:
        if members_of(parts, record):
            raise ApiError("DeleteConflict", "Cannot delete entity, must remove users from group first.", 409)
        if record.body.get("attached"):
            raise ApiError("DeleteConflict", "Cannot delete entity, must detach all policies first.", 409)
        if record.body.get("inline"):
            raise ApiError("DeleteConflict", "Cannot delete entity, must delete policies first.", 409)

    remove(parts, caller.account, GROUP, params["GroupName"], check)
    return {}


def add_user_to_group(parts: Parts, caller: Caller, params: Params) -> Result:
    """Take a user into a group; it may be in it already."""
    find(parts, caller.account, USER, params["UserName"])
    group = find(parts, caller.account, GROUP, params["GroupName"])

    def edit(body: Body) -> None:
        groups = {**(body.get("groups") or {}), group.name: group.body["id"]}
        if len(groups) > _MAX_GROUPS:
            raise ApiError("LimitExceeded", f"Cannot exceed quota for GroupsPerUser: {_MAX_GROUPS}", 409)
        body["groups"] = groups

    change(parts, caller.account, USER, params["UserName"], edit)
    return {}


def remove_user_from_group(parts: Parts, caller: Caller, params: Params) -> Result:
    """Take a user out of a group; it may not be in it."""
    group = find(parts, caller.account, GROUP, params["GroupName"])

    def edit(body: Body) -> None:
        body["groups"] = {name: key for name, key in (body.get("groups") or {}).items() if name != group.name}

    change(parts, caller.account, USER, params["UserName"], edit)
    return {}


def list_groups_for_user(parts: Parts, caller: Caller, params: Params) -> Result:
    """List the groups that a user is in, in order of name."""
    user = find(parts, caller.account, USER, params["UserName"])
    page, more = page_of(params, groups_of(parts, user), name_of)
    return {"Groups": [group_of(record, caller) for record in page], **more}


def groups_of(parts: Parts, user: Record) -> list[Record]:
    """Return the groups that a user is in; one of the same name that was made later is another."""
    memberships = user.body.get("groups") or {}
    found = (find_or_none(parts, user.scope, GROUP, name) for name in memberships)
    return [group for group in found if group is not None and memberships.get(group.name) == group.body["id"]]


def members_of(parts: Parts, group: Record) -> list[Record]:
    """Return the users of a group in order of name."""
    users = all_of(parts, group.scope, USER)
    return [user for user in users if (user.body.get("groups") or {}).get(group.name) == group.body["id"]]


def group_of(record: Record, caller: Caller) -> dict[str, Any]:
    """Describe a group."""
    return {
        "Path": record.body["path"],
        "GroupName": record.name,
        "GroupId": record.body["id"],
        "Arn": arn_of(partition_of(caller.region), record, GROUP),
        "CreateDate": record.created_at,
    }
