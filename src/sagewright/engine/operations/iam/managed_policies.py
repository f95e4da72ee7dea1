"""Managed policies and their versions (IAM API Reference): the account's own, and those that AWS manages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from sagewright.engine.abc import Record
from sagewright.engine.operations.iam.attachments import counts
from sagewright.engine.operations.iam.aws_managed import all_aws_managed
from sagewright.engine.operations.iam.entities import POLICY, Body, all_of, change, create, new_id, remove
from sagewright.engine.operations.iam.pages import below, page_of
from sagewright.engine.operations.iam.policy_arns import (
    Named,
    default_text,
    existing_policy,
    own_policy_name,
    policy_arn,
)
from sagewright.engine.operations.iam.tags import checked_tags
from sagewright.engine.parts import Caller, Params, Parts, Result
from sagewright.engine.policies import check_document
from sagewright.vocabulary.errors import ApiError

_MAX_CHARACTERS = 6144
_MAX_VERSIONS = 5

Counts = tuple[Mapping[tuple[str, str], int], Mapping[str, int]]


def create_policy(parts: Parts, caller: Caller, params: Params) -> Result:
    """Record a policy of the account."""
    text = _checked(params["PolicyDocument"])
    body = {
        "path": params.get("Path", "/"),
        "id": new_id(POLICY.prefix),
        "description": params.get("Description"),
        "tags": checked_tags(params.get("Tags")),
        "default": "v1",
        "last": 1,
        "versions": [{"id": "v1", "text": text, "created_at": parts.clock.now()}],
    }
    record = create(parts, caller.account, POLICY, params["PolicyName"], body)
    described = policy_of(_named(caller, record), counts(parts, caller.account))
    return {"Policy": {**described, "Tags": record.body["tags"] or None}}


def get_policy(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return a policy, without its document."""
    policy = existing_policy(parts, caller, params["PolicyArn"])
    return {"Policy": _whole(policy, counts(parts, caller.account))}


def list_policies(parts: Parts, caller: Caller, params: Params) -> Result:
    """List policies: the account's own before AWS's, each in order of name."""
    used = counts(parts, caller.account)
    found = [policy_of(policy, used) for policy in _in_scope(parts, caller, params.get("Scope") or "All")]
    if params.get("OnlyAttached"):
        found = [item for item in found if item["AttachmentCount"]]
    if params.get("PolicyUsageFilter") == "PermissionsBoundary":
        found = [item for item in found if item["PermissionsBoundaryUsageCount"]]
    elif params.get("PolicyUsageFilter") == "PermissionsPolicy":
        found = [item for item in found if item["AttachmentCount"]]
    kept = below(params, [(item["Path"], item) for item in found])
    page, more = page_of(params, kept, lambda item: f"{int(':aws:policy/' in item['Arn'])} {item['PolicyName']}")
    return {"Policies": list(page), **more}


def delete_policy(parts: Parts, caller: Caller, params: Params) -> Result:
    """Forget a policy that nobody has and that has no version beside its default."""
    arn = params["PolicyArn"]
    name = own_policy_name(parts, caller, arn)

    def check(record: Record) -> None:
        attached, bounding = counts(parts, caller.account)
        if attached.get((arn, record.body["id"])) or bounding.get(arn):
            raise ApiError("DeleteConflict", "Cannot delete a policy attached to entities.", 409)
        if len(record.body["versions"]) > 1:
            raise ApiError(
                "DeleteConflict",
                "This policy has more than one version. Before you delete a policy, you must delete the policy's "
                "versions. The default version is deleted with the policy.",
                409,
            )

    remove(parts, caller.account, POLICY, name, check)
    return {}


def create_policy_version(parts: Parts, caller: Caller, params: Params) -> Result:
    """Give a policy another document."""
    name = own_policy_name(parts, caller, params["PolicyArn"])
    text = _checked(params["PolicyDocument"])

    def edit(body: Body) -> None:
        if len(body["versions"]) >= _MAX_VERSIONS:
            raise ApiError(
                "LimitExceeded",
                f"A managed policy can have up to {_MAX_VERSIONS} versions. Before you create a new version, you must "
                "delete an existing version.",
                409,
            )
        body["last"] += 1
        version = {"id": f"v{body['last']}", "text": text, "created_at": parts.clock.now()}
        body["versions"] = [*body["versions"], version]
        if params.get("SetAsDefault"):
            body["default"] = version["id"]

    body = change(parts, caller.account, POLICY, name, edit).body
    return {"PolicyVersion": _version(body["versions"][-1], body["default"], whole=False)}


def get_policy_version(parts: Parts, caller: Caller, params: Params) -> Result:
    """Return a version with its document."""
    policy, wanted = existing_policy(parts, caller, params["PolicyArn"]), params["VersionId"]
    for version in _versions(policy):
        if version["id"] == wanted:
            return {"PolicyVersion": _version(version, _default(policy))}
    raise _missing_version(params["PolicyArn"], wanted)


