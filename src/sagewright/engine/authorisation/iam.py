"""IAM and STS (Service Authorization Reference, "Actions, resources, and condition keys for AWS IAM", "... STS")."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sagewright.engine.authorisation.asked import Asked, Context, Known, Params, Place, one, texts
from sagewright.engine.authorisation.tags import tag_context

_ENTITIES = (("RoleName", "role"), ("GroupName", "group"), ("UserName", "user"))
_OWN = (  # operations on the caller's own user, where no other is named
    *("GetUser", "ListAccessKeys", "CreateAccessKey", "DeleteAccessKey", "UpdateAccessKey", "ChangePassword"),
    *("ListMFADevices", "ListSSHPublicKeys", "ListSigningCertificates", "ListServiceSpecificCredentials"),
)
_LISTS = {  # what is listed -> the type of resource that the listing is asked of
    "ListUsers": "user/",
    "ListRoles": "role/",
    "ListGroups": "group/",
    "ListInstanceProfiles": "instance-profile/",
}


def asked_of_iam(operation: str, params: Params, place: Place, known: Known) -> Sequence[Asked]:
    """Return what an operation of IAM asks for."""
    context = {
        **tag_context(params),
        **one("iam:policyarn", params.get("PolicyArn")),
        **_boundary(operation, params, known),
        **one("iam:awsservicename", params.get("AWSServiceName")),
    }
    resource = _resource(operation, params, place, known)
    asked = [Asked(f"iam:{operation}", resource, context)]
    if operation == "AddRoleToInstanceProfile":
        asked.append(Asked("iam:PassRole", _entity("role", str(params["RoleName"]), place, known), context))
    return asked


def _resource(operation: str, params: Params, place: Place, known: Known) -> str:
    if operation in _LISTS:
        return place.iam(_LISTS[operation] + texts(params, "PathPrefix").removeprefix("/"))
    if operation in ("CreateUser", "CreateRole", "CreateGroup"):
        kind = operation.removeprefix("Create").lower()
        return place.iam(f"{kind}{texts(params, 'Path') or '/'}{params.get(f'{kind.title()}Name')}")
    if operation == "CreatePolicy":
        return place.iam(f"policy{texts(params, 'Path') or '/'}{params.get('PolicyName')}")
    if params.get("InstanceProfileName"):
        return place.iam(f"instance-profile{texts(params, 'Path') or '/'}{params['InstanceProfileName']}")
    for member, kind in _ENTITIES:
        if params.get(member):
            return _entity(kind, str(params[member]), place, known)
    if operation in _OWN and place.user:
        return _entity("user", place.user, place, known)
    return texts(params, "PolicyArn", "PolicySourceArn", "Arn") or "*"


def _entity(kind: str, name: str, place: Place, known: Known) -> str:
    body = known(f"iam-{kind}", name)
    return place.iam(f"{kind}{(body or {}).get('path', '/')}{name}")


def _boundary(operation: str, params: Params, known: Known) -> Context:
    """Return the boundary that a request sets, or else that of the user or role that it changes."""
    if params.get("PermissionsBoundary"):
        return one("iam:permissionsboundary", params["PermissionsBoundary"])
    if operation in ("CreateUser", "CreateRole"):
        return {}
    for member, kind in (("UserName", "iam-user"), ("RoleName", "iam-role")):
        if params.get(member):
            body: Mapping[str, object] = known(kind, str(params[member])) or {}
            return one("iam:permissionsboundary", body.get("boundary") or None)
    return {}


def asked_of_sts(operation: str, params: Params, place: Place, known: Known) -> Sequence[Asked]:
    """Return what an operation of STS asks for; to ask who one is needs no permission."""
    if operation in ("GetCallerIdentity", "GetSessionToken"):
        return []
    context = {
        **tag_context(params),
        **one("sts:externalid", params.get("ExternalId")),
        **one("sts:rolesessionname", params.get("RoleSessionName")),
        **one("sts:sourceidentity", params.get("SourceIdentity")),
        **_transitive(params),
    }
    if operation == "GetFederationToken":
        name = f"federated-user/{params.get('Name')}"
        return [Asked("sts:GetFederationToken", f"arn:{place.partition}:sts::{place.account}:{name}", context)]
    if operation != "AssumeRole":
        return [Asked(f"sts:{operation}", "*", context)]
    role = texts(params, "RoleArn")
    account = role.split(":")[4] if role.count(":") >= 5 else ""
    actions = ["AssumeRole"]
    actions += ["TagSession"] if params.get("Tags") or params.get("TransitiveTagKeys") else []
    actions += ["SetSourceIdentity"] if params.get("SourceIdentity") else []
    return [Asked(f"sts:{action}", role, context, account, trust=True) for action in actions]


def _transitive(params: Params) -> Context:
    keys = params.get("TransitiveTagKeys")
    return {"sts:transitivetagkeys": tuple(str(key) for key in keys)} if keys else {}
