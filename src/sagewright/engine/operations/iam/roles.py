"""IAM roles (IAM API Reference; `contract.md` 8.9).

Roles are recorded, so that scripts can make and find them; on one's own machine nothing is denied. The role of the
engine's own identity exists from the beginning.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from sagewright.engine.abc import BadToken, Query, Record, VersionConflict
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.vocabulary.arns import parse_arn, partition_of
from sagewright.vocabulary.errors import ApiError

KIND = "iam-role"

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


def create_role(parts: Parts, caller: Caller, params: Params) -> Result:
    """Record a role."""
    name = params["RoleName"]
    body = {
        "path": params.get("Path", "/"),
        "trust": _checked_policy(params["AssumeRolePolicyDocument"]),
        "description": params.get("Description"),
        "max_session_s": params.get("MaxSessionDuration", 3600),
        "tags": params.get("Tags", []),
        "boundary": params.get("PermissionsBoundary"),
        "id": f"AROA{parts.ids.new()[:17].upper()}",
    }
    taken = ApiError("EntityAlreadyExists", f"Role with name {name} already exists.", 409)
    if name == _own_name(caller):
        raise taken
    try:
        record = parts.state.put(Record(KIND, caller.account, name, body), expected_version=0)
    except VersionConflict:
        raise taken from None
    return {"Role": _describe(record, caller)}


def get_role(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return a role."""
    record = parts.state.get(KIND, caller.account, params["RoleName"])
    if record is None:
        if params["RoleName"] != _own_name(caller):
            raise _missing(params["RoleName"])
        record = _own_role(caller)
    return {"Role": {**_describe(record, caller), "RoleLastUsed": {}}}


def list_roles(parts: Parts, caller: Caller, params: Params) -> Result:
    """List the recorded roles in order of name."""
    query = Query(KIND, caller.account, sort_by="name", limit=params.get("MaxItems", 100), after=params.get("Marker"))
    try:
        page = parts.state.list(query)
    except BadToken:
        raise ApiError("ValidationError", "Invalid Marker.") from None
    prefix = params.get("PathPrefix", "/")
    roles = [_describe(record, caller) for record in page.records if record.body["path"].startswith(prefix)]
    return {"Roles": roles, "IsTruncated": page.next_token is not None, "Marker": page.next_token}


def delete_role(parts: Parts, caller: Caller, params: Params) -> Result:
    """Forget a role."""
    if parts.state.get(KIND, caller.account, params["RoleName"]) is None:
        raise _missing(params["RoleName"])
    parts.state.delete(KIND, caller.account, params["RoleName"])
    return {}


def _describe(record: Record, caller: Caller) -> dict[str, Any]:
    body = record.body
    return {
        "Path": body["path"],
        "RoleName": record.name,
        "RoleId": body["id"],
        "Arn": f"arn:{partition_of(caller.region)}:iam::{caller.account}:role{body['path']}{record.name}",
        "CreateDate": record.created_at,
        "AssumeRolePolicyDocument": quote(body["trust"], safe=""),
        "Description": body.get("description"),
        "MaxSessionDuration": body["max_session_s"],
        "Tags": body["tags"] or None,
        "PermissionsBoundary": _boundary(body.get("boundary")),
    }


def _boundary(arn: str | None) -> Mapping[str, str] | None:
    return {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn} if arn else None


def _own_name(caller: Caller) -> str | None:
    """Return the name of the role that the caller has assumed."""
    kind, _, rest = parse_arn(caller.arn).resource.partition("/")
    return rest.partition("/")[0] if kind == "assumed-role" else None


def _own_role(caller: Caller) -> Record:
    name = _own_name(caller) or ""
    identifier = hashlib.sha256(name.encode()).hexdigest()[:17].upper()
    body = {"path": "/", "trust": json.dumps(TRUST), "max_session_s": 3600, "tags": [], "id": f"AROA{identifier}"}
    return Record(KIND, caller.account, name, body)


def _checked_policy(text: str) -> str:
    try:
        document = json.loads(text)
    except ValueError:
        document = None
    if not isinstance(document, dict) or "Statement" not in document:
        raise ApiError("MalformedPolicyDocument", "This policy contains invalid Json")
    return text


def _missing(name: str) -> ApiError:
    return ApiError("NoSuchEntity", f"The role with name {name} cannot be found.", 404)
