"""Policies within a user, a group or a role (IAM API Reference)."""

from __future__ import annotations

import re
from urllib.parse import quote

from sagewright.engine.operations.iam.entities import GROUP, ROLE, USER, Body, Kind, change, find
from sagewright.engine.operations.iam.pages import page_of
from sagewright.engine.operations.iam.roles import check_is_changeable
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.engine.policies import check_document
from sagewright.vocabulary.errors import ApiError

# The most characters, without white space, of all policies within one.
_MAX_CHARACTERS = {USER: 2048, GROUP: 5120, ROLE: 10240}


def put_user_policy(parts: Parts, caller: Caller, params: Params) -> Result:
    return _put(parts, caller, USER, params)


def put_group_policy(parts: Parts, caller: Caller, params: Params) -> Result:
    return _put(parts, caller, GROUP, params)


def put_role_policy(parts: Parts, caller: Caller, params: Params) -> Result:
    return _put(parts, caller, ROLE, params)


def get_user_policy(parts: Parts, caller: Caller, params: Params) -> Result:
    return _get(parts, caller, USER, params)


def get_group_policy(parts: Parts, caller: Caller, params: Params) -> Result:
    return _get(parts, caller, GROUP, params)


def get_role_policy(parts: Parts, caller: Caller, params: Params) -> Result:
    return _get(parts, caller, ROLE, params)


def list_user_policies(parts: Parts, caller: Caller, params: Params) -> Result:
    return _list(parts, caller, USER, params)


def list_group_policies(parts: Parts, caller: Caller, params: Params) -> Result:
    return _list(parts, caller, GROUP, params)


def list_role_policies(parts: Parts, caller: Caller, params: Params) -> Result:
    return _list(parts, caller, ROLE, params)


def delete_user_policy(parts: Parts, caller: Caller, params: Params) -> Result:
    return _delete(parts, caller, USER, params)


def delete_group_policy(parts: Parts, caller: Caller, params: Params) -> Result:
    return _delete(parts, caller, GROUP, params)


def delete_role_policy(parts: Parts, caller: Caller, params: Params) -> Result:
    return _delete(parts, caller, ROLE, params)


def _put(parts: Parts, caller: Caller, kind: Kind, params: Params) -> Result:
    name, text = params[kind.member], params["PolicyDocument"]
    find(parts, caller.account, kind, name)
    check_document(text, "identity")

    def edit(body: Body) -> None:
        _check_changeable(kind, name, body)
        inline = {**(body.get("inline") or {}), params["PolicyName"]: text}
        if sum(len(re.sub(r"\s", "", item)) for item in inline.values()) > _MAX_CHARACTERS[kind]:
            limit = _MAX_CHARACTERS[kind]
            message = f"Maximum policy size of {limit} bytes exceeded for {kind.noun.lower()} {name}"
            raise ApiError("LimitExceeded", message, 409)
        body["inline"] = inline

    change(parts, caller.account, kind, name, edit)
    return {}


def _get(parts: Parts, caller: Caller, kind: Kind, params: Params) -> Result:
    name, policy = params[kind.member], params["PolicyName"]
    inline = find(parts, caller.account, kind, name).body.get("inline") or {}
    if policy not in inline:
        raise _missing(kind, policy)
    return {kind.member: name, "PolicyName": policy, "PolicyDocument": quote(inline[policy], safe="")}


def _list(parts: Parts, caller: Caller, kind: Kind, params: Params) -> Result:
    inline = find(parts, caller.account, kind, params[kind.member]).body.get("inline") or {}
    page, more = page_of(params, list(inline), str)
    return {"PolicyNames": list(page), **more}


def _delete(parts: Parts, caller: Caller, kind: Kind, params: Params) -> Result:
    policy = params["PolicyName"]

    def edit(body: Body) -> None:
        _check_changeable(kind, params[kind.member], body)
        inline = body.get("inline") or {}
        if policy not in inline:
            raise _missing(kind, policy)
        body["inline"] = {name: text for name, text in inline.items() if name != policy}

    change(parts, caller.account, kind, params[kind.member], edit)
    return {}


def _check_changeable(kind: Kind, name: str, body: Body) -> None:
    if kind is ROLE:
        check_is_changeable(name, body)


def _missing(kind: Kind, policy: str) -> ApiError:
    return ApiError("NoSuchEntity", f"The {kind.noun.lower()} policy with name {policy} cannot be found.", 404)