def list_policy_versions(parts: Parts, caller: Caller, params: Params) -> Result:
    """List a policy's versions, the newest first."""
    policy = existing_policy(parts, caller, params["PolicyArn"])
    page, more = page_of(params, _versions(policy), lambda version: f"{99_999_999 - int(version['id'][1:]):08}")
    return {"Versions": [_version(version, _default(policy), whole=False) for version in page], **more}


def set_default_policy_version(parts: Parts, caller: Caller, params: Params) -> Result:
    """Say which version is in force."""
    name = own_policy_name(parts, caller, params["PolicyArn"])

    def edit(body: Body) -> None:
        _check_has(body, params)
        body["default"] = params["VersionId"]

    change(parts, caller.account, POLICY, name, edit)
    return {}


def delete_policy_version(parts: Parts, caller: Caller, params: Params) -> Result:
    """Forget a version that is not in force."""
    name = own_policy_name(parts, caller, params["PolicyArn"])

    def edit(body: Body) -> None:
        _check_has(body, params)
        if body["default"] == params["VersionId"]:
            raise ApiError("DeleteConflict", "Cannot delete the default version of a policy.", 409)
        body["versions"] = [version for version in body["versions"] if version["id"] != params["VersionId"]]

    change(parts, caller.account, POLICY, name, edit)
    return {}


def policy_of(policy: Named, used: Counts) -> dict[str, Any]:
    """Describe a policy as lists do."""
    attached, bounding = used
    return {
        "PolicyName": policy.name,
        "PolicyId": policy.id or _aws_id(policy.name),
        "Arn": policy.arn,
        "Path": policy.path,
        "DefaultVersionId": _default(policy),
        "AttachmentCount": attached.get((policy.arn, policy.id), 0),
        "PermissionsBoundaryUsageCount": bounding.get(policy.arn, 0),
        "IsAttachable": True,
        **_times(policy),
    }


def described_versions(policy: Named) -> list[dict[str, Any]]:
    """Describe a policy's versions with their documents."""
    return [_version(version, _default(policy)) for version in _versions(policy)]


def _whole(policy: Named, used: Counts) -> dict[str, Any]:
    body: Mapping[str, Any] = policy.own.body if policy.own else {}
    return {**policy_of(policy, used), "Description": body.get("description"), "Tags": list(body.get("tags") or ())}


def _named(caller: Caller, record: Record) -> Named:
    body = record.body
    return Named(policy_arn(caller, record), record.name, body["path"], body["id"], default_text(body), own=record)


def _in_scope(parts: Parts, caller: Caller, scope: str) -> list[Named]:
    found: list[Named] = []
    if scope in ("All", "Local"):
        found += [_named(caller, record) for record in all_of(parts, caller.account, POLICY)]
    if scope in ("All", "AWS"):
        found += [Named(item.arn, item.name, item.path, "", "", aws=item) for item in all_aws_managed()]
    return found


def _default(policy: Named) -> str:
    return str(policy.own.body["default"]) if policy.own else policy.aws.version if policy.aws else ""


def _versions(policy: Named) -> list[Mapping[str, Any]]:
    """Return a policy's versions; of AWS's, only the one in force is known."""
    if policy.own is not None:
        return list(policy.own.body["versions"])
    assert policy.aws is not None
    return [{"id": policy.aws.version, "text": policy.text, "created_at": policy.aws.updated_at}]


def _times(policy: Named) -> dict[str, float]:
    if policy.own is not None:
        return {"CreateDate": policy.own.created_at, "UpdateDate": policy.own.body["versions"][-1]["created_at"]}
    assert policy.aws is not None
    return {"CreateDate": policy.aws.created_at, "UpdateDate": policy.aws.updated_at}


def _version(version: Mapping[str, Any], default: str, *, whole: bool = True) -> dict[str, Any]:
    described = {
        "VersionId": version["id"],
        "IsDefaultVersion": version["id"] == default,
        "CreateDate": version["created_at"],
    }
    return {**described, "Document": quote(version["text"], safe="")} if whole else described


def _aws_id(name: str) -> str:
    """Return a unique id for a policy of AWS's, always the same: its own is not among what AWS publishes."""
    return f"ANPA{name.encode().hex().upper():0<17.17}"


def _check_has(body: Body, params: Params) -> None:
    if not re.fullmatch(r"v[1-9]\d*(\.[\w-]+)?", params["VersionId"]):
        raise ApiError(
            "ValidationError",
            f"Value '{params['VersionId']}' at 'versionId' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: v[1-9][0-9]*(\\.[A-Za-z0-9-]*)?",
        )
    if all(version["id"] != params["VersionId"] for version in body["versions"]):
        raise _missing_version(params["PolicyArn"], params["VersionId"])


def _missing_version(arn: str, version: str) -> ApiError:
    message = f"Policy {arn} version {version} does not exist or is not attachable."
    return ApiError("NoSuchEntity", message, 404)


def _checked(text: str) -> str:
    check_document(text, "managed")
    if len(re.sub(r"\s", "", text)) > _MAX_CHARACTERS:
        raise ApiError("LimitExceeded", f"Cannot exceed quota for PolicySize: {_MAX_CHARACTERS}", 409)
    return text
