"""Tags of users, roles, policies and instance profiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sagewright.engine.operations.iam.entities import POLICY, PROFILE, ROLE, USER, Body, Kind, change, find
from sagewright.engine.operations.iam.pages import page_of
from sagewright.engine.operations.iam.policy_arns import own_policy_name
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.errors import ApiError

Tag = Mapping[str, str]

_MAX_TAGS = 50


def tag_user(parts: Parts, caller: Caller, params: Params) -> Result:
    return _tag(parts, caller, USER, params["UserName"], params)


def untag_user(parts: Parts, caller: Caller, params: Params) -> Result:
    return _untag(parts, caller, USER, params["UserName"], params)


def list_user_tags(parts: Parts, caller: Caller, params: Params) -> Result:
    return _list(parts, caller, USER, params["UserName"], params)


def tag_role(parts: Parts, caller: Caller, params: Params) -> Result:
    return _tag(parts, caller, ROLE, params["RoleName"], params)


def untag_role(parts: Parts, caller: Caller, params: Params) -> Result:
    return _untag(parts, caller, ROLE, params["RoleName"], params)


def list_role_tags(parts: Parts, caller: Caller, params: Params) -> Result:
    return _list(parts, caller, ROLE, params["RoleName"], params)


def tag_policy(parts: Parts, caller: Caller, params: Params) -> Result:
    return _tag(parts, caller, POLICY, own_policy_name(parts, caller, params["PolicyArn"]), params)


def untag_policy(parts: Parts, caller: Caller, params: Params) -> Result:
    return _untag(parts, caller, POLICY, own_policy_name(parts, caller, params["PolicyArn"]), params)


def list_policy_tags(parts: Parts, caller: Caller, params: Params) -> Result:
    return _list(parts, caller, POLICY, own_policy_name(parts, caller, params["PolicyArn"]), params)


def tag_instance_profile(parts: Parts, caller: Caller, params: Params) -> Result:
    return _tag(parts, caller, PROFILE, params["InstanceProfileName"], params)


def untag_instance_profile(parts: Parts, caller: Caller, params: Params) -> Result:
    return _untag(parts, caller, PROFILE, params["InstanceProfileName"], params)


def list_instance_profile_tags(parts: Parts, caller: Caller, params: Params) -> Result:
    return _list(parts, caller, PROFILE, params["InstanceProfileName"], params)


def checked_tags(tags: Sequence[Tag] | None) -> list[dict[str, str]]:
    """Return tags as they are recorded.

    Raises:
        ApiError: `InvalidInput`: two keys are the same, but for the case of letters.
    """
    found = [{"Key": tag["Key"], "Value": tag["Value"]} for tag in tags or ()]
    if len({tag["Key"].lower() for tag in found}) != len(found):
        raise ApiError("InvalidInput", "Duplicate tag keys found. Please note that Tag keys are case insensitive.")
    for tag in found:
        if tag["Key"].lower().startswith("aws:"):
            raise ApiError("InvalidInput", "Tag keys beginning with 'aws:' are reserved for system use.")
    if len(found) > _MAX_TAGS:
        raise ApiError("LimitExceeded", f"Cannot exceed quota for TagsPerResource: {_MAX_TAGS}", 409)
    return found


def _tag(parts: Parts, caller: Caller, kind: Kind, name: str, params: Params) -> Result:
    new = checked_tags(params["Tags"])
    replaced = {tag["Key"].lower() for tag in new}

    def edit(body: Body) -> None:
        kept = [tag for tag in body.get("tags") or () if tag["Key"].lower() not in replaced]
        body["tags"] = checked_tags([*kept, *new])

    change(parts, caller.account, kind, name, edit)
    return {}


def _untag(parts: Parts, caller: Caller, kind: Kind, name: str, params: Params) -> Result:
    removed = {key.lower() for key in params["TagKeys"]}

    def edit(body: Body) -> None:
        body["tags"] = [tag for tag in body.get("tags") or () if tag["Key"].lower() not in removed]

    change(parts, caller.account, kind, name, edit)
    return {}


def _list(parts: Parts, caller: Caller, kind: Kind, name: str, params: Params) -> Result:
    tags: list[dict[str, Any]] = list(find(parts, caller.account, kind, name).body.get("tags") or ())
    page, more = page_of(params, tags, lambda tag: tag["Key"])
    return {"Tags": list(page), **more}
