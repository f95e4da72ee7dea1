"""Users (IAM API Reference)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sagewright.engine.abc import Record
from sagewright.engine.operations.iam import access_keys
from sagewright.engine.operations.iam.entities import (
    USER,
    Body,
    all_of,
    arn_of,
    change,
    create,
    find,
    new_id,
    remove,
    rename,
)
from sagewright.engine.operations.iam.pages import below, name_of, page_of
from sagewright.engine.operations.iam.policy_arns import boundary_of
from sagewright.engine.operations.iam.tags import checked_tags
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.arns import partition_of
from sagewright.vocabulary.errors import ApiError


def create_user(parts: Parts, caller: Caller, params: Params) -> Result:
    """Record a user."""
    body = {
        "path": params.get("Path", "/"),
        "id": new_id(USER.prefix),
        "tags": checked_tags(params.get("Tags")),
        "boundary": boundary_of(parts, caller, params.get("PermissionsBoundary")),
    }
    record = create(parts, caller.account, USER, params["UserName"], body)
    return {"User": user_of(record, caller)}


def get_user(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return a user: without a name, the one who calls."""
    name = params.get("UserName") or own_user_name(caller)
    if name is None:
        arn = f"arn:{partition_of(caller.region)}:iam::{caller.account}:root"
        return {"User": {"Path": "/", "UserName": "", "UserId": caller.account, "Arn": arn, "CreateDate": 0}}
    return {"User": user_of(find(parts, caller.account, USER, name), caller)}


def list_users(parts: Parts, caller: Caller, params: Params) -> Result:
    """List users in order of name."""
    users = below(params, [(record.body["path"], record) for record in all_of(parts, caller.account, USER)])
    page, more = page_of(params, users, name_of)
    return {"Users": [user_of(record, caller, whole=False) for record in page], **more}


def update_user(parts: Parts, caller: Caller, params: Params) -> Result:
    """Give a user another name or path."""
    name = params["UserName"]
    if params.get("NewPath"):
        change(parts, caller.account, USER, name, lambda body: body.update(path=params["NewPath"]))
    if params.get("NewUserName"):
        rename(parts, caller.account, USER, name, params["NewUserName"])
    find(parts, caller.account, USER, params.get("NewUserName") or name)
    return {}


def delete_user(parts: Parts, caller: Caller, params: Params) -> Result:
    """Forget a user who has nothing left."""
    name = params["UserName"]
    user = find(parts, caller.account, USER, name)
    if access_keys.keys_of(parts, caller.account, name):
        raise ApiError("DeleteConflict", "Cannot delete entity, must delete access keys first.", 409)
    remove(parts, caller.account, USER, user.name, _check_is_bare)
    for key in access_keys.keys_of(parts, caller.account, name):  # one that was made meanwhile
        parts.state.delete(access_keys.KIND, "", key.name)
    return {}


def put_user_permissions_boundary(parts: Parts, caller: Caller, params: Params) -> Result:
    """Bound a user's permissions."""
    arn = boundary_of(parts, caller, params["PermissionsBoundary"])
    change(parts, caller.account, USER, params["UserName"], lambda body: body.update(boundary=arn))
    return {}


def delete_user_permissions_boundary(parts: Parts, caller: Caller, params: Params) -> Result:
    """Take the bounds away."""
    change(parts, caller.account, USER, params["UserName"], _unbound)
    return {}


def user_of(record: Record, caller: Caller, *, whole: bool = True) -> dict[str, Any]:
    """Describe a user; lists leave tags and boundary out."""
    described = {
        "Path": record.body["path"],
        "UserName": record.name,
        "UserId": record.body["id"],
        "Arn": arn_of(partition_of(caller.region), record, USER),
        "CreateDate": record.created_at,
    }
    if not whole:
        return described
    return {
        **described,
        "Tags": record.body.get("tags") or None,
        "PermissionsBoundary": described_boundary(record.body.get("boundary")),
    }


def own_user_name(caller: Caller) -> str | None:
    """Return the name of the user who calls; None for the account's root.

    Raises:
        ApiError: A role calls, which is no user.
    """
    if caller.principal is not None and caller.principal.kind == "root":
        return None
    if caller.principal is not None and caller.principal.kind == "user":
        return caller.principal.name
    raise ApiError("ValidationError", "Must specify userName when calling with non-User credentials")


def described_boundary(arn: str | None) -> Mapping[str, str] | None:
    """Describe a permissions boundary."""
    return {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn} if arn else None


def _unbound(body: Body) -> None:
    if not body.get("boundary"):
        raise ApiError("NoSuchEntity", "There is no permissions boundary to remove.", 404)
    body["boundary"] = None


def _check_is_bare(record: Record) -> None:
    for member, what in (
        ("groups", "remove users from group"),
        ("attached", "detach all policies"),
        ("inline", "delete policies"),
    ):
        if record.body.get(member):
            raise ApiError("DeleteConflict", f"Cannot delete entity, must {what} first.", 409)
